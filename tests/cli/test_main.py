"""The command line: what a shell script relies on, and one plain line for whatever cannot be used."""

import csv
import gc
import json
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from dldiag.cli.flags import READING_HELP, read_choices, read_parameters, read_settings
from dldiag.cli.main import main, parser
from dldiag.core.i18n import set_language
from dldiag.core.params import SettingError, params_of
from dldiag.core.settings import Settings
from dldiag.core.types import ReadPlan
from dldiag.experiments.models import MODELS
from dldiag.report import from_json

ROOT = Path(__file__).parents[2]
SMALL = ["--budget", "quick", "--trials", "none", "--sizes", "3", "--repeats", "3", "--baselines", "linear"]
SHORT = ["--set", "hidden_layer_sizes=4", "--set", "max_iter=5"]


@pytest.fixture(autouse=True)
def english_afterwards():
    yield
    set_language("en")


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Path:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 2)).round(3)
    y = np.where(x[:, 0] + x[:, 1] + rng.normal(0, 0.5, 300) > 0, "yes", "no")
    path = tmp_path_factory.mktemp("tables") / "points.csv"
    lines = ["left,right,answer", *(f"{a},{b},{label}" for (a, b), label in zip(x, y, strict=True))]
    path.write_text("\n".join(lines) + "\n")
    return path


def refused(capsys, *arguments: object) -> str:
    """Run what must be refused and return its one line."""
    assert main([str(one) for one in arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("dldiag: ")
    assert "Traceback" not in err
    return err


def test_a_diagnosis_writes_what_was_asked_for(table, tmp_path, capsys):
    out = {name: tmp_path / name for name in ("report.json", "report.html", "curves.csv")}
    status = main(
        [
            *("diagnose", str(table), "--target", "answer", *SMALL, *SHORT, "--seed", "3", "--no-progress"),
            *("--json", str(out["report.json"]), "--html", str(out["report.html"])),
            *("--curves-csv", str(out["curves.csv"])),
        ]
    )
    text, errors = capsys.readouterr()
    assert status == 0
    assert errors == ""
    plain = json.loads(out["report.json"].read_text())
    assert plain["schema"] == "dldiag-report/1"
    assert (plain["dataset"]["target"], plain["dataset"]["task"]) == ("answer", "classification")
    assert plain["settings"]["seed"] == 3
    assert plain["model"]["parameters"]["hidden_layer_sizes"] == [4]
    assert "".join(text.split()).startswith("".join(plain["verdict"]["headline"].split()))
    tried = {one["remedy"] for one in plain["recommendations"] if one["trial"] is not None}
    assert tried <= {"other_model"}, "no remedy was run; the learning curves themselves compare other models"
    assert from_json(out["report.json"].read_text()).dataset.rows == 300
    assert out["report.html"].read_text().startswith("<!doctype html>")
    assert {row["model"] for row in csv.DictReader(out["curves.csv"].read_text().splitlines())} == {"mlp", "linear"}
    assert not list(tmp_path.glob("*.part"))


def test_the_module_can_be_run_and_its_exit_status_is_that_of_main(table):
    done = subprocess.run(
        [sys.executable, "-m", "dldiag", "diagnose", str(table), "--target", "anwser"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "dldiag: There is no column 'anwser' in this table. Nearest names: answer.",
    ]


BAD = {
    "no verb": [],
    "an unknown verb": ["paint"],
    "an unknown flag": ["diagnose", "TABLE", "--target", "answer", "--paint"],
    "no file": ["diagnose"],
    "a file that is not there": ["diagnose", "nowhere.csv", "--target", "x"],
    "a folder": ["diagnose", "FOLDER", "--target", "x"],
    "an empty file": ["diagnose", "EMPTY", "--target", "x"],
    "no target": ["diagnose", "TABLE"],
    "a target that is not there": ["diagnose", "TABLE", "--target", "nothing"],
    "a task that is none": ["diagnose", "TABLE", "--target", "answer", "--task", "ranking"],
    "a setting that is none": ["diagnose", "TABLE", "--target", "answer", "--set", "layers=3"],
    "a setting without a value": ["diagnose", "TABLE", "--target", "answer", "--set", "alpha"],
    "a setting that is no number": ["diagnose", "TABLE", "--target", "answer", "--set", "alpha=much"],
    "a setting out of range": ["diagnose", "TABLE", "--target", "answer", "--set", "alpha=-1"],
    "a layer that is no number": ["diagnose", "TABLE", "--target", "answer", "--set", "hidden_layer_sizes=a,b"],
    "a choice that is none": ["diagnose", "TABLE", "--target", "answer", "--set", "activation=magic"],
    "a seed that is no number": ["diagnose", "TABLE", "--target", "answer", "--seed", "x"],
    "a target error without end": ["diagnose", "TABLE", "--target", "answer", "--target-error", "inf"],
    "a target error above every rate": ["diagnose", "TABLE", "--target", "answer", "--target-error", "5"],
    "a target error of 500 percent": ["diagnose", "TABLE", "--target", "answer", "--target-error", "500%"],
    "two repeats": ["diagnose", "TABLE", "--target", "answer", "--repeats", "2"],
    "a measured error without end": ["numbers", "--train", "0.1", "--dev", "inf"],
    "a percent sign without a number": ["numbers", "--train", "%", "--dev", "0.1"],
    "a sample of no rows": ["diagnose", "TABLE", "--target", "answer", "--max-rows", "0"],
    "a format that is none": ["diagnose", "TABLE", "--target", "answer", "--format", "foo"],
    "an output that cannot be made": ["diagnose", "TABLE", "--target", "answer", "--html", "x" * 300],
    "two outputs at one place": ["diagnose", "TABLE", "--target", "answer", "--html", "x", "--json", "x"],
    "the logarithm of classes": ["diagnose", "TABLE", "--target", "answer", "--log-target"],
    "a sample read another way": ["diagnose", "sample:iris", "--format", "excel"],
    "a target error below 0": ["diagnose", "TABLE", "--target", "answer", "--target-error", "-0.1"],
    "too few training rows": ["diagnose", "TABLE", "--target", "answer", "--train-rows", "1"],
    "trials that are no number": ["diagnose", "TABLE", "--target", "answer", "--trials", "some"],
    "an effort that is none": ["diagnose", "TABLE", "--target", "answer", "--budget", "huge"],
    "a baseline that is none": ["diagnose", "TABLE", "--target", "answer", "--baselines", "magic"],
    "a model that is none": ["diagnose", "TABLE", "--target", "answer", "--model", "magic"],
    "a kind that is none": ["diagnose", "TABLE", "--target", "answer", "--kind", "left=magic"],
    "a kind of no column": ["diagnose", "TABLE", "--target", "answer", "--kind", "nothing=number"],
    "a group that is no column": ["diagnose", "TABLE", "--target", "answer", "--group", "nothing"],
    "an output in no folder": ["diagnose", "TABLE", "--target", "answer", "--json", "nowhere/out.json"],
    "an output that is a folder": ["diagnose", "TABLE", "--target", "answer", "--html", "FOLDER"],
    "an encoding that is none": ["diagnose", "TABLE", "--target", "answer", "--encoding", "klingon"],
    "a header row that is no number": ["diagnose", "TABLE", "--target", "answer", "--header-row", "top"],
    "a sample that is none": ["diagnose", "sample:nothing"],
    "a metric that is none": ["diagnose", "TABLE", "--target", "answer", "--metric", "magic"],
    "a metric of the other task": ["diagnose", "TABLE", "--target", "answer", "--metric", "rmse"],
    "a metric without its costs": ["diagnose", "TABLE", "--target", "answer", "--metric", "cost"],
    "probabilities of a model without any": [
        "diagnose",
        "TABLE",
        "--target",
        "answer",
        "--metric",
        "roc_auc",
        "--model",
        "svm",
    ],
    "a positive class that is none": ["diagnose", "TABLE", "--target", "answer", "--positive", "maybe"],
    "a file of costs that is not there": ["diagnose", "TABLE", "--target", "answer", "--cost", "nowhere.csv"],
    "costs of the wrong size": ["diagnose", "TABLE", "--target", "answer", "--cost", "0,1,2;3,0,1"],
    "jobs that are no number": ["diagnose", "TABLE", "--target", "answer", "--jobs", "many"],
    "no jobs at all": ["diagnose", "TABLE", "--target", "answer", "--jobs", "0"],
    "a language that is none": ["samples", "--language", "xx"],
}


@pytest.mark.parametrize("arguments", BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_plain_line_and_status_2(arguments, table, tmp_path, capsys):
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    places = {"TABLE": str(table), "FOLDER": str(tmp_path), "EMPTY": str(empty)}
    refused(capsys, *(places.get(one, one) for one in arguments))


def test_nearest_names_are_offered(table, capsys):
    assert "answer" in refused(capsys, "diagnose", table, "--target", "Answr")
    assert "hidden_layer_sizes" in refused(
        capsys, "diagnose", table, "--target", "answer", "--set", "hidden_layer_size=4"
    )


def test_what_a_files_names_hold_commands_no_terminal(tmp_path, capsys):
    path = tmp_path / "names.csv"
    rows = "".join(f"{i % 7},{i % 2}\n" for i in range(60))
    path.write_text("a\x1b]0;owned\x07,label\x1b[2J\n" + rows)
    assert "\x1b" not in refused(capsys, "diagnose", path)
    assert main(["diagnose", str(path), "--target", "label\x1b[2J", *SMALL, *SHORT, "--progress"]) == 0
    out, err = capsys.readouterr()
    assert "[2J" in out
    assert "\x1b" not in out
    assert "\x1b" not in err.replace("\r\x1b[K", "")


def test_an_error_can_be_read_in_chinese(table, capsys):
    assert "没有文件" in refused(capsys, "diagnose", "nowhere.csv", "--target", "x", "--language", "zh")


def test_a_fault_of_ours_is_one_line_unless_the_traceback_is_asked_for(monkeypatch, capsys):
    monkeypatch.setattr("dldiag.cli.on_tables.SAMPLES", None)
    monkeypatch.delenv("DLDIAG_TRACEBACK", raising=False)
    assert main(["samples"]) == 1
    assert "fault of dldiag" in capsys.readouterr().err
    monkeypatch.setenv("DLDIAG_TRACEBACK", "1")
    with pytest.raises(AttributeError):
        main(["samples"])


def test_samples_are_listed(capsys):
    assert main(["samples"]) == 0
    assert "sample:iris" in capsys.readouterr().out


def given(*arguments: str):
    return parser().parse_args(["diagnose", "x.csv", *arguments])


def test_every_setting_has_a_flag_that_sets_it():
    values = {"target_error": "0.1", "budget": "quick", "baselines": "linear", "trials": "2", "muted": "D1,T3"}
    values |= {"material": "0.02", "metric": "f1", "metric_level": "0.5", "cost": "fn=5", "label_trial": "yes"}
    for name, one in params_of(Settings).items():
        text = values.get(name, "20")
        changed = read_settings(given("--" + name.replace("_", "-"), text))
        assert getattr(changed, name) != one.default, name
        assert [f.name for f in fields(Settings) if getattr(changed, f.name) != getattr(Settings(), f.name)] == [name]


@pytest.mark.parametrize(("text", "trials"), [("auto", None), ("none", 0), ("0", 0), ("3", 3)])
def test_trials_are_auto_none_or_a_number(text, trials):
    assert read_settings(given("--trials", text)).trials == trials


def test_every_setting_of_the_network_can_be_set():
    for name, one in MODELS["mlp"].params.items():
        default = one.default
        text = ",".join(map(str, default)) if isinstance(default, tuple) else str(default)
        assert read_parameters("mlp", [f"{name}={text}"]) == {name: default}


def test_every_part_of_the_reading_plan_has_a_flag_with_a_help():
    assert READING_HELP.keys() == {one.name for one in fields(ReadPlan)}


def test_reading_choices_come_in_their_own_types():
    choices = read_choices(
        given("--delimiter", "tab", "--header-row", "none", "--first-row", "2", "--missing", "?", "--missing", "NA")
    )
    assert choices == {"delimiter": "\t", "header_row": None, "first_row": 2, "missing": ("?", "NA")}


def test_a_model_without_settings_says_so():
    with pytest.raises(SettingError, match="guess has no settings"):
        read_parameters("guess", ["alpha=1"])


@pytest.mark.parametrize(("text", "value"), [("5%", 0.05), (" 5 % ", 0.05), ("0.05", 0.05), ("none", None)])
def test_a_target_error_may_be_in_percent(text, value):
    assert read_settings(given("--target-error", text)).target_error == value


def test_a_table_that_ships_with_dldiag_is_read_as_asked(tmp_path, capsys):
    out = tmp_path / "report.json"
    assert main(["diagnose", "sample:iris", "--max-rows", "60", *SMALL, *SHORT, "--json", str(out), "--quiet"]) == 0
    assert from_json(out.read_text(encoding="utf-8")).dataset.rows == 60


def test_help_fits_and_names_every_default(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["diagnose", "--help"])
    assert ended.value.code == 0
    assert "--target-error" in capsys.readouterr().out


def test_a_closed_pipe_is_no_fault(table):
    script = f"{sys.executable} -m dldiag samples | head -n 1"
    done = subprocess.run(script, shell=True, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Traceback" not in done.stderr


def test_a_terminal_without_our_characters_gets_a_report_all_the_same():
    done = subprocess.run(
        [sys.executable, "-m", "dldiag", "samples", "--language", "zh"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    assert b"sample:iris" in done.stdout


def test_settings_that_only_one_task_has_can_be_set_for_it_and_are_refused_for_the_other(capsys):
    assert main(["diagnose", "sample:iris", "--set", "class_weight=balanced", *SMALL, *SHORT]) == 0
    assert main(["diagnose", "sample:concrete", "--set", "class_weight=balanced", *SMALL, *SHORT]) == 2
    assert "class_weight" in capsys.readouterr().err


@pytest.mark.parametrize(
    "heavy",
    ["sklearn.ensemble", "sklearn.pipeline", "rich", "pyarrow.dataset", "dldiag.data.io", "dldiag.experiments.fit"],
)
def test_numbers_start_without_what_only_tables_and_fits_need(heavy):
    script = f"import sys\nfrom dldiag.cli.main import main\nmain(['numbers', '--train', '0', '--dev', '0.1', '--quiet'])\nsys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_numbers_are_asked_for_alike_alone_and_among_all_verbs(capsys):
    told = []
    for one in (parser(only_numbers=True), parser()):
        with pytest.raises(SystemExit):
            one.parse_args(["numbers", "--help"])
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]


def test_the_program_starts_without_the_collector_and_works_with_it(capsys):
    gc.disable()
    try:
        assert main(["numbers", "--train", "0.01", "--dev", "0.1"]) == 0
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
    finally:
        gc.enable()
        gc.unfreeze()

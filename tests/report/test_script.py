"""The script of a report rebuilds its dev error in a fresh process, from the file alone."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC

import dldiag
from dldiag.diagnosis.from_metrics import GivenNumbers, diagnose_numbers
from dldiag.experiments.models import as_model, changed
from tests.reports import make_report

QUICK = dldiag.Settings(budget="quick", sizes=2, repeats=3, trials=0, baselines=())
ROWS = 160
ROOT = Path(__file__).parents[2]  # where dldiag is, when it is not installed


def write_csv(path, *, task):
    """Write a file with what reading has to settle: decimal commas, dates, yes and no, gaps, a column to leave out."""
    rng = np.random.default_rng(4)
    size, kind = rng.normal(50, 20, ROWS), rng.choice(["red", "green", "blue"], ROWS)
    signal = size / 20 + (kind == "red") + rng.normal(0, 0.6, ROWS)
    target = np.where(signal > np.median(signal), "good", "bad") if task == "classification" else np.exp(signal)
    lines = ["size;kind;member;since;note;y"]
    for i in range(ROWS):
        gap = "" if i % 17 == 0 else f"{size[i]:.2f}".replace(".", ",")
        y = target[i] if task == "classification" else f"{target[i]:.4f}".replace(".", ",")
        lines.append(f"{gap};{kind[i]};{'ja' if i % 3 else 'nein'};{1 + i % 28:02}.{1 + i % 12:02}.2021;n{i % 7};{y}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def run(script, *arguments):
    command = [sys.executable, str(script), *map(str, arguments)]
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done


def printed_error(done):
    found = re.search(r"dev error ([\d.]+), in the report ([\d.]+)", done.stdout)
    return float(found[1]), float(found[2])


NUMBERS = make_pipeline(SimpleImputer(), StandardScaler())
TABLE = make_column_transformer((NUMBERS, ["size"]), (OneHotEncoder(handle_unknown="ignore"), ["kind"]))
CASES = {
    "network": ("classification", lambda: dldiag.build_model("classification", {"max_iter": 5})),
    "boosting": ("classification", lambda: dldiag.build_model("classification", {"max_iter": 4}, "boosting")),
    "weighted": (
        "classification",
        lambda: dldiag.build_model("classification", {"class_weight": "balanced"}, "linear"),
    ),
    "threshold": (
        "classification",
        lambda: dldiag.build_model("classification", {"adjust": "threshold", "max_iter": 5}),
    ),
    "log target": ("regression", lambda: dldiag.build_model("regression", {"log_target": True, "max_iter": 5})),
    "estimator": ("classification", lambda: SVC(C=2)),
    "scaled estimator": ("classification", lambda: changed(as_model(SVC(C=2)), {"scale_inputs": True})),
    "pipeline with curves": (
        "regression",
        lambda: changed(as_model(make_pipeline(TABLE, Ridge())), {"input_curves": "spline"}),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_script_prints_the_dev_error_of_the_report(case, tmp_path):
    task, make = CASES[case]
    path = write_csv(tmp_path / "rows.csv", task=task)
    dataset = dldiag.make_dataset(dldiag.read_table(path), "y", exclude=["note"])
    report = dldiag.diagnose(dataset, make(), QUICK)
    script = tmp_path / "script.py"
    script.write_text(dldiag.to_script(dldiag.from_json(dldiag.to_json(report))), encoding="utf-8")
    done = run(script, path, tmp_path / "model.skops")
    again, reported = printed_error(done)
    assert again == pytest.approx(report.evidence["dev_error"].value, abs=1e-6)
    assert reported == pytest.approx(again, abs=1e-6)
    assert "not the one" not in done.stderr
    assert len(dldiag.load_model(tmp_path / "model.skops").predict(path)) == ROWS


def test_a_pipeline_on_a_data_frame_is_rebuilt_from_the_file_that_it_is_written_to(tmp_path):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(80, 2)), columns=["a", "b"])
    y = np.where(X["a"] + rng.normal(0, 0.5, 80) > 0, "yes", "no")
    report = dldiag.diagnose(make_pipeline(StandardScaler(), SVC(C=10)), X, y, settings=QUICK)
    text = dldiag.to_script(report)
    assert "from sklearn.svm import SVC" in text
    assert "SVC(C=10)" in text
    (tmp_path / "script.py").write_text(text, encoding="utf-8")
    X.assign(target=y).to_csv(tmp_path / "rows.csv", index=False)
    done = run(tmp_path / "script.py", tmp_path / "rows.csv")
    assert printed_error(done)[0] == pytest.approx(report.evidence["dev_error"].value, abs=1e-6)
    assert done.stderr == ""


def test_another_table_is_noticed(tmp_path):
    path = write_csv(tmp_path / "rows.csv", task="classification")
    report = dldiag.diagnose(dldiag.make_dataset(dldiag.read_table(path), "y"), SVC(), QUICK)
    script = tmp_path / "script.py"
    script.write_text(dldiag.to_script(report), encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8") + "\n50,5;red;ja;01.01.2021;n1;good", encoding="utf-8")
    assert "not the one of the report" in run(script, path).stderr


def test_hostile_names_stay_texts():
    evil = "a\n\"\"\"'\nimport os\nos.remove('x') \u2028#{}$imports"
    base = make_report()
    report = replace(
        base, dataset=replace(base.dataset, name=evil, target=evil, choices={"exclude": (evil,), "target": evil})
    )
    text = dldiag.to_script(report)
    compile(text, "script.py", "exec")
    assert not any(line.startswith(("import os", "os.remove")) for line in text.splitlines())


def test_a_report_without_a_table_has_no_script():
    with pytest.raises(ValueError, match="no table"):
        dldiag.to_script(diagnose_numbers(GivenNumbers(train_error=0.1, dev_error=0.2)))


@pytest.mark.parametrize("own", [False, True], ids=["a row of the table", "an estimator"])
def test_added_features_and_dropped_columns_are_rebuilt_but_make_no_model_file(own, tmp_path):
    path = write_csv(tmp_path / "rows.csv", task="classification")
    around = {"new_features": ("spline(size)", "target(kind)", "size * since (month)"), "drop_columns": ("note",)}
    linear = as_model(LogisticRegression()) if own else dldiag.build_model("classification", key="linear")
    model = changed(linear, around)
    dataset = dldiag.make_dataset(dldiag.read_table(path), "y")
    report = dldiag.diagnose(dataset, model, QUICK)
    script = tmp_path / "script.py"
    script.write_text(dldiag.to_script(report), encoding="utf-8")
    assert printed_error(run(script, path))[0] == pytest.approx(report.evidence["dev_error"].value, abs=1e-6)
    trained = dldiag.fitted(dataset, model, QUICK)
    assert len(trained.predict(path)) == ROWS
    with pytest.raises(dldiag.DataError, match="added features"):
        dldiag.save_model(trained, tmp_path / "model.skops")

"""Training histories of frameworks: read as what they are, and diagnosed by rules of their own.

keras_csvlogger.csv and keras_history.json are of one run of Keras 3.15 (JAX): 300 rows, two layers of 64 units, 40 epochs.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from dldiag.cli.main import main
from dldiag.core.types import DataError
from dldiag.diagnosis.from_metrics import GivenNumbers, TrainingHistory, diagnose_numbers, read_curve_table
from dldiag.diagnosis.from_metrics.history_rules import EPOCH_RULES
from dldiag.diagnosis.rules.engine import check_rules
from dldiag.report import from_json, to_html, to_json, to_text

HISTORIES = Path(__file__).parent.parent / "data" / "histories"
EPOCHS = np.arange(1, 41)


def noise(scale, seed=0):
    return np.random.default_rng(seed).normal(0, scale, len(EPOCHS))


def falling(start, end, rate):
    return end + (start - end) * np.exp(-EPOCHS / rate)


SHAPES = {  # (training loss, dev loss, training accuracy, dev accuracy), and what must open the verdict
    "converged": (
        falling(1, 0.25, 6) + noise(0.003), falling(1, 0.26, 6) + noise(0.004, 1),
        1 - falling(0.5, 0.08, 6), 1 - falling(0.5, 0.085, 6),
    ),
    "past_minimum": (
        falling(0.7, 0.02, 8) + noise(0.004), falling(0.9, 0.35, 5) + 0.02 * np.maximum(EPOCHS - 10, 0) + noise(0.01, 1),
        1 - falling(0.4, 0.01, 8), 1 - falling(0.4, 0.12, 5) - 0.002 * np.maximum(EPOCHS - 10, 0),
    ),
    "short_training": (
        falling(1.5, 0.3, 40) + noise(0.004), falling(1.5, 0.33, 40) + noise(0.01, 1),
        1 - falling(0.6, 0.1, 30), 1 - falling(0.6, 0.11, 30),
    ),
    "wrong_step": (
        2.303 + noise(0.005), 2.305 + noise(0.006, 1), 0.1 + np.abs(noise(0.004)), 0.1 + np.abs(noise(0.004, 1)),
    ),
    "divergence": (
        falling(1, 0.4, 5) + 0.001 * np.exp(EPOCHS / 5), falling(1, 0.5, 5) + 0.002 * np.exp(EPOCHS / 5),
        1 - falling(0.5, 0.2, 5), 1 - falling(0.5, 0.25, 5),
    ),
}  # fmt: skip


def keras(shape):
    train, dev, train_accuracy, dev_accuracy = (list(map(float, one)) for one in SHAPES[shape])
    return {"loss": train, "accuracy": train_accuracy, "val_loss": dev, "val_accuracy": dev_accuracy}


def history_of(value, name=""):
    found = read_curve_table(json.dumps(value).encode(), name)
    assert isinstance(found, TrainingHistory)
    return found


@pytest.mark.parametrize("shape", [one for one in SHAPES if one != "converged"])
def test_the_shape_of_a_history_opens_the_verdict(shape):
    verdict = diagnose_numbers(GivenNumbers(), history_of(keras(shape))).verdict
    assert verdict.code == shape
    assert verdict.problem == shape


def test_a_history_that_has_converged_is_judged_by_its_last_epoch():
    report = diagnose_numbers(GivenNumbers(human_error=0.01), history_of(keras("converged")))
    assert (report.verdict.bias, report.verdict.variance) == ("yes", "no")
    assert report.evidence["train_error"].value == pytest.approx(1 - SHAPES["converged"][2][-1])
    assert {f.code for f in report.findings if f.outcome == "fired"}.isdisjoint(rule.code for rule in EPOCH_RULES)


@pytest.mark.parametrize(
    ("shape", "action"),
    [("past_minimum", "Stop at epoch"), ("short_training", "Train longer than 40 epochs"),
     ("divergence", "A learning rate 10 times smaller"), ("wrong_step", "Another learning rate")],
)  # fmt: skip
def test_the_next_step_names_the_change(shape, action):
    first = diagnose_numbers(GivenNumbers(), history_of(keras(shape))).recommendations[0]
    assert str(first.title).startswith(action)


def test_a_training_that_does_not_work_is_not_judged_for_bias_and_variance():
    for shape in ("divergence", "wrong_step"):
        verdict = diagnose_numbers(GivenNumbers(), history_of(keras(shape))).verdict
        assert (verdict.bias, verdict.variance) == ("unknown", "unknown")


def test_a_loss_that_becomes_nan_is_divergence_in_json_and_csv():
    history = keras("converged")
    for name in ("loss", "val_loss"):
        history[name][12:] = [float("nan")] * 28
    lines = [
        "epoch,loss,val_loss",
        *(f"{k},{a},{b}" for k, (a, b) in enumerate(zip(history["loss"], history["val_loss"], strict=True))),
    ]
    for data in (json.dumps(history).encode(), "\n".join(lines).encode()):
        verdict = diagnose_numbers(GivenNumbers(), read_curve_table(data)).verdict
        assert verdict.code == "divergence"
        assert "not finite from epoch" in str(verdict.headline)


def test_keras_writes_the_same_run_as_csv_and_as_a_dict():
    table = read_curve_table(HISTORIES / "keras_csvlogger.csv")
    dictionary = read_curve_table(HISTORIES / "keras_history.json")
    assert table.metric == dictionary.metric == "accuracy"
    assert table.unit == "rate"
    for series in ("train_loss", "dev_loss", "train_error", "dev_error"):
        assert np.array_equal(getattr(table, series), getattr(dictionary, series)), series
    assert table.epochs[0] == 0
    assert table.dev_error[-1] == pytest.approx(0.28)
    report = diagnose_numbers(GivenNumbers(dev_rows=100), table)
    assert report.verdict.variance == "yes"
    # The dev loss rises from 0.58 to 0.79 while the dev error falls from 31 to 28%: no reason to stop early for the error.
    assert "becomes too sure of itself" in str(report.verdict.detail)
    assert report.recommendations[0].remedy == "regularization"


LIGHTNING = "epoch,step,train_acc_epoch,train_acc_step,train_loss_epoch,train_loss_step,val_acc,val_loss\n"


def lightning(epochs=20):
    """Lightning's CSVLogger: rows of steps, then one of the validation, then one of the epoch's means, each with gaps."""
    lines = []
    for k in range(epochs):
        loss, dev = 0.9 * 0.7**k + 0.2, 0.9 * 0.7**k + 0.5
        lines += [f"{k},{100 * k + s},,0.5,,{loss + 0.1}," + "," for s in (49, 99)]
        lines += [
            f"{k},{100 * k + 99},,,,,{0.75 - 0.2 * 0.7**k},{dev}",
            f"{k},{100 * k + 99},{0.95 - 0.3 * 0.7**k},,{loss},,,",
        ]
    return LIGHTNING + "\n".join(lines) + "\n"


def test_lightning_rows_of_one_epoch_belong_together():
    history = read_curve_table(lightning().encode())
    assert history.epochs.tolist() == list(range(20))
    assert history.train_loss[3] == pytest.approx(0.9 * 0.7**3 + 0.2)  # the epoch's mean, not the steps'
    assert history.dev_error[3] == pytest.approx(0.25 + 0.2 * 0.7**3)
    report = diagnose_numbers(GivenNumbers(), history)
    assert report.verdict.variance == "yes"
    assert report.evidence["dev_error"].value == pytest.approx(0.25, abs=0.001)


def test_lightning_of_steps_alone_is_averaged_over_the_epoch():
    table = "epoch,step,train_loss,val_loss\n" + "".join(
        f"{k},{2 * k},{1.0 / (k + 1) + 0.1},\n{k},{2 * k + 1},{1.0 / (k + 1) - 0.1},\n{k},{2 * k + 1},,{1.2 / (k + 1)}\n"
        for k in range(6)
    )
    history = read_curve_table(table.encode())
    assert history.train_loss == pytest.approx([1.0 / (k + 1) for k in range(6)])
    assert history.dev_loss == pytest.approx([1.2 / (k + 1) for k in range(6)])


def test_other_frameworks_of_that_shape():
    hugging_face = {
        "epoch": 3.0,
        "log_history": [
            row
            for k in range(6)
            for row in (
                {"epoch": k + 0.5, "loss": 1 / (k + 1), "step": k * 100 + 50},
                {"epoch": k + 1.0, "eval_loss": 0.5 + 0.3 / (k + 1), "eval_accuracy": 0.8, "step": k * 100 + 100},
            )
        ]
        + [{"epoch": 6.0, "train_loss": 0.4, "train_runtime": 22.0}],
    }
    history = history_of(hugging_face)
    assert history.train_loss == pytest.approx([1 / (k + 1) for k in range(6)])
    assert history.dev_loss == pytest.approx([0.5 + 0.3 / (k + 1) for k in range(6)])
    fastai = read_curve_table(b"epoch,train_loss,valid_loss,accuracy,time\n0,0.8,0.9,0.7,00:11\n1,0.6,0.8,0.75,00:11\n")
    assert fastai.dev_loss.tolist() == [0.9, 0.8]
    assert np.isnan(fastai.train_error).sum() == 0  # the losses: accuracy is of dev rows alone
    boosting = history_of({"train": {"logloss": [0.6, 0.5]}, "eval": {"logloss": [0.65, 0.6]}})
    assert boosting.metric == "log_loss"
    assert boosting.dev_error.tolist() == [0.65, 0.6]


def test_numbered_sets_of_boosting_libraries_are_training_and_dev_rows_in_their_order():
    curves = {"logloss": [0.6, 0.5, 0.4]}, {"logloss": [0.65, 0.6, 0.62]}
    xgboost = history_of({"validation_0": curves[0], "validation_1": curves[1]})
    assert (xgboost.train_error.tolist(), xgboost.dev_error.tolist()) == ([0.6, 0.5, 0.4], [0.65, 0.6, 0.62])
    assert "first_set" in {one.code for one in diagnose_numbers(GivenNumbers(), xgboost).dataset.notices}
    lightgbm = history_of({"training": curves[0], "valid_1": curves[1]})
    assert (lightgbm.dev_error.tolist(), lightgbm.first_set) == ([0.65, 0.6, 0.62], "")


def test_metrics_become_errors_of_which_lower_is_better():
    percent = read_curve_table(b"epoch,train_acc,val_acc\n1,80,75\n2,90,82\n")
    assert percent.dev_error == pytest.approx([0.25, 0.18])
    regression = history_of({"loss": [4.0, 1.0], "mse": [4.0, 1.0], "val_loss": [9.0, 4.0], "val_mse": [9.0, 4.0]})
    assert regression.dev_error.tolist() == [3.0, 2.0]
    report = diagnose_numbers(GivenNumbers(spread=4.0), regression)
    assert report.evidence["dev_error"].value == pytest.approx(0.5)
    with pytest.raises(DataError, match="cannot be a value of ROC AUC"):
        read_curve_table(b"epoch,train_auc,val_auc\n1,0.7,1.6\n2,0.8,0.7\n")


def test_a_log_of_several_runs_is_read_from_the_last():
    run = "".join(f"{k},{1 / (k + 1)},{1.5 / (k + 1)}\n" for k in range(5))
    again = "".join(f"{k},{2 / (k + 1)},{2.5 / (k + 1)}\n" for k in range(6))
    history = read_curve_table(("epoch,loss,val_loss\n" + run + again).encode())
    assert history.runs == 2
    assert history.dev_loss.tolist() == pytest.approx([2.5 / (k + 1) for k in range(6)])
    assert "several_runs" in {notice.code for notice in diagnose_numbers(GivenNumbers(), history).dataset.notices}


def test_losses_alone_tell_variance_but_not_bias():
    verdict = diagnose_numbers(
        GivenNumbers(), history_of({k: v for k, v in keras("past_minimum").items() if "loss" in k})
    ).verdict
    assert (verdict.bias, verdict.variance) == ("unknown", "yes")
    assert "lowest at epoch" in str(verdict.headline)


def test_without_dev_numbers_only_the_training_is_judged():
    history = {k: v for k, v in keras("converged").items() if not k.startswith("val")}
    report = diagnose_numbers(GivenNumbers(), history_of(history))
    assert report.verdict.code == "no_dev_error"
    assert "validation_data" in str(report.verdict.headline)


def test_few_epochs_are_not_read_into():
    for count in (1, 2, 3):
        report = diagnose_numbers(
            GivenNumbers(), history_of({k: v[:count] for k, v in keras("short_training").items()})
        )
        assert {f.code for f in report.findings if f.outcome == "fired"}.isdisjoint(rule.code for rule in EPOCH_RULES)


@pytest.mark.parametrize("rule", EPOCH_RULES, ids=lambda rule: rule.code)
def test_every_rule_of_epochs_decides_its_examples(rule):
    for example in rule.examples:
        (finding,) = check_rules(example.evidence, [rule])
        assert finding.outcome == example.outcome
        assert str(finding.message)


def test_a_report_of_a_history_is_shown_everywhere(tmp_path, capsys):
    for shape in SHAPES:
        report = diagnose_numbers(GivenNumbers(), history_of(keras(shape)))
        assert to_json(from_json(to_json(report))) == to_json(report)
        assert str(report.verdict.headline)[:20] in to_html(report)
        assert "Findings" in to_text(report)
        assert len(report.training_curve.epochs) == 40
    (tmp_path / "h.json").write_text(json.dumps(keras("past_minimum")))
    for flag in ("--curve", "--history"):
        assert main(["numbers", flag, str(tmp_path / "h.json")]) == 0
        assert capsys.readouterr().out.startswith("Trained too long")


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b'{"loss": "x"}',
        b'{"loss": []}',
        b'[{"a": 1}]',
        b"epoch,note\n1,x\n2,y\n",
        b'{"loss": [1, 2',
        b"[" * 5000,
    ],
)
def test_what_is_no_history_is_refused_in_one_line(data):
    with pytest.raises(DataError):
        read_curve_table(data)

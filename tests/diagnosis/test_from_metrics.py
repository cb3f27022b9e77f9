"""Only numbers in hand: the textbook's pairs come out right, parts add up, and the command line says so."""

import json
from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from dldiag.cli.main import main
from dldiag.core.params import SettingError
from dldiag.diagnosis.from_metrics import EXAMPLES, GivenNumbers, diagnose_numbers, read_curve_table
from dldiag.diagnosis.from_metrics.evidence import evidence_of
from dldiag.diagnosis.from_metrics.rules import number_rules
from dldiag.report import from_json, to_html, to_json, to_text
from tests.diagnosis.test_given_curves import CURVE

MANY = {"train_rows": 60_000, "dev_rows": 20_000}
PAIRS = [  # the deep-learning course: training, dev and human-level error -> bias, variance
    (0.01, 0.11, None, "no", "yes"),
    (0.15, 0.16, None, "yes", "no"),
    (0.15, 0.30, None, "yes", "yes"),
    (0.005, 0.01, None, "no", "no"),
    (0.15, 0.16, 0.15, "no", "no"),
]


def errors_of(report):
    return {name: estimate.value for name, estimate in report.evidence.items()}


@pytest.mark.parametrize("rows", [{}, MANY], ids=["exact", "many rows"])
@pytest.mark.parametrize(("train", "dev", "human", "bias", "variance"), PAIRS)
def test_the_textbook_pairs_come_out_right(train, dev, human, bias, variance, rows):
    report = diagnose_numbers(GivenNumbers(train, dev, human, **rows))
    assert (report.verdict.bias, report.verdict.variance) == (bias, variance)
    first = report.recommendations[0].remedy
    assert first == {"yes": "bigger_network", "no": {"yes": "regularization", "no": "leave_it"}[variance]}[bias]


def test_the_same_pair_on_few_rows_is_left_undecided_with_the_rows_that_would_decide():
    report = diagnose_numbers(GivenNumbers(0.15, 0.19, 0.15, dev_rows=300, train_rows=900))
    assert report.verdict.variance == "undecided"
    found = {finding.code: str(finding.message) for finding in report.findings}
    assert "more dev rows would decide" in found["V1"]


def test_remedies_follow_the_textbook_table_with_the_larger_part_first():
    both = [one.remedy for one in diagnose_numbers(GivenNumbers(0.15, 0.35)).recommendations]
    assert both[:2] == ["regularization", "more_data"]
    assert both.index("bigger_network") < both.index("train_longer") < both.index("leave_it")
    assert [one.rank for one in diagnose_numbers(GivenNumbers(0.15, 0.35)).recommendations] == list(
        range(1, len(both) + 1)
    )


@settings(max_examples=40, deadline=None)
@given(
    st.floats(0, 0.4),
    st.floats(0, 0.4),
    st.floats(0, 0.4),
    st.floats(0, 0.4),
    st.sampled_from([None, 50, 2000, 10**6]),
)
def test_four_parts_add_up_to_the_dev_error(human, train, training_dev, dev, rows):
    numbers = GivenNumbers(train, dev, human, training_dev, dev_rows=rows, train_rows=rows, training_dev_rows=rows)
    e = errors_of(diagnose_numbers(numbers))
    assert e["achievable"] + e["avoidable_bias"] + e["variance"] + e["mismatch"] == pytest.approx(e["dev_error"])
    assert e["train_error"] + e["variance"] == pytest.approx(e["training_dev_error"])


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 0.5), st.floats(0, 0.5))
def test_three_parts_add_up_without_a_training_dev_error(train, dev):
    e = errors_of(diagnose_numbers(GivenNumbers(train, dev)))
    assert e["achievable"] + e["avoidable_bias"] + e["variance"] == pytest.approx(e["dev_error"])
    assert "mismatch" not in e


def test_data_mismatch_is_told_from_variance_by_the_training_dev_error():
    with_it = diagnose_numbers(EXAMPLES["mismatch"][1])
    assert "Data mismatch" in str(with_it.verdict.headline)
    assert with_it.verdict.variance == "no"
    assert with_it.recommendations[0].remedy == "matching_data"
    assert {f.code for f in with_it.findings if f.outcome == "fired"} >= {"D7"}
    assert "N1" not in {f.code for f in with_it.findings if f.outcome == "fired"}
    without = diagnose_numbers(replace(EXAMPLES["mismatch"][1], training_dev_error=None))
    assert without.verdict.variance == "yes"
    assert "data mismatch" in " ".join(to_text(with_it).split())


def test_a_gap_at_the_human_level_is_left_alone():
    report = diagnose_numbers(GivenNumbers(0.01, 0.11, 0.11, **MANY))
    assert "Keep the model" in str(report.verdict.headline)


def test_a_test_error_far_above_the_dev_error_is_told():
    outcome = {f.code: f.outcome for f in diagnose_numbers(GivenNumbers(0.05, 0.06, 0.05, test_error=0.12)).findings}
    assert outcome["P3"] == "fired"
    outcome = {f.code: f.outcome for f in diagnose_numbers(GivenNumbers(0.05, 0.06, 0.05, test_error=0.062)).findings}
    assert outcome["P3"] == "passed"
    assert {f.code: f.outcome for f in diagnose_numbers(GivenNumbers(0.05, 0.06)).findings}["P3"] == "not_applicable"


def test_nothing_is_assumed_silently():
    plain = diagnose_numbers(GivenNumbers(0.05, 0.06))
    assert {notice.code for notice in plain.dataset.notices} == {"no_human_error", "no_dev_rows"}
    assert "as if 0 were achievable" in str(plain.verdict.detail)
    assert "assumed" in str(plain.evidence["achievable"].source)
    assert diagnose_numbers(GivenNumbers(0.05, 0.06, 0.05, dev_rows=100)).dataset.notices == ()
    below = diagnose_numbers(GivenNumbers(0.01, 0.03, 0.05, **MANY))
    assert {notice.code for notice in below.dataset.notices} == {"below_human_error"}


def test_intervals_come_from_the_rows():
    dev = evidence_of(GivenNumbers(0.02, 0.10, dev_rows=400)).dev_error
    z, n, p = 1.6449, 400, 0.10  # Wilson's score interval, written out
    middle, half = (p + z**2 / (2 * n)) / (1 + z**2 / n), z * sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    assert (dev.low, dev.high) == pytest.approx((middle - half, middle + half), abs=1e-4)
    rmse = evidence_of(GivenNumbers(0.2, 0.5, dev_rows=200, task="regression")).dev_error
    assert rmse.high - rmse.value == pytest.approx(1.6449 * 0.5 / sqrt(400), rel=1e-3)


def test_regression_errors_may_exceed_one():
    assert diagnose_numbers(GivenNumbers(0.9, 1.4, 0.3, task="regression")).verdict.bias == "yes"


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        (GivenNumbers(), "training error and a dev error"),
        (GivenNumbers(0.1), "training error and a dev error"),
        (GivenNumbers(15.0, 16.0), "0.15 for 15%"),
        (GivenNumbers(-0.1, 0.2), "below its lowest value"),
        (GivenNumbers(0.1, 0.2, dev_rows=0), "below its lowest value"),
    ],
)
def test_impossible_numbers_are_refused_in_one_plain_line(numbers, says):
    with pytest.raises(SettingError, match=says):
        diagnose_numbers(numbers)


def test_every_rule_runs_on_numbers():
    for _, numbers in EXAMPLES.values():
        report = diagnose_numbers(numbers)
        assert "could_not_run" not in {finding.outcome for finding in report.findings}
        assert len(report.findings) == len(number_rules())
        assert all(str(finding.message) for finding in report.findings)


def test_a_report_of_numbers_survives_json_and_can_be_shown_everywhere():
    for numbers, curve in ((EXAMPLES["mismatch"][1], None), (GivenNumbers(), read_curve_table(CURVE.encode()))):
        report = diagnose_numbers(numbers, curve)
        assert to_json(from_json(to_json(report))) == to_json(report)
        assert str(report.verdict.headline)[:20] in to_html(report)
        assert "Error budget" in to_text(report)


# --- the command line ---------------------------------------------------------------------------------------------


def test_the_verb_says_what_is_wrong(capsys, tmp_path):
    status = main(
        [
            "numbers",
            "--train",
            "2%",
            "--dev",
            "0.15",
            "--human",
            ".01",
            "--dev-rows",
            "2000",
            "--json",
            str(tmp_path / "out.json"),
        ]
    )
    assert status == 0
    assert capsys.readouterr().out.startswith("Overfitting (high variance)")
    report = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert report["evidence"]["train_error"]["value"] == 0.02
    assert report["verdict"]["variance"] == "yes"


def test_the_verb_reads_a_curve_and_writes_chinese(capsys, tmp_path):
    (tmp_path / "curve.csv").write_text(CURVE, encoding="utf-8")
    assert main(["numbers", "--curve", str(tmp_path / "curve.csv"), "--language", "zh"]) == 0
    assert "高方差" in capsys.readouterr().out
    main(["samples", "--language", "en"])


@pytest.mark.parametrize(
    "arguments",
    [[], ["--train", "15", "--dev", "16"], ["--train", "x"], ["--curve", "absent.csv"], ["--train", ".1", "--dev", ".2", "--json", "no/where.json"]],
)  # fmt: skip
def test_bad_input_is_one_plain_line_and_status_two(arguments, capsys):
    assert main(["numbers", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.strip().splitlines()) == 1
    assert "Traceback" not in captured.err


def test_a_test_error_far_above_the_dev_error_is_told_and_treated():
    report = diagnose_numbers(GivenNumbers(0.08, 0.10, 0.01, test_error=0.20, dev_rows=500, test_rows=500))
    assert "Too much was chosen on this dev set" in str(report.verdict.detail)
    leave = next(one.rank for one in report.recommendations if one.remedy == "leave_it")
    assert next(one.rank for one in report.recommendations if one.remedy == "more_dev_rows") < leave


def test_nothing_is_expected_of_a_remedy_that_nothing_was_measured_of():
    report = diagnose_numbers(GivenNumbers(0.08, 0.10, 0.01))
    assert [one.expected for one in report.recommendations if one.remedy != "leave_it"] == [None] * (
        len(report.recommendations) - 1
    )


# --- metrics other than the error rate ----------------------------------------------------------------------------


def test_errors_in_the_targets_own_unit_are_never_taken_for_multiples_of_its_spread_in_silence():
    own = diagnose_numbers(GivenNumbers(3.2, 4.8, task="regression"))
    assert (own.verdict.bias, own.verdict.variance) == ("unknown", "yes")
    assert "target's own unit" in str(own.verdict.detail)
    assert "worse than always predicting the mean" in str(own.verdict.detail)
    known = diagnose_numbers(GivenNumbers(3.2, 4.8, task="regression", spread=8.0))
    assert errors_of(known)["dev_error"] == pytest.approx(0.6)
    assert errors_of(known)["train_error"] == pytest.approx(0.4)
    worse = diagnose_numbers(GivenNumbers(3.2, 4.8, metric="rmse", spread=4.0))
    assert "worse than the baseline" in str(worse.verdict.headline)
    unsure = diagnose_numbers(GivenNumbers(0.4, 1.3, task="regression"))
    assert "worse than the baseline" in str(unsure.verdict.headline)
    assert "If they are in the target's own unit" in str(unsure.verdict.detail)


@pytest.mark.parametrize(
    ("metric", "train", "dev", "says"),
    [
        ("accuracy", 0.99, 0.85, "Higher is better, 1 is perfect"),
        ("roc_auc", 0.99, 0.85, "0.5 is guessing"),
        ("r2", 0.95, 0.5, "0 is always predicting the mean"),
        ("f1", 0.99, 0.85, "higher is better"),
        ("rmse", 1.0, 4.0, "target's own unit"),
        ("mae", 1.0, 4.0, "target's own unit"),
        ("log_loss", 0.1, 0.5, "has no upper end"),
    ],
)
def test_a_metric_is_told_as_what_it_is_and_its_direction_is_known(metric, train, dev, says):
    report = diagnose_numbers(GivenNumbers(train, dev, metric=metric))
    assert report.verdict.variance == "yes"
    assert says in str(report.verdict.detail)
    assert report.metric.name == metric
    assert to_json(from_json(to_json(report))) == to_json(report)


def test_baselines_of_auc_and_r2_are_known():
    reversed_labels = diagnose_numbers(GivenNumbers(0.52, 0.45, metric="roc_auc"))
    assert "wrong way round" in str(reversed_labels.verdict.detail)
    assert errors_of(reversed_labels)["guess_error"] == 0.5
    assert "worse than the baseline" in str(diagnose_numbers(GivenNumbers(0.9, -0.2, metric="r2")).verdict.headline)
    assert errors_of(diagnose_numbers(GivenNumbers(0.91, 0.84, metric="r2")))["dev_error"] == pytest.approx(0.4)


def test_the_interval_of_an_auc_is_that_of_hanley_and_mcneil():
    rng = np.random.default_rng(0)
    positive, negative = rng.normal(1.35, 1, (2000, 100)), rng.normal(0, 1, (2000, 100))
    ranks = np.argsort(np.argsort(np.concatenate([positive, negative], axis=1), axis=1), axis=1) + 1
    auc = (ranks[:, :100].sum(axis=1) - 100 * 101 / 2) / 100**2
    dev = evidence_of(GivenNumbers(0.0, float(1 - auc.mean()), metric="roc_auc", dev_rows=200)).dev_error
    assert (dev.high - dev.value) / 1.6449 == pytest.approx(auc.std(), rel=0.1)


def test_a_dev_error_below_the_training_error_is_explained_not_contradicted():
    report = diagnose_numbers(GivenNumbers(0.12, 0.07))
    assert "Dropout and data augmentation" in str(report.verdict.detail)
    assert "nearly the dev error" not in str(report.verdict.headline)
    few = diagnose_numbers(GivenNumbers(0.12, 0.07, dev_rows=40))
    assert "With 40 dev rows" in str(few.verdict.detail)
    assert "dropout" not in str(diagnose_numbers(GivenNumbers(0.07, 0.12)).verdict.detail)


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        (GivenNumbers(1.3, 0.5, metric="r2"), "R² is at most 1"),
        (GivenNumbers(88, 85, metric="accuracy"), "0.85 for 85%"),
        (GivenNumbers(-1, 2, metric="rmse"), "below its lowest value"),
        (GivenNumbers(1, 2, metric="rmse", spread=0.0), "below its lowest value"),
    ],
)
def test_values_that_a_metric_cannot_have_are_refused(numbers, says):
    with pytest.raises(SettingError, match=says):
        diagnose_numbers(numbers)


def test_with_a_training_dev_error_the_training_error_is_held_against_that():
    said = str(diagnose_numbers(GivenNumbers(0.05, 0.20, training_dev_error=0.06, dev_rows=3_000)).verdict.headline)
    assert "like the training rows (6.0%)" in said and "20.0%" not in said


def test_without_a_human_level_nothing_is_said_to_be_achievable_while_overfitting_is_open():
    said = str(diagnose_numbers(GivenNumbers(0.05, 0.06, dev_rows=300)).verdict.headline)
    assert "if much less than 5.0% is achievable" in said and "300 dev rows" in said


def test_one_dev_row_is_one_row():
    report = diagnose_numbers(GivenNumbers(0.01, 0.1, dev_rows=1))
    assert "1 dev row " in str(report.verdict.headline) and "1 dev rows" not in to_text(report)

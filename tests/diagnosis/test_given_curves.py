"""Learning curves from elsewhere: tables of any framework are read, and their errors have a spread and a forecast."""

import numpy as np
import pytest

from dldiag.core.params import SettingError
from dldiag.core.types import DataError
from dldiag.diagnosis.from_metrics import GivenNumbers, diagnose_numbers, read_curve_table
from dldiag.experiments.learning_curve import LearningCurve
from dldiag.report import curves_csv

CURVE = """rows,train_error,dev_error,repeat
100,0.00,0.30,1
200,0.00,0.24,1
400,0.00,0.20,1
800,0.01,0.17,1
100,0.00,0.29,2
200,0.00,0.25,2
400,0.00,0.19,2
800,0.01,0.16,2
100,0.00,0.31,3
200,0.00,0.23,3
400,0.00,0.20,3
800,0.01,0.165,3
"""


def test_a_learning_curve_gives_errors_their_spread_and_a_forecast():
    curve = read_curve_table(CURVE.encode(), "mine.csv")
    assert curve.sizes.tolist() == [100, 200, 400, 800]
    assert curve.dev_errors[-1] == pytest.approx([0.17, 0.16, 0.165])
    report = diagnose_numbers(GivenNumbers(human_error=0.02), curve)
    assert report.evidence["dev_error"].value == pytest.approx(0.165)
    assert report.evidence["dev_error"].low < 0.165 < report.evidence["dev_error"].high
    assert report.verdict.variance == "yes"
    assert [point.rows for point in report.forecast] == [1600, 3200, 8000]
    assert report.evidence["more_data_gain"].surely_above > 0.01
    assert {f.code: f.outcome for f in report.findings}["V1c"] == "fired"


def test_more_data_is_not_recommended_where_the_curve_is_flat():
    rows = "\n".join(
        f"{n},0.01,{0.10 + 0.001 * (r % 2)},{r}" for n in (1000, 2000, 4000, 8000, 16000) for r in range(4)
    )
    report = diagnose_numbers(
        GivenNumbers(material=0.03), read_curve_table(f"rows,train_error,dev_error,repeat\n{rows}".encode())
    )
    order = [one.remedy for one in report.recommendations]
    assert order[0] == "regularization"
    assert "more_data" not in order[: order.index("leave_it")]


def test_typed_numbers_count_before_the_curve():
    report = diagnose_numbers(GivenNumbers(dev_error=0.4, dev_rows=1000), read_curve_table(CURVE.encode()))
    assert report.evidence["dev_error"].value == 0.4


def test_scores_of_other_frameworks_are_turned_into_errors():
    text = "n_train;Train Score;test_score;fold\n100;1.0;0.7;1\n200;1.0;0.75;1\n100;1.0;0.72;2\n200;0.99;0.77;2\n"
    curve = read_curve_table(text.encode())
    assert curve.dev_errors == pytest.approx(np.array([[0.3, 0.28], [0.25, 0.23]]))
    assert curve.train_errors == pytest.approx(np.array([[0.0, 0.0], [0.0, 0.01]]))


@pytest.mark.parametrize(
    "names",
    [
        "train_sizes,train_scores,test_scores", "train_sizes_abs,train_scores_mean,test_scores_mean",
        "Training_Size,Train Accuracy,Validation Accuracy", "n_training,mean_train_score,mean_test_score",
    ],
)  # fmt: skip
def test_scores_that_are_means_over_folds_keep_their_role(names):
    curve = read_curve_table(f"{names}\n100,0.99,0.71\n200,0.98,0.78\n".encode())
    assert curve.dev_errors.ravel() == pytest.approx([0.29, 0.22])
    assert curve.train_errors.ravel() == pytest.approx([0.01, 0.02])


def test_a_column_of_its_own_goes_before_a_mean_of_the_same_name():
    curve = read_curve_table(b"n,train_score,test_score_mean,test_score\n100,0.99,0.5,0.71\n200,0.98,0.5,0.78\n")
    assert curve.dev_errors.ravel() == pytest.approx([0.29, 0.22])


@pytest.mark.parametrize(("cells", "sizes"), [(("2 K", "4 K", "8 K"), (2, 4, 8)), (("1.5k", "3k", "6k"), (1.5, 3, 6))])
def test_rows_in_thousands_are_counted_with_a_blank_and_without(cells, sizes):
    lines = "".join(f"{cell},0.05,{0.3 - i / 50}\n" for i, cell in enumerate(cells))
    curve = read_curve_table(f"samples,train_error,val_error\n{lines}".encode())
    assert curve.sizes.tolist() == [1000 * size for size in sizes]


def test_scores_of_a_regression_become_the_root_of_what_they_leave():
    rng = np.random.default_rng(0)
    y, predicted = rng.normal(size=400), rng.normal(size=400) / 3
    r2 = 1 - np.mean((y - predicted) ** 2) / np.var(y)
    for names in ("rows,train_score,val_score", "rows,train_r2,val_r2"):
        curve = read_curve_table(f"{names}\n100,1.0,{r2}\n200,0.91,0.84\n".encode(), unit="sd")
        rmse = np.sqrt(np.mean((y - predicted) ** 2)) / np.std(y)  # the unit of every error of a regression
        assert curve.dev_errors.ravel() == pytest.approx([rmse, 0.4])
        assert curve.train_errors.ravel() == pytest.approx([0.0, 0.3])


def test_repeats_of_several_seeds_and_folds_are_all_kept():
    lines = [
        f"{n},0.0,{0.3 - n / 1000 + s / 100 + f / 1000},{s},{f}" for n in (100, 200) for s in (1, 2) for f in (1, 2, 3)
    ]
    curve = read_curve_table("\n".join(["rows,train_error,dev_error,seed,fold", *lines]).encode())
    assert curve.dev_errors.shape == (2, 6)
    assert np.isfinite(curve.dev_errors).all()
    one = read_curve_table(
        b"rows,train_error,dev_error,repeat,seed\n10,0,0.5,1,7\n10,0,0.4,2,8\n20,0,0.4,1,9\n20,0,0.3,2,3\n"
    )
    assert one.dev_errors == pytest.approx(np.array([[0.5, 0.4], [0.4, 0.3]]))


def test_the_verdict_is_read_where_both_errors_are_known():
    table = b"rows,train_error,dev_error\n100,0,0.3\n200,0,0.25\n400,0.02,0.22\n800,0.01,\n"
    evidence = diagnose_numbers(GivenNumbers(), read_curve_table(table)).evidence
    assert [evidence[name].value for name in ("n_train", "train_error", "dev_error")] == [400, 0.02, 0.22]


def test_repeats_without_a_column_are_numbered_and_gaps_stay_unknown():
    curve = read_curve_table(b"rows,train_error,dev_error\n10,0.1,0.5\n10,0.1,0.6\n20,0.1,0.4\n20,,\n")
    assert curve.dev_errors.shape == (2, 2)
    assert np.isnan(curve.dev_errors[1, 1])


def test_our_own_sheet_of_curves_can_be_read_again():
    report = diagnose_numbers(GivenNumbers(), read_curve_table(CURVE.encode(), "mine.csv"))
    again = read_curve_table(curves_csv(report).encode())
    assert np.array_equal(again.dev_errors, report.curves[0].dev_errors)
    assert np.array_equal(again.sizes, report.curves[0].sizes)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a,b\n1,2\n3,4\n", "needs the columns rows"),
        ("rows,train_error,dev_error\n10,1,50\n20,1,40\n", "cannot be a share"),
        ("rows,train_error,dev_error\n10,0.1,-0.5\n20,0.1,0.4\n", "cannot be a share"),
        ("rows,train_error,dev_error\n0,0.1,0.5\n20,0.1,0.4\n", "above 0"),
        ("rows,train_error,dev_error\n10,0.1,much\n20,0.1,0.4\n", "not a number"),
        ("rows,train_error,dev_error\n10,0.1,\n20,0.1,\n", "no line with"),
        ("train_size,train_error,dev_error\n0.1,0,0.3\n1.0,0,0.2\n", "0.1 is no number of training rows"),
        ("rows,train_error,dev_error,unit\n10,0.1,0.9,percent\n20,0.1,0.5,percent\n", "'percent' is no unit"),
        ("rows,train_error,dev_error,cv\n10,0,0.5,5\n10,0,0.4,5\n", "about 10 rows and the same cv"),
        ("rows,train_acc,val_acc\n10,99,80\n20,98,84\n", "A score of 99 in column train_acc"),
        ("rows,train_r2,val_r2\n10,0.9,0.8\n20,0.9,0.85\n", "only a regression has"),
    ],
)
def test_a_table_that_is_no_learning_curve_is_refused(text, says):
    with pytest.raises(DataError, match=says):
        read_curve_table(text.encode())


def test_a_negative_loss_is_not_taken_for_r2():
    with pytest.raises(DataError, match="neither accuracy nor R²"):
        read_curve_table(b"rows,train_score,val_score\n100,-10,-25\n200,-9,-20\n", unit="sd")
    worse_than_the_mean_on_new_rows = read_curve_table(b"rows,train_score,val_score\n9,1,-0.44\n20,1,0.75\n", unit="sd")
    assert worse_than_the_mean_on_new_rows.dev_errors.ravel() == pytest.approx([1.2, 0.5])


def test_units_that_disagree_are_refused():
    curve = read_curve_table(CURVE.encode(), unit="sd")
    with pytest.raises(SettingError, match="different error units"):
        diagnose_numbers(GivenNumbers(), curve)


def test_a_curve_of_one_size_still_gives_a_verdict():
    curve = LearningCurve("x", np.array([100]), np.array([[0.01]]), np.array([[0.2]]))
    report = diagnose_numbers(GivenNumbers(), curve)
    assert report.verdict.variance == "yes"
    assert len(report.forecast) == 0
    assert report.forecast.abstains is not None

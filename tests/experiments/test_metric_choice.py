"""Which metric a diagnosis judges by, and how costs are read."""

import numpy as np
import pytest

from dldiag.core.settings import METRIC_NAMES, Settings
from dldiag.core.types import DataError
from dldiag.experiments.costs import read_costs
from dldiag.experiments.metric_choice import MetricChoice, check_judged, choose_metric
from dldiag.experiments.metrics import METRICS
from tests.problems import dataset


def table(shares, names=None):
    """A table with so many rows of each class."""
    y = np.repeat(names or np.arange(len(shares)), shares)
    return dataset(np.zeros((len(y), 1)), y)


NUMERIC = dataset(np.zeros((50, 1)), np.linspace(-1, 1, 50), "regression")


def test_every_metric_can_be_chosen_under_its_label():
    assert {name: str(row.label) for name, row in METRICS.items()} == {
        name: label for name, label in METRIC_NAMES.items() if name != "auto"
    }


@pytest.mark.parametrize(
    ("shares", "expected"),
    [([500, 500], "error"), ([901, 99], "balanced_error"), ([900, 100], "error"), ([600, 340, 60], "balanced_error")],
)
def test_a_class_below_a_fifth_of_its_even_share_makes_classes_count_the_same(shares, expected):
    choice = choose_metric(table(shares), Settings())
    assert (choice.name, choice.chosen) == (expected, "auto")
    assert str(choice.why)


def test_a_numeric_target_is_judged_by_rmse():
    assert choose_metric(NUMERIC, Settings()).name == "rmse"


@pytest.mark.parametrize(
    ("names", "asked", "expected"),
    [
        (["no", "yes"], "", 1),
        (["0", "1"], "", 1),
        (["a", "b"], "", 0),
        (["no", "yes"], "no", 0),
        (["a", "b", "c"], "", None),
    ],
)
def test_the_positive_class_is_the_one_asked_for_or_named_yes_or_the_rarer(names, asked, expected):
    shares = [40, 60, 70][: len(names)]
    assert choose_metric(table(shares, names), Settings(positive=asked)).positive == expected


@pytest.mark.parametrize(
    ("data", "settings", "said"),
    [
        (table([50, 50]), Settings(metric="rmse"), "rmse is not for classification"),
        (NUMERIC, Settings(metric="f1"), "f1 is not for regression"),
        (NUMERIC, Settings(metric="rmsle"), "at least 0"),
        (NUMERIC, Settings(positive="1"), "is for classes"),
        (table([50, 50]), Settings(positive="maybe"), 'no class "maybe"'),
        (table([50, 50]), Settings(metric="cost"), "needs the cost"),
        (table([50, 50, 50]), Settings(metric="f1"), "needs a positive class"),
        (table([50, 50, 50]), Settings(cost="fn=1,fp=2"), "two classes"),
        (table([50, 50]), Settings(cost="0,1,2;3,4,5"), "2 × 2"),
        (table([50, 50], ["No", "Yes"]), Settings(cost="0,1\n2,0\n3,1"), "2 × 2"),
        (table([50, 50]), Settings(cost="fn=much"), "no cost"),
        (table([50, 50]), Settings(cost="miss=5"), '"miss"'),
        (table([50, 50]), Settings(cost="0,-1;1,0"), "no cost"),
        (table([50, 50]), Settings(cost=",0,2\n0,0,1\n2,1,0"), 'the class "1"'),
    ],
)
def test_what_cannot_be_used_is_said_in_one_plain_line(data, settings, said):
    with pytest.raises(DataError, match=said) as found:
        choose_metric(data, settings)
    assert "\n" not in str(found.value) and found.value.hint.template


def test_costs_choose_the_metric_unless_another_is_asked_for():
    assert choose_metric(table([50, 50]), Settings(cost="fn=5")).name == "cost"
    choice = choose_metric(table([50, 50]), Settings(cost="fn=5", metric="f1"))
    assert choice.name == "f1" and choice.costs is not None


@pytest.mark.parametrize(
    "text",
    [
        "fn=5, fp=1",
        "FN=5;FP=1",
        "0,1;5,0",
        "0,1\n5,0\n",
        ",no,yes\nno,0,1\nyes,5,0",
        ",yes,no\nyes,0,5\nno,1,0",
        "yes,no\nyes,0,5\nno,1,0",
    ],
)
def test_costs_may_be_written_in_every_usual_way(text):
    assert read_costs(text, ["no", "yes"], 1) == ((0.0, 1.0), (5.0, 0.0))


def test_names_of_classes_in_a_table_of_costs_may_be_numbers():
    assert read_costs(",1,0\n1,0,7\n0,2,0", ["0", "1"], 1) == ((0.0, 2.0), (7.0, 0.0))


@pytest.mark.parametrize(("name", "refused"), [("roc_auc", True), ("f1", True), ("error", False), ("log_loss", False)])
def test_dev_rows_without_a_positive_one_are_refused_where_the_metric_asks_about_those(name, refused):
    choice, nobody = MetricChoice(name, positive=1), np.zeros(30, dtype=int)
    check_judged(choice, np.array([0, 1]), ("no", "yes"))
    if not refused:
        check_judged(choice, nobody, ("no", "yes"))
        return
    with pytest.raises(DataError, match='Too few rows are "yes": a dev set has none') as found:
        check_judged(choice, nobody, ("no", "yes"))
    assert found.value.hint.template


@pytest.mark.parametrize("text", ["fn=0,fp=0", "0,0;0,0"])
def test_costs_that_are_all_0_are_refused(text):
    with pytest.raises(DataError, match="All costs are 0"):
        read_costs(text, ["no", "yes"], 1)

"""What else a change did, beside the dev error that it was made for."""

from dataclasses import replace

from dldiag.core.i18n import Message
from dldiag.core.metric_results import ClassScores, MetricUsed
from dldiag.core.performance import Performance
from dldiag.core.types import Estimate, Parent
from dldiag.report import to_html, to_text, view
from tests.reports import make_report


def spread(value: float, half: float = 0.01) -> Estimate:
    return Estimate(value, value - half, value + half)


def changed(before: dict, after: dict, classes_before=(), classes_after=(), *, fell=True):
    """A report whose run was changed from another: metrics and class scores before and after."""
    errors = (spread(0.35), spread(0.12)) if fell else (spread(0.12), spread(0.35))
    parent = Parent(
        "a", "class_weights", Message("Class weights"), {"class_weight": (None, "balanced")}, errors[0], errors[1],
        metrics=before, per_class=tuple(classes_before),
    )  # fmt: skip
    performance = (Performance("mlp", "Neural network", after, tuple(classes_after)),)
    return replace(make_report(), parent=parent, metrics=after, performance=performance)


def test_a_metric_that_got_worse_while_the_dev_error_fell_is_said():
    report = changed(
        {"error": spread(0.026), "roc_auc": spread(0.95)}, {"error": spread(0.134), "roc_auc": spread(0.951)}
    )
    rows = view.side_effects(report)
    assert [row["Measure"] for row in rows] == ["Error rate"], "AUC hardly moved"
    assert rows[0]["Before"].startswith("2.6%")
    assert rows[0]["After"].startswith("13.4%")


def test_what_went_the_way_of_the_dev_error_is_not_said_and_the_chosen_metric_neither():
    better = {"log_loss": spread(0.9)}, {"log_loss": spread(0.3)}
    assert view.side_effects(changed(*better)) == []
    assert [row["Measure"] for row in view.side_effects(changed(*better, fell=False))] == ["Log loss"]
    report = changed({"balanced_error": spread(0.1)}, {"balanced_error": spread(0.3)})
    judged = replace(
        report, metric=MetricUsed("balanced_error", Message("Balanced error"), "rate", None, "auto", None, 0.5)
    )
    assert view.side_effects(report)
    assert view.side_effects(judged) == []


def test_recall_and_precision_of_a_class_are_said_whichever_way_they_went():
    before = [
        ClassScores("Yes", 207, spread(0.3, 0.05), spread(0.8, 0.07)),
        ClassScores("No", 5896, spread(0.99), None),
    ]
    after = [
        ClassScores("Yes", 207, spread(0.9, 0.03), spread(0.19, 0.02)),
        ClassScores("No", 5896, spread(0.985), None),
    ]
    report = changed({}, {}, before, after)
    assert [row["Measure"] for row in view.side_effects(report)] == ['Precision of "Yes"', 'Recall of "Yes"']
    assert "What else the change did" in to_html(report)
    assert 'Recall of "Yes": 30.0%' in " ".join(to_text(report).split())


def test_of_many_classes_those_that_changed_most_are_said():
    before = [ClassScores(f"c{i}", 50, spread(0.2), spread(0.5)) for i in range(9)]
    after = [ClassScores(f"c{i}", 50, spread(0.3 + i / 20), spread(0.5)) for i in range(9)]
    rows = view.side_effects(changed({}, {}, before, after))
    assert [row["Measure"] for row in rows] == [f'Recall of "c{i}"' for i in (8, 7, 6, 5, 4, 3)]


def test_a_first_run_has_no_side_effects():
    assert view.side_effects(make_report()) == []

"""How good the models are: a part for each thing that the predictions show."""

from tests.app.drawing import drawn, said


def page(task):
    from dldiag.app.views.performance import show_performance
    from tests.reports import make_report

    show_performance(make_report(task=task) if task else make_report(performance=()))


def test_nothing_is_shown_of_a_report_without_predictions():
    assert said(drawn(page, "")) == ""


def test_classes_and_values_have_parts_of_their_own():
    classes, values = ({one.label for one in drawn(page, task).expander} for task in ("classification", "regression"))
    assert classes & values, "both show every metric"
    assert any("class" in one.lower() for one in classes - values)
    assert any("residual" in one.lower() for one in values - classes)

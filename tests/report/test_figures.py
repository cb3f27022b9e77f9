"""Figures show the numbers of a report, and nothing by color alone."""

import itertools
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from dldiag.core.error_findings import ErrorFindings, PartialDependence
from dldiag.core.i18n import Message
from dldiag.core.types import LearningCurve, exactly
from dldiag.report import figures
from dldiag.report.figures import FIGURES
from dldiag.report.figures.theme import DASHES, MARKERS, MOST_TICKS, THEMES, rows_axis
from tests.reports import make_curves, make_report, make_training_curve

CASES = ["bias", "variance", "neither", "undecided"]


def of_task(task):
    curves = (
        PartialDependence("age", (20.0, 40.0), (0.25, 0.75), "yes"),
        PartialDependence("city", ("A", "B"), (0.5, 0.625), "yes"),
    )
    return replace(make_report(task=task), errors=ErrorFindings(100, "rate", exactly(0.1), dependence=curves))


def shown(figure: go.Figure) -> list[go.Scatter]:
    return [trace for trace in figure.data if trace.showlegend is not False and trace.name]


@pytest.mark.parametrize("kind", FIGURES)
@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("theme", THEMES)
def test_every_figure_draws_in_every_case_and_theme(kind, case, theme, task):
    report = make_report(case, task=task)
    if FIGURES[kind].shown(report):
        drawn = FIGURES[kind].draw(report, theme)
        assert drawn.data
        assert drawn.layout.font.color == THEMES[theme].ink


@pytest.mark.parametrize("kind", FIGURES)
def test_every_figure_has_words_with_its_numbers(kind):
    report = next(one for one in map(of_task, ("classification", "regression")) if FIGURES[kind].shown(one))
    words = figures.alt(kind, report)
    assert isinstance(words, Message)
    assert sum(character.isdigit() for character in str(words)) >= 4


def test_the_curves_pass_through_the_means_over_repeats():
    curves = make_curves("bias", "rate")
    drawn = figures.learning_curves(curves)
    dev = next(trace for trace in drawn.data if trace.name == "Neural network: dev error" and trace.showlegend is None)
    np.testing.assert_allclose(dev.y, curves[0].dev_errors.mean(axis=1))
    np.testing.assert_array_equal(dev.x, curves[0].sizes)


def test_models_differ_by_color_and_by_mark_and_by_dash():
    curves = [
        LearningCurve(f"m{i}", np.array([10, 20]), np.full((2, 3), 0.1), np.full((2, 3), 0.2), label=f"Model {i}")
        for i in range(5)
    ]
    dev = [trace for trace in shown(figures.learning_curves(curves)) if trace.name.endswith("dev error")]
    for looks in zip(*((t.line.color, t.marker.symbol, t.line.dash) for t in dev), strict=True):
        assert len(set(looks)) == 5


def test_dev_and_training_errors_differ_by_more_than_color():
    dev, train = shown(figures.learning_curves(make_curves("bias", "rate")[:1]))
    assert (dev.line.dash, dev.marker.symbol) == ("solid", "circle")
    assert (train.line.dash, train.marker.symbol) == ("dot", "circle-open")


def test_rows_are_on_a_log_axis():
    assert figures.learning_curves(make_curves("bias", "rate")).layout.xaxis.type == "log"


def test_training_errors_of_reference_models_wait_for_a_click_in_the_legend():
    own, *others = make_curves("bias", "rate")
    drawn = [trace for trace in figures.learning_curves([own, *others]).data if trace.mode == "lines+markers"]
    hidden = [trace.name for trace in drawn if trace.visible == "legendonly"]
    assert len(hidden) == len(others)
    assert all("training error" in name for name in hidden)


def test_no_curve_yet_is_an_empty_figure():
    assert not figures.learning_curves(()).data


def test_a_half_finished_curve_is_drawn_as_far_as_it_goes():
    errors = np.array([[0.3, 0.4], [np.nan, np.nan]])
    curve = LearningCurve("mlp", np.array([10, 20]), errors, errors)
    assert all(list(trace.x) == [10] for trace in shown(figures.learning_curves([curve])))


def test_each_part_of_the_budget_begins_where_the_one_above_ends():
    report = make_report()
    achievable, bias, variance, total = figures.error_budget(report).data
    assert bias.base[0] == pytest.approx(achievable.x[0])
    assert variance.base[0] == pytest.approx(bias.base[0] + bias.x[0])
    assert total.x[0] == pytest.approx(variance.base[0] + variance.x[0])
    assert total.base[0] == 0


def test_the_forecast_shows_every_point_and_the_target():
    report = make_report(settings={"target_error": 0.1})
    drawn = figures.forecast_figure(report)
    expected = next(trace for trace in drawn.data if trace.name == "Expected dev error")
    assert list(expected.y[1:]) == [point.value for point in report.forecast]
    assert drawn.layout.shapes[0].y0 == 0.1


def test_training_curves_leave_unrecorded_epochs_out():
    before, after = make_training_curve(0.2), make_training_curve(0.1)
    dev = figures.training_figure(before, after).data[0]
    assert len(dev.x) == sum(error is not None for error in before.dev_error)


def test_markup_in_a_users_text_is_shown_as_it_is():
    evil = "<b>x</b> <a href='javascript:alert(1)'>y</a> $z$"
    curve = LearningCurve("own", np.array([10]), np.array([[0.1]]), np.array([[0.2]]), label=evil)
    assert all("<" not in trace.name.replace("<br>", "") for trace in shown(figures.learning_curves([curve])))


def contrast(one: str, other: str) -> float:
    """Return the WCAG 2 contrast ratio of two colors."""

    def luminance(color: str) -> float:
        channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return float(np.dot([0.2126, 0.7152, 0.0722], linear))

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_colors_can_be_seen_on_their_paper(theme):
    look = THEMES[theme]
    assert min(contrast(color, look.paper) for color in look.series) >= 3  # WCAG 1.4.11, graphics
    assert min(contrast(color, look.paper) for color in (look.ink, look.faint, look.good, look.bad)) >= 4.5  # text


# Machado, Oliveira & Fernandes (2009), severity 1.0, on linear RGB; and nobody's deficiency.
SIGHT = {
    "all": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(color: str, sight: str) -> np.ndarray:
    """Return how a color is seen, in CIE L*a*b*."""
    channels = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    x = XYZ @ np.clip(np.array(SIGHT[sight]) @ linear, 0, 1) / [0.9505, 1, 1.089]
    f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SIGHT)
def test_the_first_three_series_look_different_to_everyone(theme, sight):
    seen = [lab(color, sight) for color in THEMES[theme].series[:3]]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 20


def test_there_are_enough_marks_and_dashes_for_every_color():
    assert len(MARKERS) >= len(THEMES["light"].series) <= len(DASHES)


@pytest.mark.parametrize(
    ("rows", "ticks"),
    [
        ([10, 22, 106, 534], [10, 20, 50, 100, 200, 500]),
        ([10, 33, 157, 1570, 60_000], [10, 30, 100, 300, 1000, 3000, 10_000, 30_000]),
        ([10, 1_000_000, 10_000_000], [10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000]),
        ([60, 90], [60, 90]),
        ([47], [47]),
    ],
)
def test_an_axis_of_training_rows_has_ticks_at_round_numbers(rows, ticks):
    found = rows_axis(rows)["tickvals"]
    assert found == (ticks if len(ticks) <= MOST_TICKS else [tick for tick in ticks if str(tick)[0] == "1"])


def test_the_axis_of_a_forecast_names_sizes_on_both_sides_of_today():
    report = make_report("variance")
    ticks = FIGURES["forecast"].draw(report, "light").layout.xaxis.tickvals
    sizes = report.curves[0].sizes
    assert min(ticks) < sizes[-3], "the measured part of the axis has numbers, too"
    assert max(ticks) > sizes[-1]


def test_partial_dependence_is_drawn_one_column_at_a_time():
    drawn = FIGURES["dependence"].draw(of_task("classification"), "light")
    assert [list(one.y) for one in drawn.data] == [[0.25, 0.75], [0.5, 0.625]]
    assert [one.visible for one in drawn.data] == [True, False]
    assert drawn.layout.xaxis.type == "linear"
    assert [button.label for button in drawn.layout.updatemenus[0].buttons] == ["age", "city"]


def test_a_column_of_few_numbers_has_a_tick_at_each_of_them():
    drawn = FIGURES["dependence"].draw(of_task("classification"), "light")
    assert drawn.layout.xaxis.tickvals == (20.0, 40.0)
    changes = [button.args[1] for button in drawn.layout.updatemenus[0].buttons]
    assert [one["xaxis.tickmode"] for one in changes] == ["array", "auto"]


def test_an_axis_of_shares_has_one_line_at_its_edge_and_both_curves_one_order():
    report = make_report()
    for kind in ("roc", "precision_recall", "calibration"):
        drawn = FIGURES[kind].draw(report, "light")
        assert drawn.layout.xaxis.zeroline is False
        assert kind == "calibration" or drawn.layout.legend.traceorder == "reversed"


def test_what_is_known_exactly_has_no_whiskers():
    report = make_report()
    evidence = {name: exactly(one.value) for name, one in report.evidence.items()}
    drawn = FIGURES["error_budget"].draw(replace(report, evidence=evidence), "light")
    assert all(bar.error_x.array is None for bar in drawn.data)

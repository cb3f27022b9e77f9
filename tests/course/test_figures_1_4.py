"""Every figure of the first four course pages draws what its result holds, in both appearances, and says it in words."""

import numpy as np
import plotly.graph_objects as go
import pytest

from dldiag.core.i18n import typeset
from dldiag.course.activations import figures as figures_activations
from dldiag.course.activations.functions import collapse, shape
from dldiag.course.initialization import figures as figures_initialization
from dldiag.course.initialization.starts import StartSettings, compare_starts
from dldiag.course.logistic import figures as figures_logistic
from dldiag.course.logistic.graph import computation_graph
from dldiag.course.logistic.regression import cost_map, descend, loss_curve, pass_at
from dldiag.course.shared.activation_race import RaceSettings, race_activations
from dldiag.course.shared.band_figures import decades_axis
from dldiag.course.shared.bands import SeedBand
from dldiag.course.shared.prepared import prepare_lesson
from dldiag.course.shared.problem import binary_problem
from dldiag.course.shared.signal_flow import FlowSettings, flow
from dldiag.course.shared.toys import toy
from dldiag.course.took_off import figures as figures_took_off

THEMES = ("light", "dark")
each_theme = pytest.mark.parametrize("theme", THEMES)


@pytest.fixture(scope="module")
def data():
    return prepare_lesson(toy("moons", 200))


def written(number):
    return typeset(f"{number + 0.0:.3g}")


@each_theme
def test_the_graph_shows_every_forward_value_and_every_backward_derivative(theme):
    problem = binary_problem(toy("moons"), most=2)
    row = pass_at(problem, descend(problem, steps=3), 2, 1)
    graph = computation_graph(row)
    drawn = figures_logistic.graph_moving(graph, theme=theme)
    shown = " ".join(drawn.data[0].text) + " ".join(drawn.data[1].text)
    for node in graph.nodes:
        assert written(node.value) in shown
    for edge in graph.edges:
        assert edge.derivative is None or f"<b>{edge.symbol}</b>" in shown
        assert edge.derivative is None or f"<b>{written(edge.derivative)}</b>" in shown
    assert f"{row.loss:.3f}" in str(figures_logistic.alt_graph(row))
    assert "-0<" not in shown


def text_boxes(drawn, width):
    """Return the boxes of the derivatives, in pixels from the first node: left, right, top, bottom."""
    start, end = drawn.layout.xaxis.range
    unit, wide, high = width / (end - start), 46, 2 * 1.3 * 13  # two lines of bold text of 13 pixels, up to "−0.0728"
    slopes = drawn.data[1]
    for x, y, place in zip(slopes.x, slopes.y, slopes.textposition, strict=True):
        gap = {"left": -6, "center": 0, "right": 6}[place.split()[1]]  # two blanks stand beside the arrow
        left = unit * x + gap - {"left": 1, "center": 0.5, "right": 0}[place.split()[1]] * wide
        top = -figures_logistic.LEVEL_HEIGHT * y
        yield unit, (left, left + wide, top, top + high)


@pytest.mark.parametrize("width", [332, 1040], ids=["phone", "wide"])
def test_no_derivative_covers_a_node_or_an_arrow_and_every_value_fits_into_its_own(width):
    problem = binary_problem(toy("moons"), most=2)
    graph = computation_graph(pass_at(problem, descend(problem, steps=3), 2, 1))
    drawn = figures_logistic.graph_moving(graph)
    size, level = drawn.data[0].marker.size, figures_logistic.LEVEL_HEIGHT
    place = {node.key: np.array([node.across, -level * node.up]) for node in graph.nodes}
    for unit, (left, right, top, bottom) in text_boxes(drawn, width):
        for across, down in place.values():
            beside = abs((left + right) / 2 - unit * across) > (size + right - left) / 2
            assert beside or abs((top + bottom) / 2 - down) > (size + bottom - top) / 2
        for edge in graph.edges:
            for at in np.linspace(0, 1, 200):
                across, down = (1 - at) * place[edge.start] + at * place[edge.end]
                assert not (left < unit * across < right and top + 4 < down < bottom), (edge, width)
    sizes = drawn.data[0].textfont.size
    for node, of_text in zip(graph.nodes, sizes, strict=True):
        assert len(f"{node.value + 0.0:.3g}") * 0.6 * of_text < size  # a digit is 0.6 of its height wide


@each_theme
def test_every_frame_of_the_descent_ends_where_the_descent_stands(theme):
    problem = binary_problem(toy("moons"), most=2)
    made = descend(problem, steps=10)
    drawn = figures_logistic.descent_moving(made, cost_map(problem, made), theme=theme)
    assert len(drawn.frames) == 11
    for at, one in enumerate(drawn.frames):
        assert (one.data[0].x[-1], one.data[0].y[-1]) == (at, made.steps[at].cost)
        assert one.data[1].x[-1] == made.steps[at].w[0]
    loss = figures_logistic.loss_figure(loss_curve(), pass_at(problem, made, 4, 1), theme=theme)
    assert len(loss.data) == 3


@each_theme
def test_the_graph_plays_forward_and_then_backward(theme):
    problem = binary_problem(toy("moons"), most=2)
    graph = computation_graph(pass_at(problem, descend(problem, steps=5), 2, 1))
    drawn = figures_logistic.graph_moving(graph, theme=theme)
    shown = [len(one.data[1].text or ()) for one in drawn.frames]
    assert shown[:5] == [0] * 5 and shown[5] == 1, "first the values, then the derivatives, from the loss on"
    assert shown == sorted(shown)
    values = ["<b>" in text for text in drawn.frames[0].data[0].text]
    assert 0 < sum(values) < len(values)


@each_theme
def test_the_finish_line_is_drawn_at_the_target_and_its_words_beside_it(theme, data):
    found = race_activations(data, RaceSettings(steps=50, seeds=3, hidden_layers=2))
    drawn = figures_took_off.race_figure(found, seconds=False, theme=theme)
    assert drawn.layout.shapes[0].y0 == pytest.approx(found.target)
    assert drawn.layout.annotations[0].y == pytest.approx(np.log10(found.target))
    assert "Sigmoid" in str(figures_took_off.alt_race(found, seconds=True))


@each_theme
def test_a_start_keeps_its_color_in_every_figure(theme, data):
    found = compare_starts(data, StartSettings(steps=20, seeds=3, hidden_layers=2))
    colors = {}
    for figure in ("distance_figure", "losses_figure", "gradients_figure"):
        drawn = getattr(figures_initialization, figure)(found, theme=theme)
        for trace in drawn.data:
            if trace.name:
                assert colors.setdefault(trace.name, trace.line.color) == trace.line.color
    assert len(set(colors.values())) == 6
    bars = figures_initialization.histograms_moving(found, "he", theme=theme)
    assert len(bars.frames) == len(found.moments) and all(len(one.data) == 2 for one in bars.frames)
    assert bars.layout.yaxis.tickvals == (1, 2), "the top of the last layer's bars is no layer"
    shares = found.starts[-1].histograms
    assert all(abs(sum(layer) - 1) < 0.01 for moment in shares for layer in moment)


@each_theme
def test_gradients_by_layer_and_by_depth_are_drawn_for_every_activation(theme, data):
    found = flow(data, FlowSettings(functions=("tanh", "relu"), hidden_layers=2, steps=50, seeds=3))
    for drawn in (
        figures_activations.gradients_moving(found, theme=theme),
        figures_activations.depth_figure(found, theme=theme),
        figures_activations.shapes_figure([shape("tanh"), shape("relu")], slopes=True, theme=theme),
    ):
        assert isinstance(drawn, go.Figure)
        assert {trace.name for trace in drawn.data if trace.name} == {"Tanh", "ReLU"}


def test_the_product_is_written_with_its_numbers():
    made = collapse([np.eye(2), np.array([[2.0], [3.0]])], [np.zeros(2), np.array([0.5])], np.eye(2))
    written = figures_activations.matrix_latex(made)
    assert "2.0000" in written
    assert "3.0000" in written
    assert "0.5000" in written


def test_the_product_is_written_as_the_course_multiplies_layers():
    """Z = W2(W1 X + b1) + b2: the last layer comes first, and a unit is a row."""
    made = collapse(
        [np.eye(2), np.eye(2), np.array([[2.0], [3.0]])], [np.zeros(2), np.zeros(2), np.zeros(1)], np.eye(2)
    )
    written = figures_activations.matrix_latex(made)
    assert r"W_{3} \cdots W_1 &=" in written
    assert "2.0000 & 3.0000" in written


def test_within_one_decade_an_axis_is_not_left_without_ticks():
    near, far, wide = (SeedBand((1, 2), (1.5, top), (1, 1), (2, 2)) for top in (8.0, 30.0, 800.0))
    assert sum(1.5 <= tick <= 8.0 for tick in decades_axis([near])["tickvals"]) >= 3
    assert sum(1.5 <= tick <= 30.0 for tick in decades_axis([far])["tickvals"]) >= 3
    assert decades_axis([near, wide])["dtick"] == 1

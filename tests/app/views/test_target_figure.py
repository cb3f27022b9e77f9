"""The target's distribution: every bar stands where its values lie, under a name that can be read."""

import numpy as np

from dldiag.app.views.target_figure import BINS, Distribution, draw_target
from dldiag.report.figures.theme import THEMES


def test_an_amount_is_drawn_on_an_axis_of_amounts():
    edges = tuple(float(edge) for edge in np.linspace(0, 2_400, BINS + 1))
    found = Distribution(tuple(map(str, edges[:-1])), tuple(range(1, BINS + 1)), edges)
    for theme in THEMES:
        drawn = draw_target(found, theme=theme)
        assert np.allclose(drawn.data[0].x, np.arange(50, 2_400, 100))
        assert drawn.layout.xaxis.type == "linear"
        assert drawn.layout.xaxis.showticklabels is not False, "one can see what the bars stand for"


def test_classes_whose_long_names_begin_alike_keep_a_bar_each():
    found = Distribution(("a very long name of a class: one", "a very long name of a class: two"), (5, 3))
    drawn = draw_target(found, theme="light")
    assert len(set(drawn.data[0].x)) == 2
    assert [text[:6] for text in drawn.layout.xaxis.ticktext] == ["a very"] * 2


def test_a_class_name_is_text_and_no_markup():
    drawn = draw_target(Distribution(("<b>$5</b>", "$9"), (5, 3)), theme="light")
    assert "<b>" not in drawn.layout.xaxis.ticktext[0]
    assert "$" not in "".join(drawn.layout.xaxis.ticktext)

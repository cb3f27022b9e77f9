"""Ways to train side by side: the losses of the first two, and the errors of all."""

from tests.app.drawing import drawn
from tests.html_tables import tables


def page(ways):
    from dldiag.app.course.side_by_side import show_compared
    from dldiag.core.i18n import Message
    from dldiag.core.types import exactly
    from dldiag.course.shared.bands import band
    from dldiag.course.shared.treatments import SetupComparison, SetupResult

    loss = band((1, 2), [[0.9, 0.8], [0.5, 0.4]])
    treated = tuple(SetupResult(Message(f"way {i}"), loss, loss, (0.1, 0.2), (0.3, 0.5)) for i in range(ways))
    none = (exactly(0.0),) * ways
    show_compared(SetupComparison("rate", 50, (20,) * ways, treated, none, none))


def test_two_are_drawn_and_all_are_listed():
    app = drawn(page, 3)
    assert len(app.get("plotly_chart")) == 2
    (rows,) = tables(app)
    assert rows["Way"].to_list() == ["way 0", "way 1", "way 2"]
    assert rows["Dev error"].to_list() == ["40.0%"] * 3
    assert rows["Gap"].to_list() == ["25.0 points"] * 3

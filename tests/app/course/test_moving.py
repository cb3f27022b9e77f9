"""A moving picture can be stepped through by keyboard, in the visitor's language."""

from dldiag.app.course.moving import KEYS
from tests.app.drawing import drawn


def page():
    import plotly.graph_objects as go

    from dldiag.app.course.moving import show_moving

    show_moving(go.Figure(), 'A "picture"', key="moving")


def scripts(app):
    return " ".join(str(one.proto) for one in app.get("html"))


def test_the_keys_come_with_the_picture_and_name_themselves():
    app = drawn(page)
    assert len(app.get("plotly_chart")) == 1
    assert "Step through the picture with the arrow keys" in scripts(app)
    assert "dldiagSlider" in KEYS.read_text("utf-8"), "the script reads what the page says"

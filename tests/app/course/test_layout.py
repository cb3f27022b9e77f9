"""What course pages share: sliders where they help, and the way back into one's own model."""

import pytest

from dldiag.app.course.layout import _slides
from dldiag.core.params import Param
from tests.app.drawing import drawn, keys, said

OWN = {"upload": "table.csv"}


def page(values, preview, reference):
    import streamlit as st

    from dldiag.app.course.layout import offer_settings
    from dldiag.app.state import session

    session.state()
    if preview:
        session.state()["shows preview"] = True
    st.session_state["taken"] = offer_settings(values, reference, key="take")


@pytest.mark.parametrize(
    ("name", "param", "slides"),
    [
        ("depth", Param(3, int, "Depth", "", low=1, high=9), True),
        ("rows", Param(3, int, "Rows", "", low=1, high=100_000), False),
        ("rows", Param(3, int, "Rows", "", low=1, high=100_000, log=True), True),
        ("noise", Param(0.1, float, "Noise", "", low=0, high=1), True),
        ("noise", Param(0.1, float, "Noise", "", low=0), False),
        ("seed", Param(0, int, "Seed", "", low=0, high=9), False),
        ("width", Param(None, int, "Width", "", low=0, high=9, optional=True), False),
    ],
)
def test_a_number_between_two_ends_slides(name, param, slides):
    assert _slides(name, param) is slides


def test_a_setting_is_taken_into_the_own_model():
    app = drawn(page, {"alpha": 0.1, "hidden_layer_sizes": (64, 64)}, False, OWN)
    assert "0.1, Hidden layers" in app.button("take").label.replace("\\", "")
    app.button("take").click().run()
    assert app.session_state["taken"]
    assert app.session_state["dldiag"]["values"]["model"]["alpha"] == 0.1
    assert "Used from now on" in said(app)


def test_nothing_and_a_preview_recommend_nothing():
    assert keys(drawn(page, {}, False, OWN)) == set()
    assert keys(drawn(page, {"alpha": 0.1}, True, OWN)) == set()


@pytest.mark.parametrize("reference", [{"toy": "moons"}, {"sample": "iris"}])
def test_what_is_found_on_a_table_of_ours_recommends_nothing(reference):
    assert keys(drawn(page, {"alpha": 0.1}, False, reference)) == set()

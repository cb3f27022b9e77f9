"""What a course page runs on: offered, named, and remembered in the link, an own table excepted."""

import pytest

from dldiag.app.course.data import is_own
from tests.app.drawing import IRIS, drawn, said, sound


def page(reference):
    import streamlit as st

    from dldiag.app.course.data import ask_data, data_label, label_of
    from dldiag.app.state import session

    if "asked" not in st.session_state:
        session.state()["data"] = reference
        session.state()["looked for table"] = True
    asked = ask_data("lesson", toys=("moons", "wave"), samples=("iris",), default="toy:wave")
    st.session_state["asked"] = asked
    st.session_state["label"] = label_of(data_label(asked))


@pytest.mark.parametrize(
    ("reference", "own"), [({"toy": "moons"}, False), ({"sample": "iris"}, False), ({"upload": "a" * 64}, True)]
)
def test_only_what_was_brought_along_is_ones_own(reference, own):
    assert is_own(reference) is own


def test_a_page_begins_with_its_default():
    app = drawn(page, None)
    assert app.session_state["asked"] == {"toy": "wave"}
    assert app.query_params["lesson.data"] in ("toy:wave", ["toy:wave"])


def test_a_link_says_what_to_begin_with_where_it_is_offered():
    assert drawn(page, None, **{"lesson.data": "sample:iris"}).session_state["asked"]["sample"] == "iris"
    assert drawn(page, None, **{"lesson.data": "toy:spirals"}).session_state["asked"] == {"toy": "wave"}


def test_an_own_table_comes_first_and_the_choice_stays():
    app = drawn(page, IRIS)
    assert app.session_state["asked"] == IRIS
    assert "Your table" in app.selectbox[0].options[0]
    sound(app.selectbox[0].set_value("toy:moons").run())
    assert app.session_state["asked"] == {"toy": "moons"}
    assert app.session_state["label"] == "Two moons"


def test_a_link_to_an_own_table_that_is_closed_is_explained():
    app = drawn(page, None, **{"lesson.data": "own", "plane.own.across": "secret"})
    assert "Your own table is not open any more" in said(app)
    assert "plane.own.across" not in app.query_params

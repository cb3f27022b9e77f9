"""How rows and columns are used: what is chosen goes into the reference, and what does not apply is not asked."""

from tests.app.drawing import drawn, sound


def page(task):
    import pandas as pd
    import streamlit as st

    from dldiag import read_table
    from dldiag.app.state import session
    from dldiag.app.views.split_options import ask_use

    frame = pd.DataFrame({"patient": ["a", "b"] * 20, "age": range(40), "y": [1.5, 2.5, 3.5, 9.0] * 10})
    st.session_state["session state"] = session.state()
    ask_use(read_table(frame), "y", task)


def chosen(app):
    return app.session_state["dldiag"]["data"]


def test_nothing_is_used_in_a_special_way_at_first():
    assert chosen(drawn(page, "regression")) == {}


def test_rows_of_a_patient_stay_together_and_a_column_is_left_out():
    app = drawn(page, "regression")
    sound(app.selectbox[0].set_value("patient").run())
    sound(app.multiselect[0].set_value(["age"]).run())
    assert chosen(app) == {"groups": "patient", "exclude": ["age"]}


def test_the_value_that_marks_the_rows_is_asked_once_its_column_is_known():
    app = drawn(page, "regression")
    before = len(app.selectbox)
    sound(app.selectbox[2].set_value("patient").run())
    assert len(app.selectbox) == before + 1
    sound(app.selectbox[3].set_value("b").run())
    assert chosen(app) == {"domain": ["patient", "b"]}


def test_the_logarithm_is_for_numbers():
    assert len(drawn(page, "regression").toggle) == 1
    assert len(drawn(page, "classification").toggle) == 0

"""The target is never chosen silently, and a task against the values is said to be one's own choice."""

from tests.app.drawing import IRIS, drawn, keys, said, sound


def page(reference):
    import streamlit as st

    from dldiag.app.state import session
    from dldiag.app.views.target import ask_target

    if session.current_reference() is None:
        session.use_data(reference)
    found = ask_target(session.current_table(), st.container(), st.container())
    st.session_state["rows"] = None if found is None else found.n_rows


def without_target():
    return {name: value for name, value in IRIS.items() if name not in ("target", "task")}


def test_a_suggestion_is_one_click_and_not_the_choice():
    app = drawn(page, without_target())
    assert app.session_state["rows"] is None
    assert "Suggestion: target" in said(app)
    sound(app.button("suggestion").click().run())
    assert app.session_state["rows"] == 150
    assert "suggestion" not in keys(app)


def test_a_task_against_the_values_is_said_to_be_chosen_by_hand():
    app = drawn(page, IRIS)
    assert "Chosen by hand" not in said(app)
    key = next(one.key for one in app.button_group if one.key.startswith("task."))
    sound(app.button_group(key).set_value("regression").run())
    assert "Chosen by hand" in said(app)

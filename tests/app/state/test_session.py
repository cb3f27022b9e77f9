"""The state of a visitor: language, table and settings, kept between pages and changed in one place."""

import pytest

from tests.app.drawing import IRIS, a_diagnosis, drawn


def visit(steps):
    """Run (function of `session`, arguments, keywords) one after the other, and keep what each returned."""
    import streamlit as st

    from dldiag.app.state import session

    st.session_state["returned"] = [getattr(session, name)(*given, **named) for name, given, named in steps]


def after(*steps, **query):
    app = drawn(visit, [(name, given, named) for name, given, named in steps], **query)
    return app.session_state["dldiag"], app.session_state["returned"]


@pytest.mark.parametrize(("lang", "spoken"), [("zh", "zh"), ("en", "en"), ("xx", "en")])
def test_the_language_of_a_link_counts_where_it_is_known(lang, spoken):
    _, (found,) = after(("language", (), {}), lang=lang)
    assert found == spoken


def test_a_choice_about_the_table_is_set_and_taken_back():
    state, _ = after(("use_data", (IRIS,), {}), ("change_data", (), {"groups": "id", "task": None}))
    assert state["data"] == {name: value for name, value in IRIS.items() if name != "task"} | {"groups": "id"}


def test_another_table_forgets_the_settings_of_the_one_before():
    step = ("take_up_model", ({"alpha": 1.0},), {})
    first, _ = after(("use_data", (IRIS,), {}), step)
    assert first["values"]["model"] == {"alpha": 1.0}
    second, _ = after(("use_data", (IRIS,), {}), step, ("use_data", ({"toy": "moons"},), {}))
    assert second["values"] == {}


def test_each_kind_of_model_remembers_its_own_settings():
    state, _ = after(
        ("take_up_model", ({"alpha": 1.0},), {}), ("take_up_model", ({"model_key": "svm", "C": 10.0},), {})
    )
    assert state["values"] == {"choice": {"key": "svm"}, "model": {"alpha": 1.0}, "svm": {"C": 10.0}}


def test_a_link_opens_its_diagnosis_once_with_its_table():
    job = a_diagnosis(model={"alpha": 0.5})
    state, _ = after(("follow_url", (), {}), job=job)
    assert state["slots"] == {"diagnose": job}
    assert state["data"] == IRIS
    assert state["values"]["model"] == {"alpha": 0.5}


def test_a_link_to_nothing_opens_nothing():
    state, (_, found) = after(("follow_url", (), {}), ("reopen", ("../secret",), {}), job="x" * 32)
    assert state["slots"] == {}
    assert found is False

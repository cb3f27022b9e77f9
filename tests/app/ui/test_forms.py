"""Forms made from parameters, driven through Streamlit's own test runner."""

import pytest
from streamlit.testing.v1 import AppTest


def form():
    import streamlit as st

    from dldiag.app.ui.forms import ask_params
    from dldiag.core.params import Param

    params = {
        "layers": Param((100,), tuple, "Layers", "Units of each layer.", low=1),
        "rate": Param(0.001, float, "Rate", "Step size.", low=0.0, high=1.0),
        "kind": Param("relu", str, "Kind", "Which one.", choices={"relu": "ReLU", "tanh": "tanh"}),
        "rows": Param(None, int, "Rows", "At most.", low=10, optional=True),
        "early": Param(False, bool, "Early", "Stop early."),
        "names": Param(("a",), tuple, "Names", "Some of them."),
    }
    values = ask_params(params, "t", choices={"names": {"a": "A", "b": "B"}}, columns=2)
    st.session_state["values"] = values


def values(app):
    assert not app.exception
    return app.session_state["values"]


def test_a_form_begins_with_the_defaults_and_every_field_has_help():
    app = AppTest.from_function(form).run()
    assert values(app) == {
        "layers": (100,),
        "rate": 0.001,
        "kind": "relu",
        "rows": None,
        "early": False,
        "names": ("a",),
    }
    fields = [*app.text_input, *app.number_input, *app.selectbox, *app.toggle, *app.multiselect]
    assert len(fields) == 6
    assert all(field.help for field in fields)


def unknown():
    from dldiag.app.ui.forms import ask_params
    from dldiag.core.params import Param

    params = {
        "rows": Param(None, int, "Rows", "At most.", low=10, optional=True),
        "error": Param(None, float, "Error", "If known.", optional=True, empty="not given"),
        "tried": Param("", str, "Tried", "Texts.", empty="customary values"),
        "name": Param("a", str, "Name", "A text."),
    }
    ask_params(params, "t")


def test_an_empty_field_says_what_it_stands_for_and_not_that_an_unknown_number_is_automatic():
    app = AppTest.from_function(unknown).run()
    assert [one.placeholder for one in app.number_input] == ["automatic", "not given"]
    assert [one.placeholder for one in app.text_input] == ["customary values", ""]


def test_what_is_typed_is_returned_and_written_into_the_url():
    app = AppTest.from_function(form).run()
    app.text_input[0].set_value("64, 32")
    app.number_input[0].set_value(0.01)
    app.number_input[1].set_value(50)
    app.selectbox[0].set_value("tanh")
    app.toggle[0].set_value(True)
    app.run()
    got = values(app)
    assert (got["layers"], got["rate"], got["rows"], got["kind"], got["early"]) == ((64, 32), 0.01, 50, "tanh", True)
    assert app.query_params["t.layers"] == "64,32"
    assert app.query_params["t.kind"] == "tanh"
    app.selectbox[0].set_value("relu").run()
    assert "t.kind" not in app.query_params, "a default is not written"


def test_a_permalink_restores_the_form():
    app = AppTest.from_function(form)
    app.query_params["t.layers"] = "8,8"
    app.query_params["t.rate"] = "0.5"
    app.query_params["t.early"] = "True"
    app.query_params["t.names"] = "a,b"
    app.run()
    got = values(app)
    assert (got["layers"], got["rate"], got["early"], got["names"]) == ((8, 8), 0.5, True, ("a", "b"))


@pytest.mark.parametrize(
    ("name", "text"), [("t.rate", "7"), ("t.kind", "nonsense"), ("t.rows", "abc"), ("t.layers", "x")]
)
def test_nonsense_in_the_url_is_ignored(name, text):
    app = AppTest.from_function(form)
    app.query_params[name] = text
    app.run()
    assert values(app)["rate"] == 0.001
    assert values(app)["kind"] == "relu"


@pytest.mark.parametrize("text", ["abc", "0", "-3", ""])
def test_a_bad_list_says_so_and_falls_back_to_the_default(text):
    app = AppTest.from_function(form).run()
    app.text_input[0].set_value(text).run()
    assert values(app)["layers"] == (100,)
    assert any("default is used" in one.value for one in app.caption)

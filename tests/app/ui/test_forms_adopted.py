"""What the loop adopts goes into the form, and another table begins with the defaults."""

from streamlit.testing.v1 import AppTest


def page(known):
    import streamlit as st

    from dldiag.app.state import session
    from dldiag.app.ui import forms
    from dldiag.app.views.diagnosis import model_params

    session.state()
    if "begun" not in st.session_state:
        st.session_state["begun"] = True
        forms.set_values("model", known)
    st.session_state["shown"] = forms.ask_params(model_params("regression"), "model", columns=3)


def test_a_setting_left_to_the_network_can_be_shown_in_the_form():
    app = AppTest.from_function(page, args=({"hidden_layer_sizes": (64, 64), "batch_size": "auto"},)).run()
    assert not app.exception
    assert tuple(app.session_state["shown"]["hidden_layer_sizes"]) == (64, 64)
    assert app.session_state["shown"]["batch_size"] is None


def another():
    import streamlit as st

    from dldiag.app.state import session
    from dldiag.app.ui import forms

    session.use_data({"sample": "iris", "name": "iris.csv"})
    forms.set_values("model", {"alpha": 3.0})
    st.query_params["model.alpha"] = "3.0"
    session.use_data(None)
    session.use_data({"sample": "concrete", "name": "concrete.csv"})
    st.session_state["left"] = (dict(session.state()["values"]), dict(st.query_params))


def test_another_table_begins_with_the_defaults():
    app = AppTest.from_function(another).run()
    assert not app.exception
    assert app.session_state["left"] == ({}, {})

"""The choice of the model: fields that have an effect, and any scikit-learn model by name, never run as code."""

import pytest

from dldiag.app.views.model import APPLIES, PRESETS
from dldiag.experiments.models import build_model, params_for
from tests.app.drawing import drawn, said, sound


def page(values):
    import streamlit as st

    from dldiag.app.state import session
    from dldiag.app.views.model import ask_model

    session.state()["values"].update(st.session_state.pop("given", None) or values)
    st.session_state["asked"] = ask_model("classification")


def fields(app):
    everything = [*app.selectbox, *app.text_input, *app.number_input, *app.toggle]
    return {one.key.split(".")[1] for one in everything if one.key.startswith("model.")}


def asked(name, parameters=""):
    return {"choice": {"key": "sklearn"}, "sklearn": {"name": name, "parameters": parameters}}


def test_every_condition_is_about_a_setting_of_the_network():
    assert set(APPLIES) <= set(params_for("mlp", ("classification", "regression")))


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_can_be_built(name):
    assert build_model("classification", dict(PRESETS[name][1])).key == "mlp"


def test_a_full_batch_solver_has_no_learning_rate():
    assert "learning_rate_init" in fields(drawn(page, {}))
    assert "learning_rate_init" not in fields(drawn(page, {"model": {"solver": "lbfgs"}}))


def test_a_preset_fills_the_form():
    app = drawn(page, {})
    sound(app.button("preset.deep").click().run())
    assert tuple(app.session_state["asked"]["hidden_layer_sizes"]) == (64, 64)


def test_a_model_is_found_by_its_name_with_plain_parameters():
    app = drawn(page, asked("ExtraTreesClassifier", '{"max_depth": 5}'))
    assert app.session_state["asked"] == {
        "model_key": "sklearn", "estimator": "ExtraTreesClassifier", "max_depth": 5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "parameters", "why"),
    [
        ("NoSuchModel", "", "no classification model"),
        ("ExtraTreesClassifier", "max_depth=5", "not JSON"),
        ("ExtraTreesClassifier", "[5]", "JSON object"),
        ("ExtraTreesClassifier", '{"depth": 5}', "no setting"),
    ],
)
def test_what_cannot_be_built_is_explained(name, parameters, why):
    app = drawn(page, asked(name, parameters))
    assert app.session_state["asked"] is None
    assert why in said(app)

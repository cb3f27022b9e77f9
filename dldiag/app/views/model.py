"""Choosing the model that is diagnosed: its kind, a preset, and the settings that apply; or any scikit-learn model by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dldiag.app.state import session
from dldiag.app.state.session import KEY, NAME, SKLEARN
from dldiag.app.ui import forms
from dldiag.app.ui.widgets import show_error, show_message
from dldiag.app.views.start import model_params
from dldiag.core.i18n import Message, tr
from dldiag.core.params import Param, SettingError
from dldiag.core.sanitize import escape_markdown
from dldiag.core.types import Task
from dldiag.experiments.chosen_model import chosen_model
from dldiag.experiments.model_params import MODEL_KINDS

CHOICE = {"key": Param("mlp", str, "Model", "The model that is diagnosed: set it as yours is.", choices=MODEL_KINDS)}
_OWN = {
    "name": Param("", str, "Class name", "As scikit-learn writes it: ExtraTreesClassifier."),
    "parameters": Param("", str, "Parameters (JSON)", "Only numbers, texts, true, false and null; no code is run."),
}
PRESETS: dict[str, tuple[Message, Mapping[str, Any]]] = {
    "default": (Message("Default"), {}),
    "small": (Message("Small"), {"hidden_layer_sizes": (16,)}),
    "deep": (Message("Two layers"), {"hidden_layer_sizes": (64, 64)}),
    "large": (Message("Large"), {"hidden_layer_sizes": (256, 256), "max_iter": 500}),
    "regularized": (Message("Regularized"), {"alpha": 1.0, "dropout": 0.3}),
}
STEPWISE, ADAPTIVE = ("sgd", "momentum", "nesterov"), ("adam", "rmsprop")
# Conditions under which a setting of the network has an effect; settings not listed always do.
APPLIES: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "activation": lambda now: bool(now["hidden_layer_sizes"]),
    "activation_slope": lambda now: bool(now["hidden_layer_sizes"]) and now["activation"] in ("leaky_relu", "elu"),
    "batch_norm": lambda now: bool(now["hidden_layer_sizes"]) and now["solver"] != "lbfgs",
    "dropout": lambda now: bool(now["hidden_layer_sizes"]) and now["solver"] != "lbfgs",
    "learning_rate_init": lambda now: now["solver"] != "lbfgs",
    "learning_rate": lambda now: now["solver"] != "lbfgs",
    "power_t": lambda now: now["learning_rate"] == "invscaling" and now["solver"] != "lbfgs",
    "batch_size": lambda now: now["solver"] != "lbfgs",
    "shuffle": lambda now: now["solver"] != "lbfgs",
    "clip_norm": lambda now: now["solver"] != "lbfgs",
    "momentum": lambda now: now["solver"] not in (*ADAPTIVE, "lbfgs"),
    "nesterovs_momentum": lambda now: now["solver"] not in (*ADAPTIVE, "lbfgs"),
    "beta_1": lambda now: now["solver"] == "adam",
    "beta_2": lambda now: now["solver"] in ADAPTIVE,
    "epsilon": lambda now: now["solver"] in ADAPTIVE,
    "early_stopping": lambda now: now["solver"] != "lbfgs",
    "validation_fraction": lambda now: bool(now["early_stopping"]) and now["solver"] != "lbfgs",
    "max_fun": lambda now: now["solver"] == "lbfgs",
}


def ask_model(task: Task) -> dict[str, Any] | None:
    """Draw the choice of the model and return it as `chosen_model` reads it; None while it cannot be used."""
    key = forms.ask_params(CHOICE, "choice", columns=2)["key"]
    if key == SKLEARN:
        return _ask_own(task)
    params = model_params(task, key=key)
    key_of_model = {} if key == "mlp" else {KEY: key}
    with st.expander(tr("Settings of the model"), icon=":material/tune:"):
        if key == "mlp":
            _offer_presets(params)
            return _ask_network(params)
        return key_of_model | forms.ask_params(params, session.prefix_of(key), columns=3)


def _offer_presets(params: dict[str, Any]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        show_message(tr("Presets"), kind="caption")
        for name, (label, settings) in PRESETS.items():
            if st.button(escape_markdown(label), key=f"preset.{name}"):
                forms.set_values("model", {one: param.default for one, param in params.items()} | dict(settings))
                st.rerun()


def _ask_network(params: dict[str, Any]) -> dict[str, Any]:
    """Draw the settings that have an effect; the others keep their default."""
    now = forms.shown_now(params, "model")
    applying = tuple(name for name in params if name not in APPLIES or APPLIES[name](now))
    usual = {name: param.default for name, param in params.items()}
    return usual | forms.ask_params(params, "model", names=applying, columns=3)


def _ask_own(task: Task) -> dict[str, Any] | None:
    """Read a scikit-learn estimator by name and JSON; nothing that is pasted is ever executed."""
    values = forms.ask_params(_OWN, SKLEARN, columns=2)
    if not values["name"]:
        show_message(
            tr("Type the class name of a scikit-learn model, and paste its parameters as JSON."), kind="caption"
        )
        return None
    try:
        choice = {KEY: SKLEARN, NAME: values["name"].strip(), **_parameters(values["parameters"])}
        chosen_model(task, choice)
    except SettingError as error:
        show_error(error)
        return None
    return choice


def _parameters(text: str) -> dict[str, Any]:
    try:
        parameters = json.loads(text or "{}")
    except ValueError as error:
        raise SettingError(tr("The parameters are not JSON: {reason}.", reason=str(error))) from error
    if not isinstance(parameters, dict):
        raise SettingError(tr("The parameters must be a JSON object, like {example}.", example='{"max_depth": 5}'))
    return {name: tuple(value) if isinstance(value, list) else value for name, value in parameters.items()}

"""Start a diagnosis of the visitor's table."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dldiag.app.state import session
from dldiag.app.state.session import KEY, SKLEARN
from dldiag.app.ui import forms
from dldiag.app.views.progress import start_job
from dldiag.core.settings import Settings
from dldiag.core.types import Task

SLOT = "diagnose"


def start_diagnosis(model: dict[str, Any], settings: dict[str, Any], **path: Any) -> None:
    """Start a diagnosis of the visitor's data with these settings and show it.

    model: a choice as `chosen_model` reads it. `path` says how it was arrived at: the starting model (`start`), how often
    the dev rows were used to choose (`dev_uses`), and the run it was changed from (`parent`).
    """
    session.take_up_model(model)
    arguments = {
        "data": session.current_reference(),
        "model": _changed_settings(model),
        "settings": forms.changed_from_default(Settings(), settings),
        **path,
    }
    if start_job(SLOT, arguments, slot=SLOT):
        session.state()["to top"] = True
        st.rerun()


def _changed_settings(choice: dict[str, Any]) -> dict[str, Any]:
    key = choice.get(KEY, "mlp")
    if key == SKLEARN:
        return choice
    named = {} if key == "mlp" else {KEY: key}
    return named | forms.changed_from_default(model_params("classification", "regression", key=key), choice)


def model_params(*tasks: Task, key: str = "mlp") -> dict[str, Any]:
    """Return the settings of a kind of model, by name; those that only some tasks have when these are named."""
    from dldiag.experiments.models import params_for

    return dict(params_for(key, tasks))

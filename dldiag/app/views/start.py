"""Start a diagnosis of the visitor's table."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dldiag.app.state import session
from dldiag.app.ui import forms
from dldiag.app.views.progress import start_job
from dldiag.core.settings import Settings
from dldiag.core.types import Task

SLOT = "diagnose"


def start_diagnosis(model: dict[str, Any], settings: dict[str, Any], **path: Any) -> None:
    """Start a diagnosis of the visitor's data with these settings and show it.

    `path` says how these settings were arrived at: the starting model (`start`) and how often the dev rows were used
    to choose (`dev_uses`); the opening of the test set reports both.
    """
    forms.set_values("model", model)
    arguments = {
        "data": session.current_reference(),
        "model": forms.changed_from_default(model_params("classification", "regression"), model),
        "settings": forms.changed_from_default(Settings(), settings),
        **path,
    }
    if start_job(SLOT, arguments, slot=SLOT):
        session.state()["to top"] = True
        st.rerun()


def model_params(*tasks: Task) -> dict[str, Any]:
    """Return the settings of the network, by name; those that only some tasks have when these are named."""
    from dldiag.experiments.models import params_for

    return dict(params_for("mlp", tasks))

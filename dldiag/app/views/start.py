"""Start a diagnosis of the visitor's table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import streamlit as st

from dldiag.app.jobs.job_kinds import DiagnosisJob, job_kind
from dldiag.app.state import session
from dldiag.app.state.session import KEY, SKLEARN
from dldiag.app.ui import forms
from dldiag.app.views.progress import start_job
from dldiag.core.settings import Settings
from dldiag.core.types import Task
from dldiag.experiments.models import params_for

SLOT = job_kind(DiagnosisJob)


def start_diagnosis(model: Mapping[str, Any], settings: Settings, **path: Any) -> None:
    """Start a diagnosis of the visitor's data with these settings and show it.

    model: as `chosen_model` reads it. path: how it came about, as fields of `DiagnosisJob` (start, dev_uses, parent).
    """
    session.take_up_model(model)
    data = session.current_reference() or {}
    if start_job(DiagnosisJob(data=data, model=_changed_settings(model), settings=settings, **path), slot=SLOT):
        session.state()["to top"] = True
        st.rerun()


def diagnosis_settings(settings: Settings) -> dict[str, Any]:
    """Return the settings of a diagnosis that differ from the defaults."""
    return forms.changed_from_default(Settings(), asdict(settings))


def _changed_settings(choice: Mapping[str, Any]) -> dict[str, Any]:
    key = choice.get(KEY, "mlp")
    if key == SKLEARN:
        return dict(choice)
    key_of_model = {} if key == "mlp" else {KEY: key}
    return key_of_model | forms.changed_from_default(model_params("classification", "regression", key=key), choice)


def model_params(*tasks: Task, key: str = "mlp") -> dict[str, Any]:
    """Return the settings of a kind of model, by name; those that only some tasks have when these are named."""
    return dict(params_for(key, tasks))

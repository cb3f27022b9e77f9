"""What course pages share: the line to look at, typeset formulas, and the way back into the visitor's own model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from dldiag.app.course.data import is_own, lesson_dataset
from dldiag.app.course.experiment import is_preview
from dldiag.app.storage.data_ref import Reference
from dldiag.app.ui import forms
from dldiag.app.ui.page import MAIN, link_to
from dldiag.app.ui.widgets import show_message
from dldiag.app.views.metric import METRIC_SETTINGS
from dldiag.app.views.start import model_params
from dldiag.core.i18n import Message, tr
from dldiag.core.params import Param, params_of
from dldiag.core.sanitize import escape_markdown
from dldiag.core.settings import Settings
from dldiag.core.types import Task
from dldiag.experiments.metric_choice import MetricChoice, choose_metric
from dldiag.experiments.models import Model, build_model
from dldiag.report.view import metric_axis_title, pairs_text

FINEST_SLIDER = 1000  # Most whole numbers that a slider tells apart.


def ask_few(settings: Any, prefix: str, first: tuple[str, ...], **options: Any) -> dict[str, Any]:
    """Ask for the settings that a lesson is about in one row; the others stand behind "More settings".

    Numbers between two ends are explored by sliders.
    """
    params = forms.params_table(settings)
    sliders = tuple(name for name, param in params.items() if _slides(name, param))
    rest = tuple(name for name in params if name not in first)
    values = forms.ask_params(settings, prefix, names=first, columns=len(first), sliders=sliders, **options)
    if rest:
        with st.expander(tr("More settings"), icon=":material/tune:"):
            values |= forms.ask_params(settings, prefix, names=rest, columns=4, sliders=sliders, **options)
    return {name: values[name] for name in params}


def _slides(name: str, param: Param) -> bool:
    """Say whether a setting is a number between two ends that a slider reaches with enough care."""
    if name == "seed" or param.kind not in (int, float) or param.optional or param.low is None or param.high is None:
        return False
    return param.log or param.kind is float or param.high - param.low <= FINEST_SLIDER


def show_remark(message: Message | None) -> None:
    """Show a remark in small letters where there is one."""
    if message is not None:
        show_message(message, kind="caption")


def show_formulas(lines: Sequence[tuple[str, Message]]) -> None:
    """Typeset formulas (LaTeX), each with a sentence."""
    with st.expander(tr("The formulas"), icon=":material/function:"):
        for formula, words in lines:
            show_message(words)
            st.latex(formula)


def present_model(task: Task) -> Model:
    """Return the visitor's network as it is set at present (see the form on the main page)."""
    return build_model(task, forms.remembered(model_params(), "model"))


def lesson_settings() -> dict[str, Any]:
    """Return the visitor's settings of the network that differ from the defaults, for a job."""
    return forms.changed_from_default(model_params(), forms.remembered(model_params(), "model"))


def lesson_metric(reference: Reference) -> dict[str, Any]:
    """Return the settings of the metric that the visitor chose for their own table; samples and toys choose their own."""
    if not is_own(reference):
        return {}
    params = {name: one for name, one in forms.params_table(Settings()).items() if name in METRIC_SETTINGS}
    return forms.changed_from_default(params, forms.remembered(params, "settings"))


def lesson_choice(reference: Reference) -> MetricChoice:
    """Return the metric by which the rows of a reference are judged. Raises DataError where it cannot be used."""
    return choose_metric(lesson_dataset(reference), replace(Settings(), **lesson_metric(reference)))


def axis_title(reference: Reference) -> str:
    """Name the metric of a lesson for an axis of errors; empty for the usual one of the task."""
    return metric_axis_title(lesson_choice(reference).metric)


def offer_settings(values: Mapping[str, Any], reference: Reference, *, key: str, prefix: str = "model") -> bool:
    """Offer to put settings into the visitor's model (or diagnosis); True when they were taken just now.

    There is no button without settings, for a preview, for settings that are in use already, or for what was found on a toy
    or a sample, which says nothing about the visitor's table.
    """
    if not is_own(reference):
        return False
    params = model_params() if prefix == "model" else params_of(Settings)
    present = forms.remembered(params, prefix)
    changes = {name: (present[name], value) for name, value in values.items() if not _same(present[name], value)}
    if not changes or is_preview():
        return False
    words = pairs_text(changes, params)
    is_taken_up = st.button(
        tr("Use this in my model: {settings}", settings=escape_markdown(words)),
        key=key,
        icon=":material/input:",
        type="primary",
    )
    if is_taken_up:
        forms.set_values(prefix, values)
        st.success(escape_markdown(tr("Set: {settings}. Used from now on, here and in the diagnosis.", settings=words)))
    return is_taken_up


def link_to_diagnosis(words: str) -> None:
    """Say in `words` (translated already) what this page means for the visitor's diagnosis, and link to it."""
    show_message(words)
    link_to(MAIN, tr("Diagnose a model"))


def _same(a: Any, b: Any) -> bool:
    return (tuple(a) if isinstance(a, list) else a) == (tuple(b) if isinstance(b, list) else b)

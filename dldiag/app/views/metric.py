"""Asking by which metric to judge: the suggestion with its reason, the positive class, and what else the metric needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dldiag.app.ui import forms
from dldiag.app.ui.widgets import show_error, show_message
from dldiag.core.i18n import tr
from dldiag.core.params import Param, SettingError, params_of
from dldiag.core.sanitize import legible
from dldiag.core.settings import AUTO_METRIC, METRIC_NAMES, Settings
from dldiag.core.types import DataError, Dataset

_PREFIX = "settings"
MOST_CLASSES = 50  # to choose the positive one from; of more its name is typed
_ABOUT_IT = ("metric", "positive", "cost", "metric_level")  # settings
LONGEST_CLASS = 60  # characters of a class in the list


def ask_metric(dataset: Dataset) -> tuple[dict[str, Any], bool]:
    """Draw the fields about the metric, say what is used and why; return their values and whether they can be used."""
    from dldiag.experiments.metric_choice import choose_metric

    table = _fields(dataset)
    values = forms.ask_params(table, _PREFIX, names=_shown(table, dataset), columns=2)
    others = {name: one for name, one in forms.shown_now(Settings(), _PREFIX).items() if name in _ABOUT_IT}
    try:
        found = choose_metric(dataset, replace(Settings(), **(others | values)))
    except (DataError, SettingError) as error:
        show_error(error)
        return values, False
    said = [tr("Judged by {metric}.", metric=str(found.metric.label)), str(found.why or "")]
    if found.positive is not None:
        said.append(tr('Positive class: "{label}".', label=legible(dataset.classes[found.positive], LONGEST_CLASS)))
    show_message(" ".join(filter(None, said)), kind="caption")
    return values, True


def _fields(dataset: Dataset) -> dict[str, Param]:
    """Return the settings about the metric with the choices that this table leaves."""
    from dldiag.experiments.metrics import METRICS

    known = params_of(Settings)
    possible = {AUTO_METRIC, *(name for name, row in METRICS.items() if dataset.task in row.tasks)}
    names = {name: label for name, label in METRIC_NAMES.items() if name in possible}
    fields = {"metric": replace(known["metric"], choices=names)}
    if dataset.task == "classification":
        classes = {name: legible(name, LONGEST_CLASS) for name in dataset.classes}
        choices = {"": "automatic"} | classes if len(classes) <= MOST_CLASSES else None
        fields |= {"positive": replace(known["positive"], choices=choices), "cost": known["cost"]}
    return fields | {"metric_level": known["metric_level"]}


def _shown(table: dict[str, Param], dataset: Dataset) -> tuple[str, ...]:
    """Return the fields that the chosen metric has use for."""
    from dldiag.experiments.metrics import METRICS

    chosen = forms.shown_now(table, _PREFIX)["metric"]
    metric = METRICS.get(chosen)
    shown = ["metric"] + ["positive"] * (dataset.task == "classification")
    shown += ["cost"] * (chosen == "cost") + ["metric_level"] * (metric is not None and metric.holds_level)
    return tuple(shown)

"""Choosing the metric: which one, why, and what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dldiag.app.ui import forms
from dldiag.app.ui.widgets import show_error, show_message
from dldiag.core.i18n import tr
from dldiag.core.params import Param, params_of
from dldiag.core.sanitize import legible
from dldiag.core.settings import AUTO_METRIC, METRIC_NAMES, Settings
from dldiag.core.types import DataError, Dataset
from dldiag.experiments.metric_choice import choose_metric, positive_class
from dldiag.experiments.metrics import METRICS

METRIC_SETTINGS = ("metric", "positive", "cost", "metric_level")
_MOST_CLASSES = 50  # With more classes the positive one is typed.
_PREFIX = "settings"


def ask_metric(dataset: Dataset) -> tuple[dict[str, Any], bool]:
    """Draw the metric and what it needs; return their values, and whether this table can be judged by them."""
    params = _params(dataset)
    names = tuple(name for name in METRIC_SETTINGS if _applies(name, dataset, forms.shown_now(params, _PREFIX)))
    values = forms.ask_params(params, _PREFIX, names=names, columns=2)
    try:
        choice = choose_metric(dataset, replace(Settings(), **values))
    except DataError as error:
        show_error(error)
        return values, False
    if choice.why is not None and choice.chosen == "auto":
        line = tr("Judged by: {metric}. {why}", metric=choice.metric.label, why=choice.why)
    else:
        line = tr("Judged by: {metric}, {meaning}.", metric=choice.metric.label, meaning=choice.metric.meaning)
    show_message(line, kind="caption")
    return values, True


def _params(dataset: Dataset) -> Mapping[str, Param]:
    """Return the settings of the metric with the choices that this target has; the automatic ones say what they mean here."""
    params, automatic = params_of(Settings), choose_metric(dataset, Settings()).metric.label
    fitting = {name: label for name, label in METRIC_NAMES.items() if _suits(METRICS, name, dataset)}
    fitting = {AUTO_METRIC: tr("automatic: {choice}", choice=automatic)} | fitting
    params_of_metric = {name: params[name] for name in METRIC_SETTINGS} | {
        "metric": replace(params["metric"], choices=fitting)
    }
    if len(dataset.classes) <= _MOST_CLASSES:
        classes = [f"“{legible(label, 60)}”" for label in dataset.classes]
        code = positive_class(dataset, Settings())
        suggested = tr("none") if code is None else tr("automatic: {choice}", choice=classes[code])
        params_of_metric["positive"] = replace(
            params["positive"], choices={"": suggested, **dict(zip(dataset.classes, classes, strict=True))}
        )
    return params_of_metric


def _suits(metrics: Mapping[str, Any], name: str, dataset: Dataset) -> bool:
    return name != AUTO_METRIC and dataset.task in metrics[name].tasks


def _applies(name: str, dataset: Dataset, now: Mapping[str, Any]) -> bool:
    """Tell whether a setting has an effect on this target with the metric that is chosen."""
    if name == "positive":
        return dataset.task == "classification"
    if name == "cost":
        return now["metric"] == "cost" or (dataset.task == "classification" and bool(now["cost"]))
    return name == "metric" or now["metric"] in ("recall_at_precision", "precision_at_recall", "pinball")

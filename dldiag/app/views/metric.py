<<<<<<< HEAD
"""Asking by which metric to judge: the suggestion with its reason, the positive class, and what else the metric needs."""

from __future__ import annotations

=======
"""Choosing the metric in the open: which one, why, and what it needs."""

from __future__ import annotations

from collections.abc import Mapping
>>>>>>> main
from dataclasses import replace
from typing import Any

from dldiag.app.ui import forms
from dldiag.app.ui.widgets import show_error, show_message
from dldiag.core.i18n import tr
<<<<<<< HEAD
from dldiag.core.params import Param, SettingError, params_of
=======
from dldiag.core.params import Param, params_of
>>>>>>> main
from dldiag.core.sanitize import legible
from dldiag.core.settings import AUTO_METRIC, METRIC_NAMES, Settings
from dldiag.core.types import DataError, Dataset

<<<<<<< HEAD
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
=======
METRIC_SETTINGS = ("metric", "positive", "cost", "metric_level")
_MOST_CLASSES = 50  # that are offered as the positive one; more are typed
_PREFIX = "settings"


def ask_metric(dataset: Dataset) -> tuple[dict[str, Any], bool]:
    """Draw the metric and what it needs; return their values, and whether this table can be judged by them."""
    from dldiag.experiments.metric_choice import choose_metric

    params = _params(dataset)
    names = tuple(name for name in METRIC_SETTINGS if _applies(name, dataset, forms.shown_now(params, _PREFIX)))
    values = forms.ask_params(params, _PREFIX, names=names, columns=2)
    try:
        choice = choose_metric(dataset, replace(Settings(), **values))
    except DataError as error:
        show_error(error)
        return values, False
    if choice.why is not None and choice.chosen == "auto":
        said = tr("Judged by: {metric}. {why}", metric=choice.metric.label, why=choice.why)
    else:
        said = tr("Judged by: {metric}, {meaning}.", metric=choice.metric.label, meaning=choice.metric.meaning)
    show_message(said, kind="caption")
    return values, True


def _params(dataset: Dataset) -> Mapping[str, Param]:
    """Return the settings of the metric with the choices that this target has; the automatic ones say what they mean here."""
    from dldiag.experiments.metric_choice import choose_metric, positive_class
    from dldiag.experiments.metrics import METRICS

    params, automatic = params_of(Settings), choose_metric(dataset, Settings()).metric.label
    fitting = {name: label for name, label in METRIC_NAMES.items() if _suits(METRICS, name, dataset)}
    fitting = {AUTO_METRIC: tr("automatic: {choice}", choice=automatic)} | fitting
    found = {name: params[name] for name in METRIC_SETTINGS} | {"metric": replace(params["metric"], choices=fitting)}
    if len(dataset.classes) <= _MOST_CLASSES:
        classes = [f"“{legible(one, 60)}”" for one in dataset.classes]
        code = positive_class(dataset, Settings())
        suggested = tr("none") if code is None else tr("automatic: {choice}", choice=classes[code])
        found["positive"] = replace(
            params["positive"], choices={"": suggested, **dict(zip(dataset.classes, classes, strict=True))}
        )
    return found


def _suits(metrics: Mapping[str, Any], name: str, dataset: Dataset) -> bool:
    return name != AUTO_METRIC and dataset.task in metrics[name].tasks


def _applies(name: str, dataset: Dataset, now: Mapping[str, Any]) -> bool:
    """Tell whether a setting has an effect on this target with the metric that is chosen."""
    if name == "positive":
        return dataset.task == "classification"
    if name == "cost":
        return now["metric"] == "cost" or (dataset.task == "classification" and bool(now["cost"]))
    return name == "metric" or now["metric"] in ("recall_at_precision", "precision_at_recall", "pinball")
>>>>>>> main

"""The error analysis of a diagnosis: its fits' dev predictions, pooled over repeats, and the columns of its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.core.error_findings import ColumnImportance, ErrorFindings, PartialDependence
from dldiag.core.estimate import Estimate
from dldiag.core.i18n import Message
from dldiag.core.types import Dataset, Split, Task
from dldiag.error_analysis.analysis import ErrorAnalysis, analyze
from dldiag.error_analysis.importance import (
    MOST_GROUPS,
    column_groups,
    needless_columns,
    permutation_importance,
    with_reordered_columns,
)
from dldiag.error_analysis.partial_dependence import MOST_DEPENDENCES, MeansOf, dependence
from dldiag.error_analysis.performance import performances
from dldiag.error_analysis.row_losses import ErrorCase
from dldiag.error_analysis.yes_no_words import in_words
from dldiag.experiments.added_features import TableRows
from dldiag.experiments.fit import FittedModel, fitted_model
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import Model
from dldiag.experiments.tasks import FitTask, Inputs, with_codes

SHUFFLED_ROWS = 2_000  # Most dev rows on which columns are shuffled.
QUICK_SHUFFLES = 3  # How often each group of columns is shuffled.


def case_of_fits(fits: FitCache, model: Model, seed: int = 0) -> ErrorCase | None:
    """Return what a model at full size predicted for its dev rows, with the columns of the table; None without predictions."""
    predictions = fits.predictions(model)
    if predictions is None:
        return None
    dataset, clusters = fits.dataset, fits.split.clusters
    labels = None if clusters is None else clusters.labels
    columns = describing_columns(dataset)
    case = ErrorCase(predictions, columns, dataset.task, dataset.classes, fits.encoded.y_scale, labels, seed)
    return replace(case, one_training_set=_is_one_training_set(fits.split))


def _is_one_training_set(split: Split) -> bool:
    """Tell whether all repeats train on the same rows, so that they differ by the model's own chance alone."""
    first, *others = (np.sort(repeat.train_rows) for repeat in split.measuring)
    return bool(others) and all(np.array_equal(first, one) for one in others)


def analyze_fits(fits: FitCache, model: Model, seed: int = 0, *, with_importance: bool = True) -> ErrorAnalysis | None:
    """Analyze what a model at full size predicted for its dev rows; None where it predicted nothing.

    One model more is fitted, for the importance of the columns.
    """
    case = case_of_fits(fits, model, seed)
    if case is None:
        return None
    analysis = analyze(case)
    if not with_importance:
        return analysis
    columns = columns_of_fit(fits, model, seed)
    if columns is None:
        too_many = Message("There are too many columns to shuffle each of them.")
        return replace(
            analysis, findings=replace(analysis.findings, empty={**analysis.findings.empty, "importance": too_many})
        )
    findings = replace(analysis.findings, importance=columns.importance, dependence=columns.dependence)
    return replace(analysis, findings=findings, idle=columns.idle)


def where_wrong(
    fits: FitCache,
    models: Sequence[Model],
    repeats: range,
    analysis: ErrorAnalysis | None,
    metrics: Mapping[str, Estimate],
) -> dict[str, Any]:
    """Return the fields of a report about its dev rows: where the first model is wrong, and how each model does.

    metrics: of the first model on its dev rows; the overall error of the analysis is the one the report states.
    """
    return {
        "errors": None if analysis is None else _as_stated(analysis.findings, metrics, fits.encoded.y_scale),
        "performance": performances(fits, models, repeats),
    }


def _as_stated(errors: ErrorFindings, metrics: Mapping[str, Estimate], scale: float) -> ErrorFindings:
    """Put the report's own error in place of the mean over different rows, of which some are judged more often."""
    name, unit = ("error", 1.0) if errors.unit == "rate" else ("rmse", scale)
    return replace(errors, error=metrics[name].times(1 / unit)) if name in metrics else errors


def describing_columns(dataset: Dataset) -> pd.DataFrame:
    """Return all columns that slices may be defined by: the model's, and those that it does not use."""
    features = in_words(dataset)
    if dataset.aside is None:
        return features
    others = [name for name in dataset.aside.columns if name not in set(features.columns)]
    table: pd.DataFrame = pd.concat([features, dataset.aside[others]], axis=1)
    return table


@dataclass(frozen=True)
class FittedColumns:
    """What a fitted model does with its columns: permutation importance, partial dependence of the top ones, and the idle ones."""

    importance: tuple[ColumnImportance, ...]
    dependence: tuple[PartialDependence, ...]
    idle: tuple[str, ...]


def columns_of_fit(fits: FitCache, model: Model, seed: int) -> FittedColumns | None:
    """Fit the first repeat's model again, and shuffle and move its columns.

    None for more than MOST_GROUPS groups of columns.
    """
    dataset, task = fits.dataset, _task_of_first_repeat(fits, model, seed)
    table = dataset.X.iloc[task.dev_rows].reset_index(drop=True)
    groups = column_groups(table)
    if len(groups) > MOST_GROUPS:
        return None
    inputs = Inputs.of(task, fits.encoded)
    fitted = fitted_model(task, inputs)

    def losses(group: Sequence[int], time: int) -> NDArray[np.float64]:
        order = np.random.default_rng([seed, time, *group]).permutation(len(table))
        return _losses(fitted, _moved_inputs(fits, task, inputs, group, order), inputs, dataset.task)

    def inputs_with(column: int, row: int) -> Any:
        return _moved_inputs(fits, task, inputs, [column], np.full(len(table), row))

    names = [column.name for column in dataset.columns]
    how: dict[str, Any] = {"is_root": dataset.task == "regression", "shuffles": QUICK_SHUFFLES}
    importance = permutation_importance(groups, names, losses, **how)
    important = [names.index(column.column) for column in importance if column.increase.low > 0]
    means_of = _means_of(fitted, fits, inputs)
    shown = in_words(dataset).iloc[task.dev_rows].reset_index(drop=True)
    curves = (dependence(shown.iloc[:, j], partial(inputs_with, j), means_of) for j in important[:MOST_DEPENDENCES])
    idle = needless_columns(importance, names, losses, **how)
    return FittedColumns(tuple(importance), tuple(curve for curve in curves if curve is not None), idle)


def _task_of_first_repeat(fits: FitCache, model: Model, seed: int) -> FitTask:
    """Return the fit of the first repeat with all training rows and at most SHUFFLED_ROWS dev rows."""
    repeat = fits.split.repeats[0]
    dev = np.sort(np.random.default_rng([seed, 4]).permutation(repeat.dev_rows)[:SHUFFLED_ROWS])
    coded = with_codes(model, fits.encoded.labels)
    train_rows = fits.encoded.training_rows(model, repeat.train_rows)
    return FitTask((model.identity, fits.split.n_train, 0), coded, train_rows, dev, repeat.seed)


def _losses(fitted: FittedModel, X: Any, inputs: Inputs, task: Task) -> NDArray[np.float64]:
    """Return the loss of every dev row for inputs X: 0 or 1, or the squared error in the unit of errors."""
    if task == "classification":
        return np.asarray(fitted.predict(X) != inputs.y_dev, dtype=float)
    residual = (fitted.predict(X) - inputs.y_dev) * inputs.y_spread / inputs.y_scale
    return np.asarray(np.square(residual))


def _means_of(fitted: FittedModel, fits: FitCache, inputs: Inputs) -> MeansOf:
    """Return the function of inputs that partial dependence averages, and the classes whose probabilities it gives."""
    classes, positive = fits.dataset.classes, fits.encoded.choice.positive
    if fits.dataset.task == "regression":
        return lambda X: np.mean(fitted.predict(X), keepdims=True) * inputs.y_spread + inputs.y_center, ("",)
    codes = [len(classes) - 1 if positive is None else positive] if len(classes) == 2 else list(range(len(classes)))

    def shares(X: Any) -> NDArray[np.float64]:
        proba = fitted.probabilities(X)
        if proba is None:
            return np.array([np.mean(fitted.predict(X) == code) for code in codes])
        return np.asarray(np.mean(proba[:, codes], axis=0), dtype=float)

    return shares, tuple(classes[code] for code in codes)


def _moved_inputs(fits: FitCache, task: FitTask, inputs: Inputs, group: Sequence[int], order: NDArray[np.int64]) -> Any:
    """Give dev row i the columns of a group from row order[i]: of the typed table, or before features are made of them."""
    if isinstance(inputs.X_dev, pd.DataFrame):
        return with_reordered_columns(inputs.X_dev, group, order)
    encoded = fits.encoded
    rows = TableRows(encoded.matrix, encoded.dataset, task.dev_rows, tuple(group), order)
    return encoded.preparation(task.train_rows, task.model).moved_inputs(rows, inputs.X_dev)

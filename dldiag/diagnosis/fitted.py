"""The model of a diagnosis, fitted: on the repeats that its error was measured on, and on all rows that are not sealed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from dldiag.core.i18n import Message
from dldiag.core.settings import Settings
from dldiag.core.types import DataError, Dataset, Repeat, Rows
from dldiag.diagnosis.effort import diagnosis_split, verdict_repeats
from dldiag.diagnosis.summaries import versions
from dldiag.experiments.fit import REFUSALS
from dldiag.experiments.metric_choice import choose_metric
from dldiag.experiments.models import as_model, build_model
from dldiag.experiments.table_model import TableModel, train_table_model
from dldiag.experiments.tasks import encode_dataset

_USUAL = Settings()


def fitted(
    dataset: Dataset,
    model: Any = None,
    settings: Settings = _USUAL,
    *,
    rows: Rows | None = None,
    seed: int | None = None,
) -> TableModel:
    """Fit a model as a diagnosis does; its predict takes new rows as a file has them.

    model: as `diagnose` takes it. rows: numbers of the dataset's rows to train on, by default all that are not sealed.
    seed: of the fit, by default that of the settings. Raises DataError where the model cannot be trained.
    """
    split = diagnosis_split(dataset, settings)
    encoded = encode_dataset(dataset, split, choose_metric(dataset, settings))
    own = build_model(dataset.task) if model is None else as_model(model)
    train = np.setdiff1d(np.arange(dataset.n_rows), split.test_rows) if rows is None else np.asarray(rows)
    try:
        return train_table_model(encoded, own, train, settings.seed if seed is None else seed, versions())
    except REFUSALS as error:
        raise DataError(
            Message("The model cannot be trained on these rows: {error}", {"error": str(error)}),
            Message("Change the model's settings, or train another model."),
        ) from error


def dev_repeats(dataset: Dataset, settings: Settings = _USUAL) -> tuple[Repeat, ...]:
    """Return the repeats whose mean is the dev error of a report: train_rows, dev_rows and the seed of each."""
    split = diagnosis_split(dataset, settings)
    repeats = [split.repeats[r] for r in verdict_repeats(settings, split, len(dataset.columns))]
    return tuple(replace(repeat, train_rows=repeat.train_rows[: split.n_train]) for repeat in repeats)


def error_of(model: TableModel, dataset: Dataset, rows: Rows, settings: Settings = _USUAL) -> float:
    """Return a fitted model's error on rows of a dataset, by the metric and in the unit of a report; lower is better."""
    choice = choose_metric(dataset, settings)
    frame, y = dataset.X.iloc[rows], dataset.y[rows]
    if dataset.classes:
        return choice.metric.loss(choice.judged(y, *model.codes(frame)))[0]
    open_rows = np.setdiff1d(np.arange(dataset.n_rows), diagnosis_split(dataset, settings).test_rows)
    unit = float(np.std(dataset.y[open_rows])) or 1.0
    values = model.near_values(frame, unit)
    return choice.metric.loss(choice.judged(y, values, residual=(values - y) / unit, spread=unit))[0]

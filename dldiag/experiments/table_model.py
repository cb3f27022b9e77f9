"""A fitted model with its whole preparation: it predicts for rows as they stand in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline

from dldiag.core.types import RowRecipe, Rows
from dldiag.data.encode import FeatureLayout, encode_frame, layouts_of
from dldiag.data.new_rows import typed_rows
from dldiag.experiments.added_features import InputColumns, TableRows
from dldiag.experiments.adjust import Decision
from dldiag.experiments.fit import fitted_estimator, learned_decision
from dldiag.experiments.model_outputs import class_probabilities, predictions_by
from dldiag.experiments.models import Model
from dldiag.experiments.preparation import prepared_values
from dldiag.experiments.scoring import HOPELESS, in_own_unit, smear_factor
from dldiag.experiments.tasks import Encoded, FitTask, Inputs, class_labels, with_codes


@dataclass(frozen=True, eq=False)
class TableModel:
    """A model trained on rows of a table; predict and predict_proba take new rows of such a table.

    classes_: (K,) labels as pandas reads them, in the order of predict_proba; empty for a numeric target.
    columns: features of the estimator, added ones among them. steps: fill gaps and scale the measured features. labels: what
    the estimator predicts instead of class codes. center, spread: a numeric target y was learned as (y − center) / spread.
    is_log: the estimator learned the logarithm; `smear` corrects its mean. decision: the adjustment of probabilities. mean:
    of the training targets.
    """

    target: str
    trained_rows: int
    estimator: BaseEstimator
    recipe: RowRecipe
    layouts: tuple[FeatureLayout, ...]
    columns: InputColumns
    measured: NDArray[np.bool_]
    steps: Pipeline
    is_raw: bool
    classes_: NDArray[Any]
    labels: NDArray[Any] | None
    center: float = 0.0
    spread: float = 1.0
    is_log: bool = False
    smear: float = 1.0
    mean: float = 0.0
    decision: Decision | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        name = type(self.estimator).__name__
        return f"<TableModel {name} for {self.target!r}, trained on {self.trained_rows:,} rows>"

    def predict(self, rows: Any) -> NDArray[Any]:
        """Return a label or a value for each row of a DataFrame, a table, or a file (path or bytes).

        Raises DataError where a column is missing that the model was trained on.
        """
        frame = typed_rows(self.recipe, self.layouts, rows)
        if len(self.classes_):
            return np.asarray(self.classes_[self.codes(frame)[0]])
        values = self.values(frame)
        shift = self.recipe.log_shift
        return values if shift is None else np.exp(values) - shift

    def predict_proba(self, rows: Any) -> NDArray[np.float64]:
        """Return the probability of each class for each row: (rows, K). ValueError where the model gives none."""
        proba = self.codes(typed_rows(self.recipe, self.layouts, rows))[1] if len(self.classes_) else None
        if proba is None:
            raise ValueError("this model gives no class probabilities")
        return np.asarray(proba, dtype=float)

    def codes(self, frame: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[Any] | None]:
        """Return class codes and probabilities for typed rows, those of the dataset's X."""
        X, n_classes = self._inputs(frame), len(self.classes_)
        proba = class_probabilities(self.estimator, X, n_classes, self.labels)
        if self.decision is not None and proba is not None:
            return self.decision.applied(proba)
        return predictions_by(self.estimator, X, np.zeros(len(frame), dtype=np.int64), self.labels), proba

    def values(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return values for typed rows, in the unit of the dataset's y."""
        outputs = predictions_by(self.estimator, self._inputs(frame), np.zeros(len(frame)), None)
        values = np.asarray(outputs * self.spread + self.center, dtype=float)
        if not self.is_log:
            return values
        with np.errstate(over="ignore"):
            return np.asarray(self.smear * np.exp(values))

    def near_values(self, frame: pd.DataFrame, unit: float) -> NDArray[np.float64]:
        """Return values clipped to HOPELESS units around the mean, as a diagnosis clips them."""
        off = np.nan_to_num(self.values(frame) - self.mean, nan=np.inf, posinf=np.inf, neginf=-np.inf)
        return np.asarray(np.clip(off, -HOPELESS * unit, HOPELESS * unit) + self.mean)

    def _inputs(self, frame: pd.DataFrame) -> Any:
        if self.is_raw:
            return frame
        rows = np.arange(-len(frame), 0)  # Negative row numbers: none is that of a training row.
        table = TableRows(encode_frame(frame, self.layouts), _Frame(frame, self.layouts), rows)
        return prepared_values(self.columns.of(table), self.measured, self.steps)


@dataclass(frozen=True, eq=False)
class _Frame:
    """Typed rows with their columns, used where no dataset exists."""

    X: pd.DataFrame
    columns: tuple[FeatureLayout, ...]


def train_table_model(encoded: Encoded, model: Model, rows: Rows, seed: int, versions: Mapping[str, str]) -> TableModel:
    """Train a model on rows of a dataset. Raises what the estimator raises."""
    dataset, rows = encoded.dataset, encoded.training_rows(model, rows)
    preparation = encoded.preparation(rows, model)
    task = FitTask(("own", len(rows), 0), with_codes(model, encoded.labels), rows, rows[:1], seed)
    inputs = Inputs.of(task, encoded)
    estimator, labels = fitted_estimator(task, inputs)
    numeric = {} if dataset.classes else _numeric(model, estimator, inputs)
    return TableModel(
        target=dataset.target,
        trained_rows=len(rows),
        estimator=estimator,
        recipe=dataset.recipe or RowRecipe({}, {}, {}, {}),
        layouts=layouts_of(dataset),
        columns=preparation.columns,
        measured=preparation.measured,
        steps=preparation.steps,
        is_raw=model.raw,
        classes_=class_labels(dataset.classes) if dataset.classes else np.empty(0),
        labels=labels,
        decision=learned_decision(task, inputs) if model.adjust else None,
        versions=dict(versions),
        **numeric,
    )


def _numeric(model: Model, estimator: BaseEstimator, inputs: Inputs) -> dict[str, Any]:
    """Return what brings an estimator's values back to the unit of the target."""
    y = in_own_unit(inputs.y, inputs)
    numbers = {"center": inputs.y_center, "spread": inputs.y_spread, "mean": float(np.mean(y))}
    if not model.log_target:
        return numbers
    with np.errstate(over="ignore"):
        train = np.exp(in_own_unit(predictions_by(estimator, inputs.X, inputs.y, None), inputs))
    smear = smear_factor(np.exp(y), train, inputs.choice)
    return numbers | {"is_log": True, "smear": smear, "mean": float(np.mean(np.exp(y)))}

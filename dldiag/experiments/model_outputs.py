"""Predictions of a fitted model for its training and dev rows: a class or a value each, and class probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.experiments.predictions import one_hot
from dldiag.experiments.tasks import Inputs

SURE_LEAD = 2.0  # Standard errors of the difference between two counts.

Labels = NDArray[Any] | None
Proba = NDArray[Any] | None


@dataclass(frozen=True, eq=False)
class KeptOutputs:
    """What is kept of a fit: its predictions for the dev rows, as Predictions has them."""

    predicted: NDArray[Any]
    proba: NDArray[np.float32] | None
    has_probabilities: bool


@dataclass(frozen=True, eq=False)
class ModelOutputs:
    """Predictions for the training and the dev rows, and probabilities (rows, K) where they were asked for and given."""

    train: NDArray[Any]
    dev: NDArray[Any]
    train_proba: Proba = None
    dev_proba: Proba = None


def model_outputs(model: Any, inputs: Inputs, labels: Labels, *, on_train: bool, on_dev: bool) -> ModelOutputs:
    """Return what the model predicts; on_train, on_dev: ask for probabilities, too.

    Classes are codes, −1 for an unknown one. Raises ValueError for a model that gives other than one per row.
    """
    return ModelOutputs(
        predictions_by(model, inputs.X, inputs.y, labels),
        predictions_by(model, inputs.X_dev, inputs.y_dev, labels),
        class_probabilities(model, inputs.X, inputs.n_classes, labels) if on_train else None,
        class_probabilities(model, inputs.X_dev, inputs.n_classes, labels) if on_dev else None,
    )


def check_predictions(outputs: ModelOutputs) -> None:
    """Raise ValueError where values are NaN, or where no training row gets a label of the target.

    Infinite values are hopeless, and are clipped like others that are.
    """
    predicted = np.concatenate([outputs.train, outputs.dev])
    if predicted.dtype.kind == "f":
        if bad := int(np.isnan(predicted).sum()):
            raise ValueError(f"predict returned NaN for {bad} of {len(predicted)} rows.")
    elif len(outputs.train) and (outputs.train < 0).all():
        raise ValueError("predict returned no label of the target for any training row.")


def is_constant(outputs: ModelOutputs, y: NDArray[Any]) -> bool:
    """Tell whether all rows get one prediction, and one probability of each class where these are known.

    y: targets of the training rows. A class that leads there by luck was learned from just these rows, so it does not count.
    """
    pairs = ((outputs.train, outputs.dev), (outputs.train_proba, outputs.dev_proba))
    known = [(train, dev) for train, dev in pairs if train is not None and dev is not None]
    return _has_sure_lead(y) and all(bool((one == train[0]).all()) for train, dev in known for one in (train, dev))


def _has_sure_lead(y: NDArray[Any]) -> bool:
    """Tell whether the commonest class leads by more than chance; numbers have a mean in any case."""
    if y.dtype.kind not in "iu":
        return True
    *_, second, first = [0, *np.sort(np.bincount(y))]
    return bool(first - second > SURE_LEAD * np.sqrt(first + second))


def predictions_by(model: Any, X: Any, y: NDArray[Any], labels: Labels) -> NDArray[Any]:
    """Return one prediction per row: a value, or a class code (−1 for an unknown class)."""
    predicted = np.asarray(model.predict(X), dtype=None if y.dtype.kind in "iu" else float)
    if predicted.size != len(y):
        raise ValueError(f"predict returned an array of shape {predicted.shape} for {len(y)} rows.")
    return _codes(predicted.ravel(), labels)


def _codes(codes: NDArray[Any], labels: Labels) -> NDArray[Any]:
    return codes if labels is None else np.asarray(pd.Index(labels).get_indexer(pd.Index(codes)))


def class_probabilities(model: Any, X: Any, n_classes: int, labels: Labels) -> Proba:
    """Return the probability of each class of the dataset; None where the model gives none that can be used.

    A class that the training rows lack has probability 0.
    """
    if not n_classes or not hasattr(model, "predict_proba") or not hasattr(model, "classes_"):
        return None
    try:
        probabilities = np.asarray(model.predict_proba(X))
        codes = _codes(np.asarray(model.classes_), labels)
    except Exception:  # A user's own model may have the method and still refuse.
        return None
    if probabilities.ndim != 2 or probabilities.shape[1] != len(codes) or not np.isfinite(probabilities).all():
        return None
    is_known = (codes >= 0) & (codes < n_classes)
    laid = np.zeros(
        (len(probabilities), n_classes), dtype=probabilities.dtype if probabilities.dtype.kind == "f" else float
    )
    laid[:, codes[is_known]] = probabilities[:, is_known]
    return laid


def kept_outputs(outputs: ModelOutputs, inputs: Inputs) -> KeptOutputs:
    """Return what is kept of the dev rows: predictions in the target's own unit, and class probabilities."""
    if inputs.y.dtype.kind not in "iu":
        return KeptOutputs(outputs.dev * inputs.y_spread + inputs.y_center, None, False)
    predicted = np.asarray(outputs.dev, dtype=np.int64)
    if outputs.dev_proba is None:
        return KeptOutputs(predicted, one_hot(predicted, inputs.n_classes), False)
    return KeptOutputs(predicted, np.asarray(outputs.dev_proba, dtype=np.float32), True)

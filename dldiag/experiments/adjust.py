"""Adjusted decisions: a threshold for the metric, or calibrated probabilities, learned from the training rows alone.

Both are fitted to out-of-fold probabilities of the training rows, so that the dev rows stay unseen; the model that is
adjusted is the one trained on all training rows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax
from sklearn.base import BaseEstimator
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold

from dldiag import nn
from dldiag.experiments.judged import Values
from dldiag.experiments.metric_choice import TWO, MetricChoice
from dldiag.experiments.model_outputs import ModelOutputs, class_probabilities
from dldiag.experiments.tasks import FitTask, Inputs

_FOLDS = 3  # Folds of the training rows; each more costs a fit and moves a threshold little.
_MOST_THRESHOLDS = 200  # Most thresholds tried, at quantiles of the probabilities.
# With several classes, probabilities are divided by these powers of the class shares.
TEMPERATURES = np.linspace(0.0, 1.5, 16)
LEAST = 1e-7  # Least probability, so that its logarithm is finite.

Make = Callable[[FitTask], BaseEstimator]


@dataclass(frozen=True, eq=False)
class Decision:
    """How probabilities become decisions: scale·log p + bias, renormalized, is the probability; the largest of it + tilt wins."""

    scale: float
    bias: Values
    tilt: Values

    def applied(self, proba: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """Return the classes and the probabilities after the adjustment."""
        logs = _logs(proba)
        new = log_softmax(self.scale * logs + self.bias, axis=1)
        unchanged = self.scale == 1.0 and not self.bias.any()
        return (new + self.tilt).argmax(axis=1), proba if unchanged else np.exp(new)


def decide(outputs: ModelOutputs, held: NDArray[Any], inputs: Inputs, kind: str) -> ModelOutputs:
    """Return the outputs with decisions adjusted to the out-of-fold probabilities `held`; kind: a row of ADJUSTMENTS."""
    if outputs.train_proba is None or outputs.dev_proba is None:
        raise ValueError("the model gives no class probabilities, by which decisions could be adjusted")
    decision = ADJUSTMENTS[kind](inputs.y, held, inputs.choice)
    train, train_proba = decision.applied(outputs.train_proba)
    dev, dev_proba = decision.applied(outputs.dev_proba)
    return replace(outputs, train=train, dev=dev, train_proba=train_proba, dev_proba=dev_proba)


def best_threshold(y: NDArray[Any], proba: NDArray[Any], choice: MetricChoice) -> Decision:
    """Return the decision with the least loss: a threshold for two classes, weights by class share for more."""
    logs, none = _logs(proba), np.zeros(proba.shape[1])
    tilts = _thresholds(logs, choice) if proba.shape[1] == TWO else _tilts(y, proba.shape[1])
    losses = [choice.metric.loss(choice.judged(y, (logs + tilt).argmax(axis=1), proba))[0] for tilt in tilts]
    return Decision(1.0, none, tilts[int(np.argmin(losses))])


def _thresholds(logs: Values, choice: MetricChoice) -> list[Values]:
    """Return what to add to the positive class's log p so that each threshold decides; none at all comes first."""
    positive = 1 if choice.positive is None else choice.positive
    odds = np.unique(logs[:, positive] - logs[:, 1 - positive])
    between = np.quantile(odds, np.linspace(0, 1, min(_MOST_THRESHOLDS, len(odds) + 1)))
    return [-one * (np.arange(TWO) == positive) for one in (0.0, *between)]


def _tilts(y: NDArray[Any], n_classes: int) -> list[Values]:
    shares = np.log((np.bincount(y, minlength=n_classes) + 1) / (len(y) + n_classes))
    return [-power * shares for power in TEMPERATURES]


def calibrated(y: NDArray[Any], proba: NDArray[Any], choice: MetricChoice) -> Decision:
    """Return the scale and class biases of log p with the least log loss (Platt 1999; temperature and bias scaling)."""
    logs, n_classes = _logs(proba), proba.shape[1]
    rows = np.arange(len(y))

    def log_loss(x: Values) -> float:
        return float(-log_softmax(x[0] * logs + np.append(x[1:], 0.0), axis=1)[rows, y].mean())

    weights = minimize(log_loss, np.append(1.0, np.zeros(n_classes - 1)), method="L-BFGS-B").x
    return Decision(float(weights[0]), np.append(weights[1:], 0.0), np.zeros(n_classes))


ADJUSTMENTS: dict[str, Callable[[NDArray[Any], NDArray[Any], MetricChoice], Decision]] = {
    "threshold": best_threshold,
    "calibration": calibrated,
}


def _logs(proba: NDArray[Any]) -> Values:
    return np.asarray(np.log(np.clip(proba.astype(float), LEAST, 1.0)))


def held_probabilities(stack: Sequence[FitTask], prepared: Sequence[Inputs], make: Make) -> list[NDArray[Any]]:
    """Return out-of-fold probabilities (training rows, K) of every task; networks of one shape train as one stack."""
    folds = [(i, *fold) for i, inputs in enumerate(prepared) for fold in _folds(inputs, stack[i].seed)]
    held = [np.zeros((len(inputs.y), inputs.n_classes)) for inputs in prepared]
    groups: dict[Hashable, list[int]] = {}
    models = [make(stack[i]) for i, _, _ in folds]
    for number, (i, train, _) in enumerate(folds):
        groups.setdefault(_shape(models[number], prepared[i], train), []).append(number)
    for numbers in groups.values():
        _fit_group(numbers, models, folds, prepared)
    for model, (i, _, out) in zip(models, folds, strict=True):
        probabilities = class_probabilities(model, _rows(prepared[i].X, out), prepared[i].n_classes, prepared[i].labels)
        if probabilities is None:
            raise ValueError("the model gives no class probabilities, by which decisions could be adjusted")
        held[i][out] = probabilities
    return held


def _shape(model: Any, inputs: Inputs, train: NDArray[np.int64]) -> Hashable:
    if not isinstance(model, nn.MLPClassifier):
        return id(model)
    return nn.stack_key(model, len(train), inputs.X.shape[1], len(np.unique(inputs.y[train])))


def _fit_group(numbers: list[int], models: list[Any], folds: list[Any], prepared: Sequence[Inputs]) -> None:
    weights_of = [
        (_rows(prepared[i].X, train), prepared[i].y[train], _weights(prepared[i], train), prepared[i].labels)
        for i, train, _ in (folds[n] for n in numbers)
    ]
    if isinstance(models[numbers[0]], nn.MLPClassifier):
        Xs, ys, weights, _ = zip(*weights_of, strict=True)
        nn.fit_stack([models[n] for n in numbers], Xs, ys, sample_weights=weights)
        return
    for n, (X, y, w, labels) in zip(numbers, weights_of, strict=True):
        models[n].fit(X, y if labels is None else labels[y], **({} if w is None else {"sample_weight": w}))


def _weights(inputs: Inputs, rows: NDArray[np.int64]) -> NDArray[np.float64] | None:
    return None if inputs.weights is None else inputs.weights[rows]


def _folds(inputs: Inputs, seed: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return (training, held-out) rows of every fold; rows that belong together stay so, else classes are spread evenly."""
    y, clusters = inputs.y, inputs.clusters[0]
    rows = np.arange(len(y))
    if clusters is not None and len(np.unique(clusters.labels)) >= _FOLDS:
        return list(GroupKFold(_FOLDS).split(rows, y, clusters.labels))
    counts = np.bincount(y)
    kind = StratifiedKFold if counts[counts > 0].min() >= _FOLDS else KFold
    return list(kind(_FOLDS, shuffle=True, random_state=seed).split(rows, y))


def _rows(X: Any, rows: NDArray[np.int64]) -> Any:
    return X.iloc[rows] if hasattr(X, "iloc") else X[rows]

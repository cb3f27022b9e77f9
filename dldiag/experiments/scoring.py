"""Losses of predictions by the metric of a diagnosis, and the loss of the best constant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dldiag.experiments.class_losses import LossAndInfluence
from dldiag.experiments.judged import Judged
from dldiag.experiments.metric_choice import MetricChoice
from dldiag.experiments.metrics import NONNEGATIVE
from dldiag.experiments.model_outputs import ModelOutputs, Proba
from dldiag.experiments.tasks import Inputs

AS_SCIKIT_LEARN = ("error", "rmse", "r2")  # Metrics that rank training epochs as accuracy or R² do.
OF_MEANS = ("rmse", "r2")  # Metrics whose best constant is the mean, not the median.
MOST_SMEAR = 2.0
HOPELESS = 100.0  # In std(y) of the whole table: that of a training subset may be next to nothing.


def loss_by_row(y: NDArray[Any], predicted: NDArray[Any], proba: Proba, inputs: Inputs) -> LossAndInfluence:
    """Return the loss and each row's influence on it.

    y, predicted: as Inputs has targets. A predicted value that is not finite, or HOPELESS far from the training mean,
    counts as that far, so that its model loses without poisoning averages.
    """
    choice = inputs.choice
    if y.dtype.kind in "iu":
        return choice.metric.loss(choice.judged(y, predicted, proba))
    unit, center = inputs.y_scale / inputs.y_spread, float(np.mean(inputs.y))
    off = np.nan_to_num((predicted - center).astype(float), nan=np.inf, posinf=np.inf, neginf=-np.inf)
    residual = np.clip(off, -HOPELESS * unit, HOPELESS * unit) + center - y
    truth, value = in_own_unit(y, inputs), in_own_unit(y + residual, inputs)
    return choice.metric.loss(choice.judged(truth, value, residual=residual / unit, spread=inputs.y_scale))


def without_log(outputs: ModelOutputs, inputs: Inputs) -> tuple[ModelOutputs, Inputs]:
    """Return predictions and targets of a model trained on the logarithm as those of the target itself.

    exp(mean of the logarithm) lies below the mean: where the metric asks for the mean, predictions are multiplied by what
    makes them right on average over the training rows (Duan 1983), at most MOST_SMEAR times.
    """
    y, y_dev = (np.exp(in_own_unit(one, inputs)) for one in (inputs.y, inputs.y_dev))
    with np.errstate(over="ignore"):
        train, dev = (np.exp(in_own_unit(one, inputs)) for one in (outputs.train, outputs.dev))
    factor = smear_factor(y, train, inputs.choice)
    plain = replace(inputs, y=y, y_dev=y_dev, y_center=0.0, y_spread=1.0)
    return replace(outputs, train=factor * train, dev=factor * dev), plain


def smear_factor(y: NDArray[Any], train: NDArray[Any], choice: MetricChoice) -> float:
    """Return what predictions that were logarithms are multiplied by; y, train: of the training rows, in the target's unit."""
    if choice.name not in OF_MEANS or not np.isfinite(train).all() or train.mean() <= 0:
        return 1.0
    return float(np.clip(y.mean() / train.mean(), 1 / MOST_SMEAR, MOST_SMEAR))


def in_own_unit(values: NDArray[Any], inputs: Inputs) -> NDArray[Any]:
    """Return values of the target in its own unit."""
    return np.asarray(values * inputs.y_spread + inputs.y_center)


def baseline_outputs(inputs: Inputs) -> tuple[NDArray[Any], Proba]:
    """Return the constant that does best on the training rows by the metric, for every dev row."""
    choice, n = inputs.choice, len(inputs.y_dev)
    if inputs.y.dtype.kind in "iu":
        code, shares = choice.metric.baseline(choice.judged(inputs.y, inputs.y), inputs.n_classes)
        return np.full(n, code), np.tile(shares, (n, 1))
    # Such a metric is about the target itself; the others do not depend on its unit.
    is_own = NONNEGATIVE in choice.metric.needs
    y = in_own_unit(inputs.y, inputs) if is_own else inputs.y
    value = choice.metric.baseline(Judged(y, y, level=choice.level))
    return np.full(n, (value - inputs.y_center) / inputs.y_spread if is_own else value), None


def floor_of(y_dev: NDArray[Any], inputs: Inputs) -> float | None:
    """Return how much more variance rows without a mistake leave than to a rate on as many rows; None: as the largest."""
    metric = inputs.choice.metric
    if metric.scarce is None:
        return None
    return metric.scarce(inputs.choice.judged(y_dev, y_dev)) ** -2


def optimism_of(predicted: NDArray[Any], proba: Proba, inputs: Inputs) -> float:
    """Return by how much the dev error is likely too low because the metric chooses a threshold on the same rows."""
    choice = inputs.choice
    optimism = choice.metric.optimism
    return 0.0 if optimism is None else optimism(choice.judged(inputs.y_dev, predicted, proba))


@dataclass(frozen=True)
class StoppingScore:
    """The metric of a diagnosis as what a network's early stopping goes by: minus the loss of its validation rows.

    n_classes: of the dataset; those that training rows lack have no probability. center, spread: of the targets that the network
    learns. scale: the unit of errors.
    """

    choice: MetricChoice
    n_classes: int
    center: float
    spread: float
    scale: float

    def __call__(self, y: NDArray[Any], prediction: NDArray[Any], classes: NDArray[Any] | None) -> float:
        """Return the score of labels with probabilities, or of values; higher is better."""
        if classes is None:
            truth, value = (one.astype(float) * self.spread + self.center for one in (y, prediction))
            return -self.choice.metric.loss(self.choice.judged(truth, value, spread=self.scale))[0]
        proba = np.zeros((len(y), self.n_classes))
        proba[:, classes] = prediction
        return -self.choice.metric.loss(self.choice.judged(y, proba.argmax(axis=1), proba))[0]


def stopping_score(inputs: Inputs) -> StoppingScore | None:
    """Return what early stopping goes by; None where scikit-learn's own score does as well."""
    if inputs.choice.name in AS_SCIKIT_LEARN:
        return None
    return StoppingScore(inputs.choice, inputs.n_classes, inputs.y_center, inputs.y_spread, inputs.y_scale)

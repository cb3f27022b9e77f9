"""A training history from elsewhere, loss and metric by epoch, and what its shape says."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dldiag.core.statistics import estimate
from dldiag.core.types import ErrorUnit, Estimate, Floats, TrainingCurve

LEAST_EPOCHS = 4  # With fewer epochs a slope and noise cannot be separated (own choice).
_LAST_PART = 0.25  # Share of the epochs that "still falling" looks at (own choice).
MOST_SETTLED = 3  # Most epochs whose mean is the end of a curve.
TINY = 1e-12  # A smaller loss counts as this.


@dataclass(frozen=True, eq=False)
class TrainingHistory:
    """Loss and errors by epoch, as a framework recorded them.

    epochs: (k,) as written. train_loss, dev_loss, train_error, dev_error: (k,), lower is better, NaN where nothing was recorded,
    infinite where training wrote NaN or infinity. metric: the row of GIVEN_METRICS behind the errors; where only losses were
    recorded, the errors are the losses. unit: of the errors.
    """

    epochs: Floats
    train_loss: Floats
    dev_loss: Floats
    train_error: Floats
    dev_error: Floats
    metric: str
    unit: ErrorUnit
    label: str = ""
    runs: int = 1  # Runs that the file holds, one after the other; the last was read.
    first_set: str = ""  # The numbered set that was taken for the training rows, because it comes first.

    def __post_init__(self) -> None:
        if {len(one) for one in (self.train_loss, self.dev_loss, self.train_error, self.dev_error)} != {
            len(self.epochs)
        }:
            raise ValueError("every series of a history has one value per epoch")

    @property
    def has_loss(self) -> bool:
        """Whether losses were recorded; else the errors stand for them."""
        return bool(np.isfinite(self.train_loss).any() or np.isfinite(self.dev_loss).any())

    @property
    def watched(self) -> Floats:
        """What tells when to stop: the dev loss, else the dev error."""
        return self.dev_loss if np.isfinite(self.dev_loss).any() else self.dev_error

    @property
    def descended(self) -> Floats:
        """What the optimizer lowers: the training loss, else the training error."""
        return self.train_loss if np.isfinite(self.train_loss).any() else self.train_error

    def as_training_curve(self) -> TrainingCurve:
        """Return what a report draws."""
        epochs = tuple(round(epoch) for epoch in self.epochs)
        return TrainingCurve(epochs, *(_plain(one) for one in (self.train_loss, self.train_error, self.dev_error)))


@dataclass(frozen=True)
class EpochSignals:
    """What the shape of a history says; None where too few epochs are known.

    lost_at: the first epoch from which no training loss is finite. climb: the training loss at the end above its minimum,
    as a share of how far it had fallen. descent: the fall of the training loss in all, as a share of its first value. rise:
    the dev loss at the end above its minimum, as a share of the minimum. fall: the fall of the dev loss over the last part
    of the epochs, as a share of its end. scatter, train_scatter: how far dev and training loss change from epoch to epoch,
    as a share of their ends. best_epoch: the one with the lowest dev loss; best and error_at_best: dev loss and dev error
    there; end: the dev loss at the end.
    """

    epochs: int
    last_epoch: float
    lost_at: float | None
    climb: Estimate | None
    descent: Estimate | None
    rise: Estimate | None
    fall: Estimate | None
    scatter: Estimate | None
    train_scatter: Estimate | None
    best_epoch: float | None
    best: float | None
    end: float | None
    error_at_best: float | None


def signals_of(history: TrainingHistory) -> EpochSignals:
    """Measure the shape of a history."""
    _, train = _known(history.epochs, history.descended)
    dev_epochs, dev = _known(history.epochs, history.watched)
    at = int(np.argmin(_smooth(dev))) if len(dev) else None
    end = None if not len(dev) else float(dev[-_settled(len(dev), at) :].mean())
    best_epoch = None if at is None else float(dev_epochs[at])
    return EpochSignals(
        epochs=len(history.epochs),
        last_epoch=float(history.epochs[-1]),
        lost_at=_lost_at(history),
        climb=_rise(train, _fallen(train)),
        descent=_descent(train),
        rise=_rise(dev, None),
        fall=_fall(dev),
        scatter=_scatter(dev),
        train_scatter=_scatter(train),
        best_epoch=best_epoch,
        best=None if at is None else float(dev[at]),
        end=end,
        error_at_best=_at(history, best_epoch),
    )


def _known(epochs: Floats, series: Floats) -> tuple[Floats, Floats]:
    finite = np.isfinite(series)
    return epochs[finite], series[finite]


def _plain(series: Floats) -> tuple[float | None, ...]:
    return tuple(float(value) if math.isfinite(value) else None for value in series)


def _lost_at(history: TrainingHistory) -> float | None:
    """Return the first of the epochs at the end at which the training loss was no finite number."""
    recorded = ~np.isnan(history.descended)
    lost = np.isinf(history.descended[recorded])
    if not lost.any() or not lost[-1]:
        return None
    first = len(lost) - int(np.argmin(lost[::-1])) if not lost.all() else 0
    return float(history.epochs[recorded][first])


def _at(history: TrainingHistory, epoch: float | None) -> float | None:
    known = (history.epochs == epoch) & np.isfinite(history.dev_error)
    return float(history.dev_error[known][0]) if known.any() else None


def _smooth(series: Floats) -> Floats:
    """Return medians of three, so that one lucky epoch is not taken for the minimum."""
    if len(series) < LEAST_EPOCHS:
        return series
    inner = np.median(np.stack([series[:-2], series[1:-1], series[2:]]), axis=0)
    return np.concatenate([[series[0]], inner, [series[-1]]])


def _noise(series: Floats) -> float:
    """Return the standard deviation of the values around a line through their neighbors."""
    if len(series) < LEAST_EPOCHS:
        return 0.0
    bends = series[1:-1] - (series[:-2] + series[2:]) / 2
    return float(np.sqrt((bends**2).mean() / 1.5))


def _settled(length: int, best: int | None) -> int:
    """Return how many of the last values make up the end: none from before the minimum."""
    return max(1, min(MOST_SETTLED, length - 1 - (best or 0)))


def _fallen(train: Floats) -> float | None:
    if len(train) < 2:
        return None
    return max(float(train[0] - train.min()), 0.1 * abs(float(train[0])), TINY)


def _rise(series: Floats, whole: float | None) -> Estimate | None:
    """Return how far the end lies above the minimum, as a share of `whole`, or of the minimum itself."""
    if len(series) < LEAST_EPOCHS:
        return None
    best = int(np.argmin(_smooth(series)))
    count = _settled(len(series), best)
    whole = max(abs(float(series[best])), TINY) if whole is None else whole
    rise = float(series[-count:].mean() - series[best]) / whole
    return estimate(rise, _noise(series) ** 2 * (1 + 1 / count) / whole**2)


def _descent(train: Floats) -> Estimate | None:
    if len(train) < LEAST_EPOCHS:
        return None
    whole = max(abs(float(train[0])), TINY)
    return estimate(float(train[0] - _smooth(train).min()) / whole, 2 * _noise(train) ** 2 / whole**2)


def _fall(series: Floats) -> Estimate | None:
    """Return how far a line through the last part of the epochs falls, as a share of where it ends."""
    if len(series) < LEAST_EPOCHS:
        return None
    last = series[-max(LEAST_EPOCHS, math.ceil(_LAST_PART * len(series))) :]
    x = np.arange(len(last)) - (len(last) - 1) / 2
    slope = float(x @ last / (x @ x))
    residuals = last - last.mean() - slope * x
    variance = float(residuals @ residuals) / (len(last) - 2) / float(x @ x)
    steps, end = len(last) - 1, max(abs(float(last.mean() + slope * x[-1])), TINY)
    return estimate(-slope * steps / end, variance * (steps / end) ** 2, len(last) - 2)


def _scatter(series: Floats) -> Estimate | None:
    """Return the scatter from epoch to epoch over the second half, as a share of the mean there."""
    half = series[len(series) // 2 :]
    if len(half) < LEAST_EPOCHS:
        return None
    share = _noise(half) / max(abs(float(half.mean())), TINY)
    return estimate(share, share**2 / (2 * (len(half) - 2)), floor=0.0)

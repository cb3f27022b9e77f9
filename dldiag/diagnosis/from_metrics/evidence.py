"""A person's numbers, or the end of a learning curve, to the evidence that rules read."""

from __future__ import annotations

import numpy as np

from dldiag.core.i18n import Message, tr
from dldiag.core.params import SettingError
from dldiag.core.statistics import Z_95, delta_of, difference, estimate, rate_estimate
from dldiag.core.types import Estimate, Floats, LearningCurve, exactly
from dldiag.diagnosis.evidence import Evidence, with_achievable
from dldiag.diagnosis.from_metrics.given_metrics import OWN_UNIT
from dldiag.diagnosis.from_metrics.metrics import GivenNumbers
from dldiag.experiments.forecast import expected_gain

_DEV_SHARE = 0.25  # Dev rows / training rows of a curve's repeats where unknown: an 80/20 split.


def evidence_without_dev(numbers: GivenNumbers) -> Evidence:
    """Return the evidence of a history without dev records."""
    train = measured(numbers, "train")
    least = exactly(max(numbers.least, delta_of(0.0 if train is None else train.value, numbers.least)))
    return Evidence(task=numbers.given_metric.task, measured_in=numbers.unit, material=least, train_error=train)


def evidence_of(numbers: GivenNumbers, curve: LearningCurve | None = None) -> Evidence:
    """Turn numbers, as `as_errors` gives them, into the evidence that rules read.

    With a training-dev error, variance ends there and data mismatch is the rest: achievable + avoidable bias +
    variance + mismatch = dev error.
    """
    end = -1 if curve is None else _end(numbers, curve)
    train = measured(numbers, "train", None if curve is None else curve.train_errors[end])
    dev = measured(numbers, "dev", None if curve is None else curve.dev_errors[end])
    training_dev = None if numbers.training_dev_error is None else measured(numbers, "training_dev")
    test = measured(numbers, "test")
    if train is None or dev is None:
        raise SettingError(tr("Give a training error and a dev error, or a learning curve that holds them."))
    guess = numbers.given_metric.baseline_error(numbers.spread)
    return with_achievable(
        Evidence(
            task=numbers.given_metric.task,
            measured_in=numbers.unit,
            material=exactly(delta_of(dev.value, numbers.least)),
            train_error=train,
            dev_error=dev,
            training_dev_error=training_dev,
            variance=difference(training_dev or dev, train),
            mismatch=None if training_dev is None else difference(dev, training_dev),
            test_gap=None if test is None else difference(test, dev),
            achievable=_achievable(numbers),
            guess_error=None if guess is None else exactly(guess),
            worse_than_guess=None if guess is None else difference(dev, exactly(guess)),
            n_train=_count(numbers.train_rows or (None if curve is None else int(curve.sizes[end]))),
            n_dev=_count(numbers.dev_rows),
            repeats=None if curve is None else exactly(float(curve.dev_errors.shape[1])),
            dev_half_width=_half_width(dev.value, numbers),
            more_data_gain=None if curve is None else _gain(curve),
        )
    )


def _end(numbers: GivenNumbers, curve: LearningCurve) -> int:
    """Return the place of the largest size with every error that is not typed; the last where there is none."""
    finite = np.ones(len(curve.sizes), dtype=bool)
    if numbers.train_error is None:
        finite &= np.isfinite(curve.train_errors).any(axis=1)
    if numbers.dev_error is None:
        finite &= np.isfinite(curve.dev_errors).any(axis=1)
    return int(np.flatnonzero(finite)[-1]) if finite.any() else -1


def measured(numbers: GivenNumbers, part: str, repeats: Floats | None = None) -> Estimate | None:
    """Return one error: as typed, with its interval from the rows; else from the curve's repeats at full size."""
    typed, rows = getattr(numbers, f"{part}_error"), getattr(numbers, f"{part}_rows")
    if typed is not None:
        return exactly(typed) if rows is None else _from_rows(typed, rows, numbers)
    finite = np.array([]) if repeats is None else repeats[np.isfinite(repeats)]
    if len(finite) == 0:
        return None
    mean = float(finite.mean())
    if len(finite) == 1:
        return exactly(mean) if rows is None else _from_rows(mean, rows, numbers)
    share = numbers.dev_rows / numbers.train_rows if numbers.dev_rows and numbers.train_rows else _DEV_SHARE
    return estimate(mean, float(finite.var(ddof=1)) * (1 / len(finite) + share), len(finite) - 1, floor=0.0)


def _from_rows(error: float, rows: int, numbers: GivenNumbers) -> Estimate:
    deviation = numbers.given_metric.deviation
    if numbers.unit == "rate":
        return rate_estimate(error, rows)
    return exactly(error) if deviation is None else estimate(error, deviation(error, rows) ** 2, floor=0.0)


def _half_width(error: float, numbers: GivenNumbers) -> Estimate | None:
    deviation = numbers.given_metric.deviation
    if numbers.dev_rows is None or deviation is None:
        return None
    return exactly(Z_95 * deviation(error, numbers.dev_rows))


def _count(rows: int | None) -> Estimate | None:
    return None if rows is None else exactly(float(rows))


def _achievable(numbers: GivenNumbers) -> Estimate | None:
    """Return the human-level error; else 0, but not where the unit of errors does not tell what is large."""
    if numbers.human_error is not None:
        return exactly(numbers.human_error, Message("human-level error, as given"))
    return None if numbers.unit == OWN_UNIT else exactly(0.0, Message("assumed: no human-level error was given"))


def _gain(curve: LearningCurve) -> Estimate | None:
    return expected_gain(curve.sizes, curve.dev_errors, train_errors=curve.train_errors)

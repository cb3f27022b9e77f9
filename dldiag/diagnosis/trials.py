"""Full trials of remedies on the user's data, paired with the current model on the same repeats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dldiag.core.i18n import Message, Value
from dldiag.core.types import Estimate, LearningCurve, Recommendation, Report, Trial
from dldiag.diagnosis.effort import LEAST_REPEATS, Effort
from dldiag.diagnosis.evidence import Evidence
from dldiag.diagnosis.evidence.signals import mean_training_curve
from dldiag.diagnosis.recommend import decide_order
from dldiag.diagnosis.remedies import MORE_DATA
from dldiag.diagnosis.winners_curse import Picked, continued
from dldiag.experiments.estimates import paired_change, train_change
from dldiag.experiments.fit import FitResult
from dldiag.experiments.fit_cache import FitCache, OnResult
from dldiag.experiments.forecast import forecast
from dldiag.experiments.learning_curve import clipped
from dldiag.experiments.models import Model, changed

FORECAST_HELD = Message(
    "From {seen:,} rows, {predicted:error} ({low:error} to {high:error}) was forecast for {hidden:,} rows; it came out at {real:error}."
)
FORECAST_MISSED = Message(
    "Read this forecast with care: from {seen:,} rows, {predicted:error} ({low:error} to {high:error}) was forecast for {hidden:,} rows, "
    "but it came out at {real:error}."
)
HINDCAST_HIDES = 2  # Largest sizes hidden from the forecast, which is then checked against them.
BATCH = 3  # This many repeats are added at a time until a trial is decided.
EARLY_LOOK = 1.57  # Times the 90% interval: a look before the last needs a 99% interval.


@dataclass(frozen=True)
class Attempt:
    """A change that is to be tried; `picked`: the effect for which it was chosen, before and after correction."""

    remedy: str
    change: Mapping[str, Any]
    picked: Picked | None = None

    @classmethod
    def of(cls, recommendation: Recommendation) -> Attempt:
        """Return the attempt that a recommendation stands for."""
        seen, expected = recommendation.seen, recommendation.expected
        picked = None if seen is None or expected is None else Picked(seen, expected)
        return cls(recommendation.remedy, recommendation.change, picked)


def try_change(
    fits: FitCache, model: Model, attempt: Attempt, *, material: float, effort: Effort, on_result: OnResult = None
) -> Trial:
    """Run a changed model against the current one at full size, adding repeats until decided or out of effort.

    What a probe has run at this size counts from the start: a trial never knows less than the probe that it continues.
    Before the last repeats only a wider interval decides, so that stopping early does not make chance look like an effect.
    """
    candidate, size = changed(model, attempt.change), fits.split.n_train
    probed = len(fits.get(candidate, size, range(len(fits.split.measuring))))
    most = max(probed, min(effort.trial_repeats, len(fits.split.repeats)))
    n = max(probed, min(most, LEAST_REPEATS + 1))
    while True:
        repeats = range(n)
        fits.fit([model, candidate], [size], repeats, on_result=on_result, watched=True)
        trial = trial_of(attempt, fits.get(model, size, repeats), fits.get(candidate, size, repeats), material)
        if n == most or decide_order(widened(trial.change), material) != "undecided":
            return trial
        n = min(most, n + BATCH)


def widened(change: Estimate) -> Estimate:
    """Return an interval as wide as an early look needs (Haybittle-Peto: hardly any chance is spent before the last look)."""
    low, high = (change.value + EARLY_LOOK * (bound - change.value) for bound in (change.low, change.high))
    return Estimate(change.value, low, high)


def trial_of(
    attempt: Attempt,
    before: Sequence[FitResult],
    after: Sequence[FitResult],
    material: float,
    share: float | None = None,
) -> Trial:
    """Compare the fits of a changed model with those of the current one on the same repeats.

    share: as in `continued`, of the luck with which the change was picked.
    """
    change = paired_change(before, after)
    effect = Picked(change, change) if attempt.picked is None else continued(change, attempt.picked, share)
    watched = [(b, a) for b, a in zip(before, after, strict=True) if b.health and a.health]
    return Trial(
        attempt.remedy,
        decide_order(effect.expected, material),
        effect.expected,
        len(after),
        sum(result.seconds for result in after),
        dict(attempt.change),
        mean_training_curve([b for b, _ in watched]),
        mean_training_curve([a for _, a in watched]),
        train_change(before, after),
        seen=None if attempt.picked is None else change,
    )


def try_remedies(
    fits: FitCache, model: Model, report: Report, evidence: Evidence,
    *, effort: Effort, most: int, on_result: OnResult = None,
) -> Iterable[tuple[Recommendation, ...]]:  # fmt: skip
    """Try the first `most` recommended remedies that can be run, in their order; yield the list after each trial.

    More data is tried on the past, which costs no fit and does not count.
    """
    tested, done = list(report.recommendations), 0
    for i, recommendation in enumerate(report.recommendations if most else ()):
        if recommendation.remedy == MORE_DATA:
            trial = hindcast(report.curves[0], evidence) if report.forecast.abstains is None else None
        elif recommendation.change and recommendation.trial is None and done < most:
            done += 1
            attempt, delta = Attempt.of(recommendation), evidence.delta
            trial = try_change(fits, model, attempt, material=delta, effort=effort, on_result=on_result)
        else:
            continue
        if trial is not None:
            tested[i] = replace(recommendation, trial=trial)
            yield tuple(tested)


def hindcast(curve: LearningCurve, evidence: Evidence) -> Trial | None:
    """Try "more data" on the past: hide the largest sizes, forecast them, compare; the change is the forecast's.

    The verdict is the forecast's for four times the rows, or undecided when it missed what had been hidden.
    """
    gain = evidence.more_data_gain
    curve = curve if evidence.guess_error is None else clipped(curve, evidence.guess_error.value)
    n_shown = len(curve.sizes) - HINDCAST_HIDES
    if n_shown < 1:
        return None
    hidden = int(curve.sizes[-1])
    past = forecast(curve.sizes[:n_shown], curve.dev_errors[:n_shown], [hidden], unit=curve.unit)
    if gain is None or not past.points:
        return None
    point, measured = past.points[0], evidence.dev_error  # This error comes from more repeats than the curve has.
    real = float(np.nanmean(curve.dev_errors[-1])) if measured is None else measured.value
    is_inside, change = point.low <= real <= point.high, -gain
    values: dict[str, Value] = {
        "seen": int(curve.sizes[n_shown - 1]), "hidden": hidden, "predicted": point.value, "low": point.low, "high": point.high,
        "real": real, "unit": curve.unit,
    }  # fmt: skip
    note = (FORECAST_HELD if is_inside else FORECAST_MISSED).filled(**values)
    verdict = decide_order(change, evidence.delta) if is_inside else "undecided"
    return Trial(MORE_DATA, verdict, change, curve.dev_errors.shape[1], 0.0, note=note)

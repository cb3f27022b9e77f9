"""Remedies run on the user's data, paired with the current model: short probes, and trials with a verdict."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dldiag.core.i18n import Message, Value
from dldiag.core.settings import Settings
from dldiag.core.types import Dataset, LearningCurve, Recommendation, Report, Split, Trial
from dldiag.data.split import make_split
from dldiag.diagnosis.evidence import (
    Evidence,
    Probe,
    frees,
    material_of,
    mean_training_curve,
    paired_change,
    train_change,
)
from dldiag.diagnosis.recommend import decide_order
from dldiag.diagnosis.remedies import MORE_DATA, REMEDIES, applicable
from dldiag.experiments.fit import FitResult
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.forecast import forecast
from dldiag.experiments.learning_curve import clipped
from dldiag.experiments.models import Model, changed

HINDCAST_HIDES = 2  # largest sizes hidden from the forecast that is checked against them
CHOOSERS = 4  # repeats beyond all others, by which a search chooses, so that the others can measure what it chose
BATCH = 3  # repeats added at a time until a trial is decided

LEAST_REPEATS, MOST_REPEATS = 4, 10  # of a probe; what can still gain after the least gets the most

OnResult = Callable[[FitResult], None] | None


@dataclass(frozen=True)
class Effort:
    """How much is spent: rows of a probe and of all its repeats, trials, repeats of a trial, rows of a curve."""

    probe_rows: int
    probe_budget: int
    trials: int
    trial_repeats: int
    most_rows: int


EFFORTS: dict[str, Effort] = {
    "quick": Effort(probe_rows=1_000, probe_budget=4_000, trials=1, trial_repeats=5, most_rows=4_000),
    "standard": Effort(probe_rows=2_000, probe_budget=8_000, trials=2, trial_repeats=10, most_rows=20_000),
    "thorough": Effort(probe_rows=10_000, probe_budget=50_000, trials=5, trial_repeats=20, most_rows=100_000),
}


def diagnosis_split(dataset: Dataset, settings: Settings) -> Split:
    """Draw the split that a diagnosis with these settings uses."""
    effort = EFFORTS[settings.budget]
    rows = min(settings.train_rows or effort.most_rows, effort.most_rows)
    repeats = max(settings.repeats, effort.trial_repeats, MOST_REPEATS)
    return make_split(dataset, repeats + CHOOSERS, settings.seed, rows, selection_repeats=CHOOSERS)


def probe_plan(model: Model, keys: Collection[str] | None = None) -> list[tuple[str, Mapping[str, Any], Model]]:
    """List every setting that a remedy would try on this model, with the changed model."""
    return [(key, change, changed(model, change)) for key, change in applicable(model, keys)]


def probe(
    fits: FitCache,
    model: Model,
    effort: Effort,
    *,
    smallest: float,
    keys: Collection[str] | None = None,
    on_result: OnResult = None,
) -> dict[str, Probe]:
    """Run every applicable remedy for a few repeats on a few rows; return the best setting of each.

    The current model runs on the same rows, so that every change is paired. A race: settings that cannot gain half of δ
    any more after the least repeats drop out. smallest: the user's smallest difference that matters. Candidates of the
    first heat are not watched: that takes time, and a trial has more repeats to be seen on.
    """
    size = min(effort.probe_rows, fits.split.n_train)
    whole = size == fits.split.n_train
    fits.fit([model], [size], range(LEAST_REPEATS), on_result=on_result, watched=whole)
    seen = (fits.get(model, n, range(LEAST_REPEATS)) for n in {size, fits.split.n_train})
    wanted = set[str]().union(*(worth_a_probe(before, smallest) for before in seen if before))
    wanted = {key for key in wanted if REMEDIES[key].suits(fits.open_targets, fits.encoded.choice)}
    alive, found = [entry for entry in probe_plan(model, keys) if entry[0] in wanted], dict[str, Probe]()
    for n in (LEAST_REPEATS, probe_repeats(effort, size)):
        repeats = range(n)
        candidates = [model, *(candidate for _, _, candidate in alive)]
        fits.fit(candidates, [size], repeats, on_result=on_result, watched=whole and n > LEAST_REPEATS)
        before = fits.get(model, size, repeats)
        compared = [
            (key, change, _compared_at(fits, candidate, size, before, change)) for key, change, candidate in alive
        ]
        found |= _best_of_each((key, one) for key, _, one in compared if one is not None)
        half = material_of(before, smallest) / 2
        alive = [
            entry for entry, (_, _, one) in zip(alive, compared, strict=True) if one is not None and one.dev.low < -half
        ]
    return found


def worth_a_probe(before: Sequence[FitResult], smallest: float) -> set[str]:
    """Return the remedies that can matter: none against bias without training error, none against variance without a gap."""
    train = float(np.mean([r.train_error for r in before]))
    gap = float(np.mean([r.useful_error for r in before])) - train
    delta = material_of(before, smallest)
    off = {"bias"} if train <= delta else set[str]()
    off |= {"variance"} if gap <= delta / 2 else set()
    return {key for key, row in REMEDIES.items() if row.column not in off}


def probe_repeats(effort: Effort, size: int) -> int:
    """Return the repeats of a probe of this many rows: more where fits are cheap."""
    return min(MOST_REPEATS, max(LEAST_REPEATS, effort.probe_budget // size))


def _compared_at(
    fits: FitCache, candidate: Model, size: int, before: Sequence[FitResult], change: Mapping[str, Any]
) -> Probe | None:
    after = fits.get(candidate, size, range(len(before)))
    return None if any(result.failed for result in (*before, *after)) else _compared(before, after, change)


def _best_of_each(probes: Iterable[tuple[str, Probe]]) -> dict[str, Probe]:
    best: dict[str, Probe] = {}
    for key, one in probes:
        if key not in best or one.dev.value < best[key].dev.value:
            best[key] = one
    return best


def _compared(before: Sequence[FitResult], after: Sequence[FitResult], change: Mapping[str, Any]) -> Probe:
    seconds = sum(result.seconds for result in after)
    changes = paired_change(before, after), train_change(before, after)
    return Probe(*changes, dict(change), len(after), seconds, frees(before, after))


def try_change(
    fits: FitCache, model: Model, remedy: str, change: Mapping[str, Any], *, material: float, effort: Effort,
    on_result: OnResult = None,
) -> Trial:  # fmt: skip
    """Run a changed model against the current one at full size, adding repeats until decided or out of effort.

    What a probe has run at this size counts from the start: a trial never knows less than the probe that it continues.
    """
    candidate, size = changed(model, change), fits.split.n_train
    probed = len(fits.get(candidate, size, range(len(fits.split.measuring))))
    most = max(probed, min(effort.trial_repeats, len(fits.split.repeats)))
    n = max(probed, min(most, LEAST_REPEATS + 1))
    while True:
        repeats = range(n)
        fits.fit([model, candidate], [size], repeats, on_result=on_result, watched=True)
        before, after = fits.get(model, size, repeats), fits.get(candidate, size, repeats)
        trial = trial_of(remedy, change, before, after, material)
        if trial.verdict != "undecided" or n == most:
            return trial
        n = min(most, n + BATCH)


def trial_of(
    remedy: str, change: Mapping[str, Any], before: Sequence[FitResult], after: Sequence[FitResult], material: float
) -> Trial:
    """Compare the fits of a changed model with those of the current one on the same repeats."""
    one = _compared(before, after, change)
    watched = [(b, a) for b, a in zip(before, after, strict=True) if b.health and a.health]
    return Trial(
        remedy,
        decide_order(one.dev, material),
        one.dev,
        len(after),
        one.seconds,
        dict(change),
        mean_training_curve([b for b, _ in watched]),
        mean_training_curve([a for _, a in watched]),
        one.train,
    )


def try_remedies(
    fits: FitCache, model: Model, report: Report, evidence: Evidence,
    *, effort: Effort, most: int, on_result: OnResult = None,
) -> Iterable[tuple[Recommendation, ...]]:  # fmt: skip
    """Try the first `most` recommended remedies that can be run, in their order; yield the list after each trial.

    More data is tried on the past, which costs no fit and does not count.
    """
    tried, done = list(report.recommendations), 0
    for i, recommendation in enumerate(report.recommendations if most else ()):
        if recommendation.remedy == MORE_DATA:
            trial = hindcast(report.curves[0], evidence) if report.forecast.abstains is None else None
        elif recommendation.change and done < most:
            done += 1
            trial = try_change(
                fits,
                model,
                recommendation.remedy,
                recommendation.change,
                material=evidence.delta,
                effort=effort,
                on_result=on_result,
            )
        else:
            continue
        if trial is not None:
            tried[i] = replace(recommendation, trial=trial)
            yield tuple(tried)


def hindcast(curve: LearningCurve, evidence: Evidence) -> Trial | None:
    """Try "more data" on the past: hide the largest sizes, forecast them, compare; the change is the forecast's.

    The verdict is the forecast's for four times the rows, or undecided when it missed what had been hidden.
    """
    gain = evidence.more_data_gain
    curve = curve if evidence.guess_error is None else clipped(curve, evidence.guess_error.value)
    shown = len(curve.sizes) - HINDCAST_HIDES
    if shown < 1:
        return None
    hidden = int(curve.sizes[-1])
    past = forecast(curve.sizes[:shown], curve.dev_errors[:shown], [hidden], unit=curve.unit)
    if gain is None or not past.points:
        return None
    known = evidence.dev_error  # of more repeats than the curve has
    real, point = float(np.nanmean(curve.dev_errors[-1])) if known is None else known.value, past.points[0]
    hit = point.low <= real <= point.high
    change = -gain
    values: dict[str, Value] = {
        "seen": int(curve.sizes[shown - 1]), "hidden": hidden, "predicted": point.value, "low": point.low, "high": point.high,
        "real": real, "unit": curve.unit,
    }  # fmt: skip
    note = Message(
        "From {seen:,} rows, {predicted:error} ({low:error} to {high:error}) was forecast for {hidden:,} rows; it came out at "
        "{real:error}.",
        values,
    )
    verdict = decide_order(change, evidence.delta) if hit else "undecided"
    return Trial(MORE_DATA, verdict, change, curve.dev_errors.shape[1], 0.0, note=note)

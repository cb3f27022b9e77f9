"""Remedies run on the user's data, paired with the current model: short probes and full trials."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from dldiag.core.i18n import Message, Value
from dldiag.core.settings import Settings
from dldiag.core.types import Dataset, Estimate, LearningCurve, Recommendation, Report, Rows, Split, Trial
from dldiag.data.split import make_split
from dldiag.diagnosis.data_changes import Looked
from dldiag.diagnosis.evidence import Evidence, Probe
from dldiag.diagnosis.evidence.gather import material_of
from dldiag.diagnosis.evidence.signals import mean_training_curve, unsticks
from dldiag.diagnosis.race import CHANCE_Z, COSTLY_CHANCE_Z, FIRST_LOOK, foresee, looks, scatter_of
from dldiag.diagnosis.recommend import ON_OTHER_GROUNDS, decide_order
from dldiag.diagnosis.remedies import MORE_DATA, REMEDIES, applicable
from dldiag.diagnosis.winners_curse import Picked, continued, correlation_of, less_lucky, picked
from dldiag.error_analysis.analysis import ErrorAnalysis
from dldiag.experiments.estimates import paired_change, train_change
from dldiag.experiments.fit import FitResult
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.forecast import forecast
from dldiag.experiments.learning_curve import clipped
from dldiag.experiments.models import NARROW, Model, changed, fit_cost

MORE_REPEATS = 2  # Times the curve's repeats, run with all training rows where fits are cheap.
HINDCAST_HIDES = 2  # Largest sizes hidden from the forecast, which is then checked against them.
# A search chooses by this many repeats beyond all others, so that the others can measure what it chose.
SELECTION_REPEATS = 4
BATCH = 3  # This many repeats are added at a time until a trial is decided.
EARLY_LOOK = 1.57  # Times the 90% interval: a look before the last needs a 99% interval.
# A setting that costs more than this many times the current model waits for a cheaper one of its remedy, and needs a
# better chance to go on.
COSTLY = 3.0
WAITED_LOOKS = 2  # It starts at this look if the cheaper one is still in the race.

LEAST_REPEATS, MOST_REPEATS = 4, 10  # Repeats of a probe, on many and on few rows.

PlanEntry = tuple[str, Mapping[str, Any], Model]  # The remedy, the change and the changed model.
Luck = Mapping[str, float]  # For each model identity, the standard errors by which its effect looks too good.
OnResult = Callable[[FitResult], None] | None


@dataclass(frozen=True)
class Effort:
    """The budget: rows of a probe and of all its repeats, trials, repeats of a trial, rows of a curve."""

    probe_rows: int
    probe_budget: int
    trials: int
    trial_repeats: int
    most_rows: int


EFFORTS: dict[str, Effort] = {
    "quick": Effort(probe_rows=1_000, probe_budget=4_000, trials=1, trial_repeats=5, most_rows=4_000),
    "standard": Effort(probe_rows=2_000, probe_budget=8_000, trials=2, trial_repeats=10, most_rows=20_000),
    "thorough": Effort(probe_rows=10_000, probe_budget=50_000, trials=5, trial_repeats=20, most_rows=100_000),
    "large": Effort(probe_rows=10_000, probe_budget=50_000, trials=2, trial_repeats=5, most_rows=1_000_000),
}

LEAST_WIDE_ROWS = 500  # Rows of a short run on a wide table at least, where the budget has as many.


def effort_for(budget: str, n_columns: int) -> Effort:
    """Return what a budget spends on a table of this many columns: above NARROW, a row counts as columns / NARROW rows.

    >>> effort_for("standard", 200)
    Effort(probe_rows=1000, probe_budget=4000, trials=2, trial_repeats=10, most_rows=20000)
    """
    effort, times = EFFORTS[budget], max(1.0, n_columns / NARROW)
    rows = max(round(effort.probe_rows / times), min(LEAST_WIDE_ROWS, effort.probe_rows))
    return replace(effort, probe_rows=rows, probe_budget=round(effort.probe_budget / times))


DRAWN_TIMES = 1.25  # Times the training rows wanted; the others become dev and test rows.


def rows_to_draw(settings: Settings) -> int | None:
    """Return how many rows of a file larger than memory a diagnosis has use for; None: as many as are usually kept."""
    return round(DRAWN_TIMES * EFFORTS["large"].most_rows) if settings.budget == "large" else None


def diagnosis_split(dataset: Dataset, settings: Settings) -> Split:
    """Draw the split that a diagnosis with these settings uses."""
    effort = EFFORTS[settings.budget]
    rows = min(settings.train_rows or effort.most_rows, effort.most_rows)
    repeats = max(settings.repeats, effort.trial_repeats, MOST_REPEATS)
    return make_split(dataset, repeats + SELECTION_REPEATS, settings.seed, rows, selection_repeats=SELECTION_REPEATS)


def verdict_repeats(settings: Settings, split: Split, n_columns: int) -> range:
    """Return the repeats with all training rows, on which the verdict rests: more than the curve has where fits are cheap."""
    curve = min(settings.repeats, len(split.repeats))
    n = min(MORE_REPEATS * curve, probe_repeats(effort_for(settings.budget, n_columns), split.n_train))
    return range(max(curve, min(n, len(split.measuring))))


def probe_plan(model: Model, keys: Collection[str] | None = None) -> list[PlanEntry]:
    """List every setting that a remedy would try on this model, with the changed model."""
    return [(key, change, changed(model, change)) for key, change in applicable(model, keys)]


def data_plan(fits: FitCache, model: Model, found: ErrorAnalysis | None) -> tuple[list[PlanEntry], Luck]:
    """List the changes of the data that the errors on dev rows suggest, and the luck with which each was chosen."""
    if found is None:
        return [], {}
    looked = Looked(fits, model, found)
    proposed = [(row.key, one) for row in REMEDIES.values() for one in row.look(looked)]
    plan = [(key, one.change, changed(model, one.change)) for key, one in proposed]
    return plan, {entry[2].identity: one.luck for entry, (_, one) in zip(plan, proposed, strict=True)}


def probe(
    fits: FitCache,
    model: Model,
    effort: Effort,
    *,
    smallest: float,
    keys: Collection[str] | None = None,
    found: ErrorAnalysis | None = None,
    on_result: OnResult = None,
) -> dict[str, Probe]:
    """Run every applicable remedy for a few repeats on a few rows; return the best setting of each.

    The current model runs on the same rows, so that every change is paired. It is a race (`race.py`): settings that
    will hardly be recommended after all repeats are eliminated. What is best among all that ran looks better than it is;
    its effect is corrected for that. smallest: the user's smallest difference that matters. found: where the model is
    wrong, from which changes of the data are proposed. Health signals are recorded in the last repeats only: that takes time.
    """
    size = min(effort.probe_rows, fits.split.n_train)
    whole = size == fits.split.n_train
    every = [repeat.dev_rows for repeat in fits.split.repeats[: probe_repeats(effort, size)]]
    fits.fit([model], [size], range(len(every)), on_result=on_result, watched=whole)
    targets, choice = fits.open_targets, fits.encoded.choice
    plan = [one for one in probe_plan(model, keys) if REMEDIES[one[0]].suits(targets, choice)]
    of_data, luck = data_plan(fits, model, found)
    entries = [*briefly(plan, _idle_columns(fits, model, size, smallest)), *of_data]
    tried: dict[str, _Tried] = {}

    def look(running: Sequence[PlanEntry], n: int) -> list[PlanEntry]:
        """Run settings for n repeats; return those that go on."""
        models = [candidate for _, _, candidate in running]
        fits.fit(models, [size], range(n), on_result=on_result, watched=whole and n == len(every))
        before = fits.get(model, size, range(n))
        for one in running:
            after = fits.get(one[2], size, range(n))
            tried.pop(_name(one), None)  # What fails in a later repeat is no probe, either.
            if not any(result.failed for result in (*before, *after)):
                tried[_name(one)] = _Tried(*one[:2], before, after, luck.get(one[2].identity, 0.0))
        seen = {name: tried[name] for one in running if (name := _name(one)) in tried}
        staying = _that_go_on(seen, every, material_of(before, smallest) / 2, costly)
        return [one for one in running if _name(one) in staying]

    costly = {_name(one) for one in entries if fit_cost(one[2], size) > COSTLY * fit_cost(model, size)}
    waiting = costly_siblings(entries, costly)
    alive = [one for one in entries if _name(one) not in waiting]
    for number, n in enumerate(looks(len(every)), start=1):
        alive = look(alive, n)
        if number == WAITED_LOOKS or n == len(every):
            leading = {_name(one) for one in alive}
            begun = look([one for one in entries if waiting.pop(_name(one), None) in leading], min(FIRST_LOOK, n))
            alive = look([*alive, *begun], n) if begun else alive
    return _best_of_each([tried[name] for name in map(_name, entries) if name in tried], fits)


def _name(entry: PlanEntry) -> str:
    return f"{entry[0]} {entry[2].identity}"


def costly_siblings(entries: Sequence[PlanEntry], costly: Collection[str]) -> dict[str, str]:
    """Return the costly settings, each with the cheaper one that it waits for: the first of its remedy.

    A network that is wider and deeper takes up to ten times as long as one that is only wider; where that cannot gain,
    it hardly can.
    """
    first: dict[str, PlanEntry] = {}
    for entry in entries:
        first.setdefault(entry[0], entry)
    return {
        _name(entry): _name(first[entry[0]])
        for entry in entries
        if entry is not first[entry[0]] and _name(entry) in costly
    }


def _that_go_on(
    running: Mapping[str, _Tried], every: Sequence[Rows], half: float, costly: Collection[str] = ()
) -> set[str]:
    """Return the settings that may gain δ/2, and be recommended after all repeats, whose dev rows are given; half: δ/2.

    costly: those that need a better chance to go on.
    What may be good for rare classes, which the share of wrong rows does not see, has the least repeats at any rate.
    """
    usual = float(np.median([scatter_of(run.before, run.after) for run in running.values()] or [0.0]))
    staying = set()
    for name, run in running.items():
        seen = foresee(run.before, run.after, every, usual)
        other = REMEDIES[run.remedy].specific == ON_OTHER_GROUNDS and len(run.after) < LEAST_REPEATS
        guessing = np.mean([one.dev_error - one.guess_error for one in run.before]) > 0
        is_open = bool(guessing) or unsticks(run.before, run.after)
        z = COSTLY_CHANCE_Z if name in costly else CHANCE_Z
        if other or (run.seen.low < -half and seen.may_gain(half, by_value=is_open, chance_z=z)):
            staying.add(name)
    return staying


@dataclass(frozen=True, eq=False)
class _Tried:
    """One setting that ran paired with the current model."""

    remedy: str
    change: Mapping[str, Any]
    before: Sequence[FitResult]
    after: Sequence[FitResult]
    luck: float = 0.0

    @cached_property
    def seen(self) -> Estimate:
        return paired_change(self.before, self.after)


def _best_of_each(tried: Sequence[_Tried], fits: FitCache) -> dict[str, Probe]:
    """Return the best setting of each remedy; its effect is corrected for the choice among all of them."""
    together = correlation_of([(one.before, one.after) for one in tried], fits.dataset.n_rows)
    raced = picked([one.seen for one in tried], together, fits.split.repeats[0].seed)
    found = [less_lucky(effect, one.luck) for one, effect in zip(tried, raced, strict=True)]
    best: dict[str, Probe] = {}
    for one, effect in sorted(zip(tried, found, strict=True), key=lambda pair: pair[1].seen.value):
        if one.remedy not in best:
            best[one.remedy] = _as_probe(one, effect)
    return best


def _as_probe(one: _Tried, effect: Picked) -> Probe:
    seconds = sum(result.seconds for result in one.after)
    train, does_unstick = train_change(one.before, one.after), unsticks(one.before, one.after)
    return Probe(effect.expected, train, dict(one.change), len(one.after), seconds, does_unstick, effect.seen)


def _idle_columns(fits: FitCache, model: Model, size: int, smallest: float) -> set[str]:
    """Return the columns whose remedies get one try each: bias without training error, variance without a gap."""
    seen = [fits.get(model, n, range(LEAST_REPEATS)) for n in {size, fits.split.n_train}]
    return set.intersection(*(idle_columns(one, smallest) for one in seen if one))


def idle_columns(before: Sequence[FitResult], smallest: float) -> set[str]:
    """Return the columns of the remedy table whose problem these fits hardly show."""
    train = float(np.mean([r.train_error for r in before]))
    gap = float(np.mean([r.useful_error for r in before])) - train
    delta = material_of(before, smallest)
    return ({"bias"} if train <= delta else set()) | ({"variance"} if gap <= delta / 2 else set())


def briefly(plan: Sequence[PlanEntry], idle: Collection[str]) -> list[PlanEntry]:
    """Keep one setting of each remedy in the idle columns and all settings of the others."""
    done: set[str] = set()
    kept = []
    for entry in plan:
        if REMEDIES[entry[0]].column not in idle or entry[0] not in done:
            kept.append(entry)
        done.add(entry[0])
    return kept


def probe_repeats(effort: Effort, size: int) -> int:
    """Return the repeats of a probe of this many rows: more where fits are cheap."""
    return min(MOST_REPEATS, max(LEAST_REPEATS, effort.probe_budget // size))


@dataclass(frozen=True)
class Attempt:
    """A change that is to be tried; `picked`: the effect for which it was chosen, before and after correction."""

    remedy: str
    change: Mapping[str, Any]
    picked: Picked | None = None

    @classmethod
    def of(cls, one: Recommendation) -> Attempt:
        """Return the attempt that a recommendation stands for."""
        known = one.seen is not None and one.expected is not None
        return cls(one.remedy, one.change, Picked(one.seen, one.expected) if known else None)  # type: ignore[arg-type]


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
    seen = paired_change(before, after)
    effect = Picked(seen, seen) if attempt.picked is None else continued(seen, attempt.picked, share)
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
        seen=None if attempt.picked is None else seen,
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
        elif recommendation.change and recommendation.trial is None and done < most:
            done += 1
            attempt, delta = Attempt.of(recommendation), evidence.delta
            trial = try_change(fits, model, attempt, material=delta, effort=effort, on_result=on_result)
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
    known = evidence.dev_error  # This error comes from more repeats than the curve has.
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

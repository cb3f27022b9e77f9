"""Short runs of every remedy, paired with the current model, as a race that drops what will hardly be recommended."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from dldiag.core.types import Estimate, Rows
from dldiag.diagnosis.data_changes import ErrorContext
from dldiag.diagnosis.effort import LEAST_REPEATS, Effort, probe_repeats
from dldiag.diagnosis.evidence import Probe
from dldiag.diagnosis.evidence.gather import material_of
from dldiag.diagnosis.evidence.signals import unsticks
from dldiag.diagnosis.race import CHANCE_Z, COSTLY_CHANCE_Z, FIRST_LOOK, foresee, looks, scatter_of
from dldiag.diagnosis.recommend import ON_OTHER_GROUNDS
from dldiag.diagnosis.remedies import REMEDIES, applicable
from dldiag.diagnosis.winners_curse import Picked, correlation_of, less_lucky, picked
from dldiag.error_analysis.analysis import ErrorAnalysis
from dldiag.experiments.estimates import paired_change, train_change
from dldiag.experiments.fit import FitResult
from dldiag.experiments.fit_cache import FitCache, OnResult
from dldiag.experiments.models import Model, changed, fit_cost

# A setting that costs more than this many times the current model waits for a cheaper one of its remedy, and needs a
# better chance to go on.
COSTLY = 3.0
# A waiting setting starts at this look if the cheaper one is still in the race, or the model underfits.
WAITED_LOOKS = 2

PlanEntry = tuple[str, Mapping[str, Any], Model]  # The remedy, the change and the changed model.
Luck = Mapping[str, float]  # For each model identity, the standard errors by which its effect looks too good.


def probe_plan(model: Model, keys: Collection[str] | None = None) -> list[PlanEntry]:
    """List every setting that a remedy would try on this model, with the changed model."""
    return [(key, change, changed(model, change)) for key, change in applicable(model, keys)]


def data_plan(
    fits: FitCache, model: Model, found: ErrorAnalysis | None, smallest: float = 0.0
) -> tuple[list[PlanEntry], Luck]:
    """List the changes of the data that the errors on dev rows suggest, and the luck with which each was chosen."""
    if found is None:
        return [], {}
    before = fits.get(model, fits.split.n_train, range(LEAST_REPEATS))
    context = ErrorContext(fits, model, found, material_of(before, smallest) / 2)
    proposed = [(row.key, one) for row in REMEDIES.values() for one in row.from_errors(context)]
    plan = [(key, one.change, changed(model, one.change)) for key, one in proposed]
    return plan, {entry[2].identity: one.luck for entry, (_, one) in zip(plan, proposed, strict=True)}


def probe(  # noqa: PLR0913 — what a diagnosis knows before its short runs
    fits: FitCache,
    model: Model,
    effort: Effort,
    *,
    smallest: float,
    keys: Collection[str] | None = None,
    found: ErrorAnalysis | None = None,
    references: Sequence[Model] = (),
    on_result: OnResult = None,
) -> dict[str, Probe]:
    """Run every applicable remedy for a few repeats on a few rows; return the best setting of each.

    The current model runs on the same rows, so that every change is paired. It is a race (`race.py`): settings that
    will hardly be recommended after all repeats are eliminated. The best of many looks better than it is; its effect is
    corrected for that. smallest: the user's smallest difference that matters. found: where the model is wrong, from
    which changes of the data are proposed. references: models fitted with all training rows, which say whether this one
    underfits. Health signals take time and are recorded in the last repeats only.
    """
    size = min(effort.probe_rows, fits.split.n_train)
    whole = size == fits.split.n_train
    dev_rows = [repeat.dev_rows for repeat in fits.split.repeats[: probe_repeats(effort, size)]]
    fits.fit([model], [size], range(len(dev_rows)), on_result=on_result, watched=whole)
    targets, choice = fits.open_targets, fits.encoded.choice
    plan = [one for one in probe_plan(model, keys) if REMEDIES[one[0]].suits(targets, choice)]
    of_data, luck = data_plan(fits, model, found, smallest)
    entries = [*one_try_where_idle(plan, _idle_columns(fits, model, size, smallest)), *of_data]
    costly = costly_settings(entries, model, size)
    underfits = underfits_beside(fits, model, references, smallest)
    race = _Race(fits, model, size, dev_rows, smallest, luck, costly, on_result, underfits)
    return _best_of_each(race.run(entries), fits)


@dataclass
class _Race:
    """Short runs of settings against the current model; a class because it keeps the latest run of every setting.

    dev_rows: of all repeats. costly: names of the settings that wait for a cheaper one and need a better chance.
    underfits: the cheaper one need not gain, since a network may have to be deeper to fit its training rows at all.
    """

    fits: FitCache
    model: Model
    size: int
    dev_rows: Sequence[Rows]
    smallest: float
    luck: Luck
    costly: Collection[str]
    on_result: OnResult
    underfits: bool
    runs: dict[str, ShortRun] = field(default_factory=dict)

    def run(self, entries: Sequence[PlanEntry]) -> list[ShortRun]:
        """Run settings until all repeats are done or none is left; return the runs in the order of the settings."""
        waiting = costly_siblings(entries, self.costly)
        alive = [one for one in entries if _name(one) not in waiting]
        for number, n in enumerate(looks(len(self.dev_rows)), start=1):
            alive = self._look(alive, n)
            if number == WAITED_LOOKS or n == len(self.dev_rows):
                leading = set(waiting.values()) if self.underfits else {_name(one) for one in alive}
                late = [one for one in entries if waiting.pop(_name(one), None) in leading]
                begun = self._look(late, min(FIRST_LOOK, n))
                alive = self._look([*alive, *begun], n) if begun else alive
        return [self.runs[name] for name in map(_name, entries) if name in self.runs]

    def _look(self, running: Sequence[PlanEntry], n: int) -> list[PlanEntry]:
        """Run settings for n repeats; return those that go on."""
        repeats, watched = range(n), self.size == self.fits.split.n_train and n == len(self.dev_rows)
        models = [candidate for _, _, candidate in running]
        self.fits.fit(models, [self.size], repeats, on_result=self.on_result, watched=watched)
        before = self.fits.get(self.model, self.size, repeats)
        for one in running:
            after = self.fits.get(one[2], self.size, repeats)
            self.runs.pop(_name(one), None)  # A setting that fails in a later repeat has no probe, either.
            if not any(result.failed for result in (*before, *after)):
                self.runs[_name(one)] = ShortRun(*one[:2], before, after, self.luck.get(one[2].identity, 0.0))
        seen = {name: self.runs[name] for one in running if (name := _name(one)) in self.runs}
        staying = _that_go_on(seen, self.dev_rows, material_of(before, self.smallest) / 2, self.costly)
        return [one for one in running if _name(one) in staying]


def _name(entry: PlanEntry) -> str:
    return f"{entry[0]} {entry[2].identity}"


def costly_settings(entries: Sequence[PlanEntry], model: Model, size: int) -> set[str]:
    """Return the names of the settings that cost more than COSTLY times the current model."""
    return {_name(one) for one in entries if fit_cost(one[2], size) > COSTLY * fit_cost(model, size)}


def costly_siblings(entries: Sequence[PlanEntry], costly: Collection[str]) -> dict[str, str]:
    """Map each costly setting to the cheaper one that it waits for: the first of its remedy.

    A network that is wider and deeper takes up to ten times as long as one that is only wider, and hardly gains where
    that one does not, unless the model underfits.
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
    running: Mapping[str, ShortRun], every: Sequence[Rows], half: float, costly: Collection[str] = ()
) -> set[str]:
    """Return the settings that may still gain δ/2 and be recommended after all repeats.

    every: the dev rows of all repeats. half: δ/2. costly: settings that need a better chance to go on. A remedy for rare
    classes, whose gain the error rate does not show, always gets LEAST_REPEATS.
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
class ShortRun:
    """The fits of one setting, paired with those of the current model. luck: as in `Luck`."""

    remedy: str
    change: Mapping[str, Any]
    before: Sequence[FitResult]
    after: Sequence[FitResult]
    luck: float = 0.0

    @cached_property
    def seen(self) -> Estimate:
        """The change in dev error, paired by repeat and row; negative is better."""
        return paired_change(self.before, self.after)


def _best_of_each(tried: Sequence[ShortRun], fits: FitCache) -> dict[str, Probe]:
    """Return the best setting of each remedy; its effect is corrected for the choice among all of them."""
    together = correlation_of([(one.before, one.after) for one in tried], fits.dataset.n_rows)
    raced = picked([one.seen for one in tried], together, fits.split.repeats[0].seed)
    found = [less_lucky(effect, one.luck) for one, effect in zip(tried, raced, strict=True)]
    best: dict[str, Probe] = {}
    for one, effect in sorted(zip(tried, found, strict=True), key=lambda pair: pair[1].seen.value):
        if one.remedy not in best:
            best[one.remedy] = _as_probe(one, effect)
    return best


def _as_probe(one: ShortRun, effect: Picked) -> Probe:
    seconds = sum(result.seconds for result in one.after)
    train, does_unstick = train_change(one.before, one.after), unsticks(one.before, one.after)
    return Probe(effect.expected, train, dict(one.change), len(one.after), seconds, does_unstick, effect.seen)


def underfits_beside(fits: FitCache, model: Model, references: Sequence[Model], smallest: float) -> bool:
    """Tell whether the training error is above what a reference reaches on dev rows, by more than matters."""
    n, repeats = fits.split.n_train, range(LEAST_REPEATS)
    own = fits.get(model, n, repeats)
    reached = [float(np.mean([r.dev_error for r in fits.get(one, n, repeats)] or [np.inf])) for one in references]
    train = float(np.mean([r.train_error for r in own] or [-np.inf]))
    return bool(own) and train - np.nanmin([*reached, np.inf]) > material_of(own, smallest)


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


def one_try_where_idle(plan: Sequence[PlanEntry], idle: Collection[str]) -> list[PlanEntry]:
    """Keep one setting of each remedy in the idle columns and all settings of the others."""
    done: set[str] = set()
    kept = []
    for entry in plan:
        if REMEDIES[entry[0]].column not in idle or entry[0] not in done:
            kept.append(entry)
        done.add(entry[0])
    return kept

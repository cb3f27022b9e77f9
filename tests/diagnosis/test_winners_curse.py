"""Picked effects held against simulations whose true effects are known: no fits, only dev rows that models get right or wrong."""

import numpy as np
import pytest

from dldiag.core.types import Estimate
from dldiag.diagnosis.recommend import decide_order
from dldiag.diagnosis.search import finalists
from dldiag.diagnosis.trials import widened
from dldiag.diagnosis.winners_curse import (
    Picked,
    continued,
    correlation_of,
    picked,
    shared_luck,
)
from dldiag.experiments.estimates import paired_change
from dldiag.experiments.fit import FitResult
from dldiag.experiments.models import build_model
from dldiag.experiments.tasks import FitTask

MODEL = build_model("classification")
ROWS, HELD = 640, 160  # open rows of a table of 800, and dev rows of one repeat
PROBED, MOST, CHOOSE = 5, 14, 4


class Race:
    """Candidates that differ from a model on some rows for good and on others by chance, in every repeat."""

    def __init__(self, effects, seed, differ=0.08, by_chance=0.02):
        self.rng, self.effects, self.chance = np.random.default_rng(seed), np.asarray(effects), by_chance
        differ = np.maximum(differ, 1.5 * np.abs(self.effects))
        draw = self.rng.random((ROWS, len(effects)))
        self.lasting = (draw > 1 - differ / 2 - self.effects / 2).astype(float)
        self.lasting -= draw < differ / 2 - self.effects / 2
        self.dev = [self.rng.permutation(ROWS)[:HELD] for _ in range(MOST)]
        shape = (MOST, HELD, len(effects))
        moved = self.rng.choice([-1.0, 1.0], size=shape) * (self.rng.random(shape) < by_chance)
        self.changes = np.array([self.lasting[rows] for rows in self.dev]) + moved

    def runs(self, candidate, repeats):
        return [self._fit(r, None) for r in repeats], [self._fit(r, candidate) for r in repeats]

    def _fit(self, r, candidate):
        share = np.full(HELD, 0.3) if candidate is None else 0.3 + self.changes[r, :, candidate]
        return FitResult(
            FitTask(("made", 10, r), MODEL, np.arange(10), self.dev[r], 0),
            0.0,
            share.mean(),
            0.0,
            share,
            0.0,
            9.0,
            share,
        )

    def race(self, repeats, seed=0):
        """Return the winner and its effect, corrected."""
        pairs = [self.runs(k, repeats) for k in range(len(self.effects))]
        seen = [paired_change(*pair) for pair in pairs]
        best = int(np.argmin([one.value for one in seen]))
        return best, picked(seen, correlation_of(pairs, ROWS), seed)[best]


def shown(effects, measure, tries=200):
    """Return coverage, share of sure gains and mean bias of (seen, corrected) effects over many races."""
    rows = []
    for seed in range(tries):
        race = Race(effects, seed)
        best, found = measure(race)
        truth = race.effects[best]
        rows.append(
            [(one.low <= truth <= one.high, one.high < 0, one.value - truth) for one in (found.seen, found.expected)]
        )
    return np.array(rows, dtype=float).mean(axis=0)


def of_a_race(race):
    return race.race(range(PROBED))


def of_a_trial(race):
    """A trial that goes on until it is decided, or out of repeats."""
    best, found = race.race(range(PROBED))
    for n in (PROBED, PROBED + 3, PROBED + 5):
        now = continued(paired_change(*race.runs(best, range(n))), found)
        if decide_order(widened(now.expected), 0.02) != "undecided":
            break
    return best, now


def of_a_search(race):
    """Chosen on four repeats among those best on two, judged on the ten others, which have the same rows."""
    start = MOST - CHOOSE
    final = finalists(len(race.effects), lambda left, n: {k: race.runs(k, range(start, start + n)) for k in left})
    best, pairs = next(iter(final)), list(final.values())
    found = picked([paired_change(*pair) for pair in pairs], correlation_of(pairs, ROWS), 0)[0]
    judging = race.runs(best, range(start))
    share = shared_luck(pairs[0], judging, found.seen, ROWS)
    return best, continued(paired_change(*judging), found, share)


@pytest.mark.parametrize(
    ("measure", "candidates"), [(of_a_race, 8), (of_a_race, 20), (of_a_trial, 8), (of_a_trial, 20), (of_a_search, 24)]
)
def test_where_nothing_helps_what_was_picked_is_shown_as_that(measure, candidates):
    (_, _, bias), (coverage, sure, left) = shown(np.zeros(candidates), measure)
    assert bias < -0.01, "what looks best among many looks one point too good"
    assert coverage >= 0.88
    assert sure <= 0.10
    assert abs(left) <= 0.004


def test_a_search_among_settings_that_hurt_more_or_less_is_shown_as_what_it_is():
    """Rivals that dropped out early are left out of the correction: with them it was too large by a point."""
    effects = np.abs(np.random.default_rng(7).normal(0, 0.02, 24))
    (_, _, bias), (coverage, sure, left) = shown(effects, of_a_search)
    assert bias < -0.005
    assert coverage >= 0.88
    assert sure <= 0.10
    assert abs(left) <= 0.004


@pytest.mark.parametrize("measure", [of_a_race, of_a_trial])
@pytest.mark.parametrize("gain", [0.02, 0.05, 0.10])
def test_the_corrected_interval_holds_where_one_candidate_helps(measure, gain):
    effects = np.zeros(12)
    effects[3] = -gain
    (_, seen, _), (coverage, sure, _) = shown(effects, measure)
    assert coverage >= 0.88
    if gain == 0.10:
        assert sure >= 0.95 * seen, "a gain that stands out costs nothing"


def test_one_fixed_comparison_is_not_corrected():
    race = Race([0.0], 0)
    _, found = race.race(range(PROBED))
    assert found.seen == found.expected
    assert found.optimism == 0


def test_twins_of_the_best_are_no_choice():
    """Candidates that differ from the model on the same rows are one candidate, however many names it has."""
    race = Race([-0.03], 1)
    pair = race.runs(0, range(PROBED))
    seen = paired_change(*pair)
    found = picked([seen] * 6, correlation_of([pair] * 6, ROWS), 0)
    assert found[0].optimism == pytest.approx(0, abs=1e-6)


def test_a_measurement_on_more_repeats_shares_less_of_the_luck():
    before = Picked(Estimate(-0.04, -0.06, -0.02), Estimate(-0.02, -0.06, 0.0))
    again = continued(Estimate(-0.03, -0.04, -0.02), before)
    assert 0 < again.optimism < before.optimism
    assert continued(before.seen, before).optimism == pytest.approx(before.optimism)

"""Random search: draw combinations of settings; measure the best against the model on repeats that did not choose it.

A remedy changes one setting, so that its effect can be seen; a search finds settings that only help together. Values are drawn as
Ng's course advises: at random rather than on a grid, rates evenly in their logarithm (Bergstra and Bengio 2012).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dldiag.core.types import Change, Trial, exactly
from dldiag.diagnosis.effort import SELECTION_REPEATS, Effort
from dldiag.diagnosis.remedies import SEARCH
from dldiag.diagnosis.trials import Attempt, trial_of, try_change
from dldiag.diagnosis.winners_curse import correlation_of, picked, shared_luck
from dldiag.experiments.estimates import Results, paired_change
from dldiag.experiments.fit_cache import FitCache, OnResult
from dldiag.experiments.models import Model, changed, is_network

TRIED = 24  # Combinations drawn; with early elimination about as many fits as the rest of a diagnosis.
_KEPT = 8  # Combinations kept after the first repeats.
FIRST = 2  # Repeats of all combinations; the best of them get all SELECTION_REPEATS.
LAYERS = ((25,), (50,), (100,), (256,), (50, 50), (100, 100), (256, 256))

DrawValue = Callable[[np.random.Generator], Any]
Runs = tuple[Results, Results]  # The fits of the model and of a candidate, on the same repeats.

SEARCHED: Mapping[str, DrawValue] = {
    "hidden_layer_sizes": lambda rng: LAYERS[rng.integers(len(LAYERS))],
    "activation": lambda rng: str(rng.choice(["relu", "tanh"])),
    "init": lambda rng: "auto",
    "alpha": lambda rng: _rounded(10 ** rng.uniform(-5, 1.5)),
    "dropout": lambda rng: float(rng.choice([0.0, 0.0, 0.2, 0.5])),
    "learning_rate_init": lambda rng: _rounded(10 ** rng.uniform(-4, -1)),
    "max_iter": lambda rng: int(rng.choice([100, 200, 400])),
    "solver": lambda rng: "adam",
    "scale_inputs": lambda rng: True,
}


def draw_change(model: Model, rng: np.random.Generator) -> Change:
    """Draw one combination of settings; of each only what differs from the model's."""
    values = {name: draw(rng) for name, draw in SEARCHED.items()}
    now = {**model.parameters, "scale_inputs": model.scale_inputs}
    return {name: value for name, value in values.items() if now.get(name) != value}


def try_remedy(
    fits: FitCache, model: Model, attempt: Attempt, *, material: float, effort: Effort, on_result: OnResult = None
) -> Trial:
    """Run one remedy on the user's data: its change against the current model, or a search for one."""
    if attempt.remedy == SEARCH:
        return search(fits, model, material=material, effort=effort, on_result=on_result)
    return try_change(fits, model, attempt, material=material, effort=effort, on_result=on_result)


def planned_fits(remedy: str, effort: Effort) -> int:
    """Return how many fits the trial of a remedy makes at most."""
    of_search = (TRIED + 1) * FIRST + (_KEPT + 1) * (SELECTION_REPEATS - FIRST)
    return 2 * effort.trial_repeats + (remedy == SEARCH) * of_search


def search(fits: FitCache, model: Model, *, material: float, effort: Effort, on_result: OnResult = None) -> Trial:
    """Draw combinations, let the last repeats of the split choose the best, and measure what it changes on the others.

    The other repeats share dev rows with those that chose, so the effect is corrected for the choice, too. The trial
    is "no effect" when no combination did better than the model as it is. material: δ, in the error's unit. Raises
    ValueError for a model that is not our network.
    """
    if not is_network(model):
        raise ValueError("only the settings of our network can be searched")
    rng = np.random.default_rng([fits.split.repeats[0].seed, TRIED])
    changes = [draw_change(model, rng) for _ in range(TRIED)]
    best, choosing = _chosen(fits, model, changes, effort, on_result)
    if best.picked is None:
        return Trial(SEARCH, "no_effect", exactly(0.0), SELECTION_REPEATS, 0.0)
    size, repeats = fits.split.n_train, range(min(effort.trial_repeats, len(fits.split.repeats) - SELECTION_REPEATS))
    candidate = changed(model, best.change)
    fits.fit([model, candidate], [size], repeats, on_result=on_result, watched=True)
    before, after = fits.get(model, size, repeats), fits.get(candidate, size, repeats)
    share = shared_luck(choosing, (before, after), best.picked.seen, fits.dataset.n_rows)
    return trial_of(best, before, after, material, share)


def _chosen(
    fits: FitCache, model: Model, changes: Sequence[Change], effort: Effort, on_result: OnResult
) -> tuple[Attempt, Runs]:
    """Return the change with the least mean dev error over the selection repeats, and its fits beside the model's.

    It is not picked when the model itself has the least.
    """
    size, n_repeats = min(effort.probe_rows, fits.split.n_train), len(fits.split.repeats)
    candidates = [changed(model, change) for change in changes]

    def run(left: Sequence[int], n: int) -> dict[int, Runs]:
        repeats = range(n_repeats - SELECTION_REPEATS, n_repeats - SELECTION_REPEATS + n)
        fits.fit([model, *(candidates[one] for one in left)], [size], repeats, on_result=on_result)
        runs = {one: (fits.get(model, size, repeats), fits.get(candidates[one], size, repeats)) for one in left}
        return {one: pair for one, pair in runs.items() if not any(r.failed for half in pair for r in half)}

    final = finalists(len(changes), run)
    best = next(iter(final), None)
    if best is None or _mean_change(final[best]) >= 0:
        return Attempt(SEARCH, changes[0]), ([], [])
    pairs = list(final.values())
    together = correlation_of(pairs, fits.dataset.n_rows)
    effects = picked([paired_change(*pair) for pair in pairs], together, fits.split.repeats[0].seed)
    return Attempt(SEARCH, changes[best], effects[0]), final[best]


def finalists(count: int, run: Callable[[Sequence[int], int], Mapping[int, Runs]]) -> dict[int, Runs]:
    """Race candidates 0 … count − 1; return the paired fits of those that reach the end, the best first.

    run: (candidates, repeats) -> paired fits of those that can be fitted. Candidates dropped after the first repeats do not
    count in the correction for the choice: their noise is that of fewer repeats, so it would correct too much.
    """
    left, runs = list(range(count)), dict[int, Runs]()
    for n in (FIRST, SELECTION_REPEATS):
        runs = dict(run(left, n))
        left = sorted(runs, key=lambda one: _mean_change(runs[one]))[:_KEPT]
    return {one: runs[one] for one in left}


def _mean_change(pair: Runs) -> float:
    """Return the mean change of the dev error."""
    return float(np.mean([b.useful_error - a.useful_error for a, b in zip(*pair, strict=True)]))


def _rounded(value: float) -> float:
    """Round to two significant digits."""
    return float(f"{value:.1e}")

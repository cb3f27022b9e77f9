"""Initializations compared: identical units, fading or saturating signals, and starts that train."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dldiag.core.i18n import Message
from dldiag.core.params import param
from dldiag.core.types import Estimate, OnProgress, ShouldStop
from dldiag.course.shared.activation_race import SOLVERS
from dldiag.course.shared.bands import SeedBand, band, mean_over_seeds
from dldiag.course.shared.instrumented import InstrumentedRun, Recipe, record_runs
from dldiag.course.shared.prepared import Prepared
from dldiag.course.shared.signal_flow import log_band
from dldiag.nn.activations import ACTIVATIONS
from dldiag.nn.initializers import INITIALIZERS

HALF_SATURATED = 0.5  # Share of a layer's activations that are saturated.
# Only these initializations fit layers of any size, so only these are recommended.
MADE_TO_MEASURE = ("glorot", "he")
EVERY_MOMENT = 2  # Checkpoints from one drawn histogram to the next.
# A run whose loss falls by less than this part of the loss of a constant guess has not learned.
FADED = 0.05
_HIDDEN = {name: ACTIVATIONS[name].label for name in ("tanh", "logistic", "relu", "leaky_relu")}


@dataclass(frozen=True)
class Start:
    """One way to begin: a row of INITIALIZERS times a scale."""

    label: Message
    init: str
    scale: float = 1.0
    formula: str = ""


STARTS: dict[str, Start] = {
    "zeros": Start(Message("zeros"), "zeros", formula=r"W = 0"),
    "times_0.001": Start(Message("random × 0.001"), "small_random", 0.1, r"W \sim 0.001\,N(0, 1)"),
    "times_1": Start(Message("random × 1"), "small_random", 100.0, r"W \sim N(0, 1)"),
    "times_10": Start(Message("random × 10"), "large_random", formula=r"W \sim 10\,N(0, 1)"),
    "glorot": Start(Message("Glorot"), "glorot_normal", formula=INITIALIZERS["glorot_normal"].formula),
    "he": Start(Message("He"), "he_normal", formula=INITIALIZERS["he_normal"].formula),
}


@dataclass(frozen=True)
class StartSettings:
    """Settings of the comparison of starts."""

    activation: str = param("tanh", "Activation", "Of every hidden layer.", choices=_HIDDEN)
    hidden_layers: int = param(5, "Hidden layers", "Of every network.", low=1, high=10)
    units: int = param(24, "Units per layer", "Of every hidden layer.", low=2, high=64)
    learning_rate: float = param(0.03, "Learning rate", "The same for every start.", low=0.0001, high=1.0, log=True)
    solver: str = param("momentum", "Optimizer", "The same for every start.", choices=SOLVERS)
    steps: int = param(200, "Steps", "Mini-batches of training.", low=20, high=1000)
    seeds: int = param(5, "Seeds", "Runs of each start; more give a narrower interval.", low=3, high=20)


@dataclass(frozen=True)
class ShownSettings:
    """Which start's activations are drawn."""

    start: str = param(
        "times_10",
        "Start",
        "Whose activations are drawn.",
        choices={key: row.label.template for key, row in STARTS.items()},
    )


@dataclass(frozen=True)
class StartResult:
    """What training from one start led to.

    loss: over steps. distance: over steps, the largest distance between two units of a layer, the largest over layers
    and seeds. gradients_start, gradients_end: norm by layer. saturated_start, saturated_end, spread_start: by hidden
    layer, mean over seeds. histograms: at every drawn moment, (T, hidden layers, bins) shares. reach_start: what 90% of a layer's |z| stay below.
    """

    key: str
    label: Message
    loss: SeedBand
    final: tuple[float, ...]
    distance: tuple[float, ...]
    gradients_start: SeedBand
    gradients_end: SeedBand
    saturated_start: tuple[float, ...]
    saturated_end: tuple[float, ...]
    spread_start: tuple[float, ...]
    histograms: tuple[tuple[tuple[float, ...], ...], ...]
    reach_start: tuple[float, ...] = ()


@dataclass(frozen=True)
class StartsRun:
    """All starts in the same network on the same batches, and one layer without hidden units from zeros.

    moments: the steps of the histograms. constant: the largest distance between two units where all weights begin at
    the same value that is not 0. shallow: final losses of networks with one hidden layer from random × 0.001, by seed.
    """

    activation: str
    baseline: float
    steps: tuple[int, ...]
    moments: tuple[int, ...]
    bins: tuple[float, ...]
    starts: tuple[StartResult, ...]
    single: SeedBand
    constant: tuple[float, ...] = ()
    shallow: tuple[float, ...] = ()
    hidden_layers: int = 0


def compare_starts(
    data: Prepared,
    settings: StartSettings | None = None,
    *,
    seed: int = 0,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> StartsRun:
    """Train the same network from every row of STARTS, and logistic (or linear) regression from zeros."""
    chosen = settings or StartSettings()
    recipes = [*(_recipe(start, chosen) for start in STARTS.values()), *_others(chosen)]
    runs = record_runs(data, recipes, chosen, seed=seed, on_progress=on_progress, should_stop=should_stop)
    steps, (single, constant, shallow) = runs[0].steps, runs[len(STARTS) :]
    moments = range(0, len(steps), EVERY_MOMENT)
    return StartsRun(
        activation=chosen.activation,
        baseline=data.baseline,
        steps=steps,
        moments=tuple(steps[at] for at in moments),
        bins=runs[0].bins,
        starts=tuple(_start_result(key, run, moments) for key, run in zip(STARTS, runs, strict=False)),
        single=band(steps, single.loss),
        constant=_farthest(constant),
        shallow=shallow.loss[-1],
        hidden_layers=chosen.hidden_layers,
    )


def _recipe(start: Start, settings: StartSettings) -> Recipe:
    return Recipe(
        activation=settings.activation,
        init=start.init,
        init_scale=start.scale,
        hidden_layers=settings.hidden_layers,
        units=settings.units,
        optimizer=settings.solver,
        rates=(settings.learning_rate,),
    )


def _others(settings: StartSettings) -> tuple[Recipe, Recipe, Recipe]:
    """Return one layer from zeros, the network from a constant, and one hidden layer from random × 0.001."""
    single = Recipe(init="zeros", hidden_layers=0, optimizer=settings.solver, rates=(settings.learning_rate,))
    constant = replace(_recipe(STARTS["zeros"], settings), init="constant")
    return single, constant, replace(_recipe(STARTS["times_0.001"], settings), hidden_layers=1)


def _farthest(run: InstrumentedRun) -> tuple[float, ...]:
    """Return the largest distance between two units of a layer over steps, the largest over layers and seeds."""
    return tuple(np.asarray(run.distance).max(axis=(1, 2)).tolist())


def _start_result(key: str, run: InstrumentedRun, drawn: Sequence[int]) -> StartResult:
    gradients, saturated, spread = (np.asarray(each) for each in (run.gradients, run.saturated, run.spread))
    numbers = range(1, gradients.shape[2] + 1)
    return StartResult(
        key=key,
        label=STARTS[key].label,
        loss=band(run.steps, run.loss),
        final=run.loss[-1],
        distance=_farthest(run),
        gradients_start=log_band(numbers, gradients[0].T),
        gradients_end=log_band(numbers, gradients[-1].T),
        saturated_start=tuple(saturated[0].mean(axis=0).tolist()),
        saturated_end=tuple(saturated[-1].mean(axis=0).tolist()),
        spread_start=tuple(spread[0].mean(axis=0).tolist()),
        histograms=_rounded(run.histograms, drawn),
        reach_start=tuple(np.asarray(run.reach)[0].mean(axis=0).tolist()),
    )


def _rounded(histograms: Any, drawn: Sequence[int]) -> Any:
    return tuple(tuple(map(tuple, np.round(histograms[at], 4).tolist())) for at in drawn)


def winner(run: StartsRun) -> StartResult | None:
    """Return the start with the lowest mean loss at the end; None where none got clearly below the baseline."""
    learned = [start for start in run.starts if start.loss.mean[-1] <= (1 - FADED) * run.baseline]
    return min(learned, key=lambda one: one.loss.mean[-1], default=None)


def settings_to_use(run: StartsRun) -> dict[str, Any]:
    """Return the winner as settings of a model; empty unless it, and all that tie with it, are made to measure."""
    best = winner(run)
    if best is None or not {one.key for one in (best, *_ties(run, best))} <= set(MADE_TO_MEASURE):
        return {}
    return {"activation": run.activation, "init": STARTS[best.key].init, "init_scale": STARTS[best.key].scale}


def _ties(run: StartsRun, best: StartResult) -> list[StartResult]:
    """Return the starts that learned, and are not clearly worse than the best."""
    others = [start for start in run.starts if start is not best and not _is_faint(start, run)]
    gaps = [(start, change_against(run, start.key, best.key)) for start in others]
    return [one for one, gap in gaps if gap.low <= 0 and np.isfinite(gap.high)]


def _is_faint(start: StartResult, run: StartsRun) -> bool:
    """Tell whether a start did not get clearly below the loss of the baseline."""
    return start.loss.mean[-1] > (1 - FADED) * run.baseline


def change_against(run: StartsRun, key: str, other: str) -> Estimate:
    """Return the final loss of one start minus that of another, paired over seeds, with its 90% interval."""
    by_key = {start.key: np.asarray(start.final) for start in run.starts}
    return mean_over_seeds(by_key[key] - by_key[other])


def describe_zeros(run: StartsRun) -> Message:
    """Say that identical units stayed identical, and what one layer from zeros did meanwhile."""
    zeros = next(start for start in run.starts if start.key == "zeros")
    values: dict[str, Any] = {
        "steps": run.steps[-1],
        "apart": round(max(zeros.distance), 4),  # Some processors round equal units apart in the seventh digit.
        "start": run.baseline,
        "end": zeros.loss.mean[-1],
        "single_start": run.single.mean[0],
        "single": run.single.mean[-1],
    }
    if values["apart"] > 0:
        return Message(
            "After {steps} steps from zeros two units of a layer differ by {apart:.2g}. They should be identical: this run does not show the effect.",
            values,
        )
    return Message(_ZEROS_ALONE if run.single.mean[-1] < run.single.mean[0] else _NEITHER, values)


_ZEROS_ALONE = "After {steps} steps from zeros any two units of a layer are still the same (distance {apart:.4f}). The loss is {end:.3f} (a constant guess: {start:.3f})."
_NEITHER = (
    "After {steps} steps from zeros any two units of a layer are still the same (distance {apart:.4f}). One "
    "layer without hidden units did not learn either ({single_start:.3f} to {single:.3f}), so this run shows only "
    "half of it."
)


def describe_starts(run: StartsRun) -> Message:
    """Say which start ended lowest, which saturated, which faded, and which are not clearly worse than the best."""
    best = winner(run)
    if best is None:
        return Message(
            "No start got clearly below the baseline's loss ({baseline:.3f}) at this learning rate. This run does not show which one is better.",
            {"baseline": run.baseline},
        )
    parts = [_best_sentence(run, best), *_upset(run, best), *_worst_sentences(run)]
    text = parts[0]
    for part in parts[1:]:
        text = Message("{first} {second}", {"first": text, "second": part})
    return text


def _best_sentence(run: StartsRun, best: StartResult) -> Message:
    ties = _ties(run, best)
    values: dict[str, Any] = {"best": best.label, "loss": best.loss.mean[-1], "steps": run.steps[-1]}
    if not ties:
        return Message("{best} ended lowest after {steps} steps, at a loss of {loss:.3f}.", values)
    return Message(
        "{best} ended lowest after {steps} steps, at a loss of {loss:.3f}, but not clearly below {ties}.",
        values | {"ties": _listed([one.label for one in ties])},
    )


def _upset(run: StartsRun, best: StartResult) -> list[Message]:
    """Point out that the initializations made for the layer sizes are not among the best; None where they are."""
    if {one.key for one in (best, *_ties(run, best))} & set(MADE_TO_MEASURE):
        return []
    return [
        Message(
            "Here Glorot and He do not win. But the weights of {best} are not made to measure: in layers of other sizes they may fade or saturate.",
            {"best": best.label},
        )
    ]


def _worst_sentences(run: StartsRun) -> list[Message]:
    sentences = []
    loud = [start for start in run.starts if max(start.saturated_start) > HALF_SATURATED]
    if loud:
        most = max(loud, key=lambda one: max(one.saturated_start))
        values: dict[str, Any] = {"label": most.label, "share": max(most.saturated_start), "unit": "rate"}
        sentences.append(Message("With {label}, {share:error} of a layer is saturated before the first step.", values))
    burst = [start.label for start in run.starts if not np.isfinite(start.loss.mean[-1])]
    if burst:
        sentences.append(Message("Training diverged with {labels}.", {"labels": _listed(burst)}))
    faint = [start for start in run.starts if start.key != "zeros" and _is_faint(start, run)]
    if faint:
        labels = _listed([one.label for one in faint])
        sentences.append(Message("Did not learn in these steps: {labels}.", {"labels": labels}))
    return sentences


def _listed(labels: Sequence[Message]) -> Message:
    text = labels[0]
    for label in labels[1:]:
        text = Message("{first}, {second}", {"first": text, "second": label})
    return text

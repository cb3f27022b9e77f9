"""Guided against random search: the same number of settings tried, on the same splits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dldiag.core.i18n import Message, format_error, tr
from dldiag.core.params import param
from dldiag.core.types import Array, Dataset, OnProgress, Progress, ShouldStop
from dldiag.data.split import make_split
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.metric_choice import MetricChoice
from dldiag.experiments.models import Model, changed
from dldiag.report.figures.theme import THEMES, ThemeName, error_axis, figure
from dldiag.report.view import settings_text

MOST_DROPOUT = 0.8  # A higher share leaves hardly any unit in a step.
# The pool holds this many times the budget of random settings; many draws of the budget are taken from it.
RANDOM_POOL = 3
_RESAMPLES = 500  # Draws of a budget from the pool.
GUIDED_SURE = 0.9  # One search counts as better when this share of the draws agrees.
_UNITS = (4, 8, 16, 32, 64, 128)
PENALTIES = (0.0001, 0.01, 0.1, 1.0, 10.0)
_RATES = (0.0003, 0.001, 0.003, 0.01, 0.03)
_EPOCHS = (10, 30, 100)


@dataclass(frozen=True)
class GuidedSettings:
    """How many settings each search may try, and on how many rows and splits."""

    budget: int = param(8, "Settings each search may try", "The same for both.", low=4, high=30)
    repeats: int = param(3, "Repeats", "Random train/dev splits per setting.", low=2, high=10)
    train_rows: int = param(200, "Training rows", "Most training rows of each fit.", low=20, high=5000, log=True)
    seed: int = param(0, "Seed", "Same settings and seed, same numbers.", low=0, high=2**31 - 1)


@dataclass(frozen=True)
class Turn:
    """One turn of the guided search: why, what was changed, and both errors; kept says whether dev error fell."""

    reason: str  # Is "start", "bias" or "variance".
    changed: dict[str, Any]
    train: float
    dev: float
    kept: bool


@dataclass(frozen=True)
class SearchComparison:
    """Both searches. guided: the best dev error after 1, 2, … settings; random: its mean over random searches.

    low, high: hold 90% of the random searches. guided_wins: the share of them that end with a higher dev error than the guided one.
    """

    turns: tuple[Turn, ...]
    guided: tuple[float, ...]
    random: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    guided_wins: float
    unit: str


Move = Callable[[dict[str, Any]], dict[str, Any]]
# What the remedy table offers for each problem, in its order.
MOVES: dict[str, tuple[Move, ...]] = {
    "bias": (
        lambda now: {"hidden_layer_sizes": tuple(2 * n for n in now["hidden_layer_sizes"])},
        lambda now: {"max_iter": 2 * now["max_iter"]},
        lambda now: {"learning_rate_init": 3 * now["learning_rate_init"]},
        lambda now: {"alpha": now["alpha"] / 10},
    ),
    "variance": (
        lambda now: {"alpha": 10 * now["alpha"]},
        lambda now: {"dropout": min(MOST_DROPOUT, round(now["dropout"] + 0.3, 1))},
        lambda now: {"hidden_layer_sizes": tuple(max(2, n // 2) for n in now["hidden_layer_sizes"])},
        lambda now: {"max_iter": max(5, now["max_iter"] // 2)},
    ),
}


def compare_searches(
    dataset: Dataset,
    model: Model,
    settings: GuidedSettings,
    choice: MetricChoice | None = None,
    *,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> SearchComparison:
    """Let both searches spend the budget; test rows stay sealed."""
    split = make_split(dataset, settings.repeats, settings.seed, settings.train_rows)
    fits = FitCache(dataset, split, choice=choice, should_stop=should_stop)
    repeats, total = range(settings.repeats), (1 + RANDOM_POOL) * settings.budget

    def errors_of(models: list[Model]) -> list[tuple[float, float]]:
        fits.fit(models, [split.n_train], repeats)
        if on_progress is not None:
            done = len(fits.results) // settings.repeats
            on_progress(Progress(Message("Training networks"), min(done, total), total))
        results = [fits.get(model, split.n_train, repeats) for model in models]
        return [
            (float(np.mean([r.train_error for r in row])), float(np.mean([r.useful_error for r in row])))
            for row in results
        ]

    turns = _guided(model, settings.budget, errors_of)
    random = [dev for _, dev in errors_of(_random_settings(model, RANDOM_POOL * settings.budget, settings.seed))]
    return _compared(turns, np.array(random), settings, dataset.unit if choice is None else choice.unit)


def _guided(
    model: Model, budget: int, errors_of: Callable[[list[Model]], list[tuple[float, float]]]
) -> tuple[Turn, ...]:
    """Read the errors, take the next remedy of the larger problem, keep what lowers the dev error."""
    ((train, dev),) = errors_of([model])
    turns, tried = [Turn("start", {}, train, dev, kept=True)], {"bias": 0, "variance": 0}
    best, now = (train, dev), model
    while len(turns) < budget and any(tried[kind] < len(MOVES[kind]) for kind in MOVES):
        problem = "variance" if best[1] - best[0] > best[0] else "bias"
        if tried[problem] == len(MOVES[problem]):
            problem = "bias" if problem == "variance" else "variance"
        change = MOVES[problem][tried[problem]](dict(now.parameters))
        ((train, dev),) = errors_of([changed(now, change)])
        kept = dev < best[1]
        turns.append(Turn(problem, change, train, dev, kept=kept))
        tried[problem] += 0 if kept else 1  # What helped is tried again, with a larger change.
        best, now = ((train, dev), changed(now, change)) if kept else (best, now)
    return tuple(turns)


def _random_settings(model: Model, count: int, seed: int) -> list[Model]:
    rng = np.random.default_rng(seed)
    return [
        changed(
            model,
            {
                "hidden_layer_sizes": (int(rng.choice(_UNITS)),),
                "alpha": float(rng.choice(PENALTIES)),
                "learning_rate_init": float(rng.choice(_RATES)),
                "max_iter": int(rng.choice(_EPOCHS)),
            },
        )
        for _ in range(count)
    ]


def _compared(turns: tuple[Turn, ...], random: Array, settings: GuidedSettings, unit: str) -> SearchComparison:
    rng = np.random.default_rng(settings.seed)
    draws = np.stack([rng.choice(random, settings.budget, replace=False) for _ in range(_RESAMPLES)])
    best = np.minimum.accumulate(draws, axis=1)
    guided = np.minimum.accumulate([turn.dev for turn in turns])
    low, high = np.quantile(best, [0.05, 0.95], axis=0)
    return SearchComparison(
        turns=turns,
        guided=tuple(guided.tolist()),
        random=tuple(best.mean(axis=0).tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        guided_wins=float(np.mean(best[:, -1] > guided[-1])),
        unit=unit,
    )


REASONS = {
    "start": Message("your present settings"),
    "bias": Message("larger training error: lower bias"),
    "variance": Message("larger gap: lower variance"),
}


def turn_rows(comparison: SearchComparison) -> list[dict[str, str]]:
    """Return the guided search as rows of texts."""
    return [
        {
            tr("Turn"): str(number),
            tr("Idea"): str(REASONS[turn.reason]),
            tr("What changed"): settings_text(turn.changed),
            tr(
                "Training → dev error"
            ): f"{format_error(turn.train, comparison.unit)} → {format_error(turn.dev, comparison.unit)}",
            tr("Kept"): tr("yes") if turn.kept else tr("no"),
        }
        for number, turn in enumerate(comparison.turns, start=1)
    ]


def describe_searches(comparison: SearchComparison) -> Message:
    """Say which search got farther with the same number of settings."""
    values: dict[str, Any] = {
        "budget": len(comparison.random),
        "guided": comparison.guided[-1],
        "start": comparison.turns[0].dev,
        "random": comparison.random[-1],
        "low": comparison.low[-1],
        "high": comparison.high[-1],
        "beaten": comparison.guided_wins,
        "unit": comparison.unit,
    }
    return Message(
        "{budget} settings each, starting from {start:error}. Guided search reached a dev error of {guided:error}, random search {random:error} on average (90% of draws {low:error} to {high:error}). Guided search beats {beaten:.0%} of the random ones.",
        values,
    )


def searches_figure(comparison: SearchComparison, *, title: str = "", theme: ThemeName = "light") -> go.Figure:
    """Draw the best dev error so far of both searches against the settings tried."""
    fig, look = figure(theme), THEMES[theme]
    x = list(range(1, len(comparison.random) + 1))
    fig.add_scatter(x=x, y=comparison.high, mode="lines", line={"width": 0}, showlegend=False, hoverinfo="skip")
    shade = {"fill": "tonexty", "fillcolor": "rgba(128,128,128,0.2)", "line": {"width": 0}}
    fig.add_scatter(x=x, y=comparison.low, mode="lines", name=tr("90% of random searches"), hoverinfo="skip", **shade)
    for index, (values, name) in enumerate(
        ((comparison.guided, tr("guided")), (comparison.random, tr("random (mean)")))
    ):
        line = {"color": look.series[index], "width": 3, "dash": ("solid", "dash")[index], "shape": "hv"}
        fig.add_scatter(x=x[: len(values)], y=values, mode="lines", name=name, line=line)
    room = 0.3  # Part of the distance between two settings, so that a fall at the last one is seen.
    fig.update_xaxes(title={"text": tr("settings tried")}, dtick=1, range=[1 - room, len(x) + room])
    return fig.update_yaxes(**error_axis(comparison.unit, title))

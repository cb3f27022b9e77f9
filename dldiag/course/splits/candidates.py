"""The k models that a person might choose among: the same network again, other settings, or guessing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from dldiag.core.i18n import Message
from dldiag.core.params import param, parse
from dldiag.core.types import Array, Dataset, OnProgress, Progress, ShouldStop
from dldiag.course.hyperparameters.settings import values_to_try
from dldiag.course.splits.selection import Selection, choose_on_test, guessing_losses
from dldiag.data.split import make_split
from dldiag.experiments.fit import FitResult, fit_all
from dldiag.experiments.metric_choice import MetricChoice
from dldiag.experiments.models import Model, changed, params_of_model
from dldiag.experiments.tasks import FitTask, encode_dataset

MOST_POOL_ROWS = 20_000  # Rows that stand for the population; more would make no visible difference.
# Share of the rows that are not sealed; on the others the models are chosen and judged.
TRAIN_SHARE = 0.5
MOST_TRAIN_ROWS = 500  # With no more rows the answer comes within seconds.
LARGEST_TEST_SHARE = 0.5  # Share of the pool, so that as many fresh rows remain.
# "Other settings" draws these at random.
VARIED = ("hidden_layer_sizes", "alpha", "learning_rate_init", "activation")


@dataclass(frozen=True)
class SelectionSettings:
    """Which models are chosen among, how many, and on how many test rows."""

    kind: str = param(
        "seeds",
        "Models to choose from",
        "Other seeds give equally good networks, other settings truly differ, guesses are random.",
        choices={"seeds": "my network, other seeds", "settings": "my network, other settings", "guesses": "guesses"},
    )
    models: int = param(32, "Models", "How many models the best is chosen from at most.", low=2, high=256)
    test_rows: int = param(100, "Test rows", "Rows that the choice is made on.", low=10, high=10_000)
    seed: int = param(0, "Seed", "Same settings and seed, same numbers.", low=0, high=2**31 - 1)


def select_on_test(
    dataset: Dataset,
    model: Model,
    settings: SelectionSettings,
    choice: MetricChoice | None = None,
    *,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> Selection:
    """Make the models, then choose the best of k on a test set, many times (see `choose_on_test`).

    The project's own test rows stay sealed: the training, test and fresh rows of this experiment are all
    drawn from the others. choice: of a metric; guesses are judged by the share wrong, or the RMSE.
    """
    judged = None if settings.kind == "guesses" else choice
    is_root = dataset.task == "regression" and (judged is None or judged.name == "rmse")
    rng = np.random.default_rng(settings.seed)
    split = make_split(dataset, 1, settings.seed)
    rest = rng.permutation(np.concatenate([split.repeats[0].train_rows, split.repeats[0].dev_rows]))
    cut = min(MOST_TRAIN_ROWS, int(TRAIN_SHARE * len(rest)))
    train, pool = rest[:cut], rest[cut : cut + MOST_POOL_ROWS]
    models = _MAKERS[settings.kind](model, settings.models, rng)
    if models:
        tasks = [FitTask(("candidate", i, 0), model, train, pool, settings.seed + i) for i, model in enumerate(models)]
        results = fit_all(tasks, encode_dataset(dataset, split, judged), should_stop=should_stop)
        losses = _collect(results, len(tasks), is_root, on_progress)
    else:
        losses = guessing_losses(dataset.y[pool], settings.models, task=dataset.task, seed=settings.seed)
    n_test = max(1, min(settings.test_rows, int(LARGEST_TEST_SHARE * len(pool))))
    unit = dataset.unit if judged is None else judged.unit
    return choose_on_test(losses, n_test=n_test, unit=unit, is_root=is_root, seed=settings.seed)


def _collect(results: Iterable[FitResult], count: int, is_root: bool, on_progress: OnProgress) -> Array:
    """Return losses (models, pool rows) in the order of the models."""
    losses: dict[int, Array] = {}
    for result in results:
        losses[result.task.key[1]] = _losses(result, is_root)
        if on_progress is not None:
            on_progress(Progress(Message("Training networks"), len(losses), count))
    return np.stack([losses[i] for i in range(count)])


def _losses(result: FitResult, is_root: bool) -> Array:
    """Return what each row adds to the error; of a root mean square, of which FitResult keeps e²/(2·RMSE), the squares."""
    return result.influence * 2 * result.dev_error if is_root else result.influence


def _other_seeds(model: Model, count: int, rng: np.random.Generator) -> list[Model]:
    return [model] * count


def _other_settings(model: Model, count: int, rng: np.random.Generator) -> list[Model]:
    params, present = params_of_model(model), model.parameters
    grid = {name: values_to_try(name, params[name], present[name]) for name in VARIED if name in params}

    def one() -> dict[str, Any]:
        return {name: parse(name, params[name], str(rng.choice(values))) for name, values in grid.items()}

    return [changed(model, one()) for _ in range(count)]


_MAKERS: dict[str, Callable[[Model, int, np.random.Generator], list[Model]]] = {
    "seeds": _other_seeds,
    "settings": _other_settings,
    "guesses": lambda model, count, rng: [],
}

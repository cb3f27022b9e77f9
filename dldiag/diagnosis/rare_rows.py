"""The gain from more rows of a rare class: a learning curve over its rows alone, and the forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dldiag.core.i18n import Value
from dldiag.core.types import Estimate, LearningCurve, Rows, exactly
from dldiag.diagnosis.metric_changes import ABOUT_RARE, UNEVEN
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.forecast import expected_gain
from dldiag.experiments.learning_curve import as_curve, clipped
from dldiag.experiments.metric_choice import MetricChoice
from dldiag.experiments.metrics import POSITIVE
from dldiag.experiments.models import Model
from dldiag.experiments.tasks import FitTask, with_codes

# Shares of the rows of the rare class, besides all of them: a forecast needs four sizes.
SHARES = (1 / 8, 1 / 4, 1 / 2)
REPEATS = 4  # Most repeats of the smaller sizes.


@dataclass(frozen=True, eq=False)
class RareRows:
    """A class whose few rows decide the metric: its code, its distinct dev rows, and the curve over its training rows."""

    code: int
    n_dev: int
    curve: LearningCurve

    def numbers(self) -> dict[str, Estimate | None]:
        """Return the evidence: the dev rows of the class, and what four times its training rows are expected to gain."""
        rows, gain = int(self.curve.sizes[-1]), None
        if rows:  # A repeat may have drawn none for training.
            gain = expected_gain(self.curve.sizes, self.curve.dev_errors, train_errors=self.curve.train_errors)
        return {"rare_dev_rows": exactly(self.n_dev), "rare_train_rows": exactly(rows), "rare_rows_gain": gain}


def rare_class(y: NDArray[Any], choice: MetricChoice) -> int | None:
    """Return the code of the class whose few rows decide the metric; None where no class is rare, or the metric is not about it."""
    if choice.name not in ABOUT_RARE:
        return None
    counts = np.bincount(y)
    about_positive = choice.positive is not None and (POSITIVE in choice.metric.needs or choice.needs_probabilities)
    code = int(np.argmin(np.where(counts > 0, counts, counts.max() + 1)))
    if about_positive and choice.positive is not None:
        code = choice.positive
    return code if 0 < counts[code] < UNEVEN * len(y) / int((counts > 0).sum()) else None


def rare_rows(fits: FitCache, model: Model, repeats: Sequence[int]) -> RareRows | None:
    """Fit a model with a half, a quarter and an eighth of the rows of the rare class, and all rows of the others.

    repeats: those that the model has been fitted on with all rows. None where no class is rare.
    """
    y = fits.dataset.y
    code = rare_class(fits.open_targets, fits.encoded.choice) if fits.dataset.task == "classification" else None
    if code is None:
        return None
    all_rows = fits.get(model, fits.split.n_train, repeats)
    most = min(int((y[result.task.train_rows] == code).sum()) for result in all_rows)
    sizes = sorted({n for share in SHARES if (n := round(share * most)) > 0})
    results_to_thin = [result for result in all_rows if not result.failed][:REPEATS]
    tasks = [_thinned(fits, model, one.task, code, n) for one in results_to_thin for n in sizes]
    results = {result.task.key: result for result in fits.fit_tasks(tasks)}
    results |= {(model.identity, most, result.task.key[2]): result for result in all_rows}
    curve = as_curve(model, [*sizes, most], len(all_rows), results, fits.encoded.choice.unit)
    dev_rows = np.unique(np.concatenate([result.task.dev_rows for result in all_rows]))
    guess = float(np.mean([result.guess_error for result in all_rows]))
    return RareRows(code, int((y[dev_rows] == code).sum()), clipped(curve, guess))


def _thinned(fits: FitCache, model: Model, task: FitTask, code: int, n: int) -> FitTask:
    """Return a fit with the first n rows of a class and all of the others, in their order."""
    rows = task.train_rows
    thinned = rows[_keeps(fits.dataset.y[rows] == code, n)]
    key = (model.identity, n, task.key[2])
    return FitTask(key, with_codes(model, fits.encoded.labels), thinned, task.dev_rows, task.seed)


def _keeps(is_rare: NDArray[np.bool_], n: int) -> Rows:
    return np.flatnonzero(~is_rare | (np.cumsum(is_rare) <= n))


def names_of(rare: RareRows | None, classes: Sequence[str]) -> dict[str, Value]:
    """Return the name of the rare class for messages; {} without one."""
    return {} if rare is None else {"rare_class": classes[rare.code]}

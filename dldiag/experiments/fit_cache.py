"""Memoized fits for one dataset and split; only missing points are trained."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dldiag.core.cluster import active_cluster
from dldiag.core.parallel import Processes
from dldiag.core.types import Dataset, ShouldStop, Split
from dldiag.experiments.fit import FitResult, fit_all, import_models
from dldiag.experiments.metric_choice import MetricChoice
from dldiag.experiments.models import Model
from dldiag.experiments.predictions import Predictions, PredictionStore, pooled
from dldiag.experiments.tasks import Encoded, FitTask, encode_dataset, with_codes

OnResult = Callable[[FitResult], None] | None  # Called with every result as it comes.
FitKey = tuple[str, int, int]  # Identity of the model, number of training rows, repeat.


class FitCache:
    """Fit on demand and remember the results, which curves, probes and trials share.

    A class because it keeps results between calls; `results` maps each Point to its FitResult.
    """

    def __init__(
        self,
        dataset: Dataset,
        split: Split,
        *,
        choice: MetricChoice | None = None,
        kept_sizes: Collection[int] = (),
        n_jobs: int = 1,
        should_stop: ShouldStop = None,
    ) -> None:
        self.dataset = dataset
        self.split = split
        self.encoded: Encoded = encode_dataset(dataset, split, choice)
        self.results: dict[FitKey, FitResult] = {}
        self._store = PredictionStore()
        self._kept_sizes = {split.n_train, *kept_sizes}  # Sizes at which fits keep their predictions.
        self._training_dev: dict[FitKey, FitResult] = {}  # Kept apart, because these rows are not dev rows.
        self._processes = active_cluster() or Processes(n_jobs, import_models)
        self._should_stop = should_stop

    def fit(
        self,
        models: Sequence[Model],
        sizes: Sequence[int],
        repeats: Sequence[int],
        *,
        on_result: OnResult = None,
        watched: bool = False,
    ) -> None:
        """Fit every model at every size and repeat that is not there yet; smallest sizes first.

        watched: record health signals (of networks).
        """
        self.fit_points(
            [(model, size, r) for size in sizes for model in models for r in repeats],
            on_result=on_result,
            watched=sizes if watched else (),
        )

    def fit_points(
        self,
        points: Sequence[tuple[Model, int, int]],
        *,
        on_result: OnResult = None,
        watched: Collection[int] = (),
    ) -> None:
        """Fit every (model, size, repeat) that is not there yet, all sent at once; watched: the sizes to record health at."""
        tasks = {
            (model.identity, size, r): self._task(model, size, r, size in watched)
            for model, size, r in points
            if (model.identity, size, r) not in self.results
        }
        for result in self._fitted(tasks.values()):
            self.results[result.task.key] = self._stored(result)
            if on_result is not None:
                on_result(result)

    def get(self, model: Model, size: int, repeats: Sequence[int]) -> list[FitResult]:
        """Return the results of a model at a size, one per repeat, that are there."""
        results = (self.results.get((model.identity, size, r)) for r in repeats)
        return [result for result in results if result is not None]

    @property
    def open_targets(self) -> NDArray[Any]:
        """The target values of all rows that are not sealed."""
        return np.delete(self.dataset.y, self.split.test_rows)

    def predictions(self, model: Model, repeats: Sequence[int] | None = None) -> Predictions | None:
        """Return what a model at full size predicted for its dev rows, pooled over the repeats that measure.

        None where no such fit was made, or each failed. repeats: only these of them.
        """
        numbers = range(len(self.split.measuring)) if repeats is None else repeats
        predictions = [self._predictions_of(one) for one in self.get(model, self.split.n_train, numbers)]
        parts = [prediction for prediction in predictions if prediction is not None]
        return pooled(parts) if parts else None

    def _predictions_of(self, result: FitResult) -> Predictions | None:
        if result.kept is None:
            return None
        rows = result.task.dev_rows
        repeat = np.full(len(rows), result.task.key[2])
        outputs = result.kept
        return Predictions(
            rows,
            repeat,
            self.dataset.y[rows],
            outputs.predicted,
            outputs.proba,
            has_probabilities=outputs.has_probabilities,
        )

    def _stored(self, result: FitResult) -> FitResult:
        """Keep predictions in memory while they fit."""
        if result.kept is None:
            return result
        proba = result.kept.proba
        stored = None if proba is None else self._store.keep(proba)
        return replace(result, kept=replace(result.kept, proba=stored))

    def judged(self) -> set[str]:
        """Return the identities of all models that were compared on the dev rows."""
        return {identity for identity, _, _ in self.results}

    def training_dev(self, model: Model, size: int, repeats: Sequence[int]) -> list[FitResult]:
        """Score a model on held-out rows like its training rows; [] where the dev rows are such rows."""
        points = [(model.identity, size, r) for r in repeats if self.split.repeats[r].training_dev_rows is not None]
        missing = [point for point in points if point not in self._training_dev]
        for result in self._fitted([self._training_dev_task(model, size, r) for _, size, r in missing]):
            self._training_dev[result.task.key] = result
        return [self._training_dev[point] for point in points]

    def fit_tasks(self, tasks: Collection[FitTask]) -> list[FitResult]:
        """Fit tasks on other rows than the split's, which are not remembered; in whatever order they come."""
        return list(self._fitted(tasks))

    def _fitted(self, tasks: Collection[FitTask]) -> Iterator[FitResult]:
        return fit_all([*tasks], self.encoded, processes=self._processes, should_stop=self._should_stop)

    def _training_dev_task(self, model: Model, size: int, r: int) -> FitTask:
        judging = self.split.repeats[r].training_dev_rows
        assert judging is not None
        return replace(self._task(model, size, r, watched=False), dev_rows=judging, kept=False)

    def _task(self, model: Model, size: int, r: int, watched: bool) -> FitTask:
        repeat = self.split.repeats[r]
        key = (model.identity, size, r)
        kept = size in self._kept_sizes and r < len(self.split.measuring)
        coded = with_codes(model, self.encoded.labels)
        rows = self.encoded.training_rows(model, repeat.train_rows[:size])
        return FitTask(key, coded, rows, repeat.dev_rows, repeat.seed, watched, kept=kept)

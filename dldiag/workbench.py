"""The workbench: one dataset, its split, and every fit made on it so far, so that nothing is fitted twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dldiag.fit import Encoded, FitResult, FitTask, ShouldStop, encode_dataset, fit_all
from dldiag.models import Model
from dldiag.types import Dataset, Split

Point = tuple[str, int, int]  # model identity, training rows, repeat


class Workbench:
    """Fits on demand and remembers: curves, probes and trials ask for points and share them.

    A class because it keeps results between calls; `results` maps each Point to its FitResult.
    """

    def __init__(self, dataset: Dataset, split: Split, *, n_jobs: int = 1, should_stop: ShouldStop = None) -> None:
        self.dataset = dataset
        self.split = split
        self.encoded: Encoded = encode_dataset(dataset, split)
        self.results: dict[Point, FitResult] = {}
        self._n_jobs = n_jobs
        self._should_stop = should_stop

    def fit(
        self,
        models: Sequence[Model],
        sizes: Sequence[int],
        repeats: Sequence[int],
        *,
        on_result: Callable[[FitResult], None] | None = None,
        watched: bool = False,
    ) -> None:
        """Fit every model at every size and repeat that is not there yet; smallest sizes first.

        watched: record health signals (of networks).
        """
        tasks = [
            self._task(model, size, r, watched)
            for size in sizes
            for model in models
            for r in repeats
            if (model.identity, size, r) not in self.results
        ]
        for result in fit_all(tasks, self.encoded, n_jobs=self._n_jobs, should_stop=self._should_stop):
            self.results[result.task.key] = result
            if on_result is not None:
                on_result(result)

    def get(self, model: Model, size: int, repeats: Sequence[int]) -> list[FitResult]:
        """Return the results of a model at a size, one per repeat, that are there."""
        found = (self.results.get((model.identity, size, r)) for r in repeats)
        return [result for result in found if result is not None]

    def judged(self) -> set[str]:
        """Return the identities of all models that the dev rows have judged."""
        return {identity for identity, _, _ in self.results}

    def training_dev(self, model: Model, size: int, repeats: Sequence[int]) -> list[FitResult]:
        """Judge a model on the held-out rows like its training rows; [] where the dev rows are such rows."""
        drawn = [(r, self.split.repeats[r]) for r in repeats]
        tasks = [
            FitTask(("training-dev", size, r), model, repeat.train_rows[:size], repeat.training_dev_rows, repeat.seed)
            for r, repeat in drawn
            if repeat.training_dev_rows is not None
        ]
        return list(fit_all(tasks, self.encoded, n_jobs=self._n_jobs, should_stop=self._should_stop))

    def _task(self, model: Model, size: int, r: int, watched: bool) -> FitTask:
        repeat = self.split.repeats[r]
        key = (model.identity, size, r)
        return FitTask(key, model, repeat.train_rows[:size], repeat.dev_rows, repeat.seed, watched)

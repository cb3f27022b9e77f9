"""The progress of a diagnosis and its remaining time: fits that are done against the planned ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from dldiag.core.i18n import Message
from dldiag.core.types import LearningCurve, OnProgress, Progress, Report
from dldiag.diagnosis.case import Case
from dldiag.diagnosis.effort import LEAST_REPEATS
from dldiag.diagnosis.probes import probe_plan
from dldiag.experiments.fit import FitResult
from dldiag.experiments.learning_curve import as_curve
from dldiag.experiments.models import Model, fit_cost

REPORT_EVERY = 0.2  # In seconds, between two calls of on_progress.
FORESEEABLE = 0.05  # The remaining time is shown once this share of the work is done.


class ProgressMeter:
    """Count finished fits against the planned ones and call on_progress; a class because it keeps time."""

    def __init__(
        self,
        planned: Sequence[tuple[Model, int]],
        curves: Callable[[], tuple[LearningCurve, ...]],
        on_progress: OnProgress,
    ) -> None:
        self._planned = sum(fit_cost(model, size) for model, size in planned)
        self._curves, self._on_progress = curves, on_progress
        self._total, self._done, self._weight = len(planned), 0, 0.0
        self._started, self._reported = time.monotonic(), 0.0
        self._stage = Message("Getting ready")

    def enter(self, stage: Message) -> None:
        """Begin a stage."""
        self._stage = stage
        self._report()

    def advance(self, result: FitResult) -> None:
        """Count one finished fit."""
        self._done += 1
        self._total = max(self._total, self._done)
        self._weight += fit_cost(result.task.model, len(result.task.train_rows))
        if time.monotonic() - self._reported >= REPORT_EVERY:
            self._report()

    def show(self, report: Report) -> None:
        """Report what is known so far."""
        self._report(report)

    def report_so_far(self, make: Callable[[], Report]) -> None:
        """Make a report of what is known so far and report it; nothing is made where nobody listens."""
        if self._on_progress is not None:
            self._report(make())

    def _report(self, report: Report | None = None) -> None:
        if self._on_progress is None:
            return
        self._reported = time.monotonic()
        progress = Progress(self._stage, self._done, self._total, self._seconds_left(), self._curves(), report)
        self._on_progress(progress)

    def _seconds_left(self) -> float | None:
        if self._weight <= FORESEEABLE * self._planned:
            return None
        elapsed = time.monotonic() - self._started
        return max(0.0, elapsed * (self._planned / self._weight - 1))


def meter_of(case: Case, on_progress: OnProgress) -> ProgressMeter:
    """Return the meter of a case, with the planned fits weighed, so that the remaining time can be estimated."""
    models, size = (case.model, *case.references), min(case.effort.probe_rows, case.sizes[-1])
    planned = [(model, n) for model, n, _ in case.points([case.guess, *models], case.sizes)]
    planned += [(model, size) for _, _, model in probe_plan(case.model) for _ in range(LEAST_REPEATS)]
    planned += [(case.model, case.sizes[-1])] * (2 * LEAST_REPEATS * case.trials)

    # Intervals from rows take a while and this is called often, so the curves come without them.
    def curves() -> tuple[LearningCurve, ...]:
        results, unit = case.fits.results, case.fits.encoded.choice.unit
        return tuple(as_curve(model, case.sizes, len(case.repeats), results, unit) for model in models)

    return ProgressMeter(planned, curves, on_progress)

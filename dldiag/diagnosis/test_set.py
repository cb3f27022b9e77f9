"""The sealed test set: opened once, at the end, with the winner and the starting model side by side."""

from __future__ import annotations

from dataclasses import dataclass

from dldiag.core.settings import Settings
from dldiag.core.types import Dataset, ShouldStop, Split, TestResult
from dldiag.data.split import rows_fingerprint
from dldiag.diagnosis.checks import check_test_results
from dldiag.diagnosis.effort import diagnosis_split
from dldiag.diagnosis.openings import Opener, check_sealed, note_opening
from dldiag.experiments.estimates import dev_error, paired_change
from dldiag.experiments.fit import FitResult, fit_all
from dldiag.experiments.metric_choice import choose_metric
from dldiag.experiments.models import Model
from dldiag.experiments.tasks import FitTask, encode_dataset, with_codes

LIBRARY = Opener()


@dataclass(frozen=True, eq=False)
class _Opened:
    start: list[FitResult]
    winner: list[FitResult]


def open_test(
    dataset: Dataset,
    start: Model,
    winner: Model,
    settings: Settings,
    *,
    dev_uses: int = 1,
    should_stop: ShouldStop = None,
    opener: Opener = LIBRARY,
) -> TestResult:
    """Score two models on the sealed test rows; the opening is recorded.

    The same settings and seed draw the same split as the diagnosis did. Each repeat trains on its own training rows, so
    the interval holds repeat-to-repeat spread and the sampling of test rows; the difference is paired (negative:
    the winner is better). dev_uses: how many settings were compared on the dev sets before. Raises DataError when these
    rows were opened before, or a model cannot be judged on them.
    """
    split = diagnosis_split(dataset, settings)
    sealed = rows_fingerprint(dataset, split.test_rows)
    check_sealed(sealed, opener)
    opened = _judge(dataset, split, start, winner, settings, should_stop)
    check_test_results([*opened.start, *opened.winner])
    note_opening(sealed, opener)
    return TestResult(
        start=dev_error(opened.start),
        winner=dev_error(opened.winner),
        difference=paired_change(
            opened.start, opened.winner, clipped=False
        ),  # The difference is shown beside both errors.
        rows=len(split.test_rows),
        dev_uses=dev_uses,
    )


def check_unopened(dataset: Dataset, settings: Settings, opener: Opener = LIBRARY) -> None:
    """Raise DataError where the test rows of a diagnosis with these settings were opened before."""
    split = diagnosis_split(dataset, settings)
    check_sealed(rows_fingerprint(dataset, split.test_rows), opener)


def _judge(
    dataset: Dataset, split: Split, start: Model, winner: Model, settings: Settings, should_stop: ShouldStop
) -> _Opened:
    encoded = encode_dataset(dataset, split, choose_metric(dataset, settings))
    tasks = [
        FitTask(
            (which, split.n_train, r),
            with_codes(model, encoded.labels),
            encoded.training_rows(model, repeat.train_rows[: split.n_train]),
            split.test_rows,
            repeat.seed,
        )
        for which, model in (("start", start), ("winner", winner))
        for r, repeat in enumerate(split.repeats[: settings.repeats])
    ]
    results = {result.task.key: result for result in fit_all(tasks, encoded, should_stop=should_stop)}
    return _Opened(*([results[task.key] for task in tasks if task.key[0] == which] for which in ("start", "winner")))

"""The job behind "Where it is wrong": the rows themselves, for the visitor who uploaded them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from dldiag.app.jobs import serialize
from dldiag.app.jobs.diagnosis import asked, processes_of_a_job
from dldiag.core.i18n import Message
from dldiag.core.types import Progress

MOST_LISTED = 1_000  # rows of a list


def error_rows_job(
    arguments: dict[str, Any], on_progress: Callable[[Progress], None], should_stop: Callable[[], bool]
) -> Any:
    """Predict the dev rows again and list the wrong ones: {"data", "model", "settings"}.

    Returns {"worst", "suspects": tables as {column: values}, "eyeball": table, "eyeball_set": numbers or None}.
    """
    from dldiag.diagnosis.diagnose import prepare_case
    from dldiag.error_analysis.eyeball import draw_eyeball_set
    from dldiag.error_analysis.of_fits import analyze_fits

    dataset, model, settings = asked(arguments)
    case = prepare_case(dataset, model, settings, should_stop=should_stop, n_jobs=processes_of_a_job())
    done = [0]

    def count(_: Any) -> None:
        done[0] += 1
        on_progress(Progress(Message("Predicting your dev rows"), done[0], len(case.all_repeats)))

    case.fits.fit([case.model], case.sizes[-1:], case.all_repeats, on_result=count)
    found = analyze_fits(case.fits, case.model, settings.seed, with_importance=False)
    if found is None:
        return None
    drawn = draw_eyeball_set(found.losses, settings.seed)
    looked = found.rows_at(drawn.wrong if drawn else ())
    return {
        "worst": _plain(found.worst(MOST_LISTED)),
        "suspects": _plain(found.suspects().head(MOST_LISTED)),
        "eyeball": _plain(looked),
        "eyeball_set": None if drawn is None else msgspec.to_builtins(drawn, enc_hook=serialize.json_number),
    }


def label_trial_job(
    arguments: dict[str, Any], on_progress: Callable[[Progress], None], should_stop: Callable[[], bool]
) -> Any:
    """Train without the suspicious labels and without as many random rows: {"data", "model", "settings"}."""
    from dldiag.diagnosis.diagnose import prepare_case
    from dldiag.diagnosis.label_trial import try_without_suspects

    dataset, model, settings = asked(arguments)
    case = prepare_case(dataset, model, settings, should_stop=should_stop, n_jobs=processes_of_a_job())
    on_progress(Progress(Message("Training without the suspicious labels"), 0, 1))
    found = try_without_suspects(case.fits, case.model, material=settings.material)
    return None if found is None else msgspec.to_builtins(found, enc_hook=serialize.json_number)


def _plain(table: Any) -> dict[str, list[Any]]:
    """Return a table as lists; dates as texts, gaps as None."""
    plain = table.astype(object).where(table.notna(), None)
    return {
        str(name): [
            value if value is None or isinstance(value, str | int | float | bool) else str(value) for value in column
        ]
        for name, column in plain.items()
    }

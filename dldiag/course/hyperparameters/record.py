"""The record of experiments as the loop of idea, change, result and next idea."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dldiag.core.i18n import Message, Value, listed, tr, translate
from dldiag.course.hyperparameters.guided import REASONS, SearchComparison
from dldiag.course.hyperparameters.settings import SEARCHED_NAMES
from dldiag.course.hyperparameters.validation_curve import ValidationGrid, describe_validation
from dldiag.experiments.metrics import METRICS
from dldiag.report.history import Experiment
from dldiag.report.view import settings_text

SOURCES: dict[str, Message] = {
    "trial": Message("trial"),
    "adopted": Message("applied fix"),
    "manual": Message("by hand"),
    "test": Message("test set"),
}
ENOUGH_TURNS = 2  # With fewer turns of the loop no direction can be named.


def record_rows(experiments: Sequence[Experiment]) -> tuple[dict[str, str], ...]:
    """Return the record as rows of texts, newest first; a column without any text is left out of all rows."""
    rows = [_row(experiment) for experiment in reversed(experiments)]
    told = [name for name in (rows[0] if rows else ()) if any(row[name] for row in rows)]
    return tuple({name: row[name] for name in told} for row in rows)


def _row(experiment: Experiment) -> dict[str, str]:
    return {
        tr("When"): experiment.at[:16].replace("T", " "),
        tr("Table"): " · ".join(part for part in (experiment.table, experiment.target) if part),
        tr("Idea"): experiment.idea,
        tr("What changed"): settings_text(experiment.changed),
        tr("Result"): experiment.result,
        tr("Metric"): str(METRICS[experiment.metric].label) if experiment.metric in METRICS else experiment.metric,
        tr("Test set"): experiment.test,
        tr("Next idea"): experiment.next_idea,
        tr("From"): str(SOURCES.get(experiment.source, experiment.source)),
    }


def describe_record(experiments: Sequence[Experiment], fingerprint: str = "") -> Message:
    """Say how many turns the loop had on these data, and whether they led to next ideas."""
    mine = [experiment for experiment in experiments if not fingerprint or experiment.fingerprint in ("", fingerprint)]
    if not mine:
        return Message("Nothing here yet: tests, applied fixes and your own notes will be listed here.")
    counts = Counter(one.source for one in mine)
    values: dict[str, Value] = {"turns": len(mine), "trials": counts["trial"], "adopted": counts["adopted"]}
    values |= {"manual": counts["manual"]}
    if len(mine) < ENOUGH_TURNS:
        return Message("One experiment so far. Change one thing at a time, measure, and note the next idea.", values)
    return Message(
        "{turns} experiments: tested {trials}, applied {adopted}, by hand {manual}. Going through this loop fast beats guessing right the first time.",
        values,
    )


def experiment_of(result: ValidationGrid, fingerprint: str = "") -> Experiment:
    """Return the record of a validation curve or map: what was searched, what was best, and what to try next."""
    best = result.tried[result.best]
    names = listed(map(translate, result.labels))
    edges = listed(translate(SEARCHED_NAMES[name]) for name in result.edges)
    following = (
        tr("Extend the range of {names}: the best value was the last one tried.", names=edges) if result.edges else ""
    )
    return Experiment(
        idea=tr("Search {names} ({count} settings)", names=names, count=len(result.tried)),
        changed=dict(zip(result.names, best.values, strict=True)),
        result=str(describe_validation(result)),
        next_idea=following,
        source="manual",
        fingerprint=fingerprint,
    )


def first_idea(comparison: SearchComparison, fingerprint: str = "") -> Experiment:
    """Return the guided search's first turn as an experiment to begin a record with."""
    start, first = comparison.turns[0], comparison.turns[min(1, len(comparison.turns) - 1)]
    return Experiment(
        idea=str(REASONS[first.reason]),
        changed=dict(first.changed),
        result=tr("{before:error} → {after:error}", before=start.dev, after=first.dev, unit=comparison.unit),
        next_idea=str(REASONS[comparison.turns[min(2, len(comparison.turns) - 1)].reason]),
        source="manual",
        fingerprint=fingerprint,
    )

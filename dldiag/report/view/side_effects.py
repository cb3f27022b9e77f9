"""What else a change did: classes that are found more or less often, and metrics that got worse while the dev error fell."""

from __future__ import annotations

from collections.abc import Iterator

from dldiag.core.i18n import Message, tr
from dldiag.core.metric_results import ClassScores
from dldiag.core.types import Estimate, Parent, Report
from dldiag.experiments.metrics import METRICS
from dldiag.report.view.labels import metric_text, share_text

SIDE_EFFECTS = Message("What else the change did")
SIDE_EFFECTS_NOTE = Message(
    "Only changes beyond chance (90% intervals before and after that do not overlap), and of the other metrics only those that "
    "did not move with the dev error."
)
MOST = 6  # Rows; of many classes those that changed most come first.


def side_effects(report: Report) -> list[dict[str, str]]:
    """Return what changed beyond chance beside the dev error, as rows; none for a first run or where nothing did."""
    parent = report.parent
    if parent is None or parent.after is None:
        return []
    return [*_of_classes(parent, report), *_of_metrics(parent, report)]


def _of_classes(parent: Parent, report: Report) -> list[dict[str, str]]:
    now = {one.label: one for one in report.performance[0].per_class} if report.performance else {}
    moves = [move for before in parent.per_class if before.label in now for move in _moves(before, now[before.label])]
    return [row for _, row in sorted(moves, key=lambda move: -move[0])[:MOST]]


def _moves(before: ClassScores, after: ClassScores) -> Iterator[tuple[float, dict[str, str]]]:
    """Yield the changes of one class that are beyond chance, with their size."""
    measures = (
        (tr('Recall of "{label}"', label=before.label), before.recall, after.recall),
        (tr('Precision of "{label}"', label=before.label), before.precision, after.precision),
    )
    for name, first, second in measures:
        if first is not None and second is not None and _are_apart(first, second):
            yield abs(second.value - first.value), _row(name, share_text(first), share_text(second))


def _of_metrics(parent: Parent, report: Report) -> Iterator[dict[str, str]]:
    fell = parent.after is not None and parent.after.value < parent.before.value
    judged = "" if report.metric is None else report.metric.name
    for name, before in parent.metrics.items():
        after = report.metrics.get(name)
        if name == judged or name not in METRICS or after is None or not _are_apart(before, after):
            continue
        got_better = (after.value > before.value) == METRICS[name].higher_is_better
        if got_better != fell:
            yield _row(str(METRICS[name].label), metric_text(name, before), metric_text(name, after))


def _are_apart(first: Estimate, second: Estimate) -> bool:
    return first.high < second.low or second.high < first.low


def _row(name: str, before: str, after: str) -> dict[str, str]:
    return {tr("Measure"): name, tr("Before"): before, tr("After"): after}

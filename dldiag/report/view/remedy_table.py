"""The remedy table of the course: every remedy of the menu under its column, the recommended cells lit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dldiag.core.i18n import tr
from dldiag.core.types import Column_, Recommendation, Report, Verdict
from dldiag.diagnosis.recommend import REFUTED
from dldiag.diagnosis.remedies import LEAVE_IT, MORE_DATA, OTHER_MODEL, REMEDIES
from dldiag.report.view.fixes import (
    Fix,
    fixes,
    rank_of_keeping,
    short_runs_in_vain,
    suits_model,
)
from dldiag.report.view.labels import COLUMNS

COURSE_COLUMNS: tuple[Column_, ...] = ("bias", "variance")  # The two columns of the course notes.


@dataclass(frozen=True)
class Cell:
    """One cell of the remedy table: lit when recommended; its place in the list of fixes; what came of its run."""

    remedy: str
    title: str
    rank: int | None = None
    lit: bool = False
    outcome: str = ""


def remedy_table(report: Report) -> dict[Column_, list[Cell]]:
    """Return the cells of each column: those of the list of fixes in its order, then the rest of the menu."""
    table: dict[Column_, list[Cell]] = {column: [] for column in COLUMNS}
    listed = fixes(report)
    for place, fix in enumerate(listed, 1):
        table[fix.column].append(Cell(fix.remedy, fix.title, place, fix.is_recommended, _outcome_of(fix)))
    keys = {fix.remedy for fix in listed}
    in_vain = {fix.remedy for fix in short_runs_in_vain(report)}
    for key, row in REMEDIES.items():
        if key == LEAVE_IT:
            table[row.column].append(Cell(key, str(row.title), lit=rank_of_keeping(report) == 1))
        elif key not in keys and suits_model(key, report):
            table[row.column].append(
                Cell(key, str(row.title), outcome=tr("did not help here") if key in in_vain else "")
            )
    return table


def _outcome_of(fix: Fix) -> str:
    if fix.is_recommended:
        return tr("recommended")
    return tr("did not help here") if fix.verdict in REFUTED else ""


AGAINST: Mapping[Column_, tuple[Column_, ...]] = {"bias": ("bias", "training"), "variance": ("variance",)}


def order_line(report: Report) -> str:
    """Explain why a remedy comes first that is not against what the verdict names; "" where that is not so."""
    finding = _only_finding(report.verdict)
    first = min(report.recommendations, key=lambda one: one.rank, default=None)
    if finding is None or first is None or first.column in (*AGAINST[finding], "data"):
        return ""
    if first.expected is None or first.expected.high >= 0:
        return ""
    line = tr(
        "The model has {named}, yet “{first}” comes first: in short runs it lowered the dev error most.",
        named=str(COLUMNS[finding]).lower(),
        first=first.title,
    )
    dearer = _gains_more(report, _change(first))
    if dearer is None:
        return line
    return line + " " + tr("“{dearer}” may gain more, but takes more work.", dearer=dearer.title)


def _change(recommendation: Recommendation) -> float:
    """Return the change of the dev error that a remedy showed, else the one expected of it."""
    effect = recommendation.trial.change if recommendation.trial is not None else recommendation.expected
    return 0.0 if effect is None else effect.value


def _gains_more(report: Report, change: float) -> Recommendation | None:
    """Return what costs more than a setting and lowers the dev error further than that, if anything does."""
    dearer = [
        recommendation
        for recommendation in report.recommendations
        if recommendation.remedy in (OTHER_MODEL, MORE_DATA) and _change(recommendation) < change
    ]
    return min(dearer, key=_change, default=None)


def _only_finding(verdict: Verdict) -> Column_ | None:
    if verdict.bias == "yes" and verdict.variance != "yes":
        return "bias"
    return "variance" if verdict.variance == "yes" and verdict.bias != "yes" else None

"""The remedy table: every remedy of the menu under its column, the recommended cells lit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dldiag.core.i18n import tr
from dldiag.core.types import Column_, Recommendation, Report, TrialVerdict, Verdict
from dldiag.diagnosis.recommend import REFUTED
from dldiag.diagnosis.remedies import LEAVE_IT, MORE_DATA, REMEDIES, SEARCH
from dldiag.report.view.labels import COLUMNS, changes_text, effect_text, unit_of


@dataclass(frozen=True)
class Cell:
    """One cell of the remedy table: lit when recommended; ranked but not lit when it only might help."""

    remedy: str
    title: str
    rank: int | None = None
    lit: bool = False
    because: str = ""
    effect: str = ""
    verdict: TrialVerdict | None = None
    note: str = ""


def remedy_table(report: Report) -> dict[Column_, list[Cell]]:
    """Return the cells of each column: ranked ones in their order, then the rest of the menu."""
    unit, leave = unit_of(report), _rank_of_leave_it(report)
    table: dict[Column_, list[Cell]] = {column: [] for column in COLUMNS}
    for one in sorted(report.recommendations, key=lambda one: one.rank):
        lit = one.rank < leave if one.remedy != LEAVE_IT else one.rank == 1
        table[one.column].append(_ranked(one, unit, lit=lit))
    ranked = {one.remedy for one in report.recommendations}
    for key, row in REMEDIES.items():
        if key not in ranked:
            table[row.column].append(Cell(key, str(row.title)))
    return table


def badge(cell: Cell) -> str:
    """Say in a word or two how a ranked cell stands: recommended and in which place, worth a try, or tried in vain."""
    if not cell.lit:
        return tr("Did not help") if cell.verdict in REFUTED else tr("Might help")
    return tr("First choice") if cell.rank == 1 else tr("Recommended {rank}", rank=cell.rank)


AGAINST: Mapping[Column_, tuple[Column_, ...]] = {"bias": ("bias", "training"), "variance": ("variance",)}


def order_line(report: Report) -> str:
    """Explain why a remedy comes first that is not against what the verdict names; "" where that is not so."""
    named = _only_finding(report.verdict)
    first = min(report.recommendations, key=lambda one: one.rank, default=None)
    if named is None or first is None or first.column in (*AGAINST[named], "data"):
        return ""
    if first.expected is None or first.expected.high >= 0:
        return ""
    said = tr(
        "{named} is what was found, yet “{first}” comes first: in short runs of every setting it lowered the dev error most, "
        "and that is what counts.",
        named=COLUMNS[named],
        first=first.title,
    )
    dearer = _gains_more(report, _change(first))
    if dearer is None:
        return said
    return said + " " + tr("“{dearer}” gains more and costs more: it is no setting.", dearer=dearer.title)


def _change(one: Recommendation) -> float:
    """Return the change of the dev error that a remedy showed, else the one expected of it."""
    seen = one.trial.change if one.trial is not None else one.expected
    return 0.0 if seen is None else seen.value


def _gains_more(report: Report, change: float) -> Recommendation | None:
    """Return what costs more than a setting and lowers the dev error further than that, if anything does."""
    dearer = [
        one for one in report.recommendations if one.remedy in ("other_model", MORE_DATA) and _change(one) < change
    ]
    return min(dearer, key=_change, default=None)


def _only_finding(verdict: Verdict) -> Column_ | None:
    if verdict.bias == "yes" and verdict.variance != "yes":
        return "bias"
    return "variance" if verdict.variance == "yes" and verdict.bias != "yes" else None


def _rank_of_leave_it(report: Report) -> int:
    last = len(report.recommendations) + 1
    return next((one.rank for one in report.recommendations if one.remedy == LEAVE_IT), last)


def _ranked(one: Recommendation, unit: str, *, lit: bool) -> Cell:
    verdict = one.trial.verdict if one.trial else None
    because = str(one.because)
    if one.trial is not None and one.trial.settings and one.problem == REMEDIES[one.remedy].specific:
        because = str(REMEDIES[one.remedy].why)  # the trial says more than the short run that led to it
    if one.remedy == SEARCH and one.trial is not None and one.trial.settings:
        because = tr("The best of what was drawn: {changes}.", changes=changes_text(one.trial.settings))
    note = str(one.trial.note) if one.trial is not None and one.trial.note is not None else ""
    return Cell(one.remedy, str(one.title), one.rank, lit, because, effect_text(one, unit), verdict, note)

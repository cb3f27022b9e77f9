"""The remedy table: every remedy of the menu under its column, the recommended cells lit."""

from __future__ import annotations

from dataclasses import dataclass

from dldiag.language import Message
from dldiag.tables.words import COLUMNS, effect_text, unit_of
from dldiag.types import Column_, Recommendation, Report, TrialVerdict

COURSE: tuple[tuple[str, Message, Column_], ...] = (  # the table of the course notes that the project began with
    ("bigger_network", Message("A bigger network"), "bias"),
    ("train_longer", Message("Train longer"), "bias"),
    ("other_optimizer", Message("Another optimization method"), "bias"),
    ("regularization", Message("Regularization"), "variance"),
    ("more_data", Message("More training data"), "variance"),
)


@dataclass(frozen=True)
class Cell:
    """One cell of the remedy table; lit when the remedy is recommended."""

    remedy: str
    title: str
    rank: int | None = None
    because: str = ""
    effect: str = ""
    verdict: TrialVerdict | None = None

    @property
    def lit(self) -> bool:
        """Whether the remedy is recommended."""
        return self.rank is not None


def remedy_table(report: Report) -> dict[Column_, list[Cell]]:
    """Return the cells of each column, lit ones first in the order of their rank, then the rest of the menu."""
    unit = unit_of(report)
    table: dict[Column_, list[Cell]] = {column: [] for column in COLUMNS}
    for one in sorted(report.recommendations, key=lambda one: one.rank):
        table[one.column].append(_lit(one, unit))
    recommended = {one.remedy for one in report.recommendations}
    for key, title, column in COURSE:
        if key not in recommended:
            table[column].append(Cell(key, str(title)))
    return table


def _lit(one: Recommendation, unit: str) -> Cell:
    verdict = one.trial.verdict if one.trial else None
    return Cell(one.remedy, str(one.title), one.rank, str(one.because), effect_text(one, unit), verdict)

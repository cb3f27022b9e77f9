"""A report as rows of texts; the page, the HTML file and the command line all show these, so their words agree."""

from dldiag.tables.evidence_words import BUDGET, budget_label, evidence_label, evidence_text
from dldiag.tables.points import Point, points
from dldiag.tables.remedy_table import Cell, remedy_table
from dldiag.tables.rows import (
    Row,
    answers,
    budget,
    budget_line,
    curves,
    evidence,
    facts,
    findings,
    forecast,
    notices,
    remedies,
)
from dldiag.tables.words import (
    ANSWERS,
    COLUMNS,
    EFFECTS,
    OUTCOMES,
    change_text,
    effect_text,
    error_text,
    model_label,
    plain_number,
    setting_text,
    unit_of,
)

__all__ = [
    "ANSWERS",
    "BUDGET",
    "COLUMNS",
    "EFFECTS",
    "OUTCOMES",
    "Cell",
    "Point",
    "Row",
    "answers",
    "budget",
    "budget_label",
    "budget_line",
    "change_text",
    "curves",
    "effect_text",
    "error_text",
    "evidence",
    "evidence_label",
    "evidence_text",
    "facts",
    "findings",
    "forecast",
    "model_label",
    "notices",
    "plain_number",
    "points",
    "remedies",
    "remedy_table",
    "setting_text",
    "unit_of",
]

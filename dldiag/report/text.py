"""A report as plain text for a terminal: the same words and the same order as the page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from dldiag.core.i18n import labeled, listed, tr, trn
from dldiag.core.types import Column_, Outcome, Report
from dldiag.experiments.models import params_of_model
from dldiag.report import view
from dldiag.report.view import Cell, Fix
from dldiag.report.view.error_rows import TITLE as ERRORS_TITLE, Section, sections_of_report
from dldiag.report.view.performance import PERFORMANCE_TITLE, brief_sections

if TYPE_CHECKING:
    from dldiag.diagnosis.improve import Improvement

WIDTH = 80  # The columns of a terminal.
INDENT = "  "
# Outcomes written in full; undecided findings are named, others counted.
IN_FULL: tuple[Outcome, ...] = (
    "fired",
    "could_not_run",
)


def to_text(report: Report, width: int = WIDTH) -> str:
    """Write the verdict, the error budget, the remedy table and the findings in this many columns."""
    sections = (_verdict, _repairs, _budget, _remedies, _performance, _errors, _findings)
    parts = (section(report, width) for section in sections)
    return "\n\n".join("\n".join(part) for part in map(list, parts) if part) + "\n"


def path_to_text(improvement: Improvement, width: int = WIDTH) -> str:
    """Write the way through the loop: its steps, how it ended, the settings it ended with, and the test when it was opened."""
    lines = [tr("The path taken")] if improvement.steps else []
    for row in view.path(improvement.steps, view.unit_of(improvement.report)):
        number, applied, error, effect = row.values()
        text = tr("{applied}: dev error {error}, {effect}", applied=applied, error=error, effect=effect)
        lines += wrapped(text, width, indent=INDENT * 3, first=f"{INDENT}{number}. ")
    if line := view.total_line(improvement.total, view.unit_of(improvement.report)):
        lines += wrapped(line, width)
    lines += wrapped(
        f"{improvement.ended} {tr('Settings compared on the dev rows: {uses}.', uses=improvement.dev_uses)}", width
    )
    if improvement.change:
        settable = params_of_model(improvement.winner)
        settings = " ".join(
            f"{'--set ' * (name in settable)}{name}={_flag_text(value)}" for name, value in improvement.change.items()
        )
        lines += wrapped(tr("To start from here: {flags}", flags=settings), width, indent=INDENT)
    if improvement.test is not None:
        unit = view.unit_of(improvement.report)
        lines += wrapped(view.test_line(improvement.test, unit), width)
        lines += (
            wrapped(view.gain_meaning(improvement.total.change.value, improvement.test, unit), width)
            if improvement.total
            else []
        )
    return "\n".join(lines) + "\n"


def comparison_to_text(reports: Mapping[str, Report], width: int = WIDTH) -> str:
    """Write runs side by side, by name: the errors, their change against the first, and what differs."""
    runs = view.side_by_side_runs(reports)
    lines = [part for line in view.comparison_lines(runs) for part in wrapped(line, width)]
    for title, rows in (
        (tr("Errors"), view.compared_errors(runs)),
        (tr("What differs"), view.compared_settings(runs)),
    ):
        if rows:
            lines += ["", title, *_compared(rows, width)]
    return "\n".join(lines) + "\n"


def _compared(rows: Sequence[Mapping[str, str]], width: int) -> Iterator[str]:
    """Write rows as a table where one fits the width, else every cell on a line of its own, after what it is."""
    table = [list(rows[0]), *(list(row.values()) for row in rows)]
    widest = [max(map(display_width, column)) + len(INDENT) for column in zip(*table, strict=True)]
    if sum(widest) + len(INDENT) <= width:
        yield from _aligned(table, width)
        return
    for row in rows:
        (_, about), *cells = row.items()
        yield from wrapped(about, width, indent=INDENT * 2, first=INDENT)
        for name, text in cells:
            if text:
                yield from wrapped(labeled(name, text), width, indent=INDENT * 3, first=INDENT * 2)


def _flag_text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def _verdict(report: Report, width: int) -> Iterator[str]:
    if line := view.test_meaning(report):
        yield from wrapped(line, width)
    yield from wrapped(str(report.verdict.headline), width)
    if report.verdict.detail is not None:
        yield from wrapped(str(report.verdict.detail), width)
    if line := view.what_may_help(report):
        yield from wrapped(line, width)
    yield from wrapped("; ".join(labeled(name, text) for name, text in view.answers(report)), width)
    yield from wrapped(view.judged_line(report), width)
    if line := view.applied_line(report):
        yield from wrapped(line, width)
    for row in view.side_effects(report):
        name, before, after = row.values()
        yield from wrapped(labeled(name, f"{before} → {after}"), width)
    best = view.best_fix(report)
    if best is not None:
        yield from wrapped(tr("Next: {action}", action=view.action_text(best, report)), width)


def _repairs(report: Report, width: int) -> Iterator[str]:
    rows = [list(row.values()) for row in view.repairs(report)]
    if rows:
        yield tr("Before anything else, consider")
    for title, because, flag in rows:
        yield from wrapped(f"{title} ({flag})", width, indent=INDENT * 2, first=INDENT)
        yield from wrapped(because, width, indent=INDENT * 3)


def _budget(report: Report, width: int) -> Iterator[str]:
    rows = [list(row.values()) for row in view.budget(report)]
    if rows:
        yield tr("Error budget")
        if line := view.budget_line(report):
            yield from wrapped(line, width, indent=INDENT)
        yield from _aligned(rows, width)
        if line := view.unit_line(report):
            yield from wrapped(line, width, indent=INDENT, first=INDENT)


def _aligned(rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Write rows under each other, every column as wide as its widest text; the last column is wrapped."""
    widths = [max(display_width(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    for row in rows:
        start = INDENT * 2 + "".join(padded(text, wide + 2) for text, wide in zip(row, widths, strict=False))
        yield from wrapped(row[-1], width, indent=" " * display_width(start), first=start)


def _remedies(report: Report, width: int) -> Iterator[str]:
    table = view.remedy_table(report)
    yield tr("What to do next (1. is recommended; (1) is not, but may help)")
    yield from _grid({column: cells for column, cells in table.items() if column != "data"}, width)
    extra = listed(cell.title for cell in table["data"])
    yield from wrapped(labeled(str(view.COLUMNS["data"]), extra), width, indent=INDENT)
    if line := view.order_line(report):
        yield ""
        yield from wrapped(line, width, indent=INDENT)
    reasons = set[str]()
    for place, fix in enumerate(view.fixes(report), 1):
        texts = [text for text in (fix.because, fix.words, fix.note) if text and text not in reasons]
        reasons.add(fix.because)
        if texts or place == 1:
            yield ""
        yield from _reason(place, fix, texts, width)


def _grid(table: dict[Column_, list[Cell]], width: int) -> Iterator[str]:
    column_width = (width - len(INDENT)) // len(table)
    titles = [str(view.COLUMNS[column]) for column in table]
    yield INDENT + "".join(padded(title, column_width) for title in titles).rstrip()
    yield INDENT + "".join(padded("-" * (column_width - 2), column_width) for _ in titles).rstrip()
    columns = [[line for cell in cells for line in _cell(cell, column_width - 1)] for cells in table.values()]
    for lines in zip_longest(*columns, fillvalue=""):
        yield (INDENT + "".join(padded(line, column_width) for line in lines)).rstrip()


def _cell(cell: Cell, width: int) -> Iterator[str]:
    mark = padded(f"{cell.rank}. " if cell.lit else (f"({cell.rank}) " if cell.rank else ""), 4)
    yield from wrapped(cell.title, width, indent=INDENT * 2, first=mark)


def _reason(place: int, fix: Fix, texts: Sequence[str], width: int) -> Iterator[str]:
    """Write a fix with what is said of it; a reason that an earlier one had is not said again."""
    mark = padded(f"{place}. " if fix.is_recommended else f"({place}) ", 4)
    title = labeled(fix.title, fix.beside_title) if fix.change else fix.title
    yield from wrapped(title, width, indent=INDENT * 3, first=INDENT + mark)
    for text in texts:
        yield from wrapped(text, width, indent=INDENT * 3)


def _findings(report: Report, width: int) -> Iterator[str]:
    rows = [list(row.values()) for row in view.findings(report, IN_FULL)]
    undecided = [finding for finding in report.findings if finding.outcome == "undecided"]
    reasons = {fix.because for fix in view.fixes(report)}
    if report.findings:
        yield tr("Findings")
        for code, about, what, value, _ in rows:
            yield from wrapped(f"{about} ({what})", width, indent=INDENT * 3, first=INDENT + padded(code, 4))
            if value not in reasons:
                yield from wrapped(value, width, indent=INDENT * 3)
        names = ", ".join(f"{one.code} {one.title}" for one in undecided)
        if names:
            yield from wrapped(tr("Undecided: {names}.", names=names), width, indent=INDENT)
        others = len(report.findings) - len(rows) - len(undecided)
        yield from wrapped(
            trn(
                "{n} other rule found nothing or does not apply.",
                "{n} other rules found nothing or do not apply.",
                others,
            ),
            width,
            indent=INDENT,
        )


def _performance(report: Report, width: int) -> Iterator[str]:
    sections = brief_sections(report)
    if sections:
        yield str(PERFORMANCE_TITLE)
        yield from sections_text(sections, width)


def _errors(report: Report, width: int) -> Iterator[str]:
    if report.errors is not None:
        yield str(ERRORS_TITLE)
        yield from sections_text(sections_of_report(report), width)


def sections_text(sections: Sequence[Section], width: int) -> Iterator[str]:
    """Write sections one below the other; of a row of a table, every cell with what it is."""
    for section in sections:
        yield from wrapped(section.title, width, indent=INDENT)
        for line in section.lines:
            yield from wrapped(line, width, indent=INDENT * 2)
        for row in section.rows:
            first, *others = row.items()
            cells = "; ".join(labeled(name, text) for name, text in others if text)
            yield from wrapped(f"{first[1]} ({cells})", width, indent=INDENT * 4, first=INDENT * 2 + "- ")


# --- text in columns ----------------------------------------------------------------------------------------------


def display_width(text: str) -> int:
    """Return how many terminal columns a text takes; Chinese characters take two.

    >>> display_width("bias"), display_width("偏差")
    (4, 4)
    """
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


def padded(text: str, width: int) -> str:
    """Fill a text with blanks to this many columns."""
    return text + " " * max(0, width - display_width(text))


def wrapped(text: str, width: int, *, indent: str = "", first: str | None = None) -> Iterator[str]:
    """Yield lines of at most this many columns, broken between words (or between Chinese characters)."""
    line = start = indent if first is None else first
    for piece in _pieces(text):
        if display_width(line + piece.rstrip()) > width and line != start:
            yield line.rstrip()
            line = start = indent
        line += piece.lstrip() if line == start else piece
    yield line.rstrip()


def _pieces(text: str) -> list[str]:
    printable = "".join(c if c.isprintable() else " " for c in text)
    return re.findall(r"[⺀-鿿豈-﫿＀-￯][，。；：、）」]?|[^\s⺀-鿿豈-﫿＀-￯]+\s*|\s+", printable)

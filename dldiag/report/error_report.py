"""An error analysis of given predictions as JSON, plain text, and one offline HTML page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from dldiag.core.error_findings import ErrorFindings
from dldiag.core.i18n import speaking, tr
from dldiag.report.json_schema import plain_json
from dldiag.report.text import WIDTH, sections_text, wrapped
from dldiag.report.view.error_rows import error_sections, errors_line

ERRORS_SCHEMA = "dldiag-errors/1"


@dataclass(frozen=True)
class ErrorReport:
    """The findings for a table of predictions, with its name and target; it holds no rows."""

    name: str
    target: str
    errors: ErrorFindings


def error_report_json(report: ErrorReport) -> str:
    """Write the report as JSON, schema "dldiag-errors/1"; texts are in English."""
    with speaking("en"):
        plain = plain_json(report)
    return msgspec.json.format(msgspec.json.encode({"schema": ERRORS_SCHEMA} | plain), indent=2).decode()


def error_report_text(report: ErrorReport, width: int = WIDTH) -> str:
    """Write the report as text, wrapped at `width` columns."""
    return "\n".join(_lines(report, width)) + "\n"


def _lines(report: ErrorReport, width: int) -> Iterator[str]:
    yield from wrapped(errors_line(report.errors), width)
    yield ""
    yield from sections_text(error_sections(report.errors), width)


def error_report_html(report: ErrorReport) -> str:
    """Write the report as one HTML file in the current language."""
    from dldiag.report.html import plain_page  # keeps start-up short: it loads plotly

    about = tr("Errors of {name}, target {target}", name=report.name, target=report.target)
    return plain_page(about, errors_line(report.errors), error_sections(report.errors))

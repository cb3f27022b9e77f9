"""The forms of a report: JSON, CSV of the curves, plain text, and one offline HTML page."""

from dldiag.core.home import require
from dldiag.core.types import Report
from dldiag.report.curves_csv import curves_csv
from dldiag.report.json_schema import from_json, to_json
from dldiag.report.text import path_to_text, to_text

__all__ = ["curves_csv", "from_json", "path_to_text", "to_html", "to_json", "to_text"]


def to_html(report: Report, language: str | None = None) -> str:
    """Write a report as one HTML file in a language (the current one when None).

    Raises SettingError where plotly is not installed.
    """
    require("plotly", "app")
    from dldiag.report import html  # keeps start-up short: it loads plotly

    return html.html_of(report, language)

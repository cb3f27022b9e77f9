"""A report written down: JSON, CSV of the curves, plain text, and one offline HTML page."""

from dldiag.report.page import to_html
from dldiag.report.plain import from_json, to_json
from dldiag.report.sheet import curves_csv
from dldiag.report.text import path_to_text, to_text

__all__ = ["curves_csv", "from_json", "path_to_text", "to_html", "to_json", "to_text"]

"""A report written down: JSON, CSV of the curves, plain text, and one offline HTML page."""

from dldiag.report.curves_csv import curves_csv
from dldiag.report.html import to_html
from dldiag.report.json_schema import from_json, to_json
from dldiag.report.text import path_to_text, to_text

__all__ = ["curves_csv", "from_json", "path_to_text", "to_html", "to_json", "to_text"]

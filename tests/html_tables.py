"""The tables of texts that a page shows, read back from their HTML."""

from html.parser import HTMLParser

import pandas as pd


class _Rows(HTMLParser):
    def __init__(self):
        super().__init__()
        self.names, self.rows, self._cell = [], [], None

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self._cell = self.names if tag == "th" else self.rows[-1]
            self._cell.append("")

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self._cell = None

    def handle_data(self, data):
        if self._cell is not None:
            self._cell[-1] += data


def tables(app):
    """Return every table of texts of a page as a frame, in their order."""
    found = []
    for one in app.get("html"):
        if 'class="rows"' in one.proto.body:
            rows = _Rows()
            rows.feed(one.proto.body)
            found.append(pd.DataFrame([row for row in rows.rows if row], columns=rows.names))
    return found

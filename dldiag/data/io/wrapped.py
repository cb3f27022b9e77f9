"""Tables that stand within another kind of text, brought to plain lines of cells: web pages, ARFF, lines put in quotes."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from dldiag.data.io import commented, drawn, listed, measured
from dldiag.data.io.cell_kind import kind_of
from dldiag.data.io.drawn import as_lines
from dldiag.data.io.xml_records import of_xml

_HEAD = 4096  # characters that show whether a text is wrapped
_WEB = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|body|div|table)\b", re.IGNORECASE | re.DOTALL
)
_ARFF = re.compile(r"(?:\s*(?:%[^\n]*)?\n)*\s*@relation\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"^\s*@attribute\s+('[^']*'|\"[^\"]*\"|\S+)", re.IGNORECASE | re.MULTILINE)
_DATA = re.compile(r"^\s*@data\b[^\n]*\n", re.IGNORECASE | re.MULTILINE)
_COMMENT = re.compile(r"^\s*%[^\n]*\n?", re.MULTILINE)
_QUOTED_LINE = re.compile(r'"(?:[^"\n]|"")+"')
DELIMITERS = (",", ";", "\t", "|")
LEAST_LINES = 5  # of a text whose lines are all in quotes, or cut at the same places
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d+(?:\s|$))")
LEAST_FIXED_LINES, LEAST_NUMBERED_LINES = 10, 3  # of any cells, of nothing but numbers
FILLED_SHARE = 0.3  # of the lines in which a column of fixed width holds something (own choice)
UNEVEN_SHARE = 0.05  # of the lines that blanks alone cut into another number of cells (own choice)
_MOST_FIXED_CHARS = 1 << 24  # characters of a text that is looked at for columns of fixed width


@dataclass(frozen=True)
class Wrapping:
    """One way in which a table is wrapped: the code of its notice, and the plain text, or None where it is not so wrapped."""

    code: str
    unwrap: Callable[[str], str | None]


def unwrapped(text: str) -> tuple[str, str]:
    """Return the plain text of a table and the code of the notice that says what it was wrapped in; both as given if in nothing.

    >>> unwrapped('"x,y"\\n' + '"1,2"\\n' * 5)[0].splitlines()[:2]
    ['x,y', '1,2']
    """
    for one in WRAPPINGS:
        plain = one.unwrap(text)
        if plain is not None:
            return plain, one.code
    return text, ""


def _of_web_page(text: str) -> str | None:
    """Return the largest table of a web page, which programs also write under the name of a spreadsheet."""
    if not _WEB.match(text[:_HEAD]):
        return None
    page = _Tables()
    page.feed(text)
    rows = max(page.tables, key=lambda rows: sum(map(len, rows)), default=[])
    return as_lines(rows) if len(rows) > 1 and max(map(len, rows)) > 1 else None


class _Tables(HTMLParser):
    """The cells of all tables of a page; tables within tables are read apart."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self._open: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._span, self._down = 1, 1
        self._held: dict[int, tuple[str, int]] = {}  # Cells that reach down into later rows, by their column.

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell; a cell that spans columns is followed by empty ones."""
        if tag == "table":
            self._open.append([])
            self.tables.append(self._open[-1])
        elif tag == "tr" and self._open:
            self._end_cell()
            self._open[-1].append([])
            self._take_held()
        elif tag in ("td", "th") and self._open:
            self._end_cell()
            self._cell, self._span, self._down = [], _count(attrs, "colspan"), _count(attrs, "rowspan")
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End a cell with its row or table as well: many pages leave out the end of cells."""
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()
        if tag == "table" and self._open:
            self._open.pop()
            self._held = {}

    def handle_data(self, data: str) -> None:
        """Take the text of a cell."""
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is None or not self._open:
            return
        if not self._open[-1]:
            self._open[-1].append([])
        row, text = self._open[-1][-1], " ".join("".join(self._cell).split())
        if self._down > 1 and len(self._open) == 1:
            self._held[len(row)] = (text, self._down - 1)
        row += [text, *[""] * (self._span - 1)]
        self._cell = None
        self._take_held()

    def _take_held(self) -> None:
        """Fill in the cells of rows above that reach down to this place."""
        row = self._open[-1][-1]
        while (held := self._held.pop(len(row), None)) is not None:
            if held[1] > 1:
                self._held[len(row)] = (held[0], held[1] - 1)
            row.append(held[0])


def _count(attrs: Sequence[tuple[str, str | None]], name: str) -> int:
    """Return how many columns or rows a cell spans, 1 where its page says nothing that is a number."""
    span = dict(attrs).get(name) or "1"
    return int(span) if span.isdecimal() and len(span) < len("1000") else 1


def _of_arff(text: str) -> str | None:
    """Return the rows of Weka's format below the names of its attributes; rows that list only what is not 0 are left as they are."""
    data = _DATA.search(text) if _ARFF.match(text[:_HEAD]) else None
    if data is None:
        return None
    names = [name.strip("'\"") for name in _ATTRIBUTE.findall(text[: data.start()])]
    body = _COMMENT.sub("", text[data.end() :])
    if not names or body.lstrip().startswith("{"):
        return None
    quote = "'" if "'" in body else ""
    return ",".join(f"{quote}{name}{quote}" for name in names) + "\n" + body


def _of_quoted_lines(text: str) -> str | None:
    """Return lines without the quotes that enclose each as a whole, where all then have as many delimiters as the first."""
    if not text.startswith('"') or not _QUOTED_LINE.fullmatch(text[: text.find("\n")].strip()):
        return None
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < LEAST_LINES or not all(_QUOTED_LINE.fullmatch(line.rstrip()) for line in lines):
        return None
    plain = [line.rstrip()[1:-1].replace('""', '"') for line in lines]
    rows = {d: [len(row) for row in csv.reader(plain, delimiter=d)] for d in DELIMITERS if d in plain[0]}
    even = any(widths[0] > 1 and set(widths) == {widths[0]} and f"{d} " not in plain[0] for d, widths in rows.items())
    return "\n".join(plain) + "\n" if even else None


def _of_record_marks(text: str) -> str | None:
    """Return lines where the records of a text end with the mark that ASCII has for it."""
    if "\x1e" not in text or text.count("\x1e") <= text.count("\n"):
        return None
    return text.replace("\x1e\n", "\x1e").replace("\x1e", "\n")


def _of_fixed_width(text: str) -> str | None:
    """Return the cells of columns of fixed width where blanks alone do not cut the lines evenly: some cells are blank."""
    if len(text) > _MOST_FIXED_CHARS or "  " not in text[:_HEAD] or "\t" in text[:_HEAD]:
        return None
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    bare = [_DECIMAL_COMMA.sub(".", line) for line in lines]
    least = LEAST_NUMBERED_LINES if all(kind_of(one) == "number" for one in text.split()) else LEAST_FIXED_LINES
    if len(lines) < least or any(sum(d in line for line in bare) > len(lines) / 2 for d in DELIMITERS):
        return None
    cuts = listed.named_places(listed.places_of(lines), lines[0])
    if len(cuts) < 2 or any(len(re.findall(r"\S+", lines[0][a:b])) != 1 for a, b in cuts):
        return None
    rows = [[line[a:b].strip() for a, b in cuts] for line in lines]
    uneven = sum(len(line.split()) != len(cuts) for line in lines)
    filled = [sum(bool(row[j]) for row in rows) >= FILLED_SHARE * len(rows) for j in range(len(cuts))]
    return as_lines(rows) if uneven >= UNEVEN_SHARE * len(lines) and all(filled) else None


_FORMULA_TEXT = re.compile(r'(?<=[,;\t\n])=("[^"\n]*")(?=[,;\t\n])|"=""([^"\n]*)"""(?=[,;\t\n])')


def _of_formula_texts(text: str) -> str | None:
    """Return texts without the formula around them, ="00123", by which programs keep spreadsheets from changing them."""
    if '="' not in text[:_HEAD] or len(_FORMULA_TEXT.findall(text[:_HEAD])) < LEAST_LINES:
        return None
    return _FORMULA_TEXT.sub(lambda found: found[1] or f'"{found[2]}"', text)


WRAPPINGS = (
    Wrapping("web_page", _of_web_page),
    Wrapping("xml", of_xml),
    Wrapping("arff", _of_arff),
    Wrapping("front_matter", commented.of_front_matter),
    Wrapping("settings_above", measured.of_labview),
    Wrapping("measured", measured.of_metrics),
    Wrapping("measured", measured.of_points),
    Wrapping("printed", measured.of_julia),
    Wrapping("quoted_lines", _of_quoted_lines),
    Wrapping("formula_texts", _of_formula_texts),
    Wrapping("record_marks", _of_record_marks),
    Wrapping("drawn", drawn.of_box),
    Wrapping("drawn", drawn.of_grid),
    Wrapping("drawn", drawn.of_simple),
    Wrapping("drawn", drawn.of_wiki),
    Wrapping("listed", drawn.of_records),
    Wrapping("listed", drawn.of_logfmt),
    Wrapping("listed", drawn.of_python),
    Wrapping("listed", listed.of_yaml),
    Wrapping("listed", listed.of_sections),
    Wrapping("listed", listed.of_blocks),
    Wrapping("drawn", listed.of_boxed_list),
    Wrapping("printed", listed.of_tibble),
    Wrapping("log_fields", listed.of_log_fields),
    Wrapping("inserts", drawn.of_inserts),
    Wrapping("copied", drawn.of_copy),
    Wrapping("type_line", drawn.of_typed_names),
    Wrapping("type_line", commented.of_types_below),
    Wrapping("comments", commented.of_comments),
    Wrapping("wide_gaps", listed.of_wide_gaps),
    Wrapping("cut_by_place", _of_fixed_width),
)

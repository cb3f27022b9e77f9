"""Fresh damage on sound tables: what people and programs do to files, with the table that should come out."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from typing import NamedTuple

Rows = list[list[str]]


class Damaged(NamedTuple):
    """The bytes of a damaged file, what was done, the rows that must come out, and whether the file has a header."""

    kind: str
    data: bytes
    header: list[str]
    rows: Rows
    sure: bool = True  # the original can be known for certain from the file; otherwise a notice is enough


def written(rows: Rows, delimiter: str = ",", quote: str = '"', end: str = "\r\n") -> str:
    """Return rows as a careful program writes them."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quotechar=quote, lineterminator=end).writerows(rows)
    return out.getvalue()


def _plain(header: list[str], rows: Rows, rng: random.Random) -> Damaged:
    return Damaged("plain", written([header, *rows]).encode(), header, rows)


def _delimiter(header: list[str], rows: Rows, rng: random.Random) -> Damaged:
    mark = rng.choice([";", "\t", "|", "^", "~", "\x1f", " "])
    return Damaged(f"delimiter {mark!r}", written([header, *rows], mark).encode(), header, rows)


def _line_end(header: list[str], rows: Rows, rng: random.Random) -> Damaged:
    end = rng.choice(["\n", "\r"])
    return Damaged(f"line end {end!r}", written([header, *rows], end=end).encode(), header, rows)


def _single_quotes(header: list[str], rows: Rows, rng: random.Random) -> Damaged:
    out = io.StringIO(newline="")
    csv.writer(out, quotechar="'", quoting=csv.QUOTE_ALL).writerows([header, *rows])
    return Damaged("single quotes", out.getvalue().encode(), header, rows)


def _all_quoted(header: list[str], rows: Rows, rng: random.Random) -> Damaged:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    return Damaged("all quoted", out.getvalue().encode(), header, rows)


def _preamble(header: list[str], rows: Rows, rng: random.Random) -> Damaged:
    titles = ["Quarterly report", "Source: ministry of data", "", "# exported 2024-05-01", "Table 3. All records"]
    width = len(header) - 1 if rng.random() < 0.5 else 0
    lines = "".join(t + "," * width + "\r\n" for t in rng.sample(titles, rng.randint(1, 4)))
    return Damaged("preamble", (lines + written([header, *rows])).encode(), header, rows)


def _footnotes(header: list[str], rows: Rows, rng: random.Random) -> Damaged:
    notes = rng.choice(["Source: own survey\r\n", "\r\n* provisional\r\n", "\r\nNote: rounded.\r\nSee page 3\r\n"])
    return Damaged("footnotes", (written([header, *rows]) + notes).encode(), header, rows)


def _no_header(header: list[str], rows: Rows, rng: random.Random) -> Damaged:
    return Damaged("no header", written(rows).encode(), [], rows)


def _extra_delimiter(header: list[str], rows: Rows, rng: random.Random) -> Damaged:
    at, column = rng.randrange(len(rows)), rng.randrange(len(header))
    broken = [[*r[:column], "", *r[column:]] if i == at else r for i, r in enumerate(rows)]
    return Damaged("extra delimiter", written([header, *broken]).encode(), header, rows, sure=False)


def _missing_delimiter(header: list[str], rows: Rows, rng: random.Random) -> Damaged:
    at, column = rng.randrange(len(rows)), rng.randrange(len(header) - 1)
    broken = [[*r[:column], r[column] + r[column + 1], *r[column + 2 :]] if i == at else r for i, r in enumerate(rows)]
    return Damaged("missing delimiter", written([header, *broken]).encode(), header, rows, sure=False)


def _bare_quote(header: list[str], rows: Rows, rng: random.Random) -> Damaged:
    lines = written([header, *rows]).splitlines(keepends=True)
    at = rng.randrange(1, len(lines))
    cells = lines[at].split(",")
    column = rng.randrange(len(cells))
    cells[column] = '"' + cells[column]
    lines[at] = ",".join(cells)
    return Damaged("bare quote", "".join(lines).encode(), header, rows, sure=False)


def _trailing_delimiters(header: list[str], rows: Rows, rng: random.Random) -> Damaged:
    return Damaged("trailing delimiters", written([[*header, ""], *([*r, ""] for r in rows)]).encode(), header, rows)


def _empty_rows(header: list[str], rows: Rows, rng: random.Random) -> Damaged:
    text = written([header, *rows]) + ("," * (len(header) - 1) + "\r\n") * rng.randint(1, 50)
    return Damaged("empty rows at the end", text.encode(), header, rows)


def _encoding(header: list[str], rows: Rows, rng: random.Random) -> Damaged:
    encoding = rng.choice(["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "cp1252"])
    words = {"gb18030": "编号", "cp1252": "größe"}
    names = [words.get(encoding, "編號"), *header[1:]]
    return Damaged(f"encoding {encoding}", written([names, *rows]).encode(encoding), names, rows)


def _two_headers(header: list[str], rows: Rows, rng: random.Random) -> Damaged:
    middle = rng.randrange(1, len(rows))
    text = written([header, *rows[:middle], header, *rows[middle:]])
    return Damaged("header again", text.encode(), header, rows)


def _space_after_delimiter(header: list[str], rows: Rows, rng: random.Random) -> Damaged:
    text = "".join(", ".join(written([[c]]).strip() if c else "" for c in r) + "\n" for r in [header, *rows])
    return Damaged("space after delimiter", text.encode(), header, rows)


def _unclosed_quote(header: list[str], rows: Rows, rng: random.Random) -> Damaged:
    lines = written([header, *rows]).splitlines(keepends=True)
    at = rng.randrange(1, len(lines))
    lines[at] = lines[at].replace(",", ',"', 1)
    return Damaged("unclosed quote", "".join(lines).encode(), header, rows, sure=False)


def _truncated(header: list[str], rows: Rows, rng: random.Random) -> Damaged:
    data = written([header, *rows]).encode()
    return Damaged("cut off at the end", data[: -rng.randint(3, 12)], header, rows, sure=False)


DAMAGES: tuple[Callable[[list[str], Rows, random.Random], Damaged], ...] = (
    _plain, _delimiter, _line_end, _single_quotes, _all_quoted, _preamble, _footnotes, _no_header, _extra_delimiter,
    _missing_delimiter, _bare_quote, _trailing_delimiters, _empty_rows, _encoding, _two_headers, _space_after_delimiter,
    _unclosed_quote, _truncated,
)  # fmt: skip


def damaged(header: list[str], rows: Rows, rng: random.Random) -> Damaged:
    """Damage a table in one way, drawn at random."""
    return rng.choice(DAMAGES)(header, rows, rng)

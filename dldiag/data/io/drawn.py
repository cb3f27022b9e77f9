"""Tables as programs draw or list them: boxes, one record below the other, key=value, SQL rows, brought to plain lines of cells."""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from dldiag.data.name_words import word_set

HEAD = 4096  # Characters that show how a text is written.
LEAST_LINES = 5  # Lines at least of a text that lists its keys and values.
MOST_NAMES = 3  # Lines list at most this many times as many different names as one of them does.
LONGEST_DRAWN = 1 << 24  # Characters; nobody draws a longer table.
LONGEST_PYTHON = 1 << 20  # Characters of dictionaries, which take long to parse.
_BOX = re.compile(r"\s*[┌┏╔╭]")
_BARS = re.compile("[│┃║┆|]")
_OF_RULE = re.compile(r"[\s─━═┄┈╌╴╶╷│┃║┆├┤┬┴┼┌┐└┘╭╮╰╯┏┓┗┛┣┫┳┻╋┡┩╇╈╔╗╚╝╠╣╦╩╬╞╡╪╤╧-]+")
_TYPES = word_set(
    "str i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 bool cat date time varchar double float int32 int64 integer bigint boolean timestamp hugeint "
    "smallint tinyint int128 --- <chr> <dbl> <int> <lgl> <fct> <date> <dttm> <ord> <list>"
)
_GRID = re.compile(r"\s*\+[-+]+\+\s*\n(?:\s*\|.*\n)+\s*\+[=+]+\+")
_GRID_RULE = re.compile(r"\s*\+[-=+]+\+\s*")
_SIMPLE = re.compile(r"\s*=+(?:[ \t]+=+)+[ \t]*\n")
_SIMPLE_RULE = re.compile(r"\s*=+(?:[ \t]+=+)+\s*")
_WIKI = re.compile(r"\s*\|\|.*\|\|[ \t]*\n\|(?!\|)")
_RECORD = re.compile(r"-\[ RECORD \d+ \][-+]*|\*{3,} \d+\. row \*{3,}")
_RECORD_FIELD = re.compile(r"\s*([^|:]+?)\s*[|:] ?(.*)")
_LOGFMT_FIELDS = (  # Fields apart by blanks, or by other marks.
    re.compile(r'([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?:\s+|$)'),
    re.compile(r'([A-Za-z_][\w.-]*)\s?[=:]\s?("(?:[^"\\]|\\.)*"|[^,;|\t"]*?)(?:\s*[,;|\t]\s*|$)'),
    re.compile(r'([A-Za-z_][\w.-]*)\s?[=:]\s?("(?:[^"\\]|\\.)*"|[^\s,;|"]+)(?:[\s,;|]+|$)'),
)
_RDB_TYPES = re.compile(r"^\d+[sdn](?:\t\d+[sdn])+\n", re.MULTILINE)
_INSERT = re.compile(r"\s*(?:--[^\n]*\n\s*)*INSERT\s+INTO\s+\S+\s*\(([^()]*)\)\s*VALUES", re.IGNORECASE)
_COPY = re.compile(r"^COPY\s+\S+\s*\(([^()]*)\)\s+FROM\s+stdin;[ \t]*\n", re.IGNORECASE | re.MULTILINE)
_INSERT_ROW = re.compile(r"\(((?:'(?:[^'\\]|''|\\.)*+'|[^()'])*+)\)\s*[,;]")
_SQL_CELL = re.compile(r"\s*(?:'((?:[^'\\]|''|\\.)*+)'|([^,]*))\s*(?:,|$)")


def as_lines(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as lines of cells, quoted where they must be."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(row for row in rows if row)
    return out.getvalue()


def lines_of_records(records: Sequence[Mapping[str, str]]) -> str:
    """Return records as lines below the names of all their fields."""
    names = list(dict.fromkeys(name for record in records for name in record))
    return as_lines([names, *([record.get(name, "") for name in names] for record in records)])


def of_box(text: str) -> str | None:
    """Return the cells within a box of lines, as Polars, DuckDB and others print it, without its line of types."""
    if len(text) > LONGEST_DRAWN or not _BOX.match(text[:HEAD]):
        return None
    lines = (line.strip() for line in text.split("\n"))
    rows = [
        [cell.strip() for cell in _BARS.split(line[1:-1])] for line in lines if line and not _OF_RULE.fullmatch(line)
    ]
    width = max(map(len, rows), default=0)
    whole = [row for row in rows if len(row) == width and not (set(row) <= _TYPES and any(row))]
    return as_lines(whole) if width > 1 and len(whole) > 1 else None


def of_grid(text: str) -> str | None:
    """Return the cells of a grid with a rule below each row, as reStructuredText has it."""
    if len(text) > LONGEST_DRAWN or not _GRID.match(text[:HEAD]):
        return None
    lines = [line.strip() for line in text.split("\n") if line.strip() and not _GRID_RULE.fullmatch(line)]
    return as_lines([cell.strip() for cell in line.strip("|").split("|")] for line in lines)


def of_simple(text: str) -> str | None:
    """Return the lines between rules of equals signs, which stand above and below the names and below the rows."""
    if len(text) > LONGEST_DRAWN or not _SIMPLE.match(text[:HEAD]):
        return None
    return "".join(line + "\n" for line in text.split("\n") if line.strip() and not _SIMPLE_RULE.fullmatch(line))


def of_wiki(text: str) -> str | None:
    """Return a table of a wiki with single bars between its names too."""
    if not _WIKI.match(text[:HEAD]):
        return None
    names, rows = text.lstrip().split("\n", 1)
    return names.strip().replace("||", "|") + "\n" + rows


def of_records(text: str) -> str | None:
    """Return a table whose records stand one below the other, as psql (\\x) and mysql (\\G) print them."""
    if len(text) > LONGEST_DRAWN or not _RECORD.match(text[:HEAD].lstrip()):
        return None
    records: list[dict[str, str]] = []
    for line in text.split("\n"):
        if _RECORD.fullmatch(line.strip()):
            records.append({})
        elif records and (found := _RECORD_FIELD.fullmatch(line)):
            records[-1][found[1]] = found[2].strip()
    return lines_of_records(records)


def of_logfmt(text: str) -> str | None:
    """Return a table of lines that hold key=value throughout, the same keys in nearly all of them."""
    first = [line.strip() for line in text[:HEAD].split("\n") if line.strip()][:LEAST_LINES]
    if len(text) > LONGEST_DRAWN or len(first) < LEAST_LINES:
        return None
    fields = next((one for one in _LOGFMT_FIELDS if _is_logfmt(first, one)), None)
    lines = [line.strip() for line in text.split("\n") if line.strip()] if fields else []
    if fields is None or not _is_logfmt(lines, fields):
        return None
    return lines_of_records([{name: value.strip('"') for name, value in fields.findall(line)} for line in lines])


def _is_logfmt(lines: Sequence[str], fields: re.Pattern[str]) -> bool:
    """Tell whether every line holds nothing but several names with their values, nearly the same names in all."""
    if not all(len(fields.findall(line)) > 1 and not fields.sub("", line) for line in lines):
        return False
    names = {name for line in lines for name, _ in fields.findall(line)}
    return len(names) <= MOST_NAMES * max(len(fields.findall(line)) for line in lines)


def of_typed_names(text: str) -> str | None:
    """Return a table of the US Geological Survey without the line of types (5s, 20d) below its names."""
    found = _RDB_TYPES.search(text[:HEAD])
    if found is None or not found.start():
        return None
    return text[: found.start()] + text[found.end() :]


def of_inserts(text: str) -> str | None:
    """Return the rows of SQL's INSERT below the names of its columns."""
    found = _INSERT.match(text[:HEAD]) if len(text) <= LONGEST_DRAWN else None
    if found is None:
        return None
    names = [name.strip().strip('`"[]') for name in found[1].split(",")]
    rows = [_sql_cells(row) for row in _INSERT_ROW.findall(_INSERT.sub("", text) + ";")]
    return as_lines([names, *rows]) if len(rows) > 1 and all(len(row) == len(names) for row in rows) else None


def of_copy(text: str) -> str | None:
    """Return the rows of PostgreSQL's COPY below the names of its columns; what stands around them is left out."""
    found = _COPY.search(text[:HEAD])
    end = text.find("\n\\.", found.end()) if found is not None else -1
    if found is None or end < 0:
        return None
    names = [name.strip().strip('"') for name in found[1].split(",")]
    return "\t".join(names) + "\n" + text[found.end() : end + 1]


def _sql_cells(row: str) -> list[str]:
    cells = [
        (cell, bare.strip(), quoted)
        for quoted, bare, cell in ((m[1], m[2] or "", m[0]) for m in _SQL_CELL.finditer(row))
        if cell
    ]
    texts = ["" if bare.upper() == "NULL" else bare if quoted is None else quoted for _, bare, quoted in cells]
    return [re.sub(r"''|\\(.)", lambda m: m[1] or "'", text) for text in texts]


def of_python(text: str) -> str | None:
    """Return a table of lines that each hold a dictionary as Python prints it."""
    if len(text) > LONGEST_PYTHON or not text.lstrip().startswith("{'"):
        return None
    lines = [line.strip().rstrip(",") for line in text.split("\n") if line.strip()]
    if len(lines) < 2 or not all(line.startswith("{'") and line.endswith("}") for line in lines):
        return None
    try:
        records = [ast.literal_eval(line) for line in lines]
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    if not all(isinstance(record, dict) for record in records):
        return None
    return lines_of_records([{str(k): "" if v is None else str(v) for k, v in record.items()} for record in records])

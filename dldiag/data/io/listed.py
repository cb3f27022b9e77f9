"""Records as programs list them: YAML, TOML, INI, Stata's list, R's tibble, logs with a line of fields, words apart by two blanks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dldiag.data.io.drawn import HEAD, LEAST_LINES, LONGEST_DRAWN, as_lines, lines_of_records

_YAML = re.compile(r"(?:\s*(?:#[^\n]*|---[^\n]*)?\n)*\s*-(?:[ \t]+|[ \t]*\n\s+)[\w\"'][^\n:{]*:(?:\s|$)")
_YAML_FIELD = re.compile(r"""(\s*)(-\s+)?(?:"([^"]*)"|'([^']*)'|([^\s:#'"-][^:]*?))\s*:(?:\s+(.*?))?\s*""")
_SECTION = re.compile(r"\s*\[{1,2}\s*([^\[\]]+?)\s*\]{1,2}\s*")
_SETTING = re.compile(r"\s*([A-Za-z_][^=:\n]*?)\s*[=:]\s*(.*?)\s*")
_BLOCK_FIELD = re.compile(r"\s*([A-Za-z][\w .()/-]{0,40}?)(?: *:| +-)(?:[ \t]+(.*))?")
_BOXED_HEAD = re.compile(r"(?:[ .\t]*[^\n|+]{0,80}\n){0,3}\s*\+-+\+\s*\n\s*\|[^\n|]*\|\s*\n")
_BOXED_ROW = re.compile(r"\s*(?:\d+\.\s*)?\|(.*)\|\s*")
_TIBBLE = re.compile(r"\s*# A (?:tibble|data\.table|data frame)")
_TIBBLE_TYPES = re.compile(r"\s*(?:<[a-z0-9:+ ]+>\s*)+")
_FIELDS = re.compile(r"^#Fields:\s*(.+)$", re.MULTILINE)
_NOTHING = frozenset({"~", "null", "Null", "NULL", ""})
LEAST_RECORDS = 2
LEAST_ALIGNED = 3  # lines whose cells begin at the same places
LEAST_BLOCKS = 3  # So many blocks in a row are records rather than a letter's head (own choice).


def of_yaml(text: str) -> str | None:
    """Return the records of a YAML list of flat mappings, None where something else stands in it."""
    if len(text) > LONGEST_DRAWN or not _YAML.match(text[:HEAD]):
        return None
    records: list[dict[str, str]] = []
    for line in text.split("\n"):
        bare = line.strip()
        if not bare or bare.startswith(("#", "---")) or bare == "...":
            continue
        if bare == "-":
            records.append({})
            continue
        found = _YAML_FIELD.fullmatch(line)
        if found is None or not (found[2] or (found[1] and records)):
            return None
        if found[2]:
            records.append({})
        records[-1][found[3] or found[4] or found[5]] = _scalar(found[6] or "")
    return lines_of_records(records) if len(records) >= LEAST_RECORDS else None


def _scalar(text: str) -> str:
    """Return a value without its quotes or a comment behind it."""
    if text[:1] in ("'", '"') and text[-1:] == text[:1] and len(text) > 1:
        return text[1:-1].replace("''", "'")
    text = re.sub(r"\s+#.*$", "", text)
    return "" if text in _NOTHING else text


def of_sections(text: str) -> str | None:
    """Return the sections of a TOML or INI file as records, where all of them hold about the same names."""
    first = next(
        (line for line in text[:HEAD].split("\n") if line.strip() and not line.lstrip().startswith(("#", ";"))), ""
    )
    if len(text) > LONGEST_DRAWN or not _SECTION.fullmatch(first):
        return None
    records: list[tuple[str, dict[str, str]]] = []
    for line in text.split("\n"):
        if not line.strip() or line.lstrip().startswith(("#", ";")):
            continue
        if (section := _SECTION.fullmatch(line)) is not None:
            records.append((section[1], {}))
        elif (setting := _SETTING.fullmatch(line)) is not None:
            records[-1][1][setting[1]] = _scalar(setting[2])
        else:
            return None
    return _of_alike(records)


def _of_alike(records: Sequence[tuple[str, dict[str, str]]]) -> str | None:
    """Return records as lines, below the name of each where the names differ; None where the records hold different things."""
    names = {name for _, record in records for name in record}
    filled = sum(len(record) for _, record in records)
    if len(records) < LEAST_RECORDS or not names or filled * 2 < len(names) * len(records):
        return None
    if len({section for section, _ in records}) == 1:
        return lines_of_records([record for _, record in records])
    return lines_of_records([{"section": section, **record} for section, record in records])


def of_blocks(text: str) -> str | None:
    """Return the blocks between blank lines as records, where each line of every block holds a name, a colon and a value."""
    if (
        len(text) > LONGEST_DRAWN
        or "\n\n" not in text[:HEAD]
        or not _BLOCK_FIELD.fullmatch(text[:HEAD].lstrip().split("\n", 1)[0])
    ):
        return None
    blocks = [block for block in re.split(r"\n\s*\n", text.strip()) if block.strip()]
    found = [[_BLOCK_FIELD.fullmatch(line) for line in block.split("\n") if line.strip()] for block in blocks]
    if len(blocks) < LEAST_BLOCKS or not all(all(fields) for fields in found):
        return None
    records: list[dict[str, str]] = []
    for fields in found:
        record: dict[str, str] = {}
        for one in filter(None, fields):
            record[one[1]] = f"{record[one[1]]}; {one[2] or ''}" if one[1] in record else (one[2] or "").strip()
        records.append(record)
    return _of_alike([("", record) for record in records]) if max(map(len, records)) > 1 else None


def of_boxed_list(text: str) -> str | None:
    """Return the rows within the box that Stata's list draws, without the numbers of its rows."""
    if len(text) > LONGEST_DRAWN or not _BOXED_HEAD.match(text[:HEAD]):
        return None
    lines = [
        found[1]
        for line in text.split("\n")
        if (found := _BOXED_ROW.fullmatch(line)) and set(found[1].strip()) != {"-"}
    ]
    return as_lines(cut_by_place(lines)) if len(lines) > LEAST_RECORDS else None


def of_tibble(text: str) -> str | None:
    """Return the rows of a tibble as R prints it, without the lines about it and the line of types."""
    if len(text) > LONGEST_DRAWN or not _TIBBLE.match(text[:HEAD]):
        return None
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    lines = [line for line in lines if not _TIBBLE_TYPES.fullmatch(line)]
    return as_lines(cut_by_place(lines)) if len(lines) > LEAST_RECORDS else None


def of_log_fields(text: str) -> str | None:
    """Return a log of the W3C's form below the names in its line #Fields, without its other lines of comment."""
    found = _FIELDS.search(text[:HEAD]) if text.startswith("#") else None
    if found is None:
        return None
    rows = [line for line in text.split("\n") if line.strip() and not line.startswith("#")]
    return found[1].strip() + "\n" + "".join(line + "\n" for line in rows) if rows else None


def of_wide_gaps(text: str) -> str | None:
    """Return the cells of lines that two blanks or more cut evenly, where some cells or names hold single blanks."""
    head = text[:HEAD]
    if len(text) > LONGEST_DRAWN or "  " not in head or any(mark in head for mark in "\t,;|"):
        return None
    rows = [re.split(r"\s{2,}", line.strip()) for line in text.split("\n") if line.strip()]
    widths = set(map(len, rows))
    if len(widths) != 1 or widths == {1} or (len(rows) < LEAST_LINES and not _begin_alike(text, len(rows))):
        return None
    return as_lines(rows) if any(" " in cell for row in rows for cell in row) else None


def _begin_alike(text: str, lines: int) -> bool:
    """Tell whether the cells between wide gaps begin at the same places in all of a few lines."""
    starts = {
        tuple(m.start() for m in re.finditer(r"(?:(?<=  )|^)\S", line)) for line in text.split("\n") if line.strip()
    }
    return lines >= LEAST_ALIGNED and len(starts) == 1


def cut_by_place(lines: Sequence[str]) -> list[list[str]]:
    """Return the cells of lines of fixed width, cut where all have a blank; words without a name above them belong together."""
    cuts = named_places(places_of(lines), lines[0])
    return [[line[a:b].strip() for a, b in cuts] for line in lines]


def places_of(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Return where columns begin and end: at the places where every line has a blank."""
    width = max(map(len, lines))
    used = bytearray(width)
    for line in lines:
        for found in re.finditer(r"\S+", line):
            used[found.start() : found.end()] = b"\1" * (found.end() - found.start())
    return [(m.start(), m.end()) for m in re.finditer(rb"\x01+", bytes(used))]


def named_places(cuts: Sequence[tuple[int, int]], names: str) -> list[tuple[int, int]]:
    """Return columns joined to the one before them where the first line has nothing above them: words of one cell."""
    joined: list[tuple[int, int]] = []
    for begin, end in cuts:
        if joined and not names[begin:end].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined

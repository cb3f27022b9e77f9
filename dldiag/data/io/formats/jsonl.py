"""JSON objects, one a line or in one list, or one object of columns -> texts; numbers keep every digit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dldiag.core.i18n import Message
from dldiag.core.types import DataError, ReadPlan
from dldiag.data.io.cell_kind import kind_of
from dldiag.data.io.formats.json_shapes import Found, flattened, rows_of_list, rows_of_object
from dldiag.data.io.header import unique_names
from dldiag.data.io.limits import Limits, drawn_rows, most_rows
from dldiag.data.io.notices import notice
from dldiag.data.io.raw_table import Lines, TypedTable, check_declared, raw_table
from dldiag.data.io.source import Text, whole_characters

TYPE_SAMPLE_ROWS = 2000
MOST_SHOWN = 60  # Characters of what was left out that are shown.


def read_json(text: Text, plan: ReadPlan, limits: Limits) -> TypedTable:
    """Read JSON objects, one a line, in one list, or as one object holds them; lines that are none are set aside."""
    found, aside, example, total, blank = _json_objects(text)
    objects, made = flattened(found.rows)
    names: dict[str, None] = {}
    for one in objects:
        names.update(dict.fromkeys(one))
        if len(names) > limits.max_columns:
            check_declared(0, len(names), limits)
    if not names or not objects:
        raise DataError(Message("No JSON objects were found in the file."), Message("Put one object on each line."))
    keep = drawn_rows(len(objects), most_rows(len(names), limits), limits.seed)
    kept = objects if keep is None else [objects[i] for i in keep]
    halves = _Halves()
    table = raw_table(([halves.mend(_json_text(o.get(n))) for n in names] for o in kept), len(names))
    header = unique_names([halves.mend(n) or "" for n in names], len(names)).names
    notices = [notice("set_aside", count=aside, example=example)] if aside else []
    notices += (
        [notice("json_list", name=found.held_by, example=", ".join(found.left_out[:MOST_SHOWN]))]
        if found.left_out
        else []
    )
    notices += [notice("flattened", example=made)] if made else []
    notices += [notice("bad_characters", count=halves.count, example=halves.example)] if halves.count else []
    if keep is not None:
        notices.append(notice("sampled", kept=len(kept), rows=len(objects), seed=limits.seed))
    typed = {h: t for h, n in zip(header, names, strict=True) if (t := _json_type(kept, n))}
    lines = Lines(total=total, read=total - aside - blank, set_aside=aside, blank=blank)
    return TypedTable(header, table, plan, lines, len(objects), typed, tuple(notices))


def _json_objects(text: Text) -> tuple[Found, int, str, int, int]:
    """Return (what was found, lines set aside, example, lines, blank lines); numbers keep their text."""
    if text.text.lstrip().startswith("["):
        items = _whole(text.text)
        rows = rows_of_list(items)
        others = [item for item in items if not isinstance(item, dict)] if rows and isinstance(items[0], dict) else []
        return Found(rows, "[ ]", tuple(_nested(item)[:MOST_SHOWN] for item in others)), 0, "", text.lines, 0
    if (one := _single_object(text.text)) is not None:
        return rows_of_object(one), 0, "", text.lines, 0
    objects, aside, example, blank = [], 0, "", 0
    for number, line in enumerate(text.text.removesuffix("\n").split("\n")):
        one = _json_object(line.rstrip().removesuffix(","))
        if one is not None:
            objects.append(one)
        elif line.strip():
            aside += 1
            example = example or f"{number + 1}: {line[:150]}"
        else:
            blank += 1
    return Found(objects), aside, example, text.lines, blank


def _whole(text: str) -> Any:
    try:
        return json.loads(text, parse_float=_Number, parse_int=_Number)
    except (ValueError, RecursionError) as error:
        raise DataError(
            Message("The JSON file is damaged: {reason}", {"reason": str(error)[:200]}),
            Message("Put one object on each line, or export the table as CSV."),
        ) from error


def _single_object(text: str) -> dict[str, Any] | None:
    """Return the one object that a text is, None where its first line is one already, with others below."""
    first, _, rest = text.strip().partition("\n")
    return None if rest and _json_object(first) is not None else _json_object(text)


def _json_object(line: str) -> dict[str, Any] | None:
    try:
        one = json.loads(line, parse_float=_Number, parse_int=_Number)
    except (ValueError, RecursionError):
        return None
    return one if isinstance(one, dict) else None


class _Halves:
    """Halves of characters, which an escape in JSON can spell: mended, and counted with the first example."""

    def __init__(self) -> None:
        self.count, self.example = 0, ""

    def mend(self, text: str | None) -> str | None:
        """Return the text with whole characters only; nothing of nothing."""
        if text is None or text.isascii():
            return text
        mended, count = whole_characters(text)
        if count:
            self.count, self.example = self.count + count, self.example or mended
        return mended


class _Number(str):
    """A number as it stands in the file, so that no digit is lost."""

    __slots__ = ()


def _json_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return _nested(value)


def _nested(value: Any) -> str:
    """Write a value within a cell as JSON, its numbers as they stood."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_nested, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {_nested(v)}" for k, v in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def _json_type(objects: Sequence[Mapping[str, Any]], name: str) -> str:
    values = [o[name] for o in objects[:TYPE_SAMPLE_ROWS] if o.get(name) is not None]
    if values and all(isinstance(v, _Number) for v in values):
        return "number"
    if values and all(isinstance(v, bool) for v in values):
        return "bool"
    return "date" if values and all(isinstance(v, str) and kind_of(v) == "when" for v in values) else ""

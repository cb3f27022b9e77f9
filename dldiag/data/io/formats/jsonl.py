"""JSON objects, one a line or in one list, or one object of columns -> texts; numbers keep every digit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dldiag.core.i18n import Message
from dldiag.core.types import DataError, ReadPlan
from dldiag.data.io.cell_kind import kind_of
from dldiag.data.io.header import unique_names
from dldiag.data.io.limits import Limits, drawn_rows, most_rows
from dldiag.data.io.notices import notice
from dldiag.data.io.raw_table import Lines, TypedTable, check_declared, raw_table
from dldiag.data.io.source import Text, whole_characters

TYPE_SAMPLE_ROWS = 2000


def read_json(text: Text, plan: ReadPlan, limits: Limits) -> TypedTable:
    """Read JSON objects, one a line, in one list, or as one object holds them; lines that are none are set aside."""
    objects, aside, example, total, blank = _json_objects(text)
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
    notices += [notice("bad_characters", count=halves.count, example=halves.example)] if halves.count else []
    if keep is not None:
        notices.append(notice("sampled", kept=len(kept), rows=len(objects), seed=limits.seed))
    typed = {h: t for h, n in zip(header, names, strict=True) if (t := _json_type(kept, n))}
    lines = Lines(total=total, read=total - aside - blank, set_aside=aside, blank=blank)
    return TypedTable(header, table, plan, lines, len(objects), typed, tuple(notices))


def _json_objects(text: Text) -> tuple[list[dict[str, Any]], int, str, int, int]:
    """Return (objects, lines set aside, example, lines, blank lines); numbers keep their text."""
    if text.text.lstrip().startswith("["):
        return _objects_of_list(_whole(text.text)), 0, "", text.lines, 0
    if (one := _single_object(text.text)) is not None:
        return rows_of_object(one), 0, "", text.lines, 0
    objects, aside, example, blank = [], 0, "", 0
    for number, line in enumerate(text.text.removesuffix("\n").split("\n")):
        one = _json_object(line)
        if one is not None:
            objects.append(one)
        elif line.strip():
            aside += 1
            example = example or f"{number + 1}: {line[:150]}"
        else:
            blank += 1
    return objects, aside, example, text.lines, blank


def _whole(text: str) -> Any:
    try:
        return json.loads(text, parse_float=_Number, parse_int=_Number)
    except (ValueError, RecursionError) as error:
        raise DataError(
            Message("The JSON file is damaged: {reason}", {"reason": str(error)[:200]}),
            Message("Put one object on each line, or export the table as CSV."),
        ) from error


def _objects_of_list(found: Any) -> list[dict[str, Any]]:
    return [o for o in found if isinstance(o, dict)] if isinstance(found, list) else []


def _single_object(text: str) -> dict[str, Any] | None:
    """Return the one object that a text is, None where its first line is one already, with others below."""
    first, _, rest = text.strip().partition("\n")
    return None if rest and _json_object(first) is not None else _json_object(text)


def rows_of_object(one: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a table written as one object, as pandas and web services write it; the object itself if it is a row.

    >>> rows_of_object({"x": [1, 2], "y": [3, 4]})
    [{'x': 1, 'y': 3}, {'x': 2, 'y': 4}]
    >>> rows_of_object({"x": {"0": 1, "1": 2}, "y": {"0": 3, "1": 4}})
    [{'x': 1, 'y': 3}, {'x': 2, 'y': 4}]
    >>> rows_of_object({"columns": ["x"], "index": [0, 1], "data": [[5], [6]]})
    [{'x': 5}, {'x': 6}]
    >>> rows_of_object({"status": "ok", "results": [{"x": 7}]})
    [{'x': 7}]
    """
    names, data = one.get("columns"), one.get("data")
    if isinstance(names, list) and isinstance(data, list) and _are_lists_of(data, len(names)):
        return [dict(zip(map(_name, names), row, strict=True)) for row in data]
    values = list(one.values())
    if _are_lists_of(values, len(values[0]) if values and isinstance(values[0], list) else 0):
        return [dict(zip(one, row, strict=True)) for row in zip(*values, strict=True)]
    if len(values) > 1 and all(isinstance(v, dict) and v.keys() == values[0].keys() and len(v) > 1 for v in values):
        if all(key.isdecimal() for key in one):  # the keys number the rows
            return values
        return [{name: column[key] for name, column in one.items()} for key in values[0]]
    lists = [v for v in values if isinstance(v, list) and v and all(isinstance(o, dict) for o in v)]
    return lists[0] if len(lists) == 1 else [one]


def _name(value: Any) -> str:
    return _json_text(value) or ""


def _are_lists_of(values: list[Any], length: int) -> bool:
    return length > 0 and bool(values) and all(isinstance(v, list) and len(v) == length for v in values)


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

"""The rows within a JSON text, wherever it holds them, with the fields of objects within them as columns of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from dldiag.data.name_words import made_up_name

DEEPEST = 4  # Levels of objects that are searched for rows, or laid out as columns.
LEAST_ROWS = 2  # A list of fewer objects within an object is a field, not a table, unless nothing else is one.
MOST_FIELDS = 2000  # More columns are not made of the fields of objects.
ROW_KEY = "key"  # The column of the names of rows.
# Services write the names of the columns, and rows that are lists, under one of these.
NAME_KEYS = ("columns", "columnHeaders", "fields", "header", "headers", "cols", "schema")
ROW_KEYS = ("data", "rows", "values", "records", "dataRows")
WRAPPERS = ("$oid", "$date", "$numberInt", "$numberLong", "$numberDouble", "$numberDecimal")  # MongoDB's extended JSON.


class Found(NamedTuple):
    """Rows, the name of the list that held them (nothing where the text is that list), and the names left out beside it."""

    rows: list[dict[str, Any]]
    held_by: str = ""
    left_out: tuple[str, ...] = ()


def rows_of_list(items: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the rows of a list: of objects, or of lists of which the first may hold the names.

    >>> rows_of_list([["x", "y"], [1, 2]]), rows_of_list([[1, 2], [3, 4]])
    ([{'x': 1, 'y': 2}], [{'column_1': 1, 'column_2': 2}, {'column_1': 3, 'column_2': 4}])
    """
    if not items or not all(isinstance(item, list) for item in items):
        return [item for item in items if isinstance(item, dict)]
    first, *others = items
    width = max(map(len, items))
    named = others and len(first) == width == len(set(map(str, first))) and all(type(cell) is str for cell in first)
    names = list(map(str, first)) if named else [made_up_name(j) for j in range(width)]
    return [dict(zip(names, row, strict=False)) for row in (others if named else items)]


def rows_of_object(one: dict[str, Any]) -> Found:
    """Return the rows of a table written as one object, as pandas and web services write it; the object itself if it is a row.

    >>> rows_of_object({"x": [1, 2], "y": [3, 4]}).rows
    [{'x': 1, 'y': 3}, {'x': 2, 'y': 4}]
    >>> rows_of_object({"x": {"0": 1, "1": 2}, "y": {"0": 3, "1": 4}}).rows
    [{'x': 1, 'y': 3}, {'x': 2, 'y': 4}]
    >>> rows_of_object({"columns": ["x"], "index": [0, 1], "data": [[5], [6]]}).rows
    [{'x': 5}, {'x': 6}]
    >>> rows_of_object({"status": "ok", "page": {"results": [{"x": 7}]}})
    Found(rows=[{'x': 7}], held_by='page.results', left_out=('status',))
    """
    names, data = _first_list(one, NAME_KEYS), _first_list(one, ROW_KEYS)
    names = [_name_of(name) for name in names] if names is not None else None
    if isinstance(names, list) and isinstance(data, list) and _are_lists_of(data, len(names)):
        return Found([dict(zip(map(str, names), row, strict=True)) for row in data])
    if (columns := _columns(one)) is not None:
        return columns
    values = list(one.values())
    if len(values) > 1 and all(isinstance(v, dict) and v.keys() == values[0].keys() and len(v) > 1 for v in values):
        if all(key.isdecimal() for key in one):  # the keys number the rows
            return Found(values)
        if len(one) > len(values[0]) and not all(key.isdecimal() for key in values[0]):
            return Found([{ROW_KEY: key, **row} for key, row in one.items()])
        return Found([{name: column[key] for name, column in one.items()} for key in values[0]])
    path, rows = max(_lists(one), key=lambda found: len(found[1]), default=("", []))
    return Found(rows, path, _beside(one, path)) if rows else Found([one])


def _first_list(one: Mapping[str, Any], keys: Sequence[str]) -> list[Any] | None:
    """Return the first of several fields that holds a list."""
    return next((value for key in keys if isinstance(value := one.get(key), list)), None)


def _name_of(column: Any) -> str:
    """Return the name of a column, which services wrap in an object."""
    if isinstance(column, dict):
        column = next((column[key] for key in ("name", "label", "id", "field", "title") if key in column), column)
    return str(column)


def _columns(one: dict[str, Any]) -> Found | None:
    """Return the rows of an object that holds one list a column; what is no list stands beside them."""
    lists = {name: value for name, value in one.items() if isinstance(value, list) and value}
    length = len(next(iter(lists.values()), ()))
    plain = all(not isinstance(cell, dict) for value in lists.values() for cell in value)
    if not _are_lists_of(list(lists.values()), length) or not plain:
        return None
    if len(lists) < len(one) and (length < LEAST_ROWS or len(lists) < LEAST_ROWS):
        return None
    rows = [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]
    return Found(
        rows, ", ".join(lists) if len(lists) < len(one) else "", tuple(name for name in one if name not in lists)
    )


def _are_lists_of(values: list[Any], length: int) -> bool:
    return length > 0 and bool(values) and all(isinstance(v, list) and len(v) == length for v in values)


def _lists(one: Mapping[str, Any], path: str = "", deep: int = 1) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield every list of objects within an object, with the names that lead to it."""
    for name, value in one.items():
        here = f"{path}.{name}" if path else name
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            yield here, value
        elif isinstance(value, dict) and deep < DEEPEST:
            yield from _lists(value, here, deep + 1)


def _beside(one: Mapping[str, Any], path: str) -> tuple[str, ...]:
    """Return the names in an object that do not lead to a list, as far as they stand beside the names that do."""
    first, _, rest = path.partition(".")
    others = tuple(name for name in one if name != first)
    return (*others, *(f"{first}.{name}" for name in _beside(one[first], rest))) if rest else others


def flattened(rows: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
    """Return rows with the fields of objects within them as columns, and the first name made so; as given where there is none.

    >>> flattened([{"id": 1, "geo": {"lat": 2, "lon": 3}}])
    ([{'id': 1, 'geo.lat': 2, 'geo.lon': 3}], 'geo.lat')
    """
    if not any(isinstance(value, dict) for row in rows for value in row.values()):
        return list(rows), ""
    flat = [dict(_fields(row)) for row in rows]
    if len({name for row in flat for name in row}) > MOST_FIELDS:
        return list(rows), ""  # Objects whose keys are no names of fields, but of things.
    made = next((name for row, given in zip(flat, rows, strict=True) for name in row if name not in given), "")
    return flat, made


def _fields(row: Mapping[str, Any], path: str = "", deep: int = 1) -> Iterator[tuple[str, Any]]:
    for name, given in row.items():
        here, value = f"{path}.{name}" if path else name, _unwrapped(given)
        if isinstance(value, dict) and value and deep < DEEPEST:
            yield from _fields(value, here, deep + 1)
        else:
            yield here, value


def _unwrapped(value: Any) -> Any:
    """Return what a wrapper of a database holds: {"$oid": …} is its text."""
    while isinstance(value, dict) and len(value) == 1 and next(iter(value)) in WRAPPERS:
        value = next(iter(value.values()))
    return value

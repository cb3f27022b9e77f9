"""Rows grouped for the eye are reported: headings, and columns filled in the first row of a group; notes and gaps are not."""

import pandas as pd

from dldiag.core.i18n import Message
from dldiag.core.types import Column, Notice
from dldiag.data.grouped_rows import gaps_down, heading_rows


def _frame(first: list[str | None]) -> pd.DataFrame:
    return pd.DataFrame({"a": pd.Series(first, dtype=object), "n": range(len(first))})


def _gaps(frame: pd.DataFrame) -> tuple[Notice, ...]:
    columns = [Column(str(name), "text", Message(""), int(cells.isna().sum()), 0) for name, cells in frame.items()]
    return gaps_down(frame, columns)


def test_the_first_rows_of_groups_are_found():
    (found,) = _gaps(_frame(["x", None, None, "y", None, "z", None, None]))
    assert (found.code, found.columns, found.count) == ("gaps_down", ("a",), 5)


def test_gaps_that_are_none_of_groups_are_left_alone():
    assert _gaps(_frame([None, "x", None, "y", None, "z"])) == ()
    assert _gaps(_frame(["x", None, "x", None, "x", None])) == ()
    assert _gaps(_frame(["x", "y", "z", "w", None, "v"])) == ()
    assert _gaps(_frame(["x", None, None])[["a"]]) == ()


def _headings(cells: list[str]) -> list[int]:
    raw = pd.DataFrame({"town": cells, "x": ["1" if one.islower() else None for one in cells]})
    raw["y"] = raw["x"]
    frame = raw.assign(x=raw["x"].astype(float), y=raw["y"].astype(float))
    return [one.count for one in heading_rows(raw, frame)]


def test_texts_alone_in_their_rows_are_headings_unless_one_is_single_or_stands_among_the_rows_too():
    town = [f"{letter}town" for letter in "abcd"]
    assert _headings(["North", *town, "South", *town]) == [2]
    assert _headings(["North", *town, *town]) == []
    assert _headings(["North", "a", "South", "b"]) == [], "half of the rows are a table with gaps"
    assert _headings(["1", *town, "2", *town]) == [], "numbers are no headings"

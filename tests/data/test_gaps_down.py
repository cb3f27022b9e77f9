"""Columns that are filled in the first row of each group only are reported; notes and texts with gaps are not."""

import pandas as pd

from dldiag.data.gaps_down import gaps_down


def _frame(first: list[str | None]) -> pd.DataFrame:
    return pd.DataFrame({"a": pd.Series(first, dtype=object), "n": range(len(first))})


def test_the_first_rows_of_groups_are_found():
    (found,) = gaps_down(_frame(["x", None, None, "y", None, "z", None, None]))
    assert (found.code, found.columns, found.count) == ("gaps_down", ("a",), 5)


def test_gaps_that_are_none_of_groups_are_left_alone():
    assert gaps_down(_frame([None, "x", None, "y", None, "z"])) == ()
    assert gaps_down(_frame(["x", None, "x", None, "x", None])) == ()
    assert gaps_down(_frame(["x", "y", "z", "w", None, "v"])) == ()
    assert gaps_down(_frame(["x", None, None])[["a"]]) == ()

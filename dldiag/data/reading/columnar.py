"""Rows of texts -> a frame of texts, in blocks, so that Python objects never stand for the whole table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import pandas as pd
import pyarrow as pa

BLOCK_CELLS = 2_000_000


def table_of(rows: Iterable[Sequence[str | None]], width: int) -> pa.Table:
    """Return a table of strings with columns "0", "1" …; None is an absent cell."""
    names = [str(j) for j in range(width)]
    blocks, iterator = [], iter(rows)
    while block := list(islice(iterator, max(1, BLOCK_CELLS // max(1, width)))):
        arrays = [pa.array(column, pa.large_string()) for column in zip(*block, strict=True)]
        blocks.append(pa.Table.from_arrays(arrays, names=names))
    if not blocks:
        return pa.Table.from_arrays([pa.array([], pa.large_string()) for _ in names], names=names)
    return pa.concat_tables(blocks)


def frame_of(table: pa.Table, names: Sequence[str]) -> pd.DataFrame:
    """Return a pandas frame of str columns; absent cells are missing (isna)."""
    table = table.combine_chunks() if table.num_columns < table.num_rows else table
    frame: pd.DataFrame = table.to_pandas(
        types_mapper={pa.large_string(): pd.StringDtype("pyarrow", na_value=float("nan"))}.get
    )
    frame.columns = pd.Index(list(names), dtype="str")
    return frame

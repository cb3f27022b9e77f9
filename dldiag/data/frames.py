"""A pandas table as the bytes of an Arrow file, so that one reader reads everything."""

from __future__ import annotations

import io
from collections.abc import Hashable

import numpy as np
import pandas as pd
import pyarrow as pa

NAME = "DataFrame"  # what a table is called that has no file


def arrow_file_of(frame: pd.DataFrame) -> bytes:
    """Return a table's columns as an Arrow file; its index is left out.

    Cells that are no numbers, dates or texts, or of several types in one column, become their texts.
    """
    columns = [_array(frame.iloc[:, j]) for j in range(frame.shape[1])]
    table = pa.Table.from_arrays(columns, names=[_name(label) for label in frame.columns])
    out = io.BytesIO()
    with pa.ipc.new_file(out, table.schema) as file:
        file.write_table(table)
    return out.getvalue()


def _array(column: pd.Series) -> pa.Array:
    dense = pd.Series(np.asarray(column)) if isinstance(column.dtype, pd.SparseDtype) else column
    try:
        return pa.array(dense, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        missing = dense.isna().to_numpy()
        return pa.array([None if gap else str(cell) for cell, gap in zip(dense, missing, strict=True)], pa.string())


def _name(label: Hashable) -> str:
    return " ".join(map(str, label)) if isinstance(label, tuple) else str(label)

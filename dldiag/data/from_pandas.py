"""A pandas table as the bytes of an Arrow file, so that one reader reads everything."""

from __future__ import annotations

import io
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

NAME = "DataFrame"  # Name of a table that comes from no file.


def as_frame(table: Any) -> Any:
    """Return a table of another library, such as polars or pyarrow, as one of pandas; anything else as it is."""
    return table.to_pandas() if hasattr(table, "to_pandas") else table


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
    dtype = column.dtype.categories.dtype if isinstance(column.dtype, pd.CategoricalDtype) else column.dtype
    dense = next((plain(column) for kind, plain in _PLAIN if isinstance(dtype, kind)), column)
    try:
        return pa.array(dense, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        missing = dense.isna().to_numpy()
        return pa.array([None if gap else str(cell) for cell, gap in zip(dense, missing, strict=True)], pa.string())


def _duration(cells: pd.Series) -> pd.Series:
    """Return time spans as texts, 1:30:00, which are read as hours."""
    seconds = cells.astype("timedelta64[us]").dt.total_seconds()
    return seconds.map(_clock, na_action="ignore").astype(object)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(abs(seconds), 60)
    return f"{'-' * (seconds < 0)}{int(minutes // 60)}:{int(minutes % 60):02}:{rest:09.6f}"


# Conversions for types that Arrow cannot write as text, or only with loss.
_PLAIN: tuple[tuple[type, Callable[[pd.Series], pd.Series]], ...] = (
    (pd.SparseDtype, lambda cells: pd.Series(np.asarray(cells))),
    (pd.IntervalDtype, lambda cells: cells.astype(object).map(str, na_action="ignore")),
    (pd.PeriodDtype, lambda cells: cells.astype(object).map(pd.Period.to_timestamp, na_action="ignore")),
    (np.dtypes.TimeDelta64DType, _duration),
)


def _name(label: Hashable) -> str:
    return " ".join(map(str, label)) if isinstance(label, tuple) else str(label)

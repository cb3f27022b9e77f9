"""Tables made for tests: raw texts to a typed table without a file."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from dldiag.core.types import Kind, ReadPlan, Table
from dldiag.data.io import RawTable
from dldiag.data.read_table import table_of


def table(
    kinds: Mapping[str, Kind] | None = None, plan: ReadPlan | None = None, /, **columns: Sequence[object]
) -> Table:
    """Return a table of the given columns; None is a cell that the file does not have, other values become texts."""
    frame = pd.DataFrame({name: pd.Series(_texts(cells), dtype=object) for name, cells in columns.items()})
    return table_of(
        RawTable(tuple(frame.columns), frame, plan or ReadPlan(), (), len(frame), "made", "made"), kinds=kinds
    )


def frame_table(frame: pd.DataFrame) -> Table:
    """Return a typed table of a frame's values as texts."""
    return table(None, None, **{str(name): frame[name].tolist() for name in frame.columns})


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def _texts(cells: Sequence[object]) -> list[str | None]:
    return [None if cell is None else str(cell) for cell in cells]

"""How much a file may ask of this machine, as settings."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dldiag.core.params import param
from dldiag.core.types import ReadPlan

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds on what is read; beyond one of them a file is refused in plain words or its rows are sampled."""

    max_bytes: int = param(2048 * MIB, "Largest file", "Bytes of a file that are taken into memory.", low=1)
    max_text_bytes: int = param(
        400 * MIB, "Largest text", "Bytes of text kept; of a larger file on disk rows are drawn.", low=1
    )
    max_unpacked_bytes: int = param(
        1024 * MIB, "Largest unpacked file", "Bytes that a compressed file may unpack to.", low=1
    )
    max_ratio: int = param(1000, "Highest compression", "Unpacked bytes per packed byte, above 10 MiB.", low=2)
    max_cell_chars: int = param(10 * MIB, "Longest cell", "Characters in one cell.", low=1)
    max_columns: int = param(20_000, "Most columns", "Columns of one table.", low=1)
    max_rows: int = param(5_000_000, "Most rows", "Rows kept; from more rows a random sample is drawn.", low=1)
    max_cells: int = param(
        100_000_000, "Most cells", "Cells kept; from more cells a random sample of rows is drawn.", low=1
    )
    large_text_bytes: int = param(
        128 * MIB, "Large text", "Bytes of a file of text on disk from which it is read in parts.", low=1
    )
    max_large_rows: int = param(
        250_000, "Most rows of a large file", "Rows kept of a file that is read in parts, drawn at random.", low=1
    )
    max_reader_bytes: int = param(
        4096 * MIB, "Most memory of a reader", "Bytes that reading a Parquet, Feather or Excel file may take.", low=MIB
    )
    max_reader_seconds: float = param(
        300.0, "Most time of a reader", "Processor seconds that reading such a file may take.", low=0.1
    )
    seed: int = param(0, "Seed", "Of the draw when rows are sampled.", low=0, high=2**31 - 1)


@dataclass(frozen=True)
class Sampling:
    """How rows of a large file are drawn: how many, in proportion to the values of which column, in which whole groups."""

    rows: int | None = None
    target: str = ""
    group: str = ""


def sampled_by(plan: ReadPlan, limits: Limits) -> Limits:
    """Return the limits with no more rows than the plan keeps."""
    return limits if plan.max_rows is None else replace(limits, max_rows=min(limits.max_rows, plan.max_rows))


def most_rows(columns: int, limits: Limits) -> int:
    """Return how many rows of this many columns are kept."""
    return max(1, min(limits.max_rows, limits.max_cells // max(1, columns)))


def most_large_rows(columns: int, limits: Limits, sampling: Sampling) -> int:
    """Return how many rows of a file that is read in parts are kept."""
    return max(1, min(sampling.rows or limits.max_large_rows, most_rows(columns, limits)))


def drawn_rows(rows: int, most: int, seed: int) -> NDArray[np.int64] | None:
    """Return the sorted indices of the rows that are kept; None when all are."""
    if rows <= most:
        return None
    return np.sort(np.random.default_rng(seed).choice(rows, size=most, replace=False))

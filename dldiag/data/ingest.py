"""Bytes to a Table: read the raw texts, then type the columns."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from dldiag.data.columns import type_columns
from dldiag.data.fingerprint import with_choices
from dldiag.data.frames import NAME, arrow_file_of
from dldiag.data.reading import RawTable, read
from dldiag.types import Kind, ReadPlan, Table


def read_table(
    source: str | Path | bytes | pd.DataFrame,
    *,
    name: str = "",
    plan: ReadPlan | None = None,
    kinds: Mapping[str, Kind] | None = None,
    **choices: Any,
) -> Table:
    """Read a file (a path or its bytes), or a DataFrame, and type its columns.

    `plan` or single `choices` (delimiter, encoding, decimal …) decide by hand what would be detected; `kinds` sets the
    kind of columns by name. Raises DataError when nothing can be read.
    """
    if isinstance(source, pd.DataFrame):
        source, name = arrow_file_of(source), name or NAME
    return table_of(read(source, name=name, plan=plan, **choices), kinds=kinds)


def table_of(raw: RawTable, *, kinds: Mapping[str, Kind] | None = None) -> Table:
    """Type the columns of a raw table."""
    frame, columns, notices = type_columns(raw.frame, raw.plan, kinds=kinds, declared=raw.typed)
    return Table(
        raw.name,
        frame,
        columns,
        raw.plan,
        with_choices(raw.fingerprint, kinds or {}),
        raw.notices + notices,
        raw.rows_in_file,
        raw.frame,
    )

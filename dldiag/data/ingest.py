"""Bytes to a Table: read the raw texts, then type the columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from dldiag.data.columns import type_columns
from dldiag.data.fingerprint import with_choices
from dldiag.data.frames import NAME, arrow_file_of
from dldiag.data.reading import RawTable, read
from dldiag.data.remarks import REMARKS
from dldiag.data.totals import total_rows
from dldiag.types import Kind, ReadPlan, Table

ANSWERS = ("decimal", "thousands")  # reading choices that answer a question about the marks of numbers
OPEN_MARKS = ("open_point", "open_comma", "open_thousands")  # these questions


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
    if plan is None:
        # Which spellings are missing is decided column by column; those in a plan were given by hand and hold everywhere.
        choices.setdefault("missing", ("",))
    if isinstance(source, pd.DataFrame):
        source, name = arrow_file_of(source), name or NAME
    table = table_of(read(source, name=name, plan=plan, **choices), kinds=kinds)
    if choices.keys().isdisjoint(ANSWERS):
        return table
    return replace(table, notices=tuple(one for one in table.notices if one.code not in OPEN_MARKS))


def table_of(raw: RawTable, *, kinds: Mapping[str, Kind] | None = None) -> Table:
    """Type the columns of a raw table; what is told of marks and spellings column by column is not told of the file."""
    frame, columns, notices = type_columns(raw.frame, raw.plan, kinds=kinds, declared=raw.typed)
    told = tuple(one for one in raw.notices if one.code not in (*REMARKS, "ambiguous_thousands"))
    return Table(
        raw.name,
        frame,
        columns,
        raw.plan,
        with_choices(raw.fingerprint, kinds or {}),
        told + total_rows(raw.frame, frame) + notices,
        raw.rows_in_file,
        raw.frame,
    )

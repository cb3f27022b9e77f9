"""Bytes to a Table: read the raw texts, then type the columns."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, Any

import pandas as pd

from dldiag.core.i18n import Message
from dldiag.core.types import DataError, Kind, ReadPlan, Table
from dldiag.data.fingerprint import with_choices
from dldiag.data.from_pandas import NAME, arrow_file_of, as_frame
from dldiag.data.grouped_rows import gaps_down, heading_rows
from dldiag.data.io import RawTable, Sampling, read
from dldiag.data.total_rows import summary_rows, total_rows
from dldiag.data.typing.columns import type_columns
from dldiag.data.typing.notices import REMARKS

_ANSWERS = ("decimal", "thousands")  # Reading choices that settle an open question about the marks of numbers.
OPEN_MARKS = ("open_point", "open_comma", "open_thousands")  # The notices that ask such a question.


def read_table(
    source: str | Path | bytes | IO[Any] | pd.DataFrame,
    *,
    name: str = "",
    plan: ReadPlan | None = None,
    kinds: Mapping[str, Kind] | None = None,
    sampling: Sampling = Sampling(),  # noqa: B008 — frozen
    **choices: Any,
) -> Table:
    """Read a file (a path, its bytes, or an open file), a folder of Parquet files, or a DataFrame, and type its columns.

    `plan` or single `choices` (delimiter, encoding, decimal …) decide by hand what would be detected; `kinds` sets the
    kind of columns by name. Of a file that is larger than is read at once rows are drawn as `sampling` says. Raises DataError when nothing can be read.
    """
    source = as_frame(source)
    own = isinstance(source, pd.DataFrame)  # These bytes are made here, so they can be trusted.
    if isinstance(source, pd.DataFrame):
        source, name = arrow_file_of(source), name or NAME
    opened = partial(read, _path_or_bytes(source), name=name, trusted=own, sampling=sampling)
    return read_as_chosen(opened, plan, kinds, choices)


def read_as_chosen(
    opened: Callable[..., RawTable], plan: ReadPlan | None, kinds: Mapping[str, Kind] | None, choices: Mapping[str, Any]
) -> Table:
    """Read an opened file by what was chosen by hand, and leave out the questions that the choices answer.

    Which spellings are missing is decided column by column; those in a plan were given by hand and hold everywhere.
    """
    usual = {} if plan is not None else {"missing": ("",)}
    with _without_collector():
        table = table_of(opened(plan=plan, **{**usual, **choices}), kinds=kinds)
    if choices.keys().isdisjoint(_ANSWERS):
        return table
    return replace(table, notices=tuple(one for one in table.notices if one.code not in OPEN_MARKS))


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep Python from looking for cycles meanwhile: a pass over all that was imported takes longer than 20 MB are parsed in."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _path_or_bytes(source: Any) -> str | Path | bytes:
    """Read an open file to its end; DataError for a text that is the table itself, TypeError for anything else."""
    if hasattr(source, "read") and not isinstance(source, Path):
        content = source.read()
        return content.encode() if isinstance(content, str) else bytes(content)
    if isinstance(source, str) and "\n" in source:
        raise DataError(
            Message("This text is the table itself, not the path of a file."),
            Message("Give its bytes: read_table(text.encode())."),
        )
    if not isinstance(source, str | Path | bytes | bytearray | memoryview):
        what = type(source).__name__
        raise TypeError(f"read_table takes a path, bytes, an open file or a pandas DataFrame, not a {what}.")
    return bytes(source) if isinstance(source, bytearray | memoryview) else source


def table_of(raw: RawTable, *, kinds: Mapping[str, Kind] | None = None) -> Table:
    """Type the columns of a raw table; marks and spellings reported by column are not reported again for the file."""
    frame, columns, notices, total_at = type_columns(raw.frame, raw.plan, kinds=kinds, declared=raw.typed)
    kept = tuple(one for one in raw.notices if one.code not in (*REMARKS, "ambiguous_thousands"))
    return Table(
        raw.name,
        frame,
        columns,
        raw.plan,
        with_choices(raw.fingerprint, kinds or {}),
        kept
        + total_rows(raw.frame, frame, total_at)
        + summary_rows(raw.frame)
        + heading_rows(raw.frame, frame)
        + gaps_down(frame, columns)
        + notices,
        raw.rows_in_file,
        raw.frame,
        raw.totals,
    )

"""Append a second file whose rows are of the kind that the model must work on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from dldiag.core.i18n import Message
from dldiag.core.types import Column, DataError, Notice, Table
from dldiag.data.fingerprint import with_choices
from dldiag.data.from_pandas import arrow_file_of
from dldiag.data.io import RawTable, read
from dldiag.data.new_rows import (
    examples_of,
    notice_words,
    settled_reading,
    type_like,
    with_words,
    without_unknown_na,
)
from dldiag.data.read_table import read_table, table_of

FROM_FILE = "#file"  # The column that says from which file a row comes; it is never a feature.
SECOND = "second"  # The value of that column for rows of the second file.


def with_second_file(
    table: Table | pd.DataFrame,
    source: str | Path | bytes | pd.DataFrame,
    *,
    name: str = "",
    read_raw: Callable[..., RawTable] = read,
) -> Table:
    """Read a second file, or a DataFrame, and put its rows below a table's, each row marked in the column FROM_FILE.

    Columns are matched by name and take the kinds of the first file, and what their texts leave open is settled as in
    the first file: decimal mark, day or month first, the words for yes. What only the second has is left out, with a
    notice. Use it with make_dataset(…, domain=(FROM_FILE, SECOND)): dev and test rows are then of the second file.
    Raises DataError when the second file lacks a column of the first, or FROM_FILE is a column already.
    """
    table = read_table(table) if isinstance(table, pd.DataFrame) else table
    source = arrow_file_of(source) if isinstance(source, pd.DataFrame) else source
    raw = read_raw(source, name=name, **settled_reading(table))
    kinds = {column.name: column.kind for column in table.columns if column.name in raw.frame}
    names = [column.name for column in table.columns]
    _check_columns(names, raw.frame)
    spelled = replace(raw, frame=_as_in_first(table, with_words(raw.frame, notice_words(table))))
    second = replace(_like_first(table, table_of(spelled, kinds=kinds), spelled), raw=raw.frame)
    marks = ["first"] * len(table.frame) + [SECOND] * len(second.frame)
    mark = Column(FROM_FILE, "category", Message("It marks the file that a row comes from."), 0, 2, ("first", SECOND))
    return replace(
        table,
        frame=pd.concat([table.frame, second.frame[names]], ignore_index=True).assign(**{FROM_FILE: marks}),
        columns=(*(_merged(column, second.column(column.name)) for column in table.columns), mark),
        fingerprint=with_choices(table.fingerprint, {"second": second.fingerprint}),
        notices=(*table.notices, *second.notices, *_left_out(names, second)),
        rows_in_file=table.rows_in_file + second.rows_in_file,
        raw=_stacked(table, second, names, marks),
    )


def _like_first(table: Table, second: Table, raw: RawTable) -> Table:
    """Return a second table whose numbers and dates are read as beside the first one's ways of writing."""
    examples = {
        name: known for name, known in examples_of(table).items() if name in raw.frame and name not in raw.typed
    }
    kinds = {name: table.column(name).kind for name in examples}
    again = type_like(raw.frame[[*examples]], examples, raw.plan, kinds=kinds)
    return replace(second, frame=second.frame.assign(**{name: again[name] for name in examples}))


def _as_in_first(table: Table, texts: pd.DataFrame) -> pd.DataFrame:
    """Return a second file's texts with NA missing in the categories where it is no value of the first."""
    categories = [column for column in table.columns if column.kind == "category"]
    return texts.assign(**{one.name: without_unknown_na(texts[one.name], one.levels) for one in categories})


def _check_columns(names: list[str], second: pd.DataFrame) -> None:
    if FROM_FILE in names:
        raise DataError(
            Message("There is a column {name} already.", {"name": FROM_FILE}),
            Message("Rename it, or join one second file only."),
        )
    lacking = [name for name in names if name not in second]
    if lacking:
        raise DataError(
            Message("The second file has no column {names}.", {"names": ", ".join(lacking[:5])}),
            Message("Both files need the same columns, the target among them."),
        )


def _merged(column: Column, other: Column) -> Column:
    levels = tuple(dict.fromkeys((*column.levels, *other.levels)))
    return replace(
        column, missing=column.missing + other.missing, distinct=max(column.distinct, len(levels)), levels=levels
    )


def _left_out(names: list[str], second: Table) -> tuple[Notice, ...]:
    extra = [column.name for column in second.columns if column.name not in names]
    if not extra:
        return ()
    text = Message(
        "{count} column is only in the second file and is left out.",
        {"count": len(extra)},
        plural="{count} columns are only in the second file and are left out.",
    )
    return (Notice("second_file_columns", text, count=len(extra), example=", ".join(extra[:5])),)


def _stacked(table: Table, second: Table, names: list[str], marks: list[str]) -> pd.DataFrame | None:
    if table.raw is None or second.raw is None:
        return None
    return pd.concat([table.raw[names], second.raw[names]], ignore_index=True).assign(**{FROM_FILE: marks})

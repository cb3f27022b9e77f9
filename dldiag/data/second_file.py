"""Two files under each other: the second holds rows of another kind, those that the model must work on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dldiag.core.i18n import Message
from dldiag.core.types import Column, DataError, Notice, Table
from dldiag.data.fingerprint import with_choices
from dldiag.data.io import read
from dldiag.data.read_table import table_of
from dldiag.data.typing.dates import read_dates
from dldiag.data.typing.distinct import as_arrow, cells_of

FROM_FILE = "#file"  # the column that says from which file a row comes; never a feature
SECOND = "second"  # its value for rows of the second file


def with_second_file(table: Table, source: str | Path | bytes, *, name: str = "") -> Table:
    """Read a second file and put its rows below a table's, each row marked in the column FROM_FILE.

    Columns are matched by name and take the kinds of the first file, and what their texts leave open is settled as in
    the first file: decimal mark, day or month first, the words for yes. What only the second has is left out, with a
    notice. Use it with make_dataset(…, domain=(FROM_FILE, SECOND)): dev and test rows are then of the second file.
    Raises DataError when the second file lacks a column of the first, or FROM_FILE is a column already.
    """
    raw = read(source, name=name, **_settled(table))
    kinds = {column.name: column.kind for column in table.columns if column.name in raw.frame}
    names = [column.name for column in table.columns]
    _check_columns(names, raw.frame)
    spelled = replace(raw, frame=_with_words_of_first(table, raw.frame))
    second = replace(table_of(spelled, kinds=kinds), raw=raw.frame)
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


def _settled(table: Table) -> dict[str, Any]:
    """Return the reading choices that make a second file's texts mean what they mean in the first."""
    plan = table.plan
    choices: dict[str, Any] = {"missing": plan.missing}
    if plan.format == "csv":  # in a typed file numbers are numbers, and no mark was settled
        choices |= {"decimal": plan.decimal, "thousands": plan.thousands}
    if plan.day_first is None and table.raw is not None:
        dates = [table.raw[column.name] for column in table.columns if column.kind == "date"]
        written = {read_dates(cells_of(as_arrow(texts)).texts).written[:3] for texts in dates} & {"dmy", "mdy"}
        return choices | ({"day_first": written == {"dmy"}} if len(written) == 1 else {})
    return choices | {"day_first": plan.day_first}


def _with_words_of_first(table: Table, texts: pd.DataFrame) -> pd.DataFrame:
    """Write yes and no as 1 and 0 where the first file has the same words: any two words may mean them there."""
    spelled = texts.copy(deep=False)
    for name in [column.name for column in table.columns if column.kind == "boolean"]:
        if table.raw is not None:
            words = dict(zip(table.raw[name].str.strip(), table.frame[name], strict=True))
            known = {word: str(int(value)) for word, value in words.items() if word and not np.isnan(value)}
            spelled[name] = texts[name].str.strip().map(lambda text, known=known: known.get(text, text))
    return spelled


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
    text = Message("{count} columns are only in the second file and are left out.", {"count": len(extra)})
    return (Notice("second_file_columns", text, count=len(extra), example=", ".join(extra[:5])),)


def _stacked(table: Table, second: Table, names: list[str], marks: list[str]) -> pd.DataFrame | None:
    if table.raw is None or second.raw is None:
        return None
    return pd.concat([table.raw[names], second.raw[names]], ignore_index=True).assign(**{FROM_FILE: marks})

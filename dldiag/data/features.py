"""Typed columns to features: what is left out and why, dates in parts, rare values of categories together."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.core.i18n import Message
from dldiag.core.types import USED_KINDS, Column, DataError, Kind, Notice, Table
from dldiag.data.encode import TEXT_FEATURES
from dldiag.data.target import has_squares
from dldiag.data.typing.columns import OTHER, with_kinds
from dldiag.data.typing.notices import first_few

MAX_FEATURES = 5_000  # Features beyond this number are left out.
MAX_CELLS = 500_000_000  # An encoded matrix with more cells would take over 4 GB in 64 bits.

SINCE_FIRST = "days since the first"  # The one date part that depends on the other rows.
DATE_PART = "A part of the date {name}."  # Why the features contain a column that the table does not have.
DATE_PARTS: dict[str, Callable[[pd.Series], pd.Series]] = {
    "year": lambda dates: dates.dt.year,
    "month": lambda dates: dates.dt.month,
    "day of month": lambda dates: dates.dt.day,
    "day of week": lambda dates: dates.dt.day_of_week,
    "hour": lambda dates: dates.dt.hour + dates.dt.minute / 60,
    SINCE_FIRST: lambda dates: (dates - dates.min()).dt.total_seconds() / 86_400,
}

LEFT_OUT: dict[Kind, Message] = {
    "identifier": Message("Not used (ID columns): {columns}."),
    "constant": Message("Not used (the same value in every row): {columns}."),
    "empty": Message("Not used (no values): {columns}."),
}


@dataclass(frozen=True, eq=False)
class Features:
    """The features: the frame X with its columns, and the columns that were left out."""

    X: pd.DataFrame
    columns: tuple[Column, ...]
    notices: tuple[Notice, ...]
    aside: pd.DataFrame


def features_of(table: Table, rows: NDArray[np.int64], left_out: Collection[str], target: str) -> Features:
    """Return the features of these rows; DataError when no column is left."""
    table = _numbers_when_alone(table, left_out)
    asked = [column for column in table.columns if column.name not in left_out]
    frame = table.frame.iloc[rows].reset_index(drop=True)
    judged = [_judged(column, frame[column.name]) for column in asked]
    extreme = [c.name for c in judged if c.kind == "number" and not _can_be_computed_with(frame[c.name])]
    used = [column for column in judged if column.kind in USED_KINDS and column.name not in extreme]
    parts = [part for column in used for part in _expanded(column, frame[column.name])]
    kept, dropped = _not_too_many(parts)
    if not kept:
        raise _nothing_left(table, judged)
    in_use = {column.name for column in used} | {target}
    aside = [column.name for column in table.columns if column.name not in in_use]
    return Features(
        pd.DataFrame({column.name: values for column, values in kept}, copy=False),
        tuple(column for column, _ in kept),
        (*_left_out_notices(judged), *_extreme_notice(extreme), *_date_notice(used), *_merged_notice(kept), *dropped),
        frame[aside],
    )


def _numbers_when_alone(table: Table, left_out: Collection[str]) -> Table:
    """Use whole numbers that look like identifiers as numbers when there is nothing else to learn from."""
    asked = [column for column in table.columns if column.name not in left_out]
    if any(column.kind in USED_KINDS for column in asked) or table.raw is None:
        return table
    running: dict[str, Kind] = {c.name: "number" for c in asked if c.origin == "running_number"}
    return with_kinds(table, running) if running else table


def _judged(column: Column, values: pd.Series) -> Column:
    """Look at a column again on the rows that are used: it may hold only one value there."""
    if column.kind not in USED_KINDS:
        return column
    cells = values.to_numpy()  # A Series takes five times as long to say the same, which counts in a wide table.
    if pd.isna(cells[0]):
        return replace(column, kind="empty") if pd.isna(cells).all() else column
    return replace(column, kind="constant") if bool((cells == cells[0]).all()) else column


def _expanded(column: Column, values: pd.Series) -> list[tuple[Column, pd.Series]]:
    if column.kind == "date":
        return _date_parts(column, values)
    if column.kind == "category" and column.levels and column.levels[-1] == OTHER:
        merged = values.where(values.isin(column.levels) | values.isna(), OTHER)
        return [(column, merged)]
    return [(column, values)]


def _date_parts(column: Column, dates: pd.Series) -> list[tuple[Column, pd.Series]]:
    """Return the parts of a date that vary, as columns of numbers."""
    why = Message(DATE_PART, {"name": column.name})
    parts = []
    for part, of in DATE_PARTS.items():
        values = of(dates).astype(float)
        if values.nunique() > 1:
            missing, distinct = int(values.isna().sum()), int(values.nunique())
            name = f"{column.name} ({part})"
            parts.append((Column(name, "number", why, missing, distinct, made_of=column.name), values))
    return parts


def source_of(column: Column) -> str:
    """Return the name of the table's column that a feature was made of: a date for its parts, else its own."""
    return column.made_of or column.name


FeatureParts = list[tuple[Column, pd.Series]]


def _not_too_many(parts: FeatureParts) -> tuple[FeatureParts, tuple[Notice, ...]]:
    """Keep the columns with the fewest missing values (the first of equals); the target is not looked at."""
    most = min(MAX_FEATURES, MAX_CELLS // max(1, len(parts[0][1]))) if parts else 0
    order = sorted(range(len(parts)), key=lambda i: (parts[i][0].missing, i))
    taken = np.cumsum([_width(*parts[i]) for i in order]) <= most
    if taken.all():
        return parts, ()
    kept = [parts[i] for i in sorted(np.array(order)[taken].tolist())]
    count = len(parts) - len(kept)
    text = (
        "{count:,} of {columns:,} columns were left out, those with the most missing values or furthest to the right."
    )
    values = {"count": count, "columns": len(parts)}
    hint = Message("Leave columns out by hand to choose which.")
    return kept, (Notice("too_many_columns", Message(text, values), count, hint=hint),)


def _width(column: Column, values: pd.Series) -> int:
    """Return how many columns of the matrix a feature becomes (see `matrix`)."""
    if column.kind == "category":
        return max(1, len(column.levels))
    return TEXT_FEATURES if column.kind == "text" else 1 + bool(pd.isna(values.to_numpy()).any())


def _left_out_notices(columns: list[Column]) -> list[Notice]:
    notices = []
    for kind, text in LEFT_OUT.items():
        names = [column.name for column in columns if column.kind == kind]
        if names:
            notices.append(
                Notice(
                    f"left_out_{kind}",
                    text.filled(columns=first_few(names)),
                    len(names),
                    names[0],
                    None,
                    tuple(names),
                )
            )
    return notices


def _can_be_computed_with(values: pd.Series) -> bool:
    present = values.to_numpy(dtype=float)
    present = present[np.isfinite(present)]
    return not len(present) or has_squares(present)


def _extreme_notice(names: list[str]) -> list[Notice]:
    text = "Left out because their values are too large or too close together to be squared in 64 bits: {columns}."
    hint = Message("Write them in another unit, so that their values are nearer to 1.")
    values = {"columns": first_few(names)}
    return (
        [Notice("left_out_extreme", Message(text, values), len(names), names[0], hint, tuple(names))] if names else []
    )


def _date_notice(columns: list[Column]) -> list[Notice]:
    names = [column.name for column in columns if column.kind == "date"]
    text = "Dates were taken apart into year, month, day, weekday, hour and days passed, where these vary: {columns}."
    return (
        [Notice("dates_in_parts", Message(text, {"columns": first_few(names)}), len(names), names[0])] if names else []
    )


def _merged_notice(kept: FeatureParts) -> list[Notice]:
    names = [column.name for column, _ in kept if column.kind == "category" and column.levels[-1:] == (OTHER,)]
    text = "Only the most frequent values are told apart in {columns}; the others were taken together."
    return (
        [Notice("levels_merged", Message(text, {"columns": first_few(names)}), len(names), names[0])] if names else []
    )


def _nothing_left(table: Table, judged: list[Column]) -> DataError:
    reasons = [notice.message for notice in _left_out_notices(judged)]
    together = reduce(lambda one, other: Message("{one} {other}", {"one": one, "other": other}), reasons, Message(""))
    return DataError(
        Message("No column is left to learn from in {name}. {reasons}", {"name": table.name, "reasons": together}),
        Message("Set the kind of a column by hand, or add columns that describe the rows."),
    )

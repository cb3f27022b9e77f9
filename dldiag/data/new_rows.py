"""Read new rows like the dataset's own: same reading choices, kinds and features as the first file."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from dldiag.core.i18n import Message
from dldiag.core.types import Column, DataError, ReadPlan, RowRecipe, Rows, Table
from dldiag.data.encode import FeatureLayout
from dldiag.data.features import DATE_PARTS, SINCE_FIRST, source_of
from dldiag.data.from_pandas import arrow_file_of, as_frame
from dldiag.data.io import read
from dldiag.data.typing.columns import OTHER, type_columns
from dldiag.data.typing.dates import read_dates
from dldiag.data.typing.distinct import as_arrow, as_chunks, cells_of
from dldiag.data.typing.not_available import NOT_AVAILABLE

Words = Mapping[str, Mapping[str, float]]  # Each column maps a text to the 0 or 1 that it stands for.
_MOST_NAMES = 5  # An error names this many lacking columns.
_DIGITS = re.compile(r"\d+")
_MOST_TEXTS = 10_000  # Different texts of a column that are looked at, the commonest ones.
_MOST_WAYS = 40  # Texts are kept of this many ways of writing a column.


def recipe_of(table: Table, rows: Rows, columns: Sequence[Column], log_shift: float | None) -> RowRecipe:
    """Return the choices by which new rows are read like these rows of a table; columns: the features made of it."""
    kinds = {source_of(column): "date" if column.made_of else column.kind for column in columns}
    dates = [name for name, kind in kinds.items() if kind == "date"]
    first = {name: table.frame[name].iloc[rows].min().isoformat() for name in dates}
    return RowRecipe(
        kinds, settled_reading(table), notice_words(table, kinds), first, log_shift, examples_of(table, kinds)
    )


def settled_reading(table: Table) -> dict[str, Any]:
    """Return the reading choices by which the texts of another file are read as in this one."""
    plan = table.plan
    choices: dict[str, Any] = {"missing": plan.missing}
    if plan.format == "csv":  # In a typed file numbers are numbers, and no mark had to be settled.
        choices |= {"decimal": plan.decimal, "thousands": plan.thousands}
    if plan.day_first is None and table.raw is not None:
        dates = [table.raw[column.name] for column in table.columns if column.kind == "date"]
        written = {read_dates(cells_of(as_arrow(texts)).texts).written[:3] for texts in dates} & {"dmy", "mdy"}
        return choices | ({"day_first": written == {"dmy"}} if len(written) == 1 else {})
    return choices | {"day_first": plan.day_first}


def notice_words(table: Table, names: Collection[str] | None = None) -> Words:
    """Return the words of the table's yes/no columns: any two words may mean yes and no there."""
    if table.raw is None:
        return {}
    asked = [c.name for c in table.columns if c.kind == "boolean" and (names is None or c.name in names)]
    return {name: _words(table.raw[name], table.frame[name]) for name in asked}


def _words(texts: pd.Series, values: pd.Series) -> dict[str, float]:
    first = texts.drop_duplicates().index
    pairs = zip(texts[first].str.strip(), values[first], strict=True)
    return {word: float(value) for word, value in pairs if word and not np.isnan(value)}


def examples_of(table: Table, names: Collection[str] | None = None) -> dict[str, tuple[str, ...]]:
    """Return a text of each way of writing, the commonest first, for the number and date columns that a notice is about.

    A column's scale depends on its texts: 45 min are 0.75 beside 2 h and 45 without hours, 40 is 0.4 beside 77%.
    """
    if table.raw is None:
        return {}
    in_notices = {name for one in table.notices for name in one.columns}
    asked = [c.name for c in table.columns if c.kind in ("number", "date") and (names is None or c.name in names)]
    return {name: _ways_of_writing(table.raw[name], table.frame[name]) for name in asked if name in in_notices}


def _ways_of_writing(texts: pd.Series, values: pd.Series) -> tuple[str, ...]:
    cells = cells_of(as_chunks(texts))
    was_read = np.zeros(cells.distinct, dtype=bool)
    was_read[cells.codes[(cells.codes >= 0) & values.notna().to_numpy()]] = True
    commonest = np.argsort(-cells.counts * was_read, kind="stable")[:_MOST_TEXTS]
    known = cells.texts.take(pa.array(commonest[was_read[commonest]])).to_pylist()
    ways = {_DIGITS.sub("0", text): text for text in reversed(known)}
    return tuple(ways.values())[::-1][:_MOST_WAYS]


def type_like(
    texts: pd.DataFrame, examples: Mapping[str, tuple[str, ...]], plan: ReadPlan, **choices: Any
) -> pd.DataFrame:
    """Type columns of texts as beside these examples of a first file; choices: arguments of type_columns."""
    shown = {name: known for name, known in examples.items() if name in texts}
    above = max(map(len, shown.values()), default=0)
    if not above:
        return type_columns(texts, plan, **choices)[0]
    padded: dict[str, list[str | None]] = {str(name): [None] * above for name in texts}
    for name, known in shown.items():
        padded[name][: len(known)] = known
    head = pd.DataFrame(padded, dtype=object)
    both = pd.concat([head, texts.astype(object)], ignore_index=True)
    return type_columns(both, plan, **choices)[0].iloc[above:].reset_index(drop=True)


def with_words(texts: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Write yes and no as 1 and 0 where the first file has the same words."""
    spelled = texts.copy(deep=False)
    for name, known in words.items():
        spelled[name] = texts[name].str.strip().map(lambda text, known=known: _one_or_zero(text, known))
    return spelled


def _one_or_zero(text: Any, known: Mapping[str, float]) -> Any:
    return str(int(known[text])) if text in known else text


# --- typed rows ---------------------------------------------------------------------------------------------------


def typed_rows(recipe: RowRecipe, layouts: Sequence[FeatureLayout], source: Any) -> pd.DataFrame:
    """Return new rows as the features of the dataset, one for each row of the source.

    source: a DataFrame, a table of read_table, or a file (path, bytes, or open). DataError where a column is missing.
    """
    frame = _typed_columns(recipe, source)
    return pd.DataFrame({one.name: _feature(one, frame[one.source], recipe) for one in layouts}, copy=False)


def _typed_columns(recipe: RowRecipe, source: Any) -> pd.DataFrame:
    texts, plan, declared = _texts(recipe, source)
    if not len(texts):
        raise DataError(Message("There are no rows here to predict for."), Message("Give at least one row."))
    lacking = [name for name in recipe.kinds if name not in texts]
    if lacking:
        raise DataError(
            Message("These rows lack {names}.", {"names": ", ".join(lacking[:_MOST_NAMES])}),
            Message("They need the columns that the model was trained on, by the same names."),
        )
    spelled = with_words(texts[list(recipe.kinds)], recipe.words)
    untyped = {name: known for name, known in (recipe.examples or {}).items() if name not in declared}
    return type_like(spelled, untyped, plan, kinds=recipe.kinds, declared=declared)


def _texts(recipe: RowRecipe, source: Any) -> tuple[pd.DataFrame, ReadPlan, Mapping[str, str]]:
    """Return the cell texts, how they are read, and what a typed file says of its columns."""
    if isinstance(source, Table) and source.raw is not None:
        return source.raw, source.plan, {}
    source = as_frame(source)
    raw = read(_as_bytes(source), trusted=isinstance(source, pd.DataFrame), **recipe.reading)
    return raw.frame, raw.plan, raw.typed


def _as_bytes(source: Any) -> Any:
    if isinstance(source, pd.DataFrame):
        return arrow_file_of(source)
    if hasattr(source, "read") and not isinstance(source, Path):
        return source.read()
    if not isinstance(source, str | Path | bytes):
        what = type(source).__name__
        raise TypeError(f"new rows are a DataFrame, a table of read_table, or a file (path or bytes), not a {what}.")
    return source


def _feature(layout: FeatureLayout, values: pd.Series, recipe: RowRecipe) -> pd.Series:
    if layout.source in recipe.first_dates and layout.kind == "number":
        return _date_part(layout, values, pd.Timestamp(recipe.first_dates[layout.source]))
    if layout.kind != "category":
        return values
    known = without_unknown_na(values.where(values.isin(layout.levels), values.map(_without_point)), layout.levels)
    if layout.levels[-1:] == (OTHER,):
        return known.where(known.isin(layout.levels) | known.isna(), OTHER)
    return known


def without_unknown_na(texts: pd.Series, levels: Collection[str]) -> pd.Series:
    """Return texts with NA missing where it is none of a column's values: it was missing there when these were learned."""
    unknown = texts.str.lower().isin(NOT_AVAILABLE) & ~texts.isin(levels)
    return texts.mask(unknown, None) if unknown.any() else texts


def _without_point(text: Any) -> Any:
    """Return a whole number as a file has it: pandas writes 1 as 1.0 in a column with gaps."""
    return text.removesuffix(".0") if isinstance(text, str) else text


def _date_part(layout: FeatureLayout, dates: pd.Series, first: pd.Timestamp) -> pd.Series:
    part = layout.name.removeprefix(f"{layout.source} (").removesuffix(")")
    if part == SINCE_FIRST:
        return (dates - first).dt.total_seconds() / 86_400
    return DATE_PARTS[part](dates).astype(float)

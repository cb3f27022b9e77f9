"""Raw texts to typed columns: the kind of each with its evidence, its values, and what was noticed on the way.

In the frame, numbers and booleans are float64 (NaN missing), dates datetime64[us] (NaT missing), and categories, free
text and identifiers are objects: str, or None where missing, trimmed but otherwise as they stand in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dldiag.core.i18n import Message
from dldiag.core.types import Column, DataError, Kind, Notice, ReadPlan, Table
from dldiag.data.fingerprint import with_choices
from dldiag.data.typing.column_facts import Facts, facts_of, is_named_like_identifier, names_date_or_row
from dldiag.data.typing.column_remarks import (
    damaged,
    days_of_spreadsheets,
    doubts,
    letters_of_yes,
    marks_of_numbers,
    mostly,
    other_calendar,
    remark_on,
    remarks_on_labels,
    spelled,
    times_in_digits,
    yes_or_nothing,
)
from dldiag.data.typing.dates import from_numbers
from dldiag.data.typing.distinct import Cells, as_chunks, cells_of
from dldiag.data.typing.kinds import (
    MAX_LEVELS,
    READ_AS_NUMBERS,
    RUNNING,
    decide_kind,
)
from dldiag.data.typing.missing import date_sentinel
from dldiag.data.typing.not_available import missing_elsewhere, names_not_available
from dldiag.data.typing.notices import REMARKS, Remark, notices_of
from dldiag.data.typing.numeric_fast import COUNTED_ROWS, Plain, counts_rows, plain_column, reads_oddly
from dldiag.data.typing.total_names import rows_of_totals
from dldiag.data.typing.yes_no import boolean_values

OTHER = "(other)"
_EXAMPLE_ROWS = 1_000  # Most words for yes and no are met in so many rows.
_EXAMPLES = 20  # Examples are taken from this many first cells.
_OF_VALUES, _OF_TEXTS = ("number", "date", "boolean"), ("category", "text", "identifier")
_OF_NUMBERS = ("number", "boolean")
LARGE_BYTES = 4 << 20  # Behind a column of more bytes what was taken for its different texts is given back at once.
BY_HAND = "by_hand"  # The origin of a kind that a person chose.
_CHOSEN = Message("Chosen by hand.")


@dataclass(frozen=True, eq=False)
class Typed:
    """One typed column: its description, its values by row, and what was noticed."""

    column: Column
    values: NDArray[Any]
    remarks: tuple[Remark, ...] = ()
    has_not_available: bool = False  # Whether NA stands among its texts.
    # The rows whose cells name a total.
    total_at: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


class TypedColumns(NamedTuple):
    """The typed frame, its columns, the notices about them, and, by column, the rows whose cells name a total."""

    frame: pd.DataFrame
    columns: tuple[Column, ...]
    notices: tuple[Notice, ...]
    total_at: Mapping[str, NDArray[np.int64]]


def type_columns(
    raw: pd.DataFrame,
    plan: ReadPlan,
    *,
    kinds: Mapping[str, Kind] | None = None,
    declared: Mapping[str, str] | None = None,
) -> TypedColumns:
    """Type the columns of a frame of raw cell texts (str/None).

    `kinds` are kinds chosen by hand, by column name; `declared` what a typed file format says about a column.
    """
    chosen, declared_kinds = dict(kinds or {}), dict(declared or {})
    check_names(chosen, list(raw.columns))
    typed = _without_elsewhere(_typed(raw, plan, chosen, declared_kinds), raw, plan, chosen)
    rows = pd.RangeIndex(len(raw))
    values = {one.column.name: pd.Series(one.values, rows, dtype=one.values.dtype, copy=False) for one in typed}
    frame = pd.DataFrame(values, index=rows, copy=False)
    remarks = [remark for one in typed for remark in one.remarks]
    total_at = {one.column.name: one.total_at for one in typed}
    return TypedColumns(frame, tuple(one.column for one in typed), notices_of(remarks), total_at)


def _typed(raw: pd.DataFrame, plan: ReadPlan, chosen: Mapping[str, Kind], declared: Mapping[str, str]) -> list[Typed]:
    """Type the columns one by one, those of most bytes first: what is made on the way takes most memory for these."""
    names, arrays = list(map(str, raw.columns)), list(_arrays(raw))
    found: dict[int, Typed] = {}
    for j in sorted(range(len(names)), key=lambda j: -arrays[j].nbytes):
        found[j] = _typed_column(names[j], j, arrays[j], plan, chosen.get(names[j]), declared.get(names[j], ""))
        if arrays[j].nbytes > LARGE_BYTES:
            pa.default_memory_pool().release_unused()
    return [found[j] for j in range(len(names))]


def _typed_column(
    name: str, position: int, texts: pa.ChunkedArray, plan: ReadPlan, kind: Kind | None, declared: str
) -> Typed:
    usual = plan.decimal == "." and not plan.thousands and not set(plan.missing) - {""}
    if kind is None and _numbers_rows(name, position, texts):
        return _running_column(name, texts)
    may_be_plain = usual and kind is None and not names_date_or_row(name)
    plain = plain_column(texts) if may_be_plain and not reads_oddly(texts) else None
    if plain is not None:
        return _plain_column(name, texts, plain)
    return type_column(name, position, texts, plan, kind, declared)


def _without_elsewhere(
    typed: list[Typed], raw: pd.DataFrame, plan: ReadPlan, chosen: Mapping[str, Kind]
) -> list[Typed]:
    """Read NA as missing in columns of texts where other columns of the file say that it is."""
    if set(plan.missing) - {""}:
        return typed
    asked = [j for j, one in enumerate(typed) if one.has_not_available and one.column.name not in chosen]
    remarks = [remark for one in typed if one.column.kind in _OF_VALUES for remark in one.remarks]
    found = missing_elsewhere({j: cells_of(as_chunks(raw.iloc[:, j])) for j in asked}, remarks)
    return [_without(one, j, raw, plan, found[j]) if j in found else one for j, one in enumerate(typed)]


def _without(one: Typed, position: int, raw: pd.DataFrame, plan: ReadPlan, elsewhere: Remark) -> Typed:
    """Return a column of texts read again without the spellings of a remark."""
    spellings = tuple(remark for remark in one.remarks if remark.code == "missing_spellings")
    plan = replace(plan, missing=("", *elsewhere.examples))
    again = type_column(one.column.name, position, as_chunks(raw.iloc[:, position]), plan)
    others = tuple(remark for remark in again.remarks if remark.code != "missing_spellings")
    return replace(again, remarks=(*spellings, *others, replace(elsewhere, column=one.column.name)))


def _arrays(raw: pd.DataFrame) -> Iterator[pa.ChunkedArray]:
    """Yield the columns one by one."""
    return (as_chunks(texts) for _, texts in raw.items())


def _plain_column(name: str, texts: pa.ChunkedArray, plain: Plain) -> Typed:
    why = Message(READ_AS_NUMBERS, {"share": 1.0})
    examples = tuple(dict.fromkeys(text for text in texts.slice(0, _EXAMPLES).to_pylist() if text))[:3]
    missing = int(np.isnan(plain.values).sum())
    return Typed(Column(name, "number", why, missing, plain.distinct, (), examples, "numbers"), plain.values)


def _numbers_rows(name: str, position: int, texts: pa.ChunkedArray) -> bool:
    """Whether a long column counts its rows in order, as `kinds` would find after a much longer look."""
    named = position == 0 or is_named_like_identifier(name)
    return named and len(texts) >= COUNTED_ROWS and counts_rows(texts)


def _running_column(name: str, texts: pa.ChunkedArray) -> Typed:
    why, examples = Message(RUNNING, {"rows": len(texts)}), tuple(texts.slice(0, 3).to_pylist())
    column = Column(name, "identifier", why, 0, len(texts), (), examples, "running_number")
    return Typed(column, texts.to_numpy())


def with_kinds(table: Table, kinds: Mapping[str, Kind]) -> Table:
    """Return the table with some columns read as another kind, from the raw texts it keeps."""
    check_names(kinds, [column.name for column in table.columns])
    if table.raw is None:
        raise DataError(Message("This table no longer holds its cell texts, so a column's kind cannot be changed."))
    names = _read_again(table, kinds)
    by_hand = {c.name: c.kind for c in table.columns if c.origin == BY_HAND and c.name in names}
    frame, columns, notices, _ = type_columns(table.raw[names], table.plan, kinds=by_hand | dict(kinds))
    whole = table.frame.copy(deep=False)
    for name in kinds:
        whole[name] = frame[name]
    by_name = {column.name: column for column in columns if column.name in kinds}
    told_anew = REMARKS if len(names) == len(table.columns) else {}
    kept = [one for one in table.notices if one.code not in told_anew and not _about(one, names)]
    return replace(
        table,
        frame=whole,
        columns=tuple(by_name.get(column.name, column) for column in table.columns),
        notices=(*kept, *notices),
        fingerprint=with_choices(table.fingerprint, kinds),
    )


def _read_again(table: Table, kinds: Mapping[str, Kind]) -> list[str]:
    """Return the columns whose notices must be made again: those with another kind, or all where a notice is shared."""
    changed = [column.name for column in table.columns if column.name in kinds]
    shared = [one.columns for one in table.notices if one.code in REMARKS and not _about(one, changed)]
    if any(name in columns for columns in shared for name in changed):
        return [column.name for column in table.columns]
    return changed


def check_names(names: Mapping[str, Any] | Sequence[str], columns: Sequence[str]) -> None:
    """Raise DataError for a name that is not a column, with the nearest names."""
    for name in names:
        if name not in columns:
            raise unknown_column(name, columns)


def unknown_column(name: str, columns: Sequence[str]) -> DataError:
    """Return the error for a column that is not there."""
    near = get_close_matches(name, columns, n=3, cutoff=0.5)
    near += [one for one in columns if one.lower() == name.lower() and one not in near]
    hint = (
        Message("Nearest names: {names}.", {"names": ", ".join(near)})
        if near
        else Message("Its columns are: {names}.", {"names": ", ".join(columns[:20])})
    )
    return DataError(Message("There is no column {name} in this table.", {"name": repr(name)}), hint)


def type_column(
    name: str, position: int, texts: pa.ChunkedArray, plan: ReadPlan, kind: Kind | None = None, declared: str = ""
) -> Typed:
    """Read one column of raw texts: decide its kind (or take the given one) and return its values."""
    cells = cells_of(texts)
    facts = facts_of(name, position, cells, plan, declared)
    decided, origin, why = decide_kind(facts) if kind is None else (kind, BY_HAND, _CHOSEN)
    values, remarks = _READERS[decided](facts)
    missing, levels, examples = (
        _count_missing(facts, decided, values),
        _levels(facts, decided, values),
        facts.cells.examples(),
    )
    column = Column(name, decided, why, missing, facts.cells.distinct, levels, examples, origin)
    remarks += [
        *spelled(facts, decided),
        *damaged(facts),
        *mostly(facts, origin),
        *remarks_on_labels(facts, decided, origin),
    ]
    remarks += [*other_calendar(facts, decided), *yes_or_nothing(facts, origin)]
    remarks += letters_of_yes(facts, decided)
    remarks += [*times_in_digits(facts, decided), *days_of_spreadsheets(facts, decided)]
    has_not_available = decided in _OF_TEXTS and names_not_available(facts.cells.texts.filter(pa.array(facts.doubtful)))
    total_at = rows_of_totals(cells, only_if_last=decided in _OF_NUMBERS)
    return Typed(column, values, tuple(remarks), has_not_available, total_at)


def _count_missing(facts: Facts, kind: Kind, values: NDArray[Any]) -> int:
    """Return how many cells of a column are missing; texts are known without a look at each."""
    if values.dtype != object:
        return int(pd.isna(values).sum())
    return facts.cells.rows - (0 if kind == "empty" else facts.cells.present)


def levels_of(cells: Cells) -> tuple[str, ...]:
    """Return the distinct texts, most frequent first and then by text; the rare ones beyond the cap as OTHER."""
    by_count = pa.table({"count": cells.counts, "text": cells.texts})
    order = pc.select_k_unstable(by_count, MAX_LEVELS, [("count", "descending"), ("text", "ascending")])
    texts = tuple(cells.texts.take(order).to_pylist())
    return texts if cells.distinct <= MAX_LEVELS else (*texts[: MAX_LEVELS - 1], OTHER)


def _levels(facts: Facts, kind: Kind, values: NDArray[Any]) -> tuple[str, ...]:
    if kind == "boolean":
        return _words_for_no_and_yes(facts, values)
    return levels_of(facts.cells) if kind == "category" else ()


def _words_for_no_and_yes(facts: Facts, values: NDArray[Any]) -> tuple[str, str]:
    """Return how the column most often writes 0 and 1; the digit itself where it never does."""
    cells = facts.cells
    meant = np.full(cells.distinct + 1, np.nan)
    for codes in (cells.codes[:_EXAMPLE_ROWS], cells.codes):
        meant[codes] = values[: len(codes)]  # What an empty cell means is written behind what the texts mean.
        if not np.isnan(meant[:-1]).any():
            break
    by_count = np.argsort(-cells.counts, kind="stable")
    words = [next((cells.texts[int(i)].as_py() for i in by_count if meant[i] == one), str(one)) for one in (0, 1)]
    return words[0], words[1]


Read = tuple[NDArray[Any], list[Remark]]


def _as_texts(facts: Facts) -> Read:
    texts = facts.cells.texts.to_numpy(zero_copy_only=False)
    return facts.cells.spread(texts, None), []


def _as_nothing(facts: Facts) -> Read:
    return np.full(facts.cells.rows, None, dtype=object), []


def _as_category(facts: Facts) -> Read:
    values, _ = _as_texts(facts)
    kept = facts.doubtful
    return values, [remark_on("kept_spellings", facts, facts.cells, kept)] if kept.any() else []


def _as_numbers(facts: Facts) -> Read:
    cells, numbers = facts.solid, facts.numbers
    remarks = [*marks_of_numbers(facts), *doubts(facts)]
    for code, mask in (("unread", ~numbers.read), ("not_finite", numbers.infinite)):
        if mask.any():
            remarks.append(remark_on(code, facts, cells, mask))
    return cells.spread(numbers.values, np.nan), remarks


def _as_booleans(facts: Facts) -> Read:
    cells = facts.solid
    values = boolean_values(cells.texts)
    if np.isnan(values).all() and cells.distinct == 2:
        values = np.argsort(np.argsort(cells.texts.to_pylist())).astype(float)
    if np.isnan(values).all() and cells.present:
        raise DataError(
            Message("The column {name} cannot be read as yes/no.", {"name": facts.name}),
            Message("It holds values such as {examples}.", {"examples": ", ".join(cells.examples())}),
        )
    unread = np.isnan(values)
    remarks = [remark_on("unread", facts, cells, unread)] if unread.any() else []
    if cells.distinct - unread.sum() > 2:
        remarks.append(remark_on("merged_boolean", facts, cells, ~unread, shown=8))
    return cells.spread(values, np.nan), remarks


def _as_dates(facts: Facts) -> Read:
    cells, dates = facts.solid, facts.dates_by_hand
    if not dates.read.any() and facts.numbers.read.any():
        dates = from_numbers(facts.numbers.values)
    unread = ~dates.read
    remarks = [remark_on("unread", facts, cells, unread)] if unread.any() else []
    doubts = {
        "open_date": dates.ambiguous,
        "short_years": dates.short_years,
        "buddhist_years": dates.calendar == "buddhist",
        "minguo_years": dates.calendar == "minguo",
        "mixed_dates": dates.is_mixed,
        "epochs": dates.written == "epoch",
        "mixed_offsets": dates.on_utc and not dates.some_bare,
        "bare_times": dates.some_bare,
    }
    remarks += [remark_on(code, facts, cells, dates.read) for code, is_so in doubts.items() if is_so]
    stray = date_sentinel(cells, dates.values)
    remarks += [remark_on("sentinel", facts, cells, dates.values == stray)] if stray is not None else []
    return cells.spread(dates.values, np.datetime64("NaT", "us")), remarks


_READERS: dict[Kind, Callable[[Facts], Read]] = {
    "number": _as_numbers,
    "boolean": _as_booleans,
    "date": _as_dates,
    "category": _as_category,
    "text": _as_texts,
    "identifier": _as_texts,
    "constant": _as_texts,
    "empty": _as_nothing,
}


def _about(notice: Notice, names: Sequence[str]) -> bool:
    """Whether a notice about columns speaks of these alone."""
    return notice.code in REMARKS and set(notice.columns) <= set(names)

"""The nouns of data: a table, a dataset, how its rows are split, and what can be wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.core.i18n import Message

Task = Literal["classification", "regression"]
# rate is a share of rows; sd is divided by the target's std; score is 1 − a score of at most 1; loss and cost are per row.
ErrorUnit = Literal["rate", "sd", "score", "loss", "cost"]
Kind = Literal["number", "category", "boolean", "date", "text", "identifier", "constant", "empty"]
Outcome = Literal["fired", "passed", "undecided", "not_applicable", "could_not_run", "suppressed", "muted"]
Level = Literal["data", "training", "bias_variance", "process"]
Column_ = Literal["training", "bias", "variance", "data"]
TrialVerdict = Literal["helped", "helped_little", "hurt", "no_effect", "undecided"]
Answer = Literal["yes", "no", "undecided", "unknown"]

Array = NDArray[Any]
Floats = NDArray[np.float64]
Rows = NDArray[np.int64]  # Indices of rows.
Change = Mapping[str, Any]  # New settings by parameter name.
ShouldStop = Callable[[], bool] | None  # Long computations call this often; True ends them with Stopped.

USED_KINDS: tuple[Kind, ...] = ("number", "category", "boolean", "date", "text")


def error_unit(task: Task) -> ErrorUnit:
    """Return the unit that errors of a task are in."""
    return "rate" if task == "classification" else "sd"


class DataError(ValueError):
    """The data cannot be used as asked; `message` says what is wrong, `hint` what to do."""

    def __init__(self, message: Message | str, hint: Message | str = "") -> None:
        self.message = message if isinstance(message, Message) else Message(message)
        self.hint = hint if isinstance(hint, Message) else Message(hint)
        super().__init__(str(self.message))

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class Stopped(Exception):
    """Raised by a long computation when its `should_stop` returns True."""


@dataclass(frozen=True)
class Notice:
    """Something that was repaired, dropped, set aside or noticed on the way in, with a count and an example."""

    code: str
    message: Message
    count: int = 0
    example: str = ""
    hint: Message | None = None
    columns: tuple[str, ...] = ()  # The columns the notice is about; empty means the whole file.


@dataclass(frozen=True)
class Column:
    """One column of a table: its kind, why it was taken for that, and how its texts are to be read."""

    name: str
    kind: Kind
    why: Message
    missing: int = 0
    distinct: int = 0
    levels: tuple[str, ...] = ()  # The values of a category, most frequent first; how a boolean writes 0 and 1.
    examples: tuple[str, ...] = ()
    origin: str = ""  # The rule that decided the kind (a row of `kinds.KINDS`, or by_hand); `why` says it in words.
    made_of: str = ""  # The table column a feature was made from; empty means the feature is that column.


@dataclass(frozen=True)
class ReadPlan:
    """What was decided about a file before it is read strictly; plain JSON, shown, editable, kept in the report."""

    format: str = "csv"  # One of csv, parquet, feather, excel, jsonl.
    compression: str = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    header_row: int | None = 0  # Line index of the header in the decoded text; None means no header.
    first_row: int = 1  # Line index of the first data line.
    footer_rows: int = 0
    missing: tuple[str, ...] = ("",)
    decimal: str = "."
    thousands: str = ""
    sheet: str = ""
    member: str = ""  # The file inside an archive.
    header_rows: int = 1  # Number of header lines whose names are joined.
    skip_space: bool = False  # Blanks after a delimiter belong to the delimiter.
    max_rows: int | None = None  # Rows kept by sampling; None keeps all.
    day_first: bool | None = None  # True reads 03/04/2024 as 3 April; None lets the column decide.


@dataclass(frozen=True)
class ColumnTotals:
    """Counts of one column over all rows of a file. low, high: range of its numbers; values: rows of each value, if few."""

    name: str
    missing: int = 0
    low: float | None = None
    high: float | None = None
    values: Mapping[str, int] | None = None


@dataclass(frozen=True)
class FileTotals:
    """Counts over all rows of a file, for a table that holds only some of them.

    repeated: rows that are equal to an earlier one, by a hash of 64 bits; is_exact: whether each was counted, or a random
    part of all hashes. uncounted: rows that could not be cut into cells, so that `columns` leaves them out.
    """

    rows: int
    repeated: int
    columns: tuple[ColumnTotals, ...] = ()
    is_exact: bool = True
    uncounted: int = 0
    drawn_by: str = ""  # The column whose groups were drawn whole.

    def column(self, name: str) -> ColumnTotals | None:
        """Return the totals of a column, where it was counted."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, eq=False)
class Table:
    """A table as read: typed columns beside the raw texts that they came from.

    `frame` has one pandas column per name: float64 for numbers and booleans, str/None for everything else, datetime64
    for dates. `fingerprint` is the sha256 of the bytes plus the plan: the identity of the data everywhere.
    """

    name: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    plan: ReadPlan
    fingerprint: str
    notices: tuple[Notice, ...] = ()
    rows_in_file: int = 0
    raw: pd.DataFrame | None = None  # The cell texts, kept so that a column's kind can be changed by hand.
    totals: FileTotals | None = None  # Counts over the whole file, if only some of its rows are here.

    def __repr__(self) -> str:
        """Return the table in one line: printed whole, it would fill a screen."""
        return f"<Table {self.name!r}: {len(self.frame):,} rows × {len(self.columns):,} columns>"

    def column(self, name: str) -> Column:
        """Return the column of this name; KeyError when there is none."""
        return {c.name: c for c in self.columns}[name]


@dataclass(frozen=True)
class RowRecipe:
    """Choices made when the first file was read, so that new rows are read the same way.

    kinds: kind of each column that features are made of. reading: choices that the texts leave open. words: for each yes/no
    column, the texts and what they stand for. first_dates: for each date column, the day from which days are counted (ISO).
    log_shift: what was added to the target before taking its logarithm; None if it was not taken. examples: for each number
    or date column that was written in several ways or with marks, a text of each way; "45 min" is read as hours beside "2 h".
    """

    kinds: Mapping[str, Kind]
    reading: Mapping[str, Any]
    words: Mapping[str, Mapping[str, float]]
    first_dates: Mapping[str, str]
    log_shift: float | None = None
    examples: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, eq=False)
class Dataset:
    """Rows ready to learn from: features X (typed frame), target y, and how they may be split.

    y holds class indices 0…K−1 (classification) or float64 values (regression), never missing.
    """

    name: str
    X: pd.DataFrame
    y: NDArray[Any]
    task: Task
    target: str
    columns: tuple[Column, ...]  # The columns of X, in order.
    classes: tuple[str, ...] = ()
    fingerprint: str = ""
    notices: tuple[Notice, ...] = ()
    groups: NDArray[Any] | None = None  # Rows of one group stay on one side of every split.
    times: NDArray[Any] | None = None  # Sortable; dev and test rows come after training rows.
    domain: NDArray[Any] | None = None  # True for rows from the distribution that dev and test must match.
    plan: ReadPlan | None = None
    # Identifier and group columns, left out of X but used by the checks before training.
    aside: pd.DataFrame | None = None
    given: pd.DataFrame | None = None  # The caller's frame, for estimators that handle categories themselves.
    choices: Mapping[str, Any] = field(default_factory=dict)  # What make_dataset was given, and kinds set by hand.
    recipe: RowRecipe | None = None
    totals: FileTotals | None = None  # Counts over the whole file, if only some of its rows are here.

    def __post_init__(self) -> None:
        if len(self.X) != len(self.y):
            raise ValueError(f"X has {len(self.X)} rows and y has {len(self.y)}")
        if self.task == "classification" and len(self.classes) < 2:
            raise DataError(
                Message("The target {target} has only one class.", {"target": self.target}),
                Message("There is nothing to learn from one class; pick another target or add rows of another class."),
            )

    def __repr__(self) -> str:
        """Return the dataset in one line: printed whole, it would fill a screen."""
        kind = f"{self.task}, {len(self.classes):,} classes" if self.classes else self.task
        size = f"{len(self.X):,} rows × {self.X.shape[1]:,} features"
        return f"<Dataset {self.name!r}: {size}, target {self.target!r} ({kind})>"

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.y)

    @property
    def unit(self) -> ErrorUnit:
        """The unit of every error, as `error_unit` of its task."""
        return error_unit(self.task)


@dataclass(frozen=True, eq=False)
class Clusters:
    """Rows that are not independent: one label per row, of its group or of the row it copies."""

    labels: NDArray[np.int64]
    are_copies: bool

    def of(self, rows: NDArray[np.int64]) -> Clusters:
        """Return the clusters of some rows."""
        return Clusters(self.labels[rows], self.are_copies)


@dataclass(frozen=True, eq=False)
class Repeat:
    """One repeat: an order of training rows, of which every size is a prefix, and the dev rows that go with it."""

    train_rows: NDArray[np.int64]
    dev_rows: NDArray[np.int64]
    seed: int
    # Held-out rows from the training distribution, where the dev rows come from another.
    training_dev_rows: NDArray[np.int64] | None = None

    def __repr__(self) -> str:
        """Return the repeat in one line."""
        return f"<Repeat: {len(self.train_rows):,} training rows, {len(self.dev_rows):,} dev rows, seed {self.seed}>"


@dataclass(frozen=True, eq=False)
class Split:
    """Row indices: the sealed test rows, and the repeats drawn from the others."""

    test_rows: NDArray[np.int64]
    repeats: tuple[Repeat, ...]
    method: str  # One of random, copies_together, group, time, given.
    clusters: Clusters | None = None  # Clusters of all rows of the dataset; None treats rows as independent.
    selection_repeats: int = 0  # A search selects on these last repeats; the others measure.

    def __repr__(self) -> str:
        """Return the split in one line."""
        rows = f"{self.n_train:,} training, {self.n_dev:,} dev and {len(self.test_rows):,} test rows"
        return f"<Split ({self.method}): {rows}, {len(self.repeats)} repeats>"

    @property
    def n_train(self) -> int:
        """Training rows at full size (the least over repeats that measure)."""
        return min(len(r.train_rows) for r in self.measuring)

    @property
    def n_dev(self) -> int:
        """Dev rows of one repeat (the least over repeats that measure)."""
        return min(len(r.dev_rows) for r in self.measuring)

    @property
    def measuring(self) -> tuple[Repeat, ...]:
        """The repeats that no search chooses by."""
        return self.repeats[: len(self.repeats) - self.selection_repeats]

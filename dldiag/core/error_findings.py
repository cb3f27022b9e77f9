"""Where a model is wrong, as numbers that survive JSON: slices, label suspects, importance; never a row's values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dldiag.core.estimate import Estimate
from dldiag.core.i18n import Message

Op = Literal["==", "<=", ">", "missing"]


@dataclass(frozen=True)
class Condition:
    """One condition on one column: a category, a bound, or a missing value (then `value` is None)."""

    column: str
    op: Op
    value: float | str | None = None


@dataclass(frozen=True)
class Slice:
    """Rows that meet every condition of a rule, found on one half of the rows and measured on the other.

    rows, share_of_rows: of all rows. share_of_error: of all error, at most what repairing the slice can gain. ceiling:
    the same in the error unit. error, rest: inside and outside. confirmed: worse than the rest on the rows that did not
    find it, at 5% for all slices together.
    """

    rule: tuple[Condition, ...]
    rows: int
    share_of_rows: float
    share_of_error: float
    error: Estimate
    rest: Estimate
    ceiling: Estimate
    confirmed: bool


@dataclass(frozen=True)
class LabelTrial:
    """The model trained without the suspects, against training without as many random rows; negative is better.

    change: dev error without the suspects − dev error with all rows. against_random: − dev error without random rows.
    relabelled: dev error with the suspects' labels replaced by what the model expects − dev error with all rows.
    """

    change: Estimate
    against_random: Estimate
    dropped: float  # Share of the training rows that was left out.
    repeats: int
    verdict: Literal["wrong_labels", "no_effect", "hurt", "undecided"]
    relabelled: Estimate | None = None


@dataclass(frozen=True)
class LabelSuspects:
    """Rows whose label contradicts an out-of-sample prediction, as a share of the rows; `tried` is what dropping them did.

    error_without: the dev error when these rows do not judge; what is measured if all of their labels are wrong.
    """

    share: Estimate
    rows: int
    tried: LabelTrial | None = None
    error_without: Estimate | None = None


@dataclass(frozen=True)
class ColumnImportance:
    """How much the error rises when a column, or a group of correlated ones, is shuffled among the dev rows."""

    column: str
    increase: Estimate
    columns: tuple[str, ...] = ()  # All columns of the group; `column` is the first.


@dataclass(frozen=True)
class PartialDependence:
    """The mean prediction for the dev rows when a column has a value in all of them (Friedman 2001).

    values: rounded quantiles of the column, or its most frequent categories. predictions: in the target's own unit, or the
    probability of the class `label`.
    """

    column: str
    values: tuple[float | str, ...]
    predictions: tuple[float, ...]
    label: str = ""


@dataclass(frozen=True)
class ErrorDecomposition:
    """The mean loss over repeats split into bias and variance (Domingos 2000; Hastie et al. for squared error).

    always, sometimes: shares of the rows judged more than once that are wrong every time, or only in some repeats; None
    for a numeric target.
    """

    loss: float
    bias: float
    variance: float
    rows: int
    repeats: float  # Mean number of predictions per row.
    always: Estimate | None = None
    sometimes: Estimate | None = None


@dataclass(frozen=True)
class TagCount:
    """A category a person gave wrong rows: how many of those looked at have it, its share, and the most that fixing it gains."""

    tag: str
    rows: int
    share: Estimate
    ceiling: Estimate


@dataclass(frozen=True)
class ErrorFindings:
    """What an error analysis found. `empty` says, by the name of a section, why it has nothing to show.

    unknown: predictions that are no label of the target; they count as wrong. left_out: rows given without a target or a
    prediction. spread: the standard deviation of a numeric target whose predictions were given, in its own unit.
    """

    rows: int
    unit: str
    error: Estimate
    slices: tuple[Slice, ...] = ()
    suspects: LabelSuspects | None = None
    importance: tuple[ColumnImportance, ...] = ()
    dependence: tuple[PartialDependence, ...] = ()
    decomposition: ErrorDecomposition | None = None
    tags: tuple[TagCount, ...] = ()
    empty: Mapping[str, Message] = field(default_factory=dict)
    unknown: int = 0
    left_out: int = 0
    spread: float | None = None

    def __repr__(self) -> str:
        """Return what was found in one line."""
        return (
            f"<ErrorFindings: {self.rows:,} rows, error {self.error.brief()}, {len(self.confirmed)} confirmed slices>"
        )

    @property
    def confirmed(self) -> tuple[Slice, ...]:
        """The slices that are worse than the rest on rows that did not find them."""
        return tuple(part for part in self.slices if part.confirmed)

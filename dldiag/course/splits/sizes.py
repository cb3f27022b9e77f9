"""How many rows the dev and test sets of a table need, and what each way of splitting it can show."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from dldiag.core.i18n import Message, Value, tr
from dldiag.core.params import param
from dldiag.core.statistics import NONE_SEEN, Z_95
from dldiag.core.types import Dataset
from dldiag.data.split import held_out_share

# In rows; a smaller held-out set means nothing, so the course advises cross-validation.
FEWEST_ROWS_TO_SPLIT = 100

# With fewer rows no normal formula holds (a rule of thumb of statistics courses).
LEAST_DEV_ROWS = 30

_SHARES = (
    (0.6, 0.2, 0.2),  # This is the classic advice, for up to tens of thousands of rows.
    (0.8, 0.1, 0.1),
    (0.9, 0.05, 0.05),
    (0.98, 0.01, 0.01),  # The course advises this around a million rows.
    (0.995, 0.0025, 0.0025),  # The course advises this for more.
)


# Up to this many rows the notes advise these shares; from 10,000 to a million they say nothing, so the nearer advice holds.
NOTES = (
    (100_000, _SHARES[0]),
    (3_000_000, _SHARES[3]),
    (math.inf, _SHARES[4]),
)


@dataclass(frozen=True)
class SplitOption:
    """One way to cut a table in three, and the half-width of the 95% interval that its dev set gives."""

    train_share: float
    dev_share: float
    test_share: float
    train_rows: int
    dev_rows: int
    test_rows: int
    half_width: float
    enough: bool


@dataclass(frozen=True)
class SplitAdvice:
    """What each way of splitting this table can show; `advised` is the place of the best option, None below 100 rows."""

    rows: int
    error: float
    difference: float
    unit: str
    rows_needed: int
    options: tuple[SplitOption, ...]
    advised: int | None


def half_width(error: float, rows: int, unit: str = "rate", spread: float | None = None) -> float:
    """Return the half-width of the 95% interval of an error measured on `rows` rows.

    For a rate, 1.96·sqrt(E(1−E)/n), the normal approximation of the binomial, and never below 3/n, what rows without an
    error leave possible (rule of three). For an RMSE in units of std(y), 1.96·E/sqrt(2n): the standard error of a
    standard deviation of normal residuals. spread: of one row's influence on the error, measured, in place of these.

    >>> round(half_width(0.1, 864), 3), half_width(0.0, 300)
    (0.02, 0.01)
    """
    if not rows:
        return math.inf
    return max(Z_95 * _spread_of(error, unit, spread) / math.sqrt(rows), _LEAST.get(unit, 0.0) / rows)


def rows_to_see(error: float, difference: float, unit: str = "rate", spread: float | None = None) -> int:
    """Return the fewest rows whose 95% interval is no wider than `difference` to each side, at least LEAST_DEV_ROWS.

    >>> rows_to_see(0.1, 0.01), rows_to_see(0.1, 0.05), rows_to_see(0.0, 0.01)
    (3458, 139, 300)
    """
    normal = (Z_95 * _spread_of(error, unit, spread) / difference) ** 2
    unseen = _LEAST.get(unit, 0.0) / difference
    return max(LEAST_DEV_ROWS, math.ceil(normal), math.ceil(unseen))


def advise_split(
    rows: int, error: float, difference: float, unit: str = "rate", spread: float | None = None
) -> SplitAdvice:
    """Say how to split a table of `rows` rows so that its dev set tells an error to ± `difference`.

    Of the splits whose dev set is large enough the one that leaves most rows to train on is advised, and 60/20/20 when
    none is. spread: see `half_width`.
    """
    needed = rows_to_see(error, difference, unit, spread)
    options = tuple(
        _option(rows, shares, difference, partial(half_width, error, unit=unit, spread=spread)) for shares in _SHARES
    )
    enough = [place for place, option in enumerate(options) if option.enough]
    advised = None if rows < FEWEST_ROWS_TO_SPLIT else max(enough, default=0)
    return SplitAdvice(rows, error, difference, unit, needed, options, advised)


def notes_split(rows: int) -> tuple[float, float, float]:
    """Return the split that the notes give for a table of this many rows.

    >>> notes_split(5000), notes_split(1_000_000), notes_split(10**8)
    ((0.6, 0.2, 0.2), (0.98, 0.01, 0.01), (0.995, 0.0025, 0.0025))
    """
    return next(shares for most, shares in NOTES if rows <= most)


def describe_split_advice(advice: SplitAdvice) -> Message:
    """Say whether this table can show the difference at all, and how to split it."""
    if advice.advised is None:
        return Message(
            "Your table has {rows:,} rows. Below {least} rows no held-out set is large enough: use cross-validation, where every row is a dev row once.",
            {"rows": advice.rows, "least": FEWEST_ROWS_TO_SPLIT},
        )
    best = advice.options[advice.advised]
    values: dict[str, Value] = {"rows": advice.rows, "needed": advice.rows_needed, "unit": advice.unit}
    values |= {"difference": advice.difference, "error": advice.error}
    values |= {"split": split_name(best), "dev": best.dev_rows, "h": best.half_width}
    if best.enough:
        return Message(
            "To know an error of {error:error} to ± {difference:gap} takes {needed:,} dev rows. Of your {rows:,} rows, {split} gives {dev:,} (± {h:gap}) and leaves the most rows to train on.",
            values,
        )
    return Message(
        "To know an error of {error:error} to ± {difference:gap} takes {needed:,} dev rows. Of your {rows:,} rows even {split} gives only {dev:,} (± {h:gap}): use repeated splits, or more rows.",
        values,
    )


def material_to_use(advice: SplitAdvice, dataset: Dataset) -> dict[str, float]:
    """Return the difference as the one that matters in the diagnosis; empty unless a dev set of this table shows it."""
    shown = advice.advised is not None and advice.options[advice.advised].enough
    return {"material": advice.difference} if shown and advice.rows == dataset.n_rows else {}


def split_rows(advice: SplitAdvice) -> tuple[dict[str, str], ...]:
    """Return the options as rows of texts: rows of each set, the interval of the dev set, and which one is advised."""
    return tuple(
        {
            tr("Split"): split_name(option),
            tr("Training rows"): f"{option.train_rows:,}",
            tr("Dev rows"): f"{option.dev_rows:,}",
            tr("Test rows"): f"{option.test_rows:,}",
            tr("Dev error known to"): known_to(option, advice.unit),
            tr("Enough"): tr("yes") if option.enough else tr("no"),
            tr("Advised"): "✓" if place == advice.advised else "",
        }
        for place, option in enumerate(advice.options)
    )


# Rows of the tables that are compared.
SIZES_COMPARED = (1_000, 5_000, 10_000, 20_000, 50_000, 100_000, 1_000_000, 10_000_000)


def notes_and_ours(advice: SplitAdvice, spread: float | None = None) -> tuple[dict[str, str], ...]:
    """Return as rows of texts what the notes and our count of dev rows say for tables of many sizes.

    The error, and how exactly it must be known, are those of the advice.
    """
    return tuple(
        _compared_row(advise_split(rows, advice.error, advice.difference, advice.unit, spread))
        for rows in SIZES_COMPARED
    )


def _compared_row(advice: SplitAdvice) -> dict[str, str]:
    notes, best = notes_split(advice.rows), advice.options[advice.advised or 0]
    theirs, ours = "/".join(f"{100 * share:g}" for share in notes), split_name(best)
    return {
        tr("Rows"): f"{advice.rows:,}",
        tr("The notes"): theirs,
        tr("Dev rows of the notes"): f"{round(advice.rows * notes[1]):,}",
        tr("Our count"): ours,
        tr("Our dev rows"): f"{best.dev_rows:,}",
        tr("Same"): tr("yes") if theirs == ours else tr("no"),
    }


def why_ours_departs(advice: SplitAdvice) -> Message:
    """Say why our advice differs from that of the notes for large tables."""
    values: dict[str, Value] = {"error": advice.error, "difference": advice.difference, "unit": advice.unit}
    return Message(
        "To know an error of {error:error} to ± {difference:gap} takes {needed:,} dev rows, however large the table. Once a "
        "tenth of the rows is enough for that, 60/20/20 wastes rows that could be learned from. That is why we depart from the "
        "notes before they change their advice.",
        values | {"needed": advice.rows_needed},
    )


def known_to(option: SplitOption, unit: str) -> str:
    """Write how closely the dev set of a split tells an error; nothing where it is too small for any formula."""
    return tr("± {h:gap}", h=option.half_width, unit=unit) if option.dev_rows >= LEAST_DEV_ROWS else "–"


def split_name(option: SplitOption) -> str:
    """Write a split the way the course does: 60/20/20, 99.5/0.25/0.25."""
    return "/".join(f"{100 * share:g}" for share in (option.train_share, option.dev_share, option.test_share))


def _option(
    rows: int, shares: tuple[float, float, float], difference: float, known: Callable[[int], float]
) -> SplitOption:
    dev, test = round(rows * shares[1]), round(rows * shares[2])
    h = known(dev)
    return SplitOption(*shares, rows - dev - test, dev, test, h, dev >= LEAST_DEV_ROWS and h <= difference)


def _spread_of(error: float, unit: str, spread: float | None) -> float:
    return _SPREADS[unit](error) if spread is None else spread


# Standard deviation of √n × the measured error.
_SPREADS: dict[str, Callable[[float], float]] = {
    "rate": lambda error: math.sqrt(max(error * (1 - error), 0.0)),
    "sd": lambda error: error / math.sqrt(2),
}
_LEAST = {"rate": NONE_SEEN, "sd": 0.0}  # Rows × the half-width where no error was seen.


@dataclass(frozen=True)
class SplitSettings:
    """What the split must show: an error of this size, known this exactly."""

    error: float | None = param(
        None,
        "Expected error",
        "The error you expect, in the error unit; empty: what a quick linear model makes on this table.",
        kind=float,
        low=0.0,
        high=1.0,
        optional=True,
    )
    difference: float = param(
        0.01,
        "Known to ±",
        "How exactly the dev set must measure an error, in the error unit. Differences of two models on the same rows are measured more exactly.",
        low=0.0001,
        high=0.5,
    )
    rows: int | None = param(
        None, "Rows", "Empty: the rows of the table. Try a million.", kind=int, low=2, high=1_000_000_000, optional=True
    )


def set_rows() -> tuple[dict[str, str], ...]:
    """Return what each of the three sets is for, as rows of texts."""
    return (
        {
            tr("Set"): tr("training set"),
            tr("What it is for"): tr("the parameters (weights) are learned from it"),
            tr("How often it is looked at"): tr("all the time"),
        },
        {
            tr("Set"): tr("dev set"),
            tr("What it is for"): tr("hyperparameters, models and remedies are chosen by it"),
            tr("How often it is looked at"): tr("after every experiment"),
        },
        {
            tr("Set"): tr("test set"),
            tr("What it is for"): tr("the chosen model is measured on it, without bias"),
            tr("How often it is looked at"): tr("once, at the end"),
        },
    )


def this_projects_split(dataset: Dataset) -> Message:
    """Say how the diagnosis splits a table of this size."""
    share = held_out_share(dataset.n_rows)
    return Message(
        "The diagnosis sets {share:.3g}% of these {rows:,} rows aside as the sealed test set. As many are dev rows, drawn anew in every repeat.",
        {"share": 100 * share, "rows": dataset.n_rows},
    )

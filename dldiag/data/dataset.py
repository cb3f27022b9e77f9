"""Make a dataset of a table and a target: features, labels, and how its rows may be split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.core.i18n import Message, Value, tr
from dldiag.core.params import SettingError, check_choice
from dldiag.core.types import DataError, Dataset, Notice, Table
from dldiag.data.features import features_of
from dldiag.data.fingerprint import with_choices
from dldiag.data.from_pandas import as_frame
from dldiag.data.new_rows import recipe_of
from dldiag.data.read_table import read_table
from dldiag.data.target import TargetReading, read_target
from dldiag.data.typing.columns import BY_HAND, check_names

ROW_ORDER = "#row order"  # As `times`: the rows of the file are in time order.
ROW_BLOCKS = "#row blocks"  # As `groups`: neighboring rows of the file belong together.
TASKS = ("auto", "classification", "regression")
_BLOCKS = 50  # ROW_BLOCKS makes this many contiguous blocks of rows.
_CLASSES_SHOWN = 10  # A notice names this many values of the target, the most frequent first.
_LEAST_ROWS = 2  # With one row there is nothing to compare; a split needs more.


def make_dataset(  # noqa: PLR0913 — one argument for each thing that a form may ask
    table: Table | pd.DataFrame,
    target: str,
    *,
    task: str = "auto",
    groups: str | None = None,
    times: str | None = None,
    domain: tuple[str, str] | None = None,
    exclude: Sequence[str] = (),
    log_target: bool = False,
) -> Dataset:
    """Make a dataset from a table, or a DataFrame: features, target, task, and how its rows may be split.

    `task` is auto, classification or regression. `groups` names a column whose equal values stay on one side of every
    split (or ROW_BLOCKS), `times` one that orders the rows (or ROW_ORDER); `domain` is (column, value): rows with that
    value are those the model must work on. `exclude` names columns to leave out. `log_target` learns log(target), or
    log(1 + target) when it has zeros.
    Raises DataError, with a hint, for what cannot be learned from.
    """
    table = _as_table(table)
    exclude, domain = _given_names(task, exclude, domain)
    names = [column.name for column in table.columns]
    target, *exclude = (_spelled(name, names) for name in (target, *exclude))
    groups, times = (name and _spelled(name, names) for name in (groups, times))
    choices = {
        "target": target, "task": task, "groups": groups, "times": times, "domain": domain, "exclude": sorted(exclude),
        "log_target": log_target,
    }  # fmt: skip
    check_table(table)
    _check_splitting(groups, times, domain)
    _check_columns(names, target, exclude, (groups, times, domain and domain[0]))
    outcome = read_target(table, target, task, log_target)
    _check_logarithm(outcome.task, target, log_target)
    return _assembled(table, outcome, choices)


def _assembled(table: Table, outcome: TargetReading, choices: dict[str, Any]) -> Dataset:
    """Put features, target and what splits the rows together; choices: checked arguments of make_dataset."""
    target, groups, times, domain = (choices[name] for name in ("target", "groups", "times", "domain"))
    rows = outcome.rows
    left_out = {target, *choices["exclude"], *([groups] if groups else []), *([domain[0]] if domain else [])}
    features = features_of(table, rows, left_out, target)
    return Dataset(
        name=table.name,
        X=features.X,
        y=outcome.y,
        task=outcome.task,
        target=target,
        columns=features.columns,
        classes=outcome.classes,
        fingerprint=with_choices(table.fingerprint, choices),
        notices=(*table.notices, *_classes_notice(table, target), *outcome.notices, *features.notices),
        groups=None if groups is None else _groups(table, groups)[rows],
        times=None if times is None else _times(table, times)[rows],
        domain=None if domain is None else _is_value(table, domain)[rows],
        plan=table.plan,
        aside=features.aside,
        totals=table.totals,
        choices=_kept_choices(choices, table),
        recipe=recipe_of(table, rows, features.columns, outcome.log_shift),
    )


def _check_columns(names: Sequence[str], target: str, exclude: Sequence[str], splitting: Sequence[str | None]) -> None:
    """Refuse names that the table does not have, and a target that is to be left out or to decide the split."""
    deciding = [name for name in splitting if name not in (None, ROW_ORDER, ROW_BLOCKS)]
    check_names([target, *exclude, *deciding], names)
    _check_target_is_not(target, exclude, deciding)


def _kept_choices(choices: dict[str, Any], table: Table) -> dict[str, Any]:
    """Return the choices that were made, and the kinds of columns that were set by hand."""
    kinds = {column.name: column.kind for column in table.columns if column.origin == BY_HAND}
    every = {**choices, "kinds": kinds}
    return {name: value for name, value in every.items() if value}


def _classes_notice(table: Table, target: str) -> tuple[Notice, ...]:
    """Report the rows of each class in the whole file, where only some of its rows are here."""
    counted = None if table.totals is None else table.totals.column(target)
    if counted is None or not counted.values:
        return ()
    shown = sorted(counted.values.items(), key=lambda one: -one[1])[:_CLASSES_SHOWN]
    text = ", ".join(f"{name}: {count:,}" for name, count in shown)
    values: dict[str, Value] = {"target": target, "counts": text, "classes": len(counted.values)}
    message = Message("{target} in the whole file ({classes:,} values): {counts}.", values)
    return (Notice("classes_in_file", message, len(counted.values), columns=(target,)),)


def _given_names(
    task: str, exclude: Sequence[str], domain: tuple[str, str] | None
) -> tuple[Sequence[str], tuple[str, str] | None]:
    """Check the task; return the names to leave out, of which one may be given alone, and a domain whose value is a text."""
    check_choice("task", task, TASKS)
    if domain is not None and (isinstance(domain, str) or len(domain) != 2):
        raise SettingError(
            tr('domain is a column and a value, ("country", "US") for one, not {given}.', given=repr(domain))
        )
    return (exclude,) if isinstance(exclude, str) else exclude, domain and (domain[0], str(domain[1]))


def _as_table(table: Any) -> Table:
    table = as_frame(table)
    if isinstance(table, pd.DataFrame):
        return read_table(table)
    if not isinstance(table, Table):
        raise TypeError(
            f"make_dataset takes a table of read_table, or a pandas DataFrame, not a {type(table).__name__}."
        )
    return table


def _spelled(name: object, names: Sequence[str]) -> str:
    """Return a column's name as the table has it: as a text, without the blanks that reading strips."""
    text = str(name)
    return text.strip() if text not in names and text.strip() in names else text


def _check_target_is_not(target: str, exclude: Sequence[str], deciding: Sequence[str | None]) -> None:
    what = Message("leave out") if target in exclude else Message("split the rows by")
    if target in (*exclude, *deciding):
        raise DataError(
            Message("{target} is the target: it is not a column to {what}.", {"target": target, "what": what}),
            Message("Choose another column, or another target."),
        )


def _check_logarithm(task: str, target: str, log_target: bool) -> None:
    if log_target and task == "classification":
        raise DataError(
            Message("The target {target} holds classes, which have no logarithm.", {"target": target}),
            Message("Predict the classes as they are, or numbers (regression)."),
        )


def no_rows(table: Table) -> DataError:
    """Return the error for a table that has column names but no rows."""
    return DataError(
        Message("The table {name} has no rows below its header.", {"name": table.name}),
        Message("Upload a file with at least a header line and some rows."),
    )


def rows_of(dataset: Dataset, rows: NDArray[np.int64]) -> Dataset:
    """Return the dataset with only these of its rows, in this order."""

    def part(values: NDArray[Any] | None) -> NDArray[Any] | None:
        return None if values is None else values[rows]

    return replace(
        dataset, X=dataset.X.iloc[rows].reset_index(drop=True), y=dataset.y[rows],
        groups=part(dataset.groups), times=part(dataset.times), domain=part(dataset.domain),
        aside=None if dataset.aside is None else dataset.aside.iloc[rows].reset_index(drop=True),
        given=None if dataset.given is None else dataset.given.iloc[rows].reset_index(drop=True),
    )  # fmt: skip


def check_table(table: Table) -> None:
    """Raise DataError for a table that nothing can be learned from: too few rows or columns."""
    if len(table.columns) == 0 or len(table.frame) == 0:
        raise no_rows(table)
    if len(table.frame) < _LEAST_ROWS:
        raise DataError(Message("The table has one row; nothing can be learned from one row."), Message("Add rows."))
    if len(table.columns) < 2:
        raise DataError(
            Message("The table has one column, {name}.", {"name": table.columns[0].name}),
            Message("A diagnosis needs a target and at least one feature; is the delimiter right?"),
        )


def _check_splitting(groups: str | None, times: str | None, domain: tuple[str, str] | None) -> None:
    if times is not None and (groups is not None or domain is not None):
        raise DataError(
            Message(
                "Rows cannot be split by time and by {other} at once.",
                {"other": Message("group") if groups else Message("kind of rows")},
            ),
            Message("Choose the one that matches how the model will be used: on later rows, or on other groups."),
        )


def _groups(table: Table, name: str) -> NDArray[np.int64]:
    """Return a group number per row; every row without a value is a group of its own."""
    if name == ROW_BLOCKS:
        return np.arange(len(table.frame)) * _BLOCKS // len(table.frame)
    codes = pd.factorize(table.frame[name])[0].astype(np.int64)
    alone = codes < 0
    codes[alone] = codes.max(initial=-1) + 1 + np.arange(int(alone.sum()))
    return codes


def _times(table: Table, name: str) -> NDArray[np.float64]:
    """Return a sortable number per row; rows without a time come first."""
    if name == ROW_ORDER:
        return np.arange(len(table.frame), dtype=np.float64)
    values = table.frame[name]
    if values.isna().all():
        raise DataError(
            Message("The time column {name} has no values.", {"name": name}), Message("Pick another column.")
        )
    numbers = pd.to_numeric(values, errors="coerce") if values.dtype == object else values
    sortable = values if numbers.isna().sum() > values.isna().sum() else numbers
    return np.asarray(sortable.rank(method="dense", na_option="top").to_numpy(), dtype=np.float64)


def _is_value(table: Table, domain: tuple[str, str]) -> NDArray[np.bool_]:
    name, value = domain
    column = table.raw[name] if table.raw is not None else table.frame[name]
    mask = column.astype(str).str.strip().eq(value).to_numpy(dtype=bool)
    if not mask.any() or mask.all():
        raise DataError(
            Message(
                "{name} = {value} holds for {count:,} of {rows:,} rows.",
                {"name": name, "value": value, "count": int(mask.sum()), "rows": len(mask)},
            ),
            Message("Pick a value that some rows have and some do not."),
        )
    return np.asarray(mask)

"""Repairs of the data setup, one row each: offered by the checks before training, applied with one click."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dldiag.core.i18n import Message
from dldiag.core.types import Repair
from dldiag.data.dataset import ROW_BLOCKS, ROW_ORDER


@dataclass(frozen=True)
class RepairRow:
    """One repair: `choices(columns)` is what it changes in the call of make_dataset."""

    title: Message
    because: Message
    choices: Callable[[tuple[str, ...]], Mapping[str, Any]]


_REPAIRS: dict[str, RepairRow] = {
    "exclude_column": RepairRow(
        Message("Leave out {column}"),
        Message("It may give the answer away: is it known at the time of prediction?"),
        lambda columns: {"exclude": columns},
    ),
    "exclude_parts": RepairRow(
        Message("Leave out {column}"),
        Message("{formula}: are these columns known at the time of prediction?"),
        lambda columns: {"exclude": columns},
    ),
    "split_by_group": RepairRow(
        Message("Keep rows of one {column} together"),
        Message("If new rows come from new groups, a random split makes every error look too good."),
        lambda columns: {"groups": columns[0]},
    ),
    "split_by_time": RepairRow(
        Message("Judge on the rows latest by {column}"),
        Message("If the model will predict the future, a random split makes every error look too good."),
        lambda columns: {"times": columns[0]},
    ),
    "split_by_row_order": RepairRow(
        Message("Judge on the last rows of the file"),
        Message("Neighboring rows have similar answers: the file may be in order of time."),
        lambda columns: {"times": ROW_ORDER},
    ),
    "split_by_blocks": RepairRow(
        Message("Keep neighboring rows of the file together"),
        Message("The file is sorted by its answers, and its rows may have more in common than that."),
        lambda columns: {"groups": ROW_BLOCKS},
    ),
    "log_target": RepairRow(
        Message("Learn the logarithm of {column}"),
        Message("A few very large values rule the error; their logarithms are spread evenly."),
        lambda columns: {"log_target": True},
    ),
}


def repair(code: str, *columns: str, **values: str) -> Repair:
    """Return a repair with the columns it is about, and the values of its reason.

    >>> str(repair("exclude_column", "paid").title)
    'Leave out paid'
    """
    row = _REPAIRS[code]
    title = row.title.filled(column=", ".join(columns))
    return Repair(code, title, row.because.filled(**values), dict(row.choices(columns)))


def applied(choices: Mapping[str, Any], repairs: tuple[Repair, ...]) -> dict[str, Any]:
    """Return the arguments of make_dataset with some repairs made; columns left out add up.

    >>> applied({"exclude": ("id",)}, (repair("exclude_column", "paid"),))
    {'exclude': ('id', 'paid')}
    """
    changed = dict(choices)
    for one in repairs:
        more = dict(one.choices)
        if "exclude" in more:
            more["exclude"] = tuple(dict.fromkeys((*changed.get("exclude", ()), *more["exclude"])))
        changed |= more
    return changed

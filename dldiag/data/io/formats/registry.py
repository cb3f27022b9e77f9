"""Typed formats by name, and one sentence for whatever a damaged file makes a parser raise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dldiag.core.i18n import Message
from dldiag.core.types import DataError, ReadPlan
from dldiag.data.io.formats.excel import read_excel
from dldiag.data.io.formats.parquet import read_feather, read_parquet
from dldiag.data.io.limits import Limits
from dldiag.data.io.raw_table import TypedTable

ReadChoices = Mapping[str, Any] | None
Reader = Callable[[bytes, ReadPlan, Limits, ReadChoices], TypedTable]

READERS: dict[str, tuple[str, Reader]] = {
    "parquet": ("Parquet", lambda data, plan, limits, _: read_parquet(data, plan, limits)),
    "feather": ("Feather/Arrow", lambda data, plan, limits, _: read_feather(data, plan, limits)),
    "excel": ("Excel", read_excel),
}


def read_typed(data: bytes, plan: ReadPlan, limits: Limits, choices: ReadChoices = None) -> TypedTable:
    """Read a Parquet, Feather or Excel file in this process; DataError when it is damaged or too large.

    A file of unknown origin goes through `read_bounded`: a damaged one may end the process that reads it.
    choices: what was chosen by hand, when the rest of the plan is still to be decided; None for a plan that is whole.
    """
    label, reader = READERS[plan.format]
    try:
        return reader(data, plan, limits, choices)
    except (DataError, MemoryError):
        raise
    except Exception as error:  # Parsers of binary formats raise all kinds of errors on damaged files.
        raise DataError(
            Message("The {format} file is damaged: {reason}", {"format": label, "reason": str(error)[:200]}),
            Message("Save it again, or export the table as CSV."),
        ) from error

"""Typed formats by name, and one sentence for whatever a damaged file makes a parser raise."""

from __future__ import annotations

from collections.abc import Callable

from dldiag.data.reading.arrow import read_feather, read_parquet
from dldiag.data.reading.declared import TypedTable
from dldiag.data.reading.excel import read_excel
from dldiag.data.reading.limits import Limits
from dldiag.language import Message
from dldiag.types import DataError, ReadPlan

READERS: dict[str, tuple[str, Callable[[bytes, ReadPlan, Limits], TypedTable]]] = {
    "parquet": ("Parquet", read_parquet),
    "feather": ("Feather/Arrow", read_feather),
    "excel": ("Excel", read_excel),
}


def read_typed(data: bytes, plan: ReadPlan, limits: Limits) -> TypedTable:
    """Read a Parquet, Feather or Excel file; DataError when it is damaged or too large."""
    label, reader = READERS[plan.format]
    try:
        return reader(data, plan, limits)
    except DataError:
        raise
    except Exception as error:  # parsers of binary formats raise all kinds of errors on damaged files
        raise DataError(
            Message("The {format} file is damaged: {reason}", {"format": label, "reason": str(error)[:200]}),
            Message("Save it again, or export the table as CSV."),
        ) from error

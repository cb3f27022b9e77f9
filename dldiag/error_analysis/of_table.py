"""Predictions that stand in a table beside the columns that slices may be defined by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dldiag.core.i18n import Message
from dldiag.core.types import DataError, Table
from dldiag.data.typing.columns import check_names
from dldiag.error_analysis.analysis import ErrorAnalysis, error_analysis

UNUSED_KINDS = ("identifier", "constant", "empty", "text")  # Columns of these kinds define no slice.


def analyze_table(
    table: Table, target: str, prediction: str, probabilities: Sequence[str] = (), *, seed: int = 0
) -> ErrorAnalysis:
    """Analyze the predictions that stand in a table beside the columns that slices may be defined by."""
    named_columns = [target, prediction, *probabilities]
    check_names(named_columns, [column.name for column in table.columns])
    repeated = [name for name in named_columns if named_columns.count(name) > 1]
    if repeated:
        raise DataError(
            Message(
                "{name} is named twice: target, prediction and probabilities are different columns.",
                {"name": repeated[0]},
            )
        )
    used = [
        column.name for column in table.columns if column.name not in named_columns and column.kind not in UNUSED_KINDS
    ]
    proba = np.column_stack([_probability(table, name) for name in probabilities]) if probabilities else None
    return error_analysis(_values(table, target), _values(table, prediction), table.frame[used], proba, seed=seed)


def _values(table: Table, name: str) -> pd.Series:
    """Return a target or predictions, yes and no as they are spelled."""
    if table.column(name).kind == "boolean" and table.raw is not None:
        return table.raw[name].where(table.frame[name].notna())
    return table.frame[name]


def _probability(table: Table, name: str) -> pd.Series:
    raw = table.frame[name] if table.raw is None else table.raw[name]
    numbers = table.frame[name] if table.column(name).kind == "number" else pd.to_numeric(raw, errors="coerce")
    if numbers.isna().all():
        raise DataError(Message("The column {name} holds no probabilities.", {"name": name}))
    return numbers

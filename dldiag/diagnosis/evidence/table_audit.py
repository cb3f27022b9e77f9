"""Evidence from the checks of the table before training."""

from __future__ import annotations

from dldiag.core.i18n import Message, Value
from dldiag.core.types import Estimate, exactly
from dldiag.data.audit.audit import TableAudit

FILE_ORDER = Message("the order of the rows in the file")


def table_evidence(found: TableAudit) -> dict[str, Estimate | None]:
    """Return the evidence about the table, by name."""
    leak = found.giveaways[0] if found.giveaways else None
    cells = max(1, found.rows * max(1, found.scales.numbers))
    return {
        "n_features": exactly(found.features),
        "n_classes": exactly(found.classes) if found.classes else None,
        "duplicate_share": exactly(0.0 if found.copies.are_chance else found.copies.share),
        "conflict_floor": found.copies.error_floor,
        "conflict_ratio": None if found.copies.disagreement is None else exactly(found.copies.disagreement),
        "leak_gain": exactly(leak.removed if leak is not None else 0.0),
        "majority_share": exactly(found.majority_share) if found.classes else None,
        "rarest_class_rows": exactly(found.rarest_class_rows) if found.classes else None,
        "scale_ratio": exactly(found.scales.ratio),
        "group_suspicion": exactly(float(found.groups is not None)),
        "time_suspicion": exactly(float(found.order.suspected)),
        "split_misleads": exactly(float(found.split_misleads)),
        "outlier_share": exactly(sum(one.cells for one in found.outliers) / cells),
    }


def table_names(found: TableAudit) -> dict[str, Value]:
    """Return the column names that rules about the table mention."""
    return {
        "leak_column": found.giveaways[0].column if found.giveaways else "",
        "group_column": found.groups.column if found.groups is not None else "",
        "time_column": found.order.column,
        "structure": found.groups.column if found.groups is not None else found.order.column or FILE_ORDER,
        "outlier_column": found.outliers[0].column if found.outliers else "",
    }

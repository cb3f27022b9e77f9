"""What a report says about its data and the software that made it; no rows."""

from __future__ import annotations

import platform

import numpy as np
import sklearn

from dldiag.core.types import DatasetSummary
from dldiag.core.version import VERSION
from dldiag.experiments.tasks import Encoded


def summary_of(encoded: Encoded) -> DatasetSummary:
    """Return what a report says about the data: no rows."""
    dataset = encoded.dataset
    return DatasetSummary(
        dataset.name, dataset.n_rows, dataset.X.shape[1], dataset.task, dataset.target, dataset.classes,
        dataset.fingerprint, dataset.notices, dataset.columns, dataset.plan,
        encoded.y_scale if dataset.task == "regression" else None, dataset.choices, dataset.totals,
    )  # fmt: skip


def versions() -> dict[str, str]:
    """Return the versions a report depends on."""
    return {
        "dldiag": VERSION,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
    }

"""Rows that are the same: which belong together, and how often their targets disagree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def duplicate_groups(X: pd.DataFrame, y: NDArray[Any] | None = None) -> NDArray[np.int64]:
    """Return a group number per row: rows with the same features (and the same y, when given) share one.

    A split that keeps groups together keeps exact copies on one side. Groups are numbered by first occurrence.
    """
    keys = [pd.factorize(X[name], use_na_sentinel=False)[0] for name in X.columns]
    if y is not None:
        keys.append(pd.factorize(np.asarray(y), use_na_sentinel=False)[0])
    groups = np.zeros(len(X), dtype=np.int64)
    for key in keys:
        groups = pd.factorize(groups * (int(key.max(initial=0)) + 1) + key)[0]
        if len(groups) and groups.max() == len(groups) - 1:
            break
    return groups.astype(np.int64)

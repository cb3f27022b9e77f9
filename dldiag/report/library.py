"""`dldiag.diagnose`, which takes a dataset of ours, or a model with X and y as in scikit-learn."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone

from dldiag.core.types import Dataset, Report
from dldiag.data.dataset import make_dataset
from dldiag.data.from_pandas import as_frame
from dldiag.diagnosis.diagnose import diagnose
from dldiag.experiments.models import as_model, is_network
from dldiag.report.displays import attach

attach()

_TRIED_ROWS = 500  # Rows of a trial fit that shows whether an estimator accepts a frame as it is.
_DENSE_CELLS = 50_000_000  # 400 MB as numbers of 64 bits.
_TARGET = "target"  # The name given to a y without one.


def diagnose_data(data: Any, *args: Any, **kwargs: Any) -> Report:
    """Diagnose a model on data: `diagnose(dataset, model, settings)` or `diagnose(model, X, y, settings=…)`.

    model: an unfitted scikit-learn estimator, None for our network. X: (rows, features) array or DataFrame; y: (rows,)
    labels or numbers. settings, on_progress, should_stop and n_jobs are those of `dldiag.diagnosis.diagnose.diagnose`, whose
    errors this raises, too; ValueError when X and y differ in length.
    """
    is_ours = isinstance(data, Dataset) or not (len(args) >= 2 or "X" in kwargs or "y" in kwargs)
    if is_ours:
        return diagnose(data, *args, **kwargs)
    values = dict(zip(("X", "y", "settings"), args, strict=False))
    X, y = (values.pop(name) if name in values else kwargs.pop(name, None) for name in ("X", "y"))
    X = as_frame(X)
    dataset = dataset_of(X, y, task=kwargs.pop("task", "auto"))
    if isinstance(X, pd.DataFrame) and _takes_frame(data, X, y):
        data, dataset = replace(as_model(data), raw=True), _with_frame(dataset, X, y)
    return diagnose(dataset, data, **values, **kwargs)


def _takes_frame(model: Any, X: pd.DataFrame, y: Any) -> bool:
    """Tell whether a user's estimator learns from the categories of a frame, or from columns by name, as they are."""
    if not isinstance(model, BaseEstimator) or is_network(as_model(model)):
        return False
    categorical = model.get_params().get("categorical_features")
    by_name = isinstance(categorical, list | tuple) and any(isinstance(one, str) for one in categorical)
    if not (by_name or any(isinstance(kind, pd.CategoricalDtype) for kind in X.dtypes)):
        return False
    labeled = np.flatnonzero(~pd.isna(np.asarray(y)))
    sample = labeled[np.unique(np.linspace(0, len(labeled) - 1, min(len(labeled), _TRIED_ROWS), dtype=int))]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            clone(model).fit(X.iloc[sample], np.asarray(y)[sample])
    except (ValueError, TypeError, IndexError):  # The estimator then gets encoded numbers, as it does for texts.
        return by_name
    return True


def _with_frame(dataset: Dataset, X: pd.DataFrame, y: Any) -> Dataset:
    """Return the dataset with the rows of the caller's frame that it kept: those whose target is known."""
    rows = X[~pd.isna(np.asarray(y))].reset_index(drop=True)
    return replace(dataset, given=rows) if len(rows) == dataset.n_rows else dataset


def dataset_of(X: Any, y: Any, *, task: str = "auto") -> Dataset:
    """Make a dataset of arrays or pandas objects."""
    if X is None or y is None:
        raise TypeError("diagnose(model, X, y) needs both X and y.")
    X = as_frame(X)
    frame = X.copy() if isinstance(X, pd.DataFrame) else pd.DataFrame(_two_dimensional(X))
    frame.columns = pd.Index([column if isinstance(column, str) else f"x{column}" for column in frame.columns])
    if np.ndim(y) > 1 and np.shape(y)[1:] != (1,):
        raise ValueError(f"y must be one column, not {np.shape(y)[1]}: diagnose one target at a time")
    if len(frame) != len(y):
        raise ValueError(f"X has {len(frame)} rows and y has {len(y)}")
    name = str(getattr(y, "name", None) or _TARGET)
    while name in frame.columns:
        name += "_"
    return make_dataset(frame.assign(**{name: np.asarray(y).reshape(len(frame))}), name, task=task)


def _two_dimensional(X: Any) -> Any:
    """Return X as an array; a sparse matrix is filled out, up to a size."""
    if hasattr(X, "toarray"):
        cells = X.shape[0] * X.shape[1]
        if cells > _DENSE_CELLS:
            raise ValueError(
                f"X is a sparse matrix of {cells:,} cells, of which {_DENSE_CELLS:,} can be filled out: choose columns first"
            )
        X = X.toarray()
    if isinstance(X, np.ma.MaskedArray):
        X = np.ma.filled(X.astype(float), np.nan)
    values = np.asarray(X)
    if values.ndim != 2:
        raise ValueError(f"X must have two dimensions (rows, features), not {values.ndim}")
    return values

"""What a report says about its data, its model, and the software that made it; no rows."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import sklearn
from sklearn.base import BaseEstimator

from dldiag.core.i18n import english
from dldiag.core.types import DatasetSummary
from dldiag.core.version import VERSION
from dldiag.experiments.models import MODELS, Model
from dldiag.experiments.tasks import Encoded

ENDLESS = 10**9  # In characters: scikit-learn shortens an estimator's text otherwise.


def summary_of(encoded: Encoded) -> DatasetSummary:
    """Return what a report says about the data: no rows."""
    dataset = encoded.dataset
    return DatasetSummary(
        dataset.name, dataset.n_rows, dataset.X.shape[1], dataset.task, dataset.target, dataset.classes,
        dataset.fingerprint, dataset.notices, dataset.columns, dataset.plan,
        encoded.y_scale if dataset.task == "regression" else None, dataset.choices, dataset.totals,
    )  # fmt: skip


def described_model(model: Model) -> dict[str, Any]:
    """Return what a report says of a model; of one that is no row of MODELS also its code where it can be written."""
    description = {"key": model.key, "label": english(model.label), "parameters": model.parameters}
    code = None if model.key in MODELS else estimator_code(model.estimator)
    return description if code is None else description | {"code": code}


def estimator_code(estimator: BaseEstimator) -> dict[str, Any] | None:
    """Return the imports and the expression that make an estimator; None where its text is no Python.

    >>> from sklearn.svm import SVC
    >>> estimator_code(SVC(C=10))
    {'imports': ['from sklearn.svm import SVC'], 'expression': 'SVC(C=10)'}
    """
    with sklearn.config_context(print_changed_only=True):
        is_plain = type(estimator).__repr__ is BaseEstimator.__repr__
        text = estimator.__repr__(N_CHAR_MAX=ENDLESS) if is_plain else repr(estimator)
    try:
        compile(text, "<estimator>", "eval")
    except SyntaxError:
        return None
    return {"imports": sorted({_import_of(kind) for kind in _kinds(estimator)}), "expression": text}


def _kinds(value: Any) -> Iterator[type]:
    """Yield the classes of an estimator and of all that it holds."""
    if isinstance(value, BaseEstimator):
        yield type(value)
        for one in value.get_params(deep=False).values():
            yield from _kinds(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _kinds(one)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _kinds(one)


def _import_of(kind: type) -> str:
    """Return the import of a class from the shortest public module that has it."""
    parts = [part for part in kind.__module__.split(".") if not part.startswith("_")]
    for end in range(1, len(parts) + 1):
        module = sys.modules.get(".".join(parts[:end]))
        if getattr(module, kind.__name__, None) is kind:
            return f"from {'.'.join(parts[:end])} import {kind.__name__}"
    return f"from {kind.__module__} import {kind.__name__}"


def versions() -> dict[str, str]:
    """Return the versions a report depends on."""
    return {
        "dldiag": VERSION,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
    }

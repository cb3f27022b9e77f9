"""LEVERS: settings of scikit-learn's estimators that act like a remedy, and by which factor each remedy changes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sklearn.pipeline import Pipeline

LEVERS: Mapping[str, Mapping[str, float]] = {
    "C": {"regularization": 0.1, "weaker_regularization": 10},
    "alpha": {"regularization": 10, "weaker_regularization": 0.1},
    "max_depth": {"regularization": 0.5, "weaker_regularization": 2},
    "max_leaf_nodes": {"regularization": 0.25, "weaker_regularization": 4},
    "min_samples_leaf": {"regularization": 5, "weaker_regularization": 0.2},
    "n_neighbors": {"regularization": 4, "weaker_regularization": 0.25},
    "n_estimators": {"train_longer": 4},
    "max_iter": {"train_longer": 5},
    "learning_rate": {"step_size": 0.3},
}


def _settings_of_what_learns(estimator: Any) -> dict[str, Any]:
    """Return an estimator's settings without those of a pipeline's earlier steps, which prepare."""
    settings = estimator.get_params()
    pipelines = {f"{name}__": value for name, value in settings.items()} | {"": estimator}
    prepare = [
        f"{prefix}{step}__"
        for prefix, pipeline in pipelines.items()
        if isinstance(pipeline, Pipeline)
        for step, _ in pipeline.steps[:-1]
    ]
    return {name: value for name, value in settings.items() if not name.startswith(tuple(prepare))}


def levers(estimator: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """List (remedy, change) for every known setting of an estimator that is not our network, up or down."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    for name, value in _settings_of_what_learns(estimator).items():
        for remedy, factor in LEVERS.get(name.split("__")[-1], {}).items():
            if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
                new = max(1, round(value * factor)) if isinstance(value, int) else value * factor
                found += [(remedy, {name: new})] if new != value else []
    return found

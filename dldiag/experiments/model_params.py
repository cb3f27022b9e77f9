"""The settings of scikit-learn's models that a person may change: forms, flags and checks come from these tables."""

from __future__ import annotations

from dldiag.core.params import Param
from dldiag.core.types import Task

MODEL_KINDS = {
    "mlp": "Neural network",
    "linear": "Linear model",
    "boosting": "Gradient boosting",
    "forest": "Random forest",
    "svm": "Support vector machine",
    "neighbors": "k nearest neighbors",
    "sklearn": "Another scikit-learn model",
}

LINEAR_PARAMS: dict[Task, dict[str, Param]] = {
    "classification": {
        "C": Param(
            1.0, float, "Inverse L2 penalty (C)", "Smaller is a stronger penalty.", low=1e-6, high=1e6, log=True
        ),
    },
    "regression": {
        "alpha": Param(1.0, float, "L2 penalty", "Larger is a stronger penalty.", low=0.0, high=1e6, log=True),
    },
}
BOOSTING_PARAMS = {
    "learning_rate": Param(0.2, float, "Learning rate", "How much each tree corrects.", low=1e-4, high=1.0, log=True),
    "max_iter": Param(50, int, "Trees", "How many trees are added.", low=1, high=5_000),
    "max_leaf_nodes": Param(31, int, "Leaves per tree", "More leaves fit finer patterns.", low=2, high=10_000),
    "min_samples_leaf": Param(
        20, int, "Rows per leaf", "Fewest rows of a leaf; more is smoother.", low=1, high=100_000
    ),
    "l2_regularization": Param(0.0, float, "L2 penalty", "Larger is a stronger penalty.", low=0.0, high=1e6),
}
FOREST_PARAMS = {
    "n_estimators": Param(100, int, "Trees", "How many trees vote.", low=1, high=5_000),
    "max_depth": Param(
        None, int, "Depth", "Most levels of a tree.", low=1, high=1_000, optional=True, empty="no limit"
    ),
    "min_samples_leaf": Param(1, int, "Rows per leaf", "Fewest rows of a leaf; more is smoother.", low=1, high=100_000),
}
SVM_PARAMS = {
    "C": Param(1.0, float, "Inverse L2 penalty (C)", "Smaller is a stronger penalty.", low=1e-6, high=1e6, log=True),
    "kernel": Param(
        "rbf",
        str,
        "Kernel",
        "The shape of the boundary.",
        choices={"rbf": "RBF", "linear": "linear", "poly": "polynomial", "sigmoid": "sigmoid"},
    ),
}
NEIGHBOR_PARAMS = {
    "n_neighbors": Param(5, int, "Neighbors", "How many nearest rows decide.", low=1, high=10_000),
    "weights": Param(
        "uniform",
        str,
        "Weights",
        "Whether nearer rows count more.",
        choices={"uniform": "all the same", "distance": "nearer counts more"},
    ),
}

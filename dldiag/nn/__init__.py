"""The NumPy network: tables of its parts, the stacked training loop, and two scikit-learn estimators."""

from dldiag.nn.mlp import MLPClassifier, MLPRegressor
from dldiag.nn.mlp_knobs import CLASSIFIER_KNOBS, MLP_KNOBS, REGRESSOR_KNOBS
from dldiag.nn.stacking import fit_stack, stack_key

__all__ = [
    "CLASSIFIER_KNOBS",
    "MLP_KNOBS",
    "REGRESSOR_KNOBS",
    "MLPClassifier",
    "MLPRegressor",
    "fit_stack",
    "stack_key",
]

"""The NumPy network: tables of its parts, the stacked training loop, and two scikit-learn estimators."""

from dldiag.nn.estimators import MLPClassifier, MLPRegressor
from dldiag.nn.fit_many import fit_stack, stack_key
from dldiag.nn.params import CLASSIFIER_KNOBS, MLP_KNOBS, REGRESSOR_KNOBS

__all__ = [
    "CLASSIFIER_KNOBS",
    "MLP_KNOBS",
    "REGRESSOR_KNOBS",
    "MLPClassifier",
    "MLPRegressor",
    "fit_stack",
    "stack_key",
]

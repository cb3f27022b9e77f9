"""The NumPy network: tables of its parts, the stacked training loop, and two scikit-learn estimators."""

from dldiag.nn.estimators import MLPClassifier, MLPRegressor
from dldiag.nn.fit_many import fit_stack, stack_key
from dldiag.nn.params import CLASSIFIER_PARAMS, MLP_PARAMS, REGRESSOR_PARAMS

__all__ = [
    "CLASSIFIER_PARAMS",
    "MLP_PARAMS",
    "REGRESSOR_PARAMS",
    "MLPClassifier",
    "MLPRegressor",
    "fit_stack",
    "stack_key",
]

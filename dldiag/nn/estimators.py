"""The network as two scikit-learn estimators: MLPClassifier and MLPRegressor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import _check_sample_weight, column_or_1d, validate_data

from dldiag.core.types import Array
from dldiag.nn.losses import LOSSES, Loss
from dldiag.nn.params import CLASSIFIER_PARAMS, MLP_PARAMS, REGRESSOR_PARAMS
from dldiag.nn.perceptron import Judge, Perceptron, dense, is_stochastic, store

# Of labels or values, the probabilities or values predicted for them, and the classes (None: of values); higher is better.
ValidationScore = Callable[[Array, Array, Array | None], float]


class MLPClassifier(ClassifierMixin, Perceptron):  # type: ignore[misc]
    """A multi-layer perceptron classifier with scikit-learn's parameters and the following ones.

    init, init_scale: how weights are drawn. penalty: what alpha weighs. dropout, l1, clip_norm, batch_norm: regularization. activation_slope:
    of leaky ReLU and ELU. class_weight: None, "balanced" or {class: weight}. dtype: "auto", "float32" or "float64".
    record_health: leave `health_`. validation_score: what early stopping goes by in the place of scikit-learn's accuracy: of true
    labels, probabilities and classes, higher is better. Solvers besides scikit-learn's: momentum, nesterov, rmsprop, adamw.

    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["low", "low", "high", "high"]
    >>> MLPClassifier((8,), solver="lbfgs", random_state=0).fit(X, y).predict([[0.2], [2.8]])
    array(['low', 'high'], dtype='<U4')
    """

    _params = MLP_PARAMS | CLASSIFIER_PARAMS

    def __init__(  # noqa: PLR0913  # scikit-learn's signature
        self,
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str | None = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
        max_fun: int = 15000,
        init: str = "auto",
        init_scale: float = 1.0,
        dropout: float = 0.0,
        penalty: str = "l2",
        l1: float = 0.0,
        clip_norm: float | None = None,
        batch_norm: bool = False,
        activation_slope: float | None = None,
        class_weight: Any = None,
        dtype: str = "auto",
        record_health: bool = False,
        validation_score: ValidationScore | None = None,
    ) -> None:
        store(self, locals())

    def predict(self, X: Any) -> Array:
        """Return the most probable class of every row (or the labels, if y had several columns)."""
        return self._decide(self._outputs(X))

    def predict_proba(self, X: Any) -> Array:
        """Return the probability (n, classes) of every class, in the order of `classes_`."""
        p = self._outputs(X)
        if self._multilabel:
            return p
        if len(self.classes_) == 1:
            return np.ones_like(p)
        return p if self._loss_row().indexed else np.hstack([1 - p, p])

    def predict_log_proba(self, X: Any) -> Array:
        """Return the logarithm of predict_proba."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(self.predict_proba(X)))

    @available_if(is_stochastic)  # type: ignore[untyped-decorator]  # scikit-learn has no types
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """Go on for one epoch over these rows; the first call needs all classes."""
        super().partial_fit(X, y, sample_weight, classes=classes)
        return self

    def _decide(self, p: Array) -> Array:
        if self._multilabel:
            return (p > 0.5).astype(int)
        if self._loss_row().indexed:
            return np.asarray(self.classes_[p.argmax(axis=1)])
        return np.asarray(self.classes_[np.minimum((p[:, 0] > 0.5).astype(int), len(self.classes_) - 1)])

    def _check_data(self, X: Any, y: Any, first: bool, incremental: bool, classes: Any = None) -> tuple[Array, Array]:
        X, y = validate_data(
            self, X, y, accept_sparse=["csr", "csc"], multi_output=True, dtype=(np.float64, np.float32), reset=first
        )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if y.ndim > 1 or y.dtype.kind not in "biu":
            check_classification_targets(y)
        if first and incremental and classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        if first:
            self._multilabel = y.ndim == 2
        if self._multilabel:
            return dense(X), self._check_labels(y, first)
        index = self._index_of_classes(y, first, incremental, classes)
        return dense(X), index if len(self.classes_) > 2 else index[:, None].astype(np.float64)

    def _check_labels(self, y: Any, first: bool) -> Array:
        if not type_of_target(y).startswith("multilabel"):
            raise ValueError("y has several columns, which must be labels: 0 or 1 in every row.")
        if first:
            self.classes_ = np.arange(y.shape[1])
        return np.asarray(dense(y), np.float64)

    def _index_of_classes(self, y: Array, first: bool, incremental: bool, classes: Any) -> Array:
        """Return the class number of every row; the first call learns the classes."""
        if first and classes is None:
            self.classes_ = np.unique(y)
            if 2 * len(self.classes_) > len(y):
                check_classification_targets(y)  # It warns that y looks like a quantity.
            return np.searchsorted(self.classes_, y)
        if first:
            self.classes_ = np.unique(classes)
        elif classes is not None and not np.array_equal(self.classes_, np.unique(classes)):
            raise ValueError(
                f"`classes={classes!r}` is not the same as on last call to partial_fit, was: {self.classes_!r}"
            )
        self._check_same_classes(np.unique(y), first or incremental)
        return np.searchsorted(self.classes_, y)

    def _check_same_classes(self, labels: Array, incremental: bool) -> None:
        unknown = np.setdiff1d(labels, self.classes_)
        if len(unknown) or (not incremental and len(labels) != len(self.classes_)):
            raise ValueError(
                "warm_start and partial_fit can only go on with the same classes: `y` has classes not in "
                f"`self.classes_`. There were {self.classes_}, `y` has {labels}."
            )

    def _row_weights(self, y: Any, X: Array, sample_weight: Any) -> Array | None:
        if sample_weight is None and self.class_weight is None:
            return None
        weights = _check_sample_weight(sample_weight, X, dtype=np.float64)
        if self.class_weight is None:
            return np.asarray(weights)
        return np.asarray(weights * compute_sample_weight(self.class_weight, y))

    def _n_outputs(self, targets: Array) -> int:
        return len(self.classes_) if len(self.classes_) > 2 or self._multilabel else 1

    def _loss_row(self) -> Loss:
        indexed = len(self.classes_) > 2 and not self._multilabel
        return LOSSES["softmax_cross_entropy" if indexed else "binary_cross_entropy"]

    def _stratify(self, targets: Array) -> Array | None:
        return targets if self.n_outputs_ == 1 else None

    def _score(self, targets: Array, weights: Array | None) -> Judge:
        if self.validation_score is not None:
            return self._chosen_score(self.validation_score, targets)
        right = self._right

        def accuracy(outputs: Array) -> float:
            return float(np.average(right(targets, outputs), weights=weights)) if np.isfinite(outputs).all() else np.nan

        return accuracy

    def _chosen_score(self, score: ValidationScore, targets: Array) -> Judge:
        if self._multilabel:
            raise ValueError("validation_score is for a single target")
        indexed, classes = self._loss_row().indexed, self.classes_
        y = classes[targets.astype(int).ravel()]

        def judge(outputs: Array) -> float:
            if not np.isfinite(outputs).all():
                return np.nan
            return score(y, outputs.T if indexed else np.column_stack([1 - outputs[0], outputs[0]]), classes)

        return judge

    def _dev_error(self, y: Array) -> Judge:
        decide = self._decide  # A class that the training rows lack is never predicted, and so counts as wrong.

        def error(outputs: Array) -> float:
            wrong = decide(outputs.T) != y
            return float(np.count_nonzero(wrong if wrong.ndim == 1 else wrong.any(axis=1)) / len(y))

        return error

    def _right(self, targets: Array, outputs: Array) -> Array:
        """Tell for every row whether outputs (K, n) say its class (or all its labels)."""
        if self._loss_row().indexed:
            return np.asarray(outputs.argmax(axis=0) == targets)
        return np.asarray(((outputs.T > 0.5) == (targets > 0.5)).all(axis=1))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


class MLPRegressor(RegressorMixin, Perceptron):  # type: ignore[misc]
    """A multi-layer perceptron regressor with scikit-learn's parameters and those of MLPClassifier.

    loss: "squared_error", "huber", or "poisson" for counts (half the deviance, with a log link; y must not be negative).

    >>> MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs", random_state=0).fit([[0.0], [1.0]], [1, 3]).n_outputs_
    1
    """

    _params = MLP_PARAMS | REGRESSOR_PARAMS

    def __init__(  # noqa: PLR0913  # scikit-learn's signature
        self,
        loss: str = "squared_error",
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str | None = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
        max_fun: int = 15000,
        init: str = "auto",
        init_scale: float = 1.0,
        dropout: float = 0.0,
        penalty: str = "l2",
        l1: float = 0.0,
        clip_norm: float | None = None,
        batch_norm: bool = False,
        activation_slope: float | None = None,
        dtype: str = "auto",
        record_health: bool = False,
        validation_score: ValidationScore | None = None,
    ) -> None:
        store(self, locals())

    def predict(self, X: Any) -> Array:
        """Return the predicted numbers (n,), or (n, K) if y had several columns."""
        return self._decide(self._outputs(X))

    def _decide(self, p: Array) -> Array:
        return p.ravel() if p.shape[1] == 1 else p

    def _check_data(self, X: Any, y: Any, first: bool, incremental: bool, classes: Any = None) -> tuple[Array, Array]:
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse=["csr", "csc"],
            multi_output=True,
            y_numeric=True,
            dtype=(np.float64, np.float32),
            reset=first,
        )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if self.loss == "poisson" and np.min(y) < 0:
            raise ValueError("loss='poisson' is for counts: y must not be negative")
        targets = np.asarray(y, np.float64).reshape(len(y), -1)
        missing = int(np.count_nonzero(np.isnan(targets)))  # A None among objects passes scikit-learn's checks.
        if missing:
            raise ValueError(f"y has {missing} missing {'value' if missing == 1 else 'values'}")
        return dense(X), targets

    def _row_weights(self, y: Any, X: Array, sample_weight: Any) -> Array | None:
        return None if sample_weight is None else np.asarray(_check_sample_weight(sample_weight, X, dtype=np.float64))

    def _n_outputs(self, targets: Array) -> int:
        return int(targets.shape[1])

    def _loss_row(self) -> Loss:
        return LOSSES[self.loss]

    def _stratify(self, targets: Array) -> None:
        return None

    def _score(self, targets: Array, weights: Array | None) -> Judge:
        if self.validation_score is not None:
            return self._chosen_score(self.validation_score, targets)
        from sklearn.metrics import r2_score  # keeps start-up short

        def r2(outputs: Array) -> float:
            return float(r2_score(targets, outputs.T, sample_weight=weights)) if np.isfinite(outputs).all() else np.nan

        return r2

    def _chosen_score(self, score: ValidationScore, targets: Array) -> Judge:
        if targets.shape[1] > 1:
            raise ValueError("validation_score is for a single target")
        y = targets.ravel()
        return lambda outputs: score(y, outputs.T.ravel(), None) if np.isfinite(outputs).all() else np.nan

    def _dev_error(self, y: Array) -> Judge:
        truth = y.reshape(len(y), -1)
        return lambda outputs: float(np.sqrt(np.square(outputs.T - truth).sum(axis=1).mean()))

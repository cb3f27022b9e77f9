"""The network as two scikit-learn estimators: MLPClassifier and MLPRegressor."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils import check_random_state
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets, type_of_target, unique_labels
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, column_or_1d, validate_data

from dldiag.knobs import Knob, check
from dldiag.nn.activations import ACTIVATIONS
from dldiag.nn.initializers import INITIALIZERS
from dldiag.nn.layout import Layout
from dldiag.nn.lbfgs import minimize
from dldiag.nn.losses import LOSSES
from dldiag.nn.mlp_knobs import CLASSIFIER_KNOBS, MLP_KNOBS, REGRESSOR_KNOBS
from dldiag.nn.network import Network
from dldiag.nn.optimizers import OPTIMIZERS, Rates
from dldiag.nn.schedules import SCHEDULES
from dldiag.nn.training import Member, OnEpoch, Plan, ShouldStop, outputs, train

Array = NDArray[Any]

LARGEST_AUTO_BATCH = 200  # rows; scikit-learn's


def _is_stochastic(model: Any) -> bool:
    if model.solver not in OPTIMIZERS:
        raise AttributeError(f"partial_fit needs a solver that learns by batches; {model.solver} does not.")
    return True


class _MLP(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """What the classifier and the regressor share."""

    _knobs: dict[str, Knob]

    # --- fitting ---

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        should_stop: ShouldStop = None,
        on_epoch: OnEpoch | None = None,
    ) -> Self:
        """Fit the network to X (n, d) and y (n,) or (n, K).

        should_stop() is asked in every epoch and ends the fit with `dldiag.types.Stopped`; on_epoch(epoch,
        epochs at most, losses) is called after every epoch. Warns ConvergenceWarning as scikit-learn does.
        """
        member = self._begin(X, y, sample_weight)
        self._run([self], [member], should_stop, self._with_print(on_epoch))
        self._warn_unless_converged(member)
        return self

    @available_if(_is_stochastic)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, **more: Any) -> Self:
        """Go on for one epoch over these rows."""
        if self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        member = self._begin(X, y, sample_weight, incremental=True, **more)
        self._run([self], [member], None, self._with_print(None))
        return self

    @staticmethod
    def _run(
        models: Sequence[_MLP], members: list[Member], should_stop: ShouldStop, on_epoch: OnEpoch | None
    ) -> None:
        """Train members with what their models share, and give each model what came out."""
        plan = models[0]._plan(len(members[0].X))
        if models[0].solver in OPTIMIZERS:
            train(members, plan, should_stop=should_stop, on_epoch=on_epoch)
        else:
            for model, member in zip(models, members, strict=True):
                minimize(member, plan, model.max_fun, should_stop=should_stop)
        for model, member in zip(models, members, strict=True):
            model._finish(member)

    def _begin(
        self, X: Any, y: Any, sample_weight: Any = None, *, incremental: bool = False, **more: Any
    ) -> Member:
        self._check_settings()
        first = not hasattr(self, "coefs_") or not (self.warm_start or incremental)
        X, targets = self._check_data(X, y, first, incremental, **more)
        weights = self._row_weights(y, targets, X, sample_weight)
        self._rng = check_random_state(self.random_state)
        if first:
            self._start(X, targets)
        member = Member(X=X, y=targets, flat=self._flat(), rng=self._rng, weights=weights)
        self._settle(member, incremental)
        if self.early_stopping and self.solver in OPTIMIZERS:
            self._set_aside(member)
        member.X = np.ascontiguousarray(member.X, self._dtype(len(member.X)))
        return member

    def _check_settings(self) -> None:
        for name, knob in self._knobs.items():
            value = getattr(self, name)
            if isinstance(value, np.generic):
                value = value.item()
            if name == "hidden_layer_sizes":
                value = self._hidden()
            if name == "class_weight" and isinstance(value, dict):
                continue
            if name == "n_iter_no_change" and value == np.inf:
                continue
            check(name, knob, value)

    def _settle(self, member: Member, incremental: bool) -> None:
        """Copy the settings that may differ within a stack, and what an earlier call left."""
        activation = ACTIVATIONS[self.activation]
        slope = self.activation_slope
        member.rate, member.alpha, member.l1 = self.learning_rate_init, self.alpha, self.l1
        member.dropout, member.clip_norm, member.tol = self.dropout, self.clip_norm, self.tol
        member.slope = (activation.default_slope or 0.0) if slope is None else slope
        member.patience = self.n_iter_no_change
        member.max_epochs = 1 if incremental else self.max_iter
        member.rows_seen = self.t_
        if incremental and self._optimizer_state is not None:
            member.state, member.updates = self._optimizer_state
        if incremental or self.warm_start:
            member.best_loss = np.inf if self.best_loss_ is None else self.best_loss_
            member.stalled = self._stalled

    def _start(self, X: Array, targets: Array) -> None:
        """Draw the first weights, in scikit-learn's order of draws."""
        self.n_outputs_ = self._n_outputs(targets)
        layout = self._layout(X.shape[1])
        self.n_layers_ = layout.n_layers + 1
        self.out_activation_ = self._loss_row().out_activation
        self.coefs_, self.intercepts_ = [], []
        row, activation = INITIALIZERS[self.init], ACTIVATIONS[self.activation]
        dtype = self._dtype(len(X))
        for fan_in, fan_out in zip(layout.units[:-1], layout.units[1:], strict=True):
            W, b = row.draw(self._rng, fan_in, fan_out, self.init_scale, activation)
            self.coefs_.append(W.astype(dtype))
            self.intercepts_.append(b.astype(dtype))
        self.t_, self.n_iter_, self._stalled = 0, 0, 0
        self.loss_curve_: list[float] = []
        self.best_loss_: float | None = np.inf
        self.validation_scores_: list[float] | None = None
        self._optimizer_state: tuple[list[Array], int] | None = None

    def _set_aside(self, member: Member) -> None:
        """Take the validation rows out of the training rows, as scikit-learn does."""
        stratify = self._stratify(member.y)
        rows = np.arange(len(member.X))
        train_rows, held = train_test_split(
            rows, random_state=self._rng, test_size=self.validation_fraction, stratify=stratify
        )
        if len(held) < 2:
            raise ValueError(
                "The validation set is too small. Increase 'validation_fraction' or the size of your dataset."
            )
        truth = self._as_given(member.y[held])
        weights = None if member.weights is None else member.weights[held]
        member.X_validation = member.X[held]
        member.score = _Score(self, truth, weights)
        member.X, member.y = member.X[train_rows], member.y[train_rows]
        member.weights = None if member.weights is None else member.weights[train_rows]

    def _finish(self, member: Member) -> None:
        layout = self._layout(self.n_features_in_)
        blocks = layout.weights(member.flat[None])
        self.coefs_ = [np.ascontiguousarray(block[0, :, :-1].T) for block in blocks]
        self.intercepts_ = [block[0, :, -1].copy() for block in blocks]
        self.n_iter_, self.t_, self._stalled = member.epochs, member.rows_seen, member.stalled
        self.loss_curve_ = self.loss_curve_ + member.losses
        self.loss_ = member.losses[-1] if member.losses else np.nan
        self.best_loss_ = None if self.early_stopping else member.best_loss
        self.validation_scores_ = member.scores if self.early_stopping else None
        self.best_validation_score_ = member.best_score if self.early_stopping else None
        self.stopped_by_ = member.stopped_by
        if member.state is not None:
            self._optimizer_state = member.state, member.updates

    def _warn_unless_converged(self, member: Member) -> None:
        if member.diverged:
            warnings.warn(
                f"Training diverged in epoch {member.epochs}: the loss is no longer a finite number. The weights are "
                "those before that epoch. Scale the inputs or lower learning_rate_init.",
                ConvergenceWarning,
                stacklevel=3,
            )
        elif member.stopped_by == "epochs":
            warnings.warn(
                f"Maximum iterations ({self.max_iter}) reached and the optimization hasn't converged yet.",
                ConvergenceWarning,
                stacklevel=3,
            )

    def _with_print(self, on_epoch: OnEpoch | None) -> OnEpoch | None:
        if not self.verbose:
            return on_epoch

        def tell(epoch: int, epochs: int, losses: Array) -> None:
            sys.stdout.write(f"Iteration {epoch}, loss = {losses[0]:.8f}\n")
            if on_epoch is not None:
                on_epoch(epoch, epochs, losses)

        return tell

    # --- shapes ---

    def _hidden(self) -> tuple[int, ...]:
        sizes = self.hidden_layer_sizes
        return tuple(int(size) for size in sizes) if np.iterable(sizes) else (int(sizes),)

    def _layout(self, n_features: int) -> Layout:
        return Layout((n_features, *self._hidden(), self.n_outputs_))

    def _batch(self, n_rows: int) -> int:
        if self.batch_size in (None, "auto"):
            return min(LARGEST_AUTO_BATCH, n_rows)
        return min(int(self.batch_size), n_rows)

    def _dtype(self, n_rows: int) -> Any:
        if self.dtype == "auto":
            return np.float64 if self._batch(n_rows) >= n_rows or self.solver not in OPTIMIZERS else np.float32
        return np.dtype(self.dtype).type

    def _plan(self, n_rows: int) -> Plan:
        schedule = SCHEDULES[self.learning_rate]
        return Plan(
            layout=self._layout(self.n_features_in_),
            activation=ACTIVATIONS[self.activation],
            loss=self._loss_row(),
            optimizer=OPTIMIZERS.get(self.solver, OPTIMIZERS["sgd"]),
            schedule=SCHEDULES["constant"] if self.solver in schedule.ignored_by else schedule,
            batch_size=self._batch(n_rows),
            dtype=self._dtype(n_rows),
            shuffle=self.shuffle,
            early_stopping=self.early_stopping,
            power_t=self.power_t,
            rates=Rates(
                np.ones((1, 1)),
                momentum=self.momentum,
                nesterov=self.nesterovs_momentum,
                beta_1=self.beta_1,
                beta_2=self.beta_2,
                epsilon=self.epsilon,
            ),
        )

    def _flat(self) -> Array:
        layout = self._layout(self.n_features_in_)
        flat = np.empty((1, layout.size), self.coefs_[0].dtype)
        for block, W, b in zip(layout.weights(flat), self.coefs_, self.intercepts_, strict=True):
            block[0, :, :-1], block[0, :, -1] = W.T, b
        return flat[0]

    # --- predicting ---

    def _outputs(self, X: Any) -> Array:
        """Return the outputs (n, K) on X, checked."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse=["csr", "csc"], dtype=(np.float64, np.float32), reset=False)
        activation = ACTIVATIONS[self.activation]
        slope = self.activation_slope if self.activation_slope is not None else activation.default_slope
        network = Network(self._layout(self.n_features_in_), activation, self._loss_row(), slope or 0.0)
        with np.errstate(all="ignore"):
            return outputs(network, self._flat()[None], _dense(X)).T

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


class _Score:
    """Judges outputs (K, n) on the validation rows, higher is better; NaN when they are not numbers."""

    def __init__(self, model: Any, truth: Array, weights: Array | None) -> None:
        self.model, self.truth, self.weights = model, truth, weights

    def __call__(self, outputs: Array) -> float:
        if not np.isfinite(outputs).all():
            return float("nan")
        predicted = self.model._decide(outputs.T)
        return float(self.model._metric(self.truth, predicted, sample_weight=self.weights))


def _dense(X: Any) -> Array:
    return np.asarray(X.toarray() if hasattr(X, "toarray") else X)


class MLPClassifier(ClassifierMixin, _MLP):  # type: ignore[misc]
    """A multi-layer perceptron for classes, with scikit-learn's parameters and these of ours.

    init, init_scale: how weights are drawn. dropout, l1, clip_norm, batch_norm: regularization. activation_slope:
    of leaky ReLU and ELU. class_weight: None, "balanced" or {class: weight}. dtype: "auto", "float32" or "float64".
    record_health: leave `health_`. Solvers besides scikit-learn's: momentum, nesterov, rmsprop, adamw.

    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["low", "low", "high", "high"]
    >>> MLPClassifier((8,), solver="lbfgs", random_state=0).fit(X, y).predict([[0.2], [2.8]])
    array(['low', 'high'], dtype='<U4')
    """

    _knobs = MLP_KNOBS | CLASSIFIER_KNOBS
    _metric = staticmethod(accuracy_score)

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
        l1: float = 0.0,
        clip_norm: float | None = None,
        batch_norm: bool = False,
        activation_slope: float | None = None,
        class_weight: Any = None,
        dtype: str = "auto",
        record_health: bool = False,
    ) -> None:
        _store(self, locals())

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

    @available_if(_is_stochastic)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """Go on for one epoch over these rows; the first call needs all classes."""
        return super().partial_fit(X, y, sample_weight, classes=classes)

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
        check_classification_targets(y)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if first:
            if incremental and classes is None:
                raise ValueError("classes must be passed on the first call to partial_fit.")
            self._multilabel = type_of_target(y).startswith("multilabel")
            self._binarizer = LabelBinarizer().fit(classes if classes is not None and not self._multilabel else y)
            self.classes_ = self._binarizer.classes_
        else:
            self._check_same_classes(unique_labels(y), incremental)
        if self._multilabel:
            return _dense(X), np.asarray(_dense(y), np.float64)
        index = np.searchsorted(self.classes_, y)
        return _dense(X), index if len(self.classes_) > 2 else index[:, None].astype(np.float64)

    def _check_same_classes(self, labels: Array, incremental: bool) -> None:
        unknown = np.setdiff1d(labels, self.classes_)
        if len(unknown) or (not incremental and len(labels) != len(self.classes_)):
            raise ValueError(
                "warm_start and partial_fit can only go on with the same classes: `y` has classes not in "
                f"`self.classes_`. There were {self.classes_}, `y` has {labels}."
            )

    def _row_weights(self, y: Any, targets: Array, X: Array, sample_weight: Any) -> Array | None:
        if sample_weight is None and self.class_weight is None:
            return None
        weights = _check_sample_weight(sample_weight, X, dtype=np.float64)
        if self.class_weight is None:
            return np.asarray(weights)
        return np.asarray(weights * compute_sample_weight(self.class_weight, y))

    def _n_outputs(self, targets: Array) -> int:
        return len(self.classes_) if len(self.classes_) > 2 or self._multilabel else 1

    def _loss_row(self) -> Any:
        indexed = len(self.classes_) > 2 and not self._multilabel
        return LOSSES["softmax_cross_entropy" if indexed else "binary_cross_entropy"]

    def _stratify(self, targets: Array) -> Array | None:
        return targets if self.n_outputs_ == 1 else None

    def _as_given(self, targets: Array) -> Array:
        if self._multilabel:
            return targets.astype(int)
        return np.asarray(self.classes_[(targets if targets.ndim == 1 else targets[:, 0]).astype(int)])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


class MLPRegressor(RegressorMixin, _MLP):  # type: ignore[misc]
    """A multi-layer perceptron for numbers, with scikit-learn's parameters and those of ours (see MLPClassifier).

    loss: "squared_error" or "huber".

    >>> MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs", random_state=0).fit([[0.0], [1.0]], [1, 3]).n_outputs_
    1
    """

    _knobs = MLP_KNOBS | REGRESSOR_KNOBS
    _metric = staticmethod(r2_score)

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
        l1: float = 0.0,
        clip_norm: float | None = None,
        batch_norm: bool = False,
        activation_slope: float | None = None,
        dtype: str = "auto",
        record_health: bool = False,
    ) -> None:
        _store(self, locals())

    def predict(self, X: Any) -> Array:
        """Return the predicted numbers (n,), or (n, K) if y had several columns."""
        return self._decide(self._outputs(X))

    def _decide(self, p: Array) -> Array:
        return p.ravel() if p.shape[1] == 1 else p

    def _check_data(self, X: Any, y: Any, first: bool, incremental: bool) -> tuple[Array, Array]:
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
        return _dense(X), np.asarray(y, np.float64).reshape(len(y), -1)

    def _row_weights(self, y: Any, targets: Array, X: Array, sample_weight: Any) -> Array | None:
        return None if sample_weight is None else np.asarray(_check_sample_weight(sample_weight, X, dtype=np.float64))

    def _n_outputs(self, targets: Array) -> int:
        return int(targets.shape[1])

    def _loss_row(self) -> Any:
        return LOSSES[self.loss]

    def _stratify(self, targets: Array) -> None:
        return None

    def _as_given(self, targets: Array) -> Array:
        return targets if targets.shape[1] > 1 else targets[:, 0]


def _store(model: Any, settings: dict[str, Any]) -> None:
    for name, value in settings.items():
        if name not in ("self", "__class__"):
            setattr(model, name, value)


def stack_key(model: _MLP, n_rows: int, n_features: int, n_outputs: int) -> Hashable:
    """Return a key: models with equal keys may be fitted in one stack.

    n_outputs is the number of classes or of target columns. Members may differ in random_state, rows (their number is
    the same), learning_rate_init, alpha, l1, dropout, activation_slope, clip_norm, init, init_scale, tol,
    n_iter_no_change, max_iter and class_weight.
    """
    shared = {name: value for name, value in model.get_params().items() if name not in _MAY_DIFFER}
    shared["hidden_layer_sizes"] = model._hidden()
    return type(model).__name__, n_rows, n_features, n_outputs, tuple(sorted((k, repr(v)) for k, v in shared.items()))


_MAY_DIFFER = {
    "random_state",
    "learning_rate_init",
    "alpha",
    "l1",
    "dropout",
    "activation_slope",
    "clip_norm",
    "init",
    "init_scale",
    "tol",
    "n_iter_no_change",
    "max_iter",
    "class_weight",
    "verbose",
}


def fit_stack(
    models: Sequence[Any],
    Xs: Sequence[Any],
    ys: Sequence[Any],
    *,
    dev: Sequence[tuple[Any, Any]] | None = None,
    sample_weights: Sequence[Any] | None = None,
    should_stop: ShouldStop = None,
    on_epoch: Callable[[int, int, Array], None] | None = None,
) -> None:
    """Fit models of one `stack_key` in place, in lock-step; a member gets bit for bit what it gets alone.

    dev: per model (X, y) on which the error of every epoch is recorded for `health_`, never used to train.
    should_stop() is asked in every epoch, and during long ones; then `dldiag.types.Stopped` is raised.
    on_epoch(epoch, epochs at most, loss of every member) is called after every epoch.
    """
    weights = sample_weights if sample_weights is not None else [None] * len(models)
    members = [m._begin(X, y, w) for m, X, y, w in zip(models, Xs, ys, weights, strict=True)]
    type(models[0])._run(models, members, should_stop, on_epoch)

"""The base of both estimators: turn settings and data into a member of a stack, and the member into a fitted model."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from dldiag.core.i18n import tr
from dldiag.core.params import Param, SettingError, check
from dldiag.core.types import Array, ShouldStop
from dldiag.nn.activations import ACTIVATIONS
from dldiag.nn.initializers import INITIALIZERS
from dldiag.nn.layout import Layout, sizes_of
from dldiag.nn.lbfgs import minimize
from dldiag.nn.losses import Loss
from dldiag.nn.network import Network, outputs
from dldiag.nn.normalization import first_running, fold
from dldiag.nn.observe import Observer
from dldiag.nn.optimizers import OPTIMIZERS, Rates
from dldiag.nn.regularizers import REGULARIZERS
from dldiag.nn.schedules import SCHEDULES
from dldiag.nn.stack import Member, Plan
from dldiag.nn.training import OnEpoch, train

Judge = Callable[[Array], float]

LARGEST_AUTO_BATCH = 200  # The same number of rows as in scikit-learn.
LEAST_VALIDATION = 2  # Early stopping sets at least this many rows aside.


def is_stochastic(model: Any) -> bool:
    """Return True if a model's solver trains on batches; else raise AttributeError."""
    if model.solver not in OPTIMIZERS:
        raise AttributeError(f"partial_fit needs a solver that trains on batches; {model.solver} does not.")
    return True


class Perceptron(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Base class of the classifier and the regressor."""

    _params: dict[str, Param]

    @classmethod
    @cache
    def _get_param_names(cls) -> list[str]:
        """Return the names of the settings; scikit-learn would read the signature at every clone."""
        return list(super()._get_param_names())

    def _check_data(self, X: Any, y: Any, first: bool, incremental: bool, classes: Any = None) -> tuple[Array, Array]:
        """Return X (n, d) and targets (n,) or (n, K), checked; the first call learns the classes."""
        raise NotImplementedError

    def _row_weights(self, y: Any, X: Array, sample_weight: Any) -> Array | None:
        """Return the weight of every row, or None when all are equal."""
        raise NotImplementedError

    def _n_outputs(self, targets: Array) -> int:
        raise NotImplementedError

    def _loss_row(self) -> Loss:
        raise NotImplementedError

    def _stratify(self, targets: Array) -> Array | None:
        raise NotImplementedError

    def _score(self, targets: Array, weights: Array | None) -> Judge:
        """Return the score of the validation rows, a function of outputs (K, n); higher is better."""
        raise NotImplementedError

    def _dev_error(self, y: Array) -> Judge:
        """Return the error of the dev rows, a function of outputs (K, n): the error rate, or the RMSE."""
        raise NotImplementedError

    # --- fitting ---

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        should_stop: ShouldStop = None,
        on_epoch: OnEpoch | None = None,
        observers: Sequence[Observer] = (),
    ) -> Self:
        """Fit the network to X (n, d) and y (n,) or (n, K).

        should_stop() is asked in every epoch and ends the fit with `dldiag.core.types.Stopped`; on_epoch(epoch,
        epochs at most, losses) is called after every epoch; observers get an `Observation` before the first step and
        after every one (of L-BFGS: iteration). Warns ConvergenceWarning as scikit-learn does.
        """
        member = self.begin(X, y, sample_weight)
        self.run([self], [member], should_stop, self._with_print(on_epoch), observers)
        self._warn_unless_converged(member)
        return self

    @available_if(is_stochastic)  # type: ignore[untyped-decorator]  # scikit-learn has no types
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, **more: Any) -> Self:
        """Go on for one epoch over these rows."""
        if self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        member = self.begin(X, y, sample_weight, incremental=True, **more)
        self.run([self], [member], None, self._with_print(None))
        return self

    @staticmethod
    def run(
        models: Sequence[Perceptron],
        members: list[Member],
        should_stop: ShouldStop,
        on_epoch: OnEpoch | None,
        observers: Sequence[Observer] = (),
    ) -> None:
        """Train the members of models that share a stack, and store the result on each model."""
        plan = models[0]._plan(len(members[0].X))
        if models[0].solver in OPTIMIZERS:
            train(members, plan, should_stop=should_stop, on_epoch=on_epoch, observers=observers)
        else:
            for model, member in zip(models, members, strict=True):
                minimize(member, plan, model.max_fun, should_stop=should_stop, observers=observers)
        for model, member in zip(models, members, strict=True):
            model._finish(member)

    def begin(
        self, X: Any, y: Any, sample_weight: Any = None, *, incremental: bool = False, dev: Any = None, **more: Any
    ) -> Member:
        """Check settings and data; return the member of a stack to be trained."""
        self.check_settings()
        first = not hasattr(self, "coefs_") or not (self.warm_start or incremental)
        X, targets = self._check_data(X, y, first, incremental, more.get("classes"))
        if not first:
            self._check_same_network(targets)
        weights = self._row_weights(y, X, sample_weight)
        self._rng = check_random_state(self.random_state)
        if first:
            self._start(X, targets)
        member = Member(X=X, y=targets, flat=self._flat(), rng=self._rng, weights=weights)
        member.is_seeded = isinstance(self.random_state, (int, np.integer))
        if self.batch_norm:
            self._resume_normalization(member, first)
        self._settle(member, incremental)
        if self.early_stopping and self.solver in OPTIMIZERS:
            self._set_aside(member)
        member.X = self._as_dtype(member.X, member)
        if member.X_validation is not None:
            member.X_validation = self._as_dtype(member.X_validation, member)
        if dev is not None and self.record_health:
            member.dev = self._as_dtype(dense(dev[0]), member), self._dev_error(np.asarray(dev[1]))
        return member

    def _check_same_network(self, targets: Array) -> None:
        """Raise ValueError where training would continue with weights of another shape."""
        n_outputs = self._n_outputs(targets)
        layout = Layout((self.n_features_in_, *self.hidden_layers(), n_outputs), bool(self.batch_norm))
        if layout != self._begun:
            raise ValueError(
                f"warm_start and partial_fit go on with the network that was fitted before: {self._begun.in_words()}, not "
                f"{layout.in_words()}. Clone the estimator to begin anew."
            )

    def _as_dtype(self, X: Array, member: Member) -> Array:
        with np.errstate(over="ignore"):  # Too large a value becomes infinite, and so does the loss, which is detected.
            return np.ascontiguousarray(X, self._dtype(len(member.X)))

    def check_settings(self) -> None:
        """Raise SettingError for an invalid setting or combination of settings."""
        if self.solver not in OPTIMIZERS and (self.dropout or self.batch_norm):
            raise SettingError(
                tr(
                    "dropout and batch_norm need a solver that learns by batches; {solver} does not.",
                    solver=self.solver,
                )
            )
        for name, param in self._params.items():
            value = getattr(self, name)
            if isinstance(value, np.generic):
                value = value.item()
            if name == "hidden_layer_sizes":
                value = self.hidden_layers()
            if name == "class_weight" and isinstance(value, dict):
                continue
            if name == "n_iter_no_change" and value == np.inf:
                continue
            check(name, param, value)

    def _settle(self, member: Member, incremental: bool) -> None:
        """Copy the settings that may differ within a stack, and the state that an earlier call left."""
        activation = ACTIVATIONS[self.activation]
        slope = self.activation_slope
        member.rate, member.alpha, member.l1 = self.learning_rate_init, self.alpha, self.l1
        member.dropout, member.tol, member.patience = self.dropout, self.tol, self.n_iter_no_change
        member.clip_norm = np.inf if self.clip_norm is None else self.clip_norm
        member.slope = (activation.default_slope or 0.0) if slope is None else slope
        member.max_epochs = 1 if incremental else self.max_iter
        member.rows_seen = self.t_
        if incremental and self._optimizer_state is not None:
            solver, state, updates = self._optimizer_state
            if solver == self.solver:
                member.state, member.updates = state, updates
        if incremental or self.warm_start:
            member.best_loss = np.inf if self.best_loss_ is None else self.best_loss_
            member.stalled = self._stalled

    def _resume_normalization(self, member: Member, first: bool) -> None:
        """Continue from weights without folded batch normalization; a first fit starts with scale 1 and shift 0."""
        if not first:
            member.flat, member.running = self._trained
            return
        layout = self._layout(self.n_features_in_)
        flat = np.zeros((1, layout.size), member.flat.dtype)
        flat[0, : len(member.flat)] = member.flat
        for norm in layout.norms(flat):
            norm[:, 0] = 1
        member.flat = flat[0]
        member.running = [average[0] for average in first_running(layout, 1, flat.dtype)]

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
        self._optimizer_state: tuple[str, list[Array], int] | None = None
        self._begun = layout

    def _set_aside(self, member: Member) -> None:
        """Take the validation rows out of the training rows, as scikit-learn does.

        Where scikit-learn refuses (fewer than two rows, or than classes, to validate on), two rows are drawn at random.
        """
        from sklearn.model_selection import train_test_split  # keeps start-up short

        stratify = self._stratify(member.y)
        rows = np.arange(len(member.X))
        n_held = max(LEAST_VALIDATION, int(np.ceil(self.validation_fraction * len(rows))))
        if n_held >= len(rows):
            raise ValueError(
                "The validation set is too small. Increase 'validation_fraction' or the size of your dataset."
            )
        if stratify is not None and not _can_stratify(stratify, n_held):
            stratify = None
        train_rows, dev_rows = train_test_split(rows, random_state=self._rng, test_size=n_held, stratify=stratify)
        weights = None if member.weights is None else member.weights[dev_rows]
        member.X_validation = member.X[dev_rows]
        member.score = self._score(member.y[dev_rows], weights)
        member.X, member.y = member.X[train_rows], member.y[train_rows]
        member.weights = None if member.weights is None else member.weights[train_rows]

    def _finish(self, member: Member) -> None:
        layout, flat = self._layout(self.n_features_in_), member.flat[None]
        if self.batch_norm:
            running = [average[None] for average in member.running or []]
            self._trained = member.flat, member.running
            flat = fold(layout, flat, running)
        blocks = Layout(layout.units).weights(flat)
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
            self._optimizer_state = self.solver, member.state, member.updates
        if member.health is not None:
            self.health_ = member.health

    def _warn_unless_converged(self, member: Member) -> None:
        if member.diverged:
            warnings.warn(
                f"Training diverged in epoch {member.epochs}: the loss is no longer a finite number. The weights are "
                "those before the best epoch. Scale the inputs or lower learning_rate_init.",
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

    def hidden_layers(self) -> tuple[int, ...]:
        """Return hidden_layer_sizes as whole numbers; SettingError where they are none."""
        return sizes_of(self.hidden_layer_sizes)

    def _layout(self, n_features: int) -> Layout:
        return Layout((n_features, *self.hidden_layers(), self.n_outputs_), self.batch_norm)

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
            penalty=REGULARIZERS[self.penalty],
            record_health=self.record_health,
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
        layout = Layout(self._layout(self.n_features_in_).units)
        flat = np.empty((1, layout.size), self.coefs_[0].dtype)
        for block, W, b in zip(layout.weights(flat), self.coefs_, self.intercepts_, strict=True):
            block[0, :, :-1], block[0, :, -1] = W.T, b
        return np.asarray(flat[0])

    # --- predicting ---

    def _outputs(self, X: Any) -> Array:
        """Return the outputs (n, K) on X, checked."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse=["csr", "csc"], dtype=(np.float64, np.float32), reset=False)
        activation = ACTIVATIONS[self.activation]
        slope = self.activation_slope if self.activation_slope is not None else activation.default_slope
        layout = Layout(self._layout(self.n_features_in_).units)
        network = Network(layout, activation, self._loss_row(), slope or 0.0)
        with np.errstate(all="ignore"):
            return outputs(network, self._flat()[None], dense(X)).T

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def _can_stratify(labels: Array, n_held: int) -> bool:
    """Return True if a stratified split with n_held validation rows has every class on both sides."""
    counts = np.unique(labels, return_counts=True)[1]
    return bool(counts.min() >= 2 and min(n_held, len(labels) - n_held) >= len(counts))


def dense(X: Any) -> Array:
    """Return X as an array."""
    return np.asarray(X.toarray() if hasattr(X, "toarray") else X)


def store(model: Any, settings: dict[str, Any]) -> None:
    """Put the arguments of a constructor on the model."""
    for name, value in settings.items():
        if name not in ("self", "__class__"):
            setattr(model, name, value)

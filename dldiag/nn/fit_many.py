"""Fitting several models as one stack."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from dldiag.core.types import ShouldStop
from dldiag.nn.perceptron import Perceptron
from dldiag.nn.stack import Member
from dldiag.nn.training import OnEpoch


def stack_key(model: Perceptron, n_rows: int, n_features: int, n_outputs: int) -> Hashable:
    """Return a key: models with equal keys may be fitted in one stack.

    n_outputs is the number of classes or of target columns. Members may differ in random_state, rows (their number is
    the same), learning_rate_init, alpha, l1, dropout, activation_slope, clip_norm, init, init_scale, tol,
    n_iter_no_change, max_iter and class_weight.
    """
    shared = {name: value for name, value in model.get_params().items() if name not in _MAY_DIFFER}
    shared["hidden_layer_sizes"] = model.hidden_layers()
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
    on_epoch: OnEpoch | None = None,
) -> None:
    """Fit models of one `stack_key` in place, in lock-step; a member gets bit for bit what it gets alone.

    dev: per model (X, y) on which the error of every epoch is recorded for `health_`, never used to train.
    should_stop() is called in every epoch, and during long ones; on True, `dldiag.core.types.Stopped` is raised.
    on_epoch(epoch, epochs at most, loss of every member) is called after every epoch.
    """
    weights = sample_weights if sample_weights is not None else [None] * len(models)
    devs = dev if dev is not None else [None] * len(models)
    members = [m.begin(X, y, w, dev=d) for m, X, y, w, d in zip(models, Xs, ys, weights, devs, strict=True)]
    _share_rows(members, Xs)
    Perceptron.run(models, members, should_stop, on_epoch)


def _share_rows(members: list[Member], Xs: Sequence[Any]) -> None:
    """Let members that were given the same X hold it once."""
    first: dict[int, Member] = {}
    for member, X in zip(members, Xs, strict=True):
        if member.X_validation is None:
            member.X = first.setdefault(id(X), member).X

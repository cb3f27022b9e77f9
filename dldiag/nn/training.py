"""The training loop: a stack of networks of one shape, in lock-step, each stopping when it should."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from dldiag.nn.activations import Activation
from dldiag.nn.layout import Layout
from dldiag.nn.losses import Loss
from dldiag.nn.network import Network, Workspace
from dldiag.nn.optimizers import Optimizer, Rates
from dldiag.nn.schedules import ADAPTIVE_SMALLEST_RATE, Progress, Schedule
from dldiag.types import Stopped

Array = NDArray[Any]
ShouldStop = Callable[[], bool] | None
OnEpoch = Callable[[int, int, Array], None] | None

ASK_EVERY = 0.3  # seconds between two questions whether to stop, within an epoch
EVALUATED_AT_ONCE = 2048  # rows of one evaluation pass; more only take memory


@dataclass(frozen=True, eq=False)
class Plan:
    """What all members of a stack share."""

    layout: Layout
    activation: Activation
    loss: Loss
    optimizer: Optimizer
    schedule: Schedule
    batch_size: int
    dtype: Any
    shuffle: bool = True
    early_stopping: bool = False
    rates: Rates = field(default_factory=lambda: Rates(np.ones((1, 1))))
    power_t: float = 0.5


@dataclass(eq=False)
class Member:
    """One network of a stack: its data, its own settings, where it starts, and what has become of it.

    X: (n, d); y: (n,) class numbers or (n, K); weights: (n,) or None; flat: (P,) parameters.
    `score(outputs)` judges outputs (K, n) on the validation rows, higher is better.
    """

    X: Array
    y: Array
    flat: Array
    rng: np.random.RandomState
    weights: Array | None = None
    rate: float = 0.001
    alpha: float = 0.0001
    l1: float = 0.0
    dropout: float = 0.0
    slope: float = 0.0
    clip_norm: float | None = None
    tol: float = 1e-4
    patience: float = 10
    max_epochs: int = 200
    X_validation: Array | None = None
    score: Callable[[Array], float] | None = None
    best_loss: float = np.inf
    best_score: float = -np.inf
    losses: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    state: list[Array] | None = None
    updates: int = 0
    rows_seen: int = 0
    stalled: int = 0
    plateaus: int = 0
    epochs: int = 0
    best_epoch: int = 0
    stopped_by: str = "epochs"
    best_flat: Array | None = None
    order: Array | None = None

    @property
    def diverged(self) -> bool:
        """Whether training ended because the loss was no longer a number."""
        return self.stopped_by == "divergence"


def train(members: list[Member], plan: Plan, *, should_stop: ShouldStop = None, on_epoch: OnEpoch = None) -> None:
    """Train members in lock-step and leave the outcome on each. Raises Stopped when should_stop() says so."""
    longest = max(member.max_epochs for member in members)
    active = list(members)
    with threadpool_limits(1, "blas"), np.errstate(all="ignore"):
        stack = Stack(active, plan)
        for epoch in range(1, longest + 1):
            stack.run_epoch(should_stop)
            staying = [_carry_on(member, stack, i, plan) for i, member in enumerate(active)]
            if on_epoch is not None:
                on_epoch(epoch, longest, np.array([m.losses[-1] for m in members]))
            if not any(staying):
                break
            if not all(staying):
                stack.keep(np.flatnonzero(staying))
                active = stack.members


def _carry_on(member: Member, stack: Stack, i: int, plan: Plan) -> bool:
    """Take stock of a member after an epoch, as scikit-learn does; False when its training is over."""
    member.epochs += 1
    member.rows_seen += len(member.X)
    member.losses.append(float(stack.epoch_loss[i]))
    if not np.isfinite(member.losses[-1]) or not np.isfinite(stack.flat[i]).all():
        return _leave(member, stack, i, "divergence")
    _count_stall(member, stack, i, plan)
    if member.stalled > member.patience:
        if not plan.schedule.on_plateau or member.rate * stack.factor[i] <= ADAPTIVE_SMALLEST_RATE:
            return _leave(member, stack, i, "validation" if plan.early_stopping else "plateau")
        member.plateaus += 1
        member.stalled = 0
    if member.epochs >= member.max_epochs:
        return _leave(member, stack, i, "epochs")
    stack.remember(i)
    stack.set_factor(i)
    return True


def _count_stall(member: Member, stack: Stack, i: int, plan: Plan) -> None:
    if plan.early_stopping and member.score is not None and member.X_validation is not None:
        score = member.score(stack.outputs(i, member.X_validation))
        member.scores.append(score)
        member.stalled = member.stalled + 1 if score < member.best_score + member.tol else 0
        if score > member.best_score:
            member.best_score, member.best_epoch = score, member.epochs
            member.best_flat = stack.flat[i].copy()
        return
    loss = member.losses[-1]
    member.stalled = member.stalled + 1 if loss > member.best_loss - member.tol else 0
    if loss < member.best_loss:
        member.best_loss, member.best_epoch = loss, member.epochs


def _leave(member: Member, stack: Stack, i: int, why: str) -> bool:
    member.stopped_by = why
    member.flat = stack.flat[i].copy() if why != "divergence" else stack.last_finite[i].copy()
    if plan_keeps_best(member):
        member.flat = member.best_flat  # type: ignore[assignment]  # checked by plan_keeps_best
    member.state = [state[i].copy() for state in stack.state]
    member.updates = stack.updates
    return False


def plan_keeps_best(member: Member) -> bool:
    """Whether early stopping has kept weights that are to be restored."""
    return member.best_flat is not None


class Stack:
    """The arrays of S members in training."""

    def __init__(self, members: list[Member], plan: Plan) -> None:
        self.plan = plan
        self.members = members
        dtype = plan.dtype
        self.flat = np.stack([m.flat for m in members]).astype(dtype)
        self.state = self._first_state()
        self.updates = members[0].updates
        self.factor = np.ones(len(members))
        self._gather_data()
        self._allocate()
        for i in range(len(members)):
            self.set_factor(i)

    def _first_state(self) -> list[Array]:
        slots = range(self.plan.optimizer.slots)
        return [
            np.stack([np.zeros_like(self.flat[0]) if m.state is None else m.state[slot] for m in self.members]).astype(
                self.plan.dtype
            )
            for slot in slots
        ]

    def _gather_data(self) -> None:
        """Lay all members' rows under each other, each distinct X once, with a last column of ones."""
        starts: dict[int, int] = {}
        parts, offset = [], 0
        self.offsets = np.zeros(len(self.members), np.intp)
        for i, member in enumerate(self.members):
            if id(member.X) not in starts:
                starts[id(member.X)] = offset
                parts.append(member.X)
                offset += len(member.X)
            self.offsets[i] = starts[id(member.X)]
        self.X = np.ones((offset, self.plan.layout.units[0] + 1), self.plan.dtype)
        np.concatenate(parts, axis=0, out=self.X[:, :-1], casting="same_kind")
        self.y = np.concatenate([m.y for m in self.members])
        weighted = any(m.weights is not None for m in self.members)
        self.weights = (
            np.concatenate([np.ones(len(m.X)) if m.weights is None else m.weights for m in self.members]).astype(
                self.plan.dtype
            )
            if weighted
            else None
        )
        self.n_rows = len(self.members[0].X)
        self.y_offsets = np.arange(len(self.members)) * self.n_rows
        self.order = np.tile(np.arange(self.n_rows), (len(self.members), 1))

    def _allocate(self) -> None:
        plan, dtype = self.plan, self.plan.dtype
        size = len(self.members)

        def column(name: str) -> Array:
            return np.array([getattr(m, name) for m in self.members], dtype)[:, None]

        self.gradient = np.zeros_like(self.flat)
        self.scratch = np.empty_like(self.flat)
        self.blocks = plan.layout.weights(self.flat)
        self.gradients = plan.layout.weights(self.gradient)
        self.last_finite = self.flat.copy()
        self.penalized = plan.layout.penalized(dtype)
        self.decay = column("alpha") * self.penalized if any(m.alpha for m in self.members) else None
        self.lasso = column("l1") * self.penalized if any(m.l1 for m in self.members) else None
        clips = [np.inf if m.clip_norm is None else m.clip_norm for m in self.members]
        self.clip = np.array(clips, dtype)[:, None] if any(np.isfinite(clips)) else None
        self.dropout = column("dropout")[:, :, None] if any(m.dropout for m in self.members) else None
        self.network = Network(plan.layout, plan.activation, plan.loss, column("slope")[:, :, None])
        self.base_rate = column("rate")
        self.rate = np.empty((size, 1), dtype)
        self.rates = replace(plan.rates, rate=self.rate)
        self.spaces: dict[int, Workspace] = {}
        self.epoch_loss = np.zeros(size)

    def set_factor(self, i: int) -> None:
        """Apply the schedule to a member's learning rate for the next epoch."""
        m = self.members[i]
        at = Progress(m.epochs, m.max_epochs, m.rows_seen, m.plateaus, self.plan.power_t)
        self.factor[i] = self.plan.schedule.factor(at) if m.epochs else 1.0
        self.rate[i] = m.rate * self.factor[i]

    def remember(self, i: int) -> None:
        """Keep a member's weights in case the next epoch diverges."""
        self.last_finite[i] = self.flat[i]

    def keep(self, staying: Array) -> None:
        """Go on with some of the members only."""
        self.members = [self.members[i] for i in staying]
        for name in ("flat", "offsets", "y_offsets", "order", "factor"):
            setattr(self, name, getattr(self, name)[staying])
        self.state = [state[staying] for state in self.state]
        self._allocate()
        for i in range(len(self.members)):
            self.set_factor(i)

    def run_epoch(self, should_stop: ShouldStop) -> None:
        """Take one step on every batch of every member, in each member's own order."""
        _ask(should_stop)
        if self.plan.shuffle:
            for i, member in enumerate(self.members):
                self.order[i] = self.order[i][_permutation(member.rng, self.n_rows)]
        self.epoch_loss[:] = 0
        asked = time.monotonic()
        for start in range(0, self.n_rows, self.plan.batch_size):
            rows = self.order[:, start : start + self.plan.batch_size]
            self.epoch_loss += self.step(rows) * (rows.shape[1] / self.n_rows)
            if time.monotonic() - asked > ASK_EVERY:
                _ask(should_stop)
                asked = time.monotonic()

    def step(self, rows: Array) -> Array:
        """Take one step on rows (S, n) and return each member's loss before it."""
        loss = self.differentiate(rows)
        self._clip()
        self.updates += 1
        self.plan.optimizer.update(self.flat, self.gradient, self.state, self.rates, self.updates, self.scratch)
        return loss

    def differentiate(self, rows: Array) -> Array:
        """Write the gradient on rows (S, n) and return each member's loss."""
        space = self._space(rows.shape[1])
        weights = self._load(rows, space)
        keep = self._draw_dropout(space)
        z = self.network.forward(self.blocks, space, keep)
        self.plan.loss.step(z, self._targets(rows), space.losses, space.scratch[-1])
        total = self._weigh(space, weights)
        self.network.backward(self.blocks, space, self.gradients, keep)
        loss = np.add.reduce(space.losses, axis=1) / total
        return np.asarray(loss + self._penalize(total))

    def _space(self, n_rows: int) -> Workspace:
        if n_rows not in self.spaces:
            shape = len(self.members), n_rows
            self.spaces[n_rows] = Workspace.build(
                self.plan.layout,
                shape,
                self.plan.dtype,
                keeps_input=self.plan.activation.keeps_input,
                drops=self.dropout is not None,
            )
        return self.spaces[n_rows]

    def _load(self, rows: Array, space: Workspace) -> Array | None:
        at = (rows + self.offsets[:, None]).reshape(-1)
        np.take(self.X, at, axis=0, out=space.x.reshape(len(at), -1), mode="clip")
        if self.weights is None:
            return None
        return np.asarray(self.weights[rows + self.y_offsets[:, None]])

    def _targets(self, rows: Array) -> Array:
        targets = self.y[rows + self.y_offsets[:, None]]
        return targets if self.plan.loss.indexed else targets.transpose(0, 2, 1)

    def _draw_dropout(self, space: Workspace) -> list[Array] | None:
        if self.dropout is None:
            return None
        keeps = []
        for z in space.z[:-1]:
            keep = np.stack([m.rng.random_sample(z.shape[1:]) for m in self.members]) >= self.dropout
            keeps.append(keep.astype(self.plan.dtype) / (1 - self.dropout))
        return keeps

    def _weigh(self, space: Workspace, weights: Array | None) -> Array:
        """Turn dL/dZ of every row into that of the (weighted) mean; return the sum of weights of each member."""
        delta = space.delta[-1]
        if weights is None:
            total = np.full(len(self.members), delta.shape[2], self.plan.dtype)
        else:
            delta *= weights[:, None, :]
            space.losses *= weights
            total = np.add.reduce(weights, axis=1)
            total[total == 0] = 1
        delta /= total[:, None, None]
        return total

    def _penalize(self, total: Array) -> Array | float:
        """Add the gradient of L1 and L2, shared out over the rows as in scikit-learn; return the penalties."""
        penalty: Array | float = 0.0
        if self.decay is not None and not self.plan.optimizer.decouples_decay:
            np.multiply(self.flat, self.decay, out=self.scratch)
            self.scratch /= total[:, None]
            self.gradient += self.scratch
            penalty = 0.5 * np.matmul(self.scratch[:, None, :], self.flat[:, :, None])[:, 0, 0]
        if self.lasso is not None:
            np.sign(self.flat, out=self.scratch)
            self.scratch *= self.lasso
            self.scratch /= total[:, None]
            self.gradient += self.scratch
            penalty = penalty + np.matmul(self.scratch[:, None, :], self.flat[:, :, None])[:, 0, 0]
        return penalty

    def _clip(self) -> None:
        if self.clip is not None:
            norm = np.sqrt(np.matmul(self.gradient[:, None, :], self.gradient[:, :, None])[:, 0])
            self.gradient *= np.minimum(1, self.clip / np.maximum(norm, np.finfo(norm.dtype).tiny))

    def outputs(self, i: int, X: Array) -> Array:
        """Return a member's outputs (K, n) on other rows."""
        return outputs(replace(self.network, slope=self.members[i].slope), self.flat[i : i + 1], X)


def outputs(network: Network, flat: Array, X: Array) -> Array:
    """Return the outputs (K, n), after the output activation, of one network with parameters flat (1, P)."""
    blocks = network.layout.weights(flat)
    result = np.empty((network.layout.units[-1], len(X)), flat.dtype)
    for start in range(0, len(X), EVALUATED_AT_ONCE):
        part = X[start : start + EVALUATED_AT_ONCE]
        space = Workspace.build(
            network.layout, (1, len(part)), flat.dtype, keeps_input=network.activation.keeps_input
        )
        space.x[0, :, :-1] = part
        result[:, start : start + len(part)] = network.loss.predict(network.forward(blocks, space))[0]
    return result


def _permutation(rng: np.random.RandomState, n_rows: int) -> Array:
    indices = np.arange(n_rows)
    rng.shuffle(indices)
    return indices


def _ask(should_stop: ShouldStop) -> None:
    if should_stop is not None and should_stop():
        raise Stopped

"""The arrays of a stack of networks during training, and one optimization step on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from dldiag.core.types import Array
from dldiag.nn.activations import Activation
from dldiag.nn.health import Health
from dldiag.nn.layout import Layout
from dldiag.nn.losses import Loss
from dldiag.nn.network import Evaluation, Network, Parameters, Workspace
from dldiag.nn.normalization import first_running
from dldiag.nn.optimizers import Optimizer, Rates
from dldiag.nn.regularizers import REGULARIZERS, Regularizer
from dldiag.nn.schedules import RunProgress, Schedule

Watch = Callable[[Array, Array], None]

UPDATED_AT_ONCE = 65_536  # Parameters updated at once; five arrays of this length about fill a second-level cache.
DROPOUT_LEVELS = 2**16  # Dropout compares 16 random bits per unit, so the share dropped is exact to 1 / 65,536.


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
    penalty: Regularizer = REGULARIZERS["l2"]  # The penalty that alpha weighs.
    record_health: bool = False


@dataclass(frozen=True, eq=False)
class Chunk:
    """A part of the flat arrays that is updated at once, small enough to stay in the cache for all operations."""

    members: slice
    p: Array
    g: Array
    scratch: Array
    state: list[Array]
    rates: Rates
    penalties: list[tuple[Regularizer, Array]]


class Stack:
    """S members in training: flat parameters, gradient and optimizer state (S, P), and their rows.

    X holds the members' rows under each other, each distinct X once, with a last column of ones.
    """

    def __init__(self, members: list[Member], plan: Plan) -> None:
        self.members, self.plan = members, plan
        share_draws(members)
        self.n_rows = len(members[0].y)
        self.flat = np.stack([m.flat for m in members]).astype(plan.dtype)
        self.updates = members[0].updates
        self.state = [self._first_state(slot) for slot in range(plan.optimizer.slots)]
        self.running = first_running(plan.layout, len(members), plan.dtype)
        for layer, average in enumerate(self.running):
            for i, m in enumerate(members):
                average[i] = m.running[layer] if m.running else average[i]
        self.X, self.x_start = _under_each_other([m.X for m in members], plan)
        self.y = np.stack([m.y for m in members])
        if not plan.loss.indexed:
            self.y = self.y.astype(plan.dtype)
        self.weights = self._row_weights()
        self.order = np.tile(np.arange(self.n_rows), (len(members), 1))
        self._allocate()

    def _first_state(self, slot: int) -> Array:
        states = [np.zeros_like(self.flat[0]) if m.state is None else m.state[slot] for m in self.members]
        return np.stack(states).astype(self.plan.dtype)

    def _row_weights(self) -> Array | None:
        if all(m.weights is None for m in self.members):
            return None
        weights = [np.ones(self.n_rows) if m.weights is None else m.weights for m in self.members]
        return np.stack(weights).astype(self.plan.dtype)

    def _column(self, name: str) -> Array:
        return np.array([getattr(m, name) for m in self.members], self.plan.dtype)[:, None]

    def _allocate(self) -> None:
        """Allocate what depends on which members are in the stack."""
        plan, members = self.plan, self.members
        self.gradient, self.scratch = np.zeros_like(self.flat), np.empty_like(self.flat)
        self.parameters = Parameters.of(plan.layout, self.flat)
        self.gradients = Parameters.of(plan.layout, self.gradient)
        self.before_epoch = self.flat.copy()
        self.fallback = self.flat.copy()  # The weights at the start of the epoch with the lowest loss.
        penalized = plan.layout.penalized(plan.dtype)
        self.penalties = [
            (row, self._column(name) * penalized, np.empty_like(self.flat))
            for name, row in (("alpha", plan.penalty), ("l1", REGULARIZERS["l1"]))
            if any(getattr(m, name) for m in members)
        ]
        self.clip_norm = self._column("clip_norm") if any(np.isfinite(m.clip_norm) for m in members) else None
        self.dropout = self._column("dropout")[:, :, None] if any(m.dropout for m in members) else None
        slope = self._column("slope")[:, :, None]
        self.network = Network(plan.layout, plan.activation, plan.loss, slope, self.running)
        self.rate = np.empty((len(members), 1), plan.dtype)
        self.rates = replace(plan.rates, rate=self.rate)
        for row, strength, _ in self.penalties:
            if self._is_decoupled(row):
                self.rates = replace(self.rates, decay=strength)
        self.total = np.zeros((len(members), 1), plan.dtype)  # The rows, or the sum of weights, of the last batch.
        self.penalty = np.zeros(len(members), plan.dtype)
        self.chunks = [self._chunk(part) for part in _parts(*self.flat.shape)]
        self.spaces: dict[int, Workspace] = {}
        self.validation: Evaluation | None = None
        for i in range(len(members)):
            self.set_rate(i)

    def set_rate(self, i: int) -> None:
        """Apply the schedule to a member's learning rate for the next epoch."""
        m = self.members[i]
        at = RunProgress(m.epochs, m.max_epochs, m.rows_seen, m.plateaus, self.plan.power_t)
        self.rate[i] = m.rate * (self.plan.schedule.factor(at) if m.epochs else 1.0)

    def network_of(self, members: list[int]) -> Network:
        """Return the network of some members only."""
        return replace(self.network, slope=self.network.slope[members])

    def keep(self, staying: Array) -> None:
        """Keep some of the members only."""
        self.members = [self.members[i] for i in staying]
        fallback = self.fallback[staying]
        self.flat, self.order, self.y = self.flat[staying], self.order[staying], self.y[staying]
        self.x_start = self.x_start[staying]
        self.weights = None if self.weights is None else self.weights[staying]
        self.state = [state[staying] for state in self.state]
        self.running = [average[staying] for average in self.running]
        self._allocate()
        self.fallback = fallback

    def shuffle(self) -> None:
        """Draw the next epoch's order of rows for every member, from its own generator, as scikit-learn does."""
        if self.plan.shuffle:
            self._draw_orders()
        self.rows = self.order + self.x_start[:, None]
        # Rows are numbered through all members, one after the other.
        at = self.order + self.n_rows * np.arange(len(self.members))[:, None]
        if self.plan.loss.indexed:
            self.targets = self.y.take(at, mode="clip")
        else:
            targets = self.y.reshape(-1, self.y.shape[2]).take(at, axis=0, mode="clip")
            self.targets = np.ascontiguousarray(targets.transpose(0, 2, 1))
        self.row_weights = None if self.weights is None else self.weights.take(at, mode="clip")

    def _draw_orders(self) -> None:
        orders: dict[int, Array] = {}  # One draw per generator, because `share_draws` lets several members have one.
        for member, order in zip(self.members, self.order, strict=True):
            known = orders.get(id(member.rng)) if member.is_seeded else None
            if known is not None:
                np.copyto(order, known)
                continue
            member.rng.shuffle(order)  # This gives the same order as scikit-learn's indices[permutation].
            orders[id(member.rng)] = order

    def step(
        self, start: int, stop: int, watch: Watch | None = None, before_update: Callable[[], None] | None = None
    ) -> Array:
        """Take one step on the rows start…stop of the epoch's order; return each member's loss before it (S,).

        before_update() sees the gradient, penalties and clipping included, which the optimizer then overwrites.
        """
        loss = self._backpropagate(start, stop, watch)
        self.updates += 1
        whole = self.clip_norm is not None or before_update is not None
        if whole:
            for chunk in self.chunks:
                self._penalize(chunk)
        if self.clip_norm is not None:
            self._clip(self.clip_norm)
        if before_update is not None:
            before_update()
        for chunk in self.chunks:
            if not whole:
                self._penalize(chunk)
            self.plan.optimizer.update(chunk.p, chunk.g, chunk.state, chunk.rates, self.updates, chunk.scratch)
        return loss + self.penalty

    def differentiate(self, start: int, stop: int, watch: Watch | None = None) -> Array:
        """Write the gradient of the loss on the rows start…stop of the epoch's order; return the loss (S,).

        watch(delta, losses) sees every row's dL/dZ (S, K, n) and loss (S, n).
        """
        loss = self._backpropagate(start, stop, watch)
        for chunk in self.chunks:
            self._penalize(chunk)
        return loss + self.penalty

    def _backpropagate(self, start: int, stop: int, watch: Watch | None) -> Array:
        """Write the gradient of the loss without penalties; return that loss (S,)."""
        space = self.space(stop - start)
        self.X.take(
            self.rows[:, start:stop].reshape(-1), axis=0, out=space.x.reshape(-1, space.x.shape[2]), mode="clip"
        )
        keep = None if self.dropout is None else self._draw_dropout(space, self.dropout)
        z = self.network.forward(self.parameters, space, keep)
        self.plan.loss.step(z, self.targets[..., start:stop], space.losses, space.scratch[-1])
        if watch is not None:
            watch(space.delta[-1], space.losses)
        total = self._weigh(space, start, stop)
        self.network.backward(self.parameters, space, self.gradients, keep)
        self._share_out(total)
        self.penalty[:] = 0
        return np.asarray(np.add.reduce(space.losses, axis=1) / self.total[:, 0])

    def space(self, n_rows: int) -> Workspace:
        """Return the arrays for batches of n_rows; they are made once."""
        if n_rows not in self.spaces:
            self.spaces[n_rows] = Workspace.build(
                self.plan.layout,
                (len(self.members), n_rows),
                self.plan.dtype,
                keeps_input=self.plan.activation.keeps_input,
                drops=self.dropout is not None,
            )
        return self.spaces[n_rows]

    def _draw_dropout(self, space: Workspace, dropout: Array) -> list[Array]:
        """Draw which units stay, already divided by the share that stays (Srivastava et al. 2014)."""
        threshold = np.rint(dropout * DROPOUT_LEVELS).astype(np.uint16)
        scale = (1 / (1 - dropout)).astype(self.plan.dtype)
        keeps = []
        for a in space.a:
            bits = np.stack([m.dropout_bits(a[0].size) for m in self.members]).reshape(a.shape)
            keeps.append(np.multiply(bits >= threshold, scale, dtype=self.plan.dtype))
        return keeps

    def _weigh(self, space: Workspace, start: int, stop: int) -> Any:
        """Turn every row's dL/dZ into that of the (weighted) mean; return the sum of weights, a number or (S, 1)."""
        delta = space.delta[-1]
        if self.row_weights is None:
            delta *= 1 / (stop - start)
            return float(stop - start)  # Unlike sums of weights, it is the same for all members.
        weights = self.row_weights[:, start:stop]
        total = np.add.reduce(weights, axis=1)
        total[total == 0] = 1
        delta *= (weights / total[:, None])[:, None, :]
        space.losses *= weights
        return total[:, None]

    def _share_out(self, total: Any) -> None:
        """Share the penalties out over the rows of a batch, as scikit-learn does."""
        if isinstance(total, float) and total == self.total[0, 0]:
            return
        self.total[:] = total
        for _, strength, shared in self.penalties:
            np.divide(strength, self.total, out=shared)

    def _penalize(self, chunk: Chunk) -> None:
        """Add the gradient of the penalties, and record their cost."""
        for row, strength in chunk.penalties:
            if not self._is_decoupled(row):
                row.pull(chunk.p, strength, chunk.scratch)
                np.add(chunk.g, chunk.scratch, out=chunk.g)
                self.penalty[chunk.members] += row.cost(chunk.p, strength, chunk.scratch)

    def _is_decoupled(self, row: Regularizer) -> bool:
        return row.is_decay and self.plan.optimizer.decouples_decay

    def _chunk(self, part: tuple[slice, slice]) -> Chunk:
        rates = replace(self.rates, rate=self.rate[part[0]])
        if isinstance(rates.decay, np.ndarray):
            rates = replace(rates, decay=rates.decay[part])
        return Chunk(
            members=part[0],
            p=self.flat[part],
            g=self.gradient[part],
            scratch=self.scratch[: part[0].stop - part[0].start, : part[1].stop - part[1].start],
            state=[state[part] for state in self.state],
            rates=rates,
            penalties=[(row, shared[part]) for row, _, shared in self.penalties],
        )

    def _clip(self, limit: Array) -> None:
        length = np.sqrt(np.matmul(self.gradient[:, None, :], self.gradient[:, :, None])[:, 0])
        self.gradient *= np.minimum(1, limit / np.maximum(length, np.finfo(length.dtype).tiny))


def _parts(n_members: int, n_parameters: int) -> list[tuple[slice, slice]]:
    """Cut (S, P) into parts of about UPDATED_AT_ONCE numbers; how a member's row is cut depends on P alone."""
    if n_parameters > UPDATED_AT_ONCE:
        columns = [slice(a, min(a + UPDATED_AT_ONCE, n_parameters)) for a in range(0, n_parameters, UPDATED_AT_ONCE)]
        return [(slice(i, i + 1), column) for i in range(n_members) for column in columns]
    at_once = max(1, UPDATED_AT_ONCE // n_parameters)
    everything = slice(0, n_parameters)
    return [(slice(i, min(i + at_once, n_members)), everything) for i in range(0, n_members, at_once)]


def _under_each_other(parts: list[Array], plan: Plan) -> tuple[Array, Array]:
    """Return all distinct arrays in one, with a last column of ones, and where each part begins."""
    distinct = {id(part): part for part in parts}
    sizes = [len(part) for part in distinct.values()]
    starts = dict(zip(distinct, np.cumsum([0, *sizes[:-1]]).tolist(), strict=True))
    X = np.ones((sum(sizes), plan.layout.units[0] + 1), plan.dtype)
    np.concatenate(list(distinct.values()), axis=0, out=X[:, :-1], casting="same_kind")
    return X, np.array([starts[id(part)] for part in parts])


def share_draws(members: Sequence[Member]) -> None:
    """Give members whose generators are in one state the same generator: they shuffle alike, so one draw is enough.

    Settings compared on the same rows have one seed. Dropout draws from the generator, too, so it keeps its own.
    """
    first: dict[tuple[bytes, int], np.random.RandomState] = {}
    for member in members:
        if member.is_seeded and not member.dropout:
            _, keys, position, *_ = member.rng.get_state()
            member.rng = first.setdefault((np.asarray(keys).tobytes(), int(position)), member.rng)


@dataclass(eq=False)
class Member:
    """One network.

    X: (n, d); y: (n,) class numbers or (n, K); weights: (n,) or None; flat: (P,) parameters. `score(outputs)` rates
    outputs (K, n) on X_validation, higher is better; `dev` is (X, error of outputs), measured and never trained on.
    """

    X: Array
    y: Array
    flat: Array
    rng: np.random.RandomState
    is_seeded: bool = False  # rng was made from a number, so nobody else draws from it.
    weights: Array | None = None
    rate: float = 0.001
    alpha: float = 0.0001
    l1: float = 0.0
    dropout: float = 0.0
    slope: float = 0.0
    clip_norm: float = np.inf
    tol: float = 1e-4
    patience: float = 10
    max_epochs: int = 200
    X_validation: Array | None = None
    score: Callable[[Array], float] | None = None
    dev: tuple[Array, Callable[[Array], float]] | None = None
    best_loss: float = np.inf
    best_score: float = -np.inf
    losses: list[float] = field(default_factory=list)
    least_loss: float = np.inf
    scores: list[float] = field(default_factory=list)
    state: list[Array] | None = None  # The state of the optimizer, one (P,) array per slot.
    running: list[Array] | None = None  # The running averages of batch normalization, (2, units) per hidden layer.
    updates: int = 0
    rows_seen: int = 0
    stalled: int = 0
    plateaus: int = 0
    epochs: int = 0
    best_epoch: int = 0
    best: tuple[Array, list[Array]] | None = None  # The parameters and running averages with the best validation score.
    stopped_by: str = "epochs"
    health: Health | None = None

    @property
    def diverged(self) -> bool:
        """Whether training ended because the loss was no longer finite."""
        return self.stopped_by == "divergence"

    @cached_property
    def _dropout_generator(self) -> np.random.BitGenerator:
        return np.random.SFC64(int(self.rng.randint(2**31)) if self.dropout else 0)

    def dropout_bits(self, count: int) -> Array:
        """Draw `count` random numbers of 16 bits from a generator that only dropout uses."""
        raw: Any = self._dropout_generator.random_raw(-(-count // 4))
        return np.asarray(raw.view(np.uint16)[:count])

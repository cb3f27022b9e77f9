"""Records health signals while a stack trains."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from dldiag.core.types import Array
from dldiag.nn.health import Health, LayerHealth
from dldiag.nn.network import Evaluation
from dldiag.nn.stack import Member, Stack

PROBE_ROWS = 256  # Layers are measured on this many training rows.
COMPARED_UNITS = 64  # The weights of this many units of a layer are compared with each other.
# Largest share of the training time spent on the dev error; beyond it not every epoch is measured.
DEV_TIME_SHARE = 0.02
DEV_POINTS = 25  # A run has at least this many dev errors.
FORWARD_SHARE = 1 / 3  # Cost of a forward pass relative to a whole step.
STARTING = 200  # Fixed cost of a forward pass, in rows that take as long.


@dataclass(eq=False)
class MemberRecord:
    """The signals of one member so far."""

    initial_loss: float
    initial_error: float
    expected_loss: float
    unit: float  # The unit of errors: 1, or the spread of the training targets.
    dev_every: int  # This many epochs pass from one dev error to the next.
    penalty_share: list[float] = field(default_factory=list)
    train_error: list[float] = field(default_factory=list)
    dev_error: dict[int, float] = field(default_factory=dict)  # The dev error of each epoch that was measured.
    gradient_norm: list[tuple[float, ...]] = field(default_factory=list)
    update_ratio: list[tuple[float, ...]] = field(default_factory=list)
    looks: list[LayerHealth] = field(default_factory=list)


class Recorder:
    """Record health signals of a stack; the training loop calls `step` and `end_epoch`.

    An epoch of a small network takes a millisecond, so signals are recorded for all members at once and split by member
    only when one of them stops.
    """

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.series = {
            id(member): MemberRecord(*_at_start(stack, i), _dev_every(member, stack))
            for i, member in enumerate(stack.members)
        }
        self.epoch = 0
        self._prepare()
        self._look(range(len(stack.members)))

    def _prepare(self) -> None:
        """Lay out what depends on who is in the stack."""
        stack = self.stack
        self.members = stack.members
        self.before = np.empty_like(stack.flat)
        self.before_by_layer = _by_layer(stack, self.before)
        self.gradient_by_layer = _by_layer(stack, stack.gradient)
        self.squares = _squares(self.gradient_by_layer)
        self.noted: list[tuple[Array, ...]] = []
        self.dev: dict[tuple[int, int], tuple[list[int], Evaluation]] = {}
        watched = [i for i, m in enumerate(stack.members) if m.dev]
        alike = {i: (len(m.dev[0]), self.series[id(m)].dev_every) for i, m in enumerate(stack.members) if m.dev}
        for size in set(alike.values()):
            who = [i for i in watched if alike[i] == size]
            parts = [m.dev[0] for i, m in enumerate(stack.members) if m.dev and i in who]
            self.dev[size] = who, Evaluation(stack.network_of(who), parts, stack.plan.dtype)
        self.forget()

    def forget(self) -> None:
        """Reset the counts of errors at the start of an epoch."""
        size = len(self.members)
        self.errors, self.penalty = np.zeros(size), np.zeros(size)

    def step(self, start: int, stop: int) -> Array:
        """Take one step of the stack and record its signals."""
        stack = self.stack
        last = stop == stack.n_rows
        if last:
            np.copyto(self.before, stack.flat)
        loss = stack.step(start, stop, self.note_errors, self.note_gradient if last else None)
        self.penalty += stack.penalty * ((stop - start) / stack.n_rows)
        return loss

    def note_errors(self, delta: Array, losses: Array) -> None:
        """Count the errors of a batch."""
        self.errors += np.add.reduce(self.stack.plan.loss.errors(delta, losses), axis=1)

    def note_gradient(self) -> None:
        """Take the length of every layer's gradient, before the optimizer overwrites it."""
        self.squares = _squares(self.gradient_by_layer)

    def end_epoch(self, losses: Array, leaving: dict[int, str]) -> None:
        """Record the epoch of every member; members that stop get their Health."""
        self.epoch += 1
        weights = _squares(self.before_by_layer)
        np.subtract(self.stack.flat, self.before, out=self.before)
        self.noted.append((self.errors, self.penalty, losses, self.squares, weights, _squares(self.before_by_layer)))
        self._note_dev_errors(leaving)
        if leaving:
            self._hand_out()
            self._look(leaving)
        for i, why in leaving.items():
            self.members[i].health = self._health(self.members[i], why)
        self.forget()

    def after_leaving(self) -> None:
        """Adapt to the stack after members have left it."""
        self._prepare()

    def _hand_out(self) -> None:
        """Split what was recorded since the stack last changed by member."""
        errors, penalty, losses, *squares = (
            np.array(epochs, dtype=np.float64) for epochs in zip(*self.noted, strict=True)
        )
        gradients, weights, updates = (np.sqrt(one) for one in squares)
        shares = np.divide(penalty, losses, out=np.zeros_like(penalty), where=losses != 0)
        ratios = np.divide(updates, weights, out=np.zeros_like(updates), where=weights > 0)
        means = errors / self.stack.n_rows
        for i, member in enumerate(self.members):
            series = self.series[id(member)]
            mean = np.sqrt(means[:, i]) / series.unit if self.stack.plan.loss.squares else means[:, i]
            series.train_error += mean.tolist()
            series.penalty_share += shares[:, i].tolist()
            series.gradient_norm += map(tuple, gradients[:, i].tolist())
            series.update_ratio += map(tuple, ratios[:, i].tolist())
        self.noted = []

    def _note_dev_errors(self, leaving: Collection[int]) -> None:
        """Record the dev error of members for which it is due, which depends on the member alone, or which stop."""
        for (_, every), (who, evaluation) in self.dev.items():
            due = who if self.epoch == 1 or self.epoch % every == 0 else [i for i in who if i in leaving]
            if not due:
                continue
            flat = self.stack.flat if len(who) == len(self.members) else self.stack.flat[who]
            outputs = evaluation.outputs(flat, [average[who] for average in self.stack.running])
            for i in due:
                member = self.members[i]
                assert member.dev is not None
                self.series[id(member)].dev_error[self.epoch] = member.dev[1](outputs[who.index(i)])

    def _look(self, who: Collection[int]) -> None:
        looks = self._layer_health(list(who))
        for k, i in enumerate(who):
            look = LayerHealth(self.epoch, *(tuple(values[k].tolist()) for values in looks))
            self.series[id(self.members[i])].looks.append(look)

    def _layer_health(self, who: list[int]) -> tuple[Array, Array, Array, Array]:
        stack, activation = self.stack, self.stack.plan.activation
        probe = Evaluation(stack.network_of(who), [self.members[i].X[:PROBE_ROWS] for i in who], stack.plan.dtype)
        (_, space), *_ = probe.passes(stack.flat[who], [average[who] for average in stack.running])
        dead, saturated, spread = [], [], []
        for z, a in zip(space.z[:-1], space.a, strict=True):
            spread.append(z.std(axis=(1, 2)))
            dead.append(_dead_share(a, activation.dead_below))
            limit = activation.saturates_at
            saturated.append(np.zeros(len(z)) if limit is None else (np.abs(z) > limit).mean(axis=(1, 2)))
        distance = [unit_distance(block[who]) for block in stack.parameters.blocks[:-1]]
        empty = np.empty((len(who), 0))
        return tuple(np.stack(p, axis=1) if p else empty for p in (dead, saturated, spread, distance))  # type: ignore[return-value]

    def _health(self, member: Member, why: str) -> Health:
        series = self.series[id(member)]
        dev = [series.dev_error.get(epoch) for epoch in range(1, self.epoch + 1)]
        return Health(
            epochs=member.epochs,
            loss=tuple(member.losses),
            penalty_share=tuple(series.penalty_share),
            train_error=tuple(series.train_error),
            dev_error=tuple(None if error is None else error / series.unit for error in dev) if member.dev else None,
            gradient_norm=tuple(series.gradient_norm),
            update_ratio=tuple(series.update_ratio),
            layers=tuple(series.looks),
            initial_loss=series.initial_loss,
            expected_loss=series.expected_loss,
            initial_error=series.initial_error,
            finite=bool(np.isfinite(member.losses).all()),
            diverged=why == "divergence",
            stopped_by=why,
            best_epoch=member.best_epoch,
            validation=tuple(member.scores) if member.scores else None,
            unit=series.unit,
            units=self.stack.plan.layout.units[1:-1],
        )


def _at_start(stack: Stack, i: int) -> tuple[float, float, float, float]:
    """Return a member's loss and error before training, the loss of the best constant prediction, and the error's unit."""
    member, loss = stack.members[i], stack.plan.loss
    n_rows = min(PROBE_ROWS, stack.n_rows)
    evaluation = Evaluation(stack.network_of([i]), [member.X[:n_rows]], stack.plan.dtype)
    (_, space), *_ = evaluation.passes(stack.flat[i : i + 1], [average[i : i + 1] for average in stack.running])
    y = member.y[None, :n_rows]
    z, losses = space.z[-1], space.losses
    loss.step(z, y if loss.indexed else y.transpose(0, 2, 1).astype(z.dtype), losses, space.scratch[-1])
    error = float(loss.errors(z, losses).mean())
    unit = (float(np.sqrt(member.y.var(axis=0).sum())) or 1.0) if loss.squares else 1.0
    error = _root_over(error, unit) if loss.squares else error
    return float(losses.mean()), error, float(loss.floor(member.y)), unit


def _dev_every(member: Member, stack: Stack) -> int:
    """Return how many epochs lie between two dev errors: one costs a pass over the dev rows, an epoch all its steps."""
    if member.dev is None:
        return 1
    n_steps = -(-stack.n_rows // stack.plan.batch_size)
    of_an_epoch = (len(member.dev[0]) + STARTING) * FORWARD_SHARE / (stack.n_rows + STARTING * n_steps)
    return max(1, min(int(np.ceil(of_an_epoch / DEV_TIME_SHARE)), member.max_epochs // DEV_POINTS))


def _root_over(mean_square: float, unit: float) -> float:
    return float(np.sqrt(mean_square)) / unit


UnitPairs = list[tuple[Array, Array]]


def _by_layer(stack: Stack, flat: Array) -> UnitPairs:
    """Return every layer's [W | b] in a flat array (S, P) as a row and as a column, whose product is its square."""
    parts = [flat[:, start : start + rows * columns] for start, rows, columns in stack.plan.layout.blocks]
    return [(part[:, None, :], part[:, :, None]) for part in parts]


def _squares(pairs: UnitPairs) -> Array:
    """Return the squared Frobenius norm (S, layers)."""
    return np.concatenate([np.matmul(row, column)[:, :, 0] for row, column in pairs], axis=1)


def _dead_share(a: Array, dead_below: float | None) -> Array:
    if dead_below is None:
        return np.zeros(len(a))
    return np.asarray((a.max(axis=2) <= dead_below).mean(axis=1))


def unit_distance(block: Array) -> Array:
    """Return (S,) the largest distance between the [w | b] of two units of a layer over their mean length.

    block is (S, units, in + 1); 0 says that all units are the same. Only the first COMPARED_UNITS are compared.
    """
    some = block[:, :COMPARED_UNITS].astype(np.float64)
    products = np.matmul(some, some.transpose(0, 2, 1))
    squares = np.diagonal(products, axis1=1, axis2=2)
    apart = squares[:, :, None] + squares[:, None, :] - 2 * products
    length = np.sqrt(squares).mean(axis=1)
    farthest = np.sqrt(np.maximum(apart, 0).max(axis=(1, 2)))
    farthest[farthest <= _ROUNDING * length] = 0  # Cancellation leaves this much of identical units.
    return np.asarray(np.divide(farthest, length, out=np.zeros_like(length), where=length > 0))


_ROUNDING = 1e-7

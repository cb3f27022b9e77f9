"""Records health signals while a stack trains."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dldiag.nn.evaluation import Evaluation
from dldiag.nn.health import Health, LayerHealth
from dldiag.nn.member import Member
from dldiag.nn.stack import Stack

Array = NDArray[Any]

PROBE_ROWS = 256  # training rows on which the layers are looked at
COMPARED_UNITS = 64  # units of a layer whose weights are compared with each other
DEV_SHARE = 0.1  # of the time that training takes, for measuring the dev error; then it is not measured every epoch
DEV_POINTS = 25  # but at least about so often in a run
FORWARD_SHARE = 1 / 3  # what a forward pass takes of a whole step


@dataclass(eq=False)
class Series:
    """What one member has shown so far."""

    initial_loss: float
    initial_error: float
    expected_loss: float
    unit: float  # of errors: 1, or the spread of the training targets
    penalty_share: list[float] = field(default_factory=list)
    train_error: list[float] = field(default_factory=list)
    dev_error: list[float | None] = field(default_factory=list)
    gradient_norm: list[tuple[float, ...]] = field(default_factory=list)
    update_ratio: list[tuple[float, ...]] = field(default_factory=list)
    looks: list[LayerHealth] = field(default_factory=list)


class Recorder:
    """Watches a stack; `step` and `end_epoch` are called by the training loop."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.series = {id(member): Series(*_at_start(stack, i)) for i, member in enumerate(stack.members)}
        self.epoch = 0
        self._prepare()
        self._look(self.stack.members)

    def _prepare(self) -> None:
        """Lay out what depends on who is in the stack."""
        stack = self.stack
        self.members = stack.members
        rows = [member.X[:PROBE_ROWS] for member in stack.members]
        self.probe = Evaluation(stack.network, rows, stack.plan.dtype)
        self.dev: dict[int, tuple[list[int], Evaluation]] = {}
        for size in {len(m.dev[0]) for m in stack.members if m.dev}:
            who = [i for i, m in enumerate(stack.members) if m.dev and len(m.dev[0]) == size]
            parts = [m.dev[0] for m in stack.members if m.dev and len(m.dev[0]) == size]
            self.dev[size] = who, Evaluation(stack.network_of(who), parts, stack.plan.dtype)
        self.forget()

    def forget(self) -> None:
        """Begin an epoch."""
        size = len(self.members)
        self.errors, self.penalty = np.zeros(size), np.zeros(size)
        self.before = np.empty_like(self.stack.flat)

    def step(self, start: int, stop: int) -> Array:
        """Take one step as the stack does, and note what it showed."""
        stack = self.stack
        last = stop == stack.n_rows
        if last:
            np.copyto(self.before, stack.flat)
        loss = stack.step(start, stop, self.note_errors)
        self.penalty += stack.penalty * ((stop - start) / stack.n_rows)
        return loss

    def note_errors(self, delta: Array, losses: Array) -> None:
        """Count the errors of a batch."""
        self.errors += np.add.reduce(self.stack.plan.loss.errors(delta, losses), axis=1)

    def end_epoch(self, losses: Array, leaving: dict[int, str]) -> None:
        """Note the epoch of every member; those who leave get their Health."""
        self.epoch += 1
        stack = self.stack
        norms = _lengths(stack.gradients.blocks)
        ratios = self._update_ratios()
        dev = self._dev_errors(bool(leaving))
        for i, member in enumerate(self.members):
            series = self.series[id(member)]
            mean = self.errors[i] / stack.n_rows
            series.train_error.append(_root_over(mean, series.unit) if stack.plan.loss.squares else float(mean))
            series.penalty_share.append(float(self.penalty[i] / losses[i]) if losses[i] else 0.0)
            series.gradient_norm.append(tuple(norms[i].tolist()))
            series.update_ratio.append(tuple(ratios[i].tolist()))
            series.dev_error.append(dev[i])
        if _is_milestone(self.epoch) or leaving:
            self._look([m for i, m in enumerate(self.members) if _is_milestone(self.epoch) or i in leaving])
        for i, why in leaving.items():
            self.members[i].health = self._health(self.members[i], why)
        self.forget()

    def after_leaving(self) -> None:
        """Follow the stack after members have left it."""
        self._prepare()

    def _update_ratios(self) -> Array:
        weights = _lengths(self.stack.plan.layout.weights(self.before))
        np.subtract(self.stack.flat, self.before, out=self.before)
        updates = _lengths(self.stack.plan.layout.weights(self.before))
        return np.divide(updates, weights, out=np.zeros_like(updates), where=weights > 0)

    def _dev_errors(self, someone_leaves: bool) -> list[float | None]:
        errors: list[float | None] = [None] * len(self.members)
        for size, (who, evaluation) in self.dev.items():
            if not someone_leaves and self.epoch % self._dev_every(size) and self.epoch > 1:
                continue
            found = evaluation.outputs(self.stack.flat[who], [average[who] for average in self.stack.running])
            for i, outputs in zip(who, found, strict=True):
                member = self.members[i]
                assert member.dev is not None
                errors[i] = member.dev[1](outputs) / self.series[id(member)].unit
        return errors

    def _dev_every(self, n_dev: int) -> int:
        wanted = n_dev * FORWARD_SHARE / (DEV_SHARE * self.stack.n_rows)
        longest = max(member.max_epochs for member in self.members)
        return max(1, min(int(np.ceil(wanted)), longest // DEV_POINTS))

    def _look(self, members: list[Member]) -> None:
        looks = self._layer_health()
        for i, member in enumerate(self.members):
            if member in members:
                series = self.series[id(member)].looks
                series.append(LayerHealth(self.epoch, *(tuple(values[i].tolist()) for values in looks)))

    def _layer_health(self) -> tuple[Array, Array, Array, Array]:
        activation = self.stack.plan.activation
        (_, space), *_ = self.probe.passes(self.stack.flat, self.stack.running)
        dead, saturated, spread = [], [], []
        for z, a in zip(space.z[:-1], space.a, strict=True):
            spread.append(z.std(axis=(1, 2)))
            dead.append(_dead_share(a, activation.dead_below))
            limit = activation.saturates_at
            saturated.append(np.zeros(len(z)) if limit is None else (np.abs(z) > limit).mean(axis=(1, 2)))
        distance = [unit_distance(block) for block in self.stack.parameters.blocks[:-1]]
        empty = np.empty((len(self.members), 0))
        return tuple(np.stack(p, axis=1) if p else empty for p in (dead, saturated, spread, distance))  # type: ignore[return-value]

    def _health(self, member: Member, why: str) -> Health:
        series = self.series[id(member)]
        return Health(
            epochs=member.epochs,
            loss=tuple(member.losses),
            penalty_share=tuple(series.penalty_share),
            train_error=tuple(series.train_error),
            dev_error=tuple(series.dev_error) if member.dev else None,
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
        )


def _at_start(stack: Stack, i: int) -> tuple[float, float, float, float]:
    """Return a member's loss and error before training, the loss of the best constant answer, and the error's unit."""
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


def _root_over(mean_square: float, unit: float) -> float:
    return float(np.sqrt(mean_square)) / unit


def _lengths(blocks: list[Array]) -> Array:
    """Return the Frobenius norm (S, layers) of every layer's [W | b]."""
    flat = [np.ascontiguousarray(block).reshape(len(block), 1, -1) for block in blocks]
    return np.sqrt(np.stack([np.matmul(f, f.transpose(0, 2, 1))[:, 0, 0] for f in flat], axis=1).astype(np.float64))


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
    farthest[farthest <= _ROUNDING * length] = 0  # what cancellation leaves of identical units
    return np.asarray(np.divide(farthest, length, out=np.zeros_like(length), where=length > 0))


_ROUNDING = 1e-7


def _is_milestone(epoch: int) -> bool:
    """Tell whether layers are looked at after this epoch: 1, 2, 4, 8, …"""
    return epoch & (epoch - 1) == 0

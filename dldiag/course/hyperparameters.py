"""Hyperparameters: the settings that a person sets and that decide the parameters, and which values of one to try."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dldiag.knobs import Knob, check, parse
from dldiag.language import Message, translate
from dldiag.models import Model, knobs_of_model

VALUES = 7  # values tried of one hyperparameter
DECADES = 3.0  # of a number searched on a log scale: half of them below the present value, half above
SPREAD = 4.0  # a number searched on a plain scale goes from value / SPREAD to value · SPREAD
LAYER_FACTORS = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0, 2.0, 4.0)  # of the present number of units of each layer
SMALLEST_LOG = 1e-4  # stands for "a little" where the present value of a log-scaled knob is 0
NOT_TRIED = frozenset({"random_state", "verbose", "warm_start"})  # decide no parameter that a person would search


@dataclass(frozen=True)
class Setting:
    """One hyperparameter of a model as a row to read; `value` and `default` as `--set` writes them."""

    name: str
    label: str
    help: str
    value: str
    default: str
    limits: str
    group: str

    @property
    def is_changed(self) -> bool:
        """Whether the present value is another than the default."""
        return self.value != self.default


def settings_of(model: Model) -> tuple[Setting, ...]:
    """Return every hyperparameter of a model with its present value, in the order of its knobs."""
    present = model.parameters
    return tuple(
        Setting(name, knob.label, knob.help, as_text(present[name]), as_text(knob.default), limits_of(knob), knob.group)
        for name, knob in knobs_of_model(model).items()
        if name in present and name not in NOT_TRIED
    )


def read_settings(model: Model) -> Message:
    """Say how many hyperparameters the model has and which of them were changed."""
    settings = settings_of(model)
    changed = ", ".join(f"{translate(one.label)} = {one.value}" for one in settings if one.is_changed)
    if not changed:
        return Message(
            "Your model has {count} hyperparameters, all at their defaults. Training changes none of them: it changes "
            "the weights, and these settings decide which weights it ends with.",
            {"count": len(settings)},
        )
    return Message(
        "Your model has {count} hyperparameters; changed by hand: {changed}. Training changes none of them: it changes "
        "the weights, and these settings decide which weights it ends with.",
        {"count": len(settings), "changed": changed},
    )


def values_to_try(name: str, knob: Knob, present: Any, count: int = VALUES) -> tuple[str, ...]:
    """Return values of a knob worth trying, as texts, smallest first and the present one among them.

    Numbers go around the present value within the knob's limits, choices are all tried, and layers are made narrower
    and wider.
    """
    if knob.choices is not None:
        return tuple(as_text(choice) for choice in knob.choices)
    found = _GRIDS[knob.kind](knob, present, count)
    return tuple(dict.fromkeys(as_text(value) for value in found if _is_allowed(name, knob, value)))


def is_ordered(knob: Knob) -> bool:
    """Tell whether "smaller" and "larger" mean something for this knob."""
    return knob.choices is None and knob.kind in (int, float, tuple)


def is_true_bound(knob: Knob, text: str) -> bool:
    """Tell whether a value lies at the knob's own limit, beyond which there is nothing to try."""
    if not is_ordered(knob):
        return True
    value = parse("value", knob, text)
    numbers = value if isinstance(value, tuple) else (value,)
    return any(one is None or one in (knob.low, knob.high) for one in numbers)


def as_text(value: Any) -> str:
    """Write a value the way `--set` reads it.

    >>> as_text((64, 32)), as_text(1e-4), as_text(None), as_text(True)
    ('64,32', '0.0001', 'none', 'true')
    """
    if isinstance(value, tuple | list):
        return ",".join(str(one) for one in value)
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def limits_of(knob: Knob) -> str:
    """Write what a knob allows: its choices or its range."""
    if knob.choices is not None:
        return ", ".join(as_text(choice) for choice in knob.choices)
    low, high = ("" if end is None else f"{end:g}" for end in (knob.low, knob.high))
    return f"{low} … {high}".strip() if low or high else ""


def _is_allowed(name: str, knob: Knob, value: Any) -> bool:
    try:
        check(name, knob, value)
    except ValueError:
        return False
    return True


def _of_bool(knob: Knob, present: Any, count: int) -> tuple[Any, ...]:
    return (False, True)


def _of_layers(knob: Knob, present: Any, count: int) -> tuple[Any, ...]:
    layers = tuple(present) or (1,)
    return tuple(tuple(max(1, round(units * factor)) for units in layers) for factor in LAYER_FACTORS[-count:])


def _of_float(knob: Knob, present: Any, count: int) -> tuple[Any, ...]:
    if not knob.log:
        return _plain(knob, present, count)
    start = present or SMALLEST_LOG
    tenths = np.linspace(-DECADES / 2, DECADES / 2, count)
    grid = {float(f"{start * 10**step:.2g}") for step in tenths} | ({0.0} if not present else set())
    return tuple(sorted(grid | {present if present is not None else start}))


def _of_int(knob: Knob, present: Any, count: int) -> tuple[Any, ...]:
    start = present or max(1, int(knob.low or 1))
    grid = {round(x) for x in np.geomspace(max(1, start / SPREAD), max(start * SPREAD, 2), count)}
    return tuple(sorted(grid | {start}))


def _plain(knob: Knob, present: Any, count: int) -> tuple[Any, ...]:
    low = knob.low if knob.low is not None else 0.0
    high = knob.high if knob.high is not None else SPREAD * (present or 1.0)
    grid = {float(f"{x:.2g}") for x in np.linspace(low, high, count)}
    return tuple(sorted(grid | ({present} if present is not None else set())))


_GRIDS: Mapping[type, Callable[[Knob, Any, int], tuple[Any, ...]]] = {
    bool: _of_bool,
    tuple: _of_layers,
    float: _of_float,
    int: _of_int,
    str: lambda knob, present, count: (present,),
}

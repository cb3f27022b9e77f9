"""Hyperparameters: the settings that a person sets and that decide the parameters, and which values of one to try."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dldiag.core.i18n import Message, listed, tr, translate
from dldiag.core.params import Param, check, param, parse
from dldiag.experiments.models import MODELS, Model, params_of_model
from dldiag.report.view import value_text

_VALUES, VALUES_OF_TWO = 7, 5  # Values tried of one hyperparameter, and of each of two.
DECADES = 3.0  # Decades searched on a log scale, half of them below the present value, half above.
_SPREAD = 4.0  # On a linear scale the search goes from value / _SPREAD to value · _SPREAD.
LAYER_FACTORS = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0, 2.0, 4.0)  # Multiples of the present number of units of each layer.
SMALLEST_LOG = 1e-4  # Stands for "a little" where the present value of a log-scaled parameter is 0.
# Customary values of settings whose usual range says more than the present value does; the present one is added.
CUSTOMARY: Mapping[str, tuple[Any, ...]] = {
    "alpha": (0.0, 0.001, 0.01, 0.1, 1.0, 10.0, 100.0),
    "l1": (0.0, 0.001, 0.01, 0.1, 1.0, 10.0),
    "dropout": (0.0, 0.1, 0.2, 0.3, 0.5, 0.7),
    "learning_rate_init": (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1),
    "max_iter": (5, 15, 50, 100, 200, 400),
    "batch_size": (8, 16, 32, 64, 128, 256),
    "init_scale": (0.01, 0.1, 0.5, 1.0, 2.0, 10.0),
}
# Settings that are not worth searching, and those that name columns of one table.
NOT_TRIED = frozenset({"random_state", "verbose", "warm_start", "new_features", "drop_columns"})
_WORDS_OF_VALUES = {"true": Message("on"), "false": Message("off"), "none": Message("automatic")}
NO_SECOND = "none"
LEFT_EMPTY = "usual values"
SEARCHED_NAMES: Mapping[str, str] = {
    name: param.label for name, param in MODELS["mlp"].params.items() if name not in {*NOT_TRIED, "dtype", "max_fun"}
}


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
    """Return every hyperparameter of a model with its present value, in the order of its parameters."""
    present = model.parameters
    return tuple(
        Setting(
            name, param.label, param.help, as_text(present[name]), as_text(param.default), limits_of(param), param.group
        )
        for name, param in params_of_model(model).items()
        if name in present and name not in NOT_TRIED
    )


def describe_hyperparameters(model: Model) -> Message:
    """Say how many hyperparameters the model has and which of them were changed."""
    settings = settings_of(model)
    changed = listed(f"{translate(setting.label)} = {setting.value}" for setting in settings if setting.is_changed)
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


def setting_rows(settings: tuple[Setting, ...]) -> tuple[dict[str, str], ...]:
    """Return the hyperparameters as rows of texts, the changed ones first."""
    return tuple(
        {
            tr("Hyperparameter"): translate(setting.label),
            tr("Name"): setting.name,
            tr("Present"): setting.value,
            tr("Default"): setting.default,
            tr("What it does"): translate(setting.help),
        }
        for setting in sorted(settings, key=lambda setting: not setting.is_changed)
    )


def values_to_try(name: str, param: Param, present: Any, count: int = _VALUES) -> tuple[str, ...]:
    """Return values of a parameter worth trying, as texts, smallest first and the present one among them.

    Numbers go around the present value within the parameter's limits, choices are all tried, and layers are made narrower
    and wider.
    """
    if param.choices is not None:
        return tuple(as_text(choice) for choice in param.choices)
    if name in CUSTOMARY:
        values = tuple(sorted({*CUSTOMARY[name], *([present] if isinstance(present, int | float) else [])}))
    else:
        values = _GRIDS[param.kind](param, present, count)
    texts = dict.fromkeys(as_text(value) for value in values if _is_allowed(name, param, value))
    return _thinned(tuple(texts), count, as_text(present))


def _thinned(texts: tuple[str, ...], count: int, keep: str) -> tuple[str, ...]:
    """Keep at most about `count` texts, evenly spaced, the first, the last and `keep` among them."""
    if len(texts) <= count + 1:
        return texts
    places = {round(i) for i in np.linspace(0, len(texts) - 1, count)}
    return tuple(text for i, text in enumerate(texts) if i in places or text == keep)


@dataclass(frozen=True)
class SearchSettings:
    """Which hyperparameters are searched, and over which values (empty: usual ones around the present)."""

    first: str = param("alpha", "Hyperparameter", "Its validation curve is drawn.", choices=SEARCHED_NAMES)
    first_values: str = param(
        "", "Its values", "Separated by spaces; empty: usual values and the present one.", empty=LEFT_EMPTY
    )
    second: str = param(
        NO_SECOND, "Second one", "With a second one a map is drawn.", choices={NO_SECOND: "none", **SEARCHED_NAMES}
    )
    second_values: str = param(
        "", "Values of the second", "Separated by spaces; empty: usual values.", empty=LEFT_EMPTY
    )


def grid_of(model: Model, settings: SearchSettings) -> dict[str, tuple[str, ...]]:
    """Return {hyperparameter: values as texts} of a search; SettingError for a value that its parameter does not take."""
    params, present = params_of_model(model), model.parameters
    values_by_name = {settings.first: settings.first_values}
    if settings.second not in (NO_SECOND, settings.first):
        values_by_name[settings.second] = settings.second_values
    count = _VALUES if len(values_by_name) == 1 else VALUES_OF_TWO
    grid = {}
    for name, texts in values_by_name.items():
        values = tuple(as_text(_checked(name, params[name], text)) for text in texts.replace(";", " ").split())
        grid[name] = tuple(dict.fromkeys(values)) or values_to_try(name, params[name], present[name], count)
    return grid


def same_twice(settings: SearchSettings) -> Message | None:
    """Warn that the second hyperparameter equals the first; None where it does not."""
    if settings.second != settings.first:
        return None
    return Message("Both hyperparameters are the same, so one curve is drawn instead of a map.")


def _checked(name: str, param: Param, text: str) -> Any:
    value = parse(name, param, text)
    check(name, param, value)
    return value


def is_ordered(param: Param) -> bool:
    """Tell whether "smaller" and "larger" mean something for this parameter."""
    return param.choices is None and param.kind in (int, float, tuple)


def is_true_bound(param: Param, text: str) -> bool:
    """Tell whether a value lies at the parameter's own limit, beyond which there is nothing to try."""
    if not is_ordered(param):
        return True
    value = parse("value", param, text)
    numbers = value if isinstance(value, tuple) else (value,)
    return any(number is None or number in (param.low, param.high) for number in numbers)


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


def value_words(name: str, text: str) -> Message:
    """Return a searched value as its form field shows it.

    >>> str(value_words("solver", "adam")), str(value_words("alpha", "1e-05"))
    ('Adam', '0.00001')
    """
    row = MODELS["mlp"].params[name]
    if row.choices is not None and text in row.choices:
        return Message(row.choices[text])
    if text in _WORDS_OF_VALUES:
        return _WORDS_OF_VALUES[text]
    return Message("{text}", {"text": value_text(parse(name, row, text), row)})


def limits_of(param: Param) -> str:
    """Write what a parameter allows: its choices or its range."""
    if param.choices is not None:
        return ", ".join(as_text(choice) for choice in param.choices)
    low, high = ("" if end is None else f"{end:g}" for end in (param.low, param.high))
    return f"{low} … {high}".strip() if low or high else ""


def _is_allowed(name: str, param: Param, value: Any) -> bool:
    try:
        check(name, param, value)
    except ValueError:
        return False
    return True


def _of_bool(param: Param, present: Any, count: int) -> tuple[Any, ...]:
    return (False, True)


def _of_layers(param: Param, present: Any, count: int) -> tuple[Any, ...]:
    layers = tuple(present) or (1,)
    return tuple(tuple(max(1, round(units * factor)) for units in layers) for factor in LAYER_FACTORS[-count:])


def _of_float(param: Param, present: Any, count: int) -> tuple[Any, ...]:
    if not param.log:
        return _plain(param, present, count)
    start = present or SMALLEST_LOG
    tenths = np.linspace(-DECADES / 2, DECADES / 2, count)
    grid = {float(f"{start * 10**step:.2g}") for step in tenths} | ({0.0} if not present else set())
    return tuple(sorted(grid | {present if present is not None else start}))


def _of_int(param: Param, present: Any, count: int) -> tuple[Any, ...]:
    start = present or max(1, int(param.low or 1))
    grid = {round(x) for x in np.geomspace(max(1, start / _SPREAD), max(start * _SPREAD, 2), count)}
    return tuple(sorted(grid | {start}))


def _plain(param: Param, present: Any, count: int) -> tuple[Any, ...]:
    low = param.low if param.low is not None else 0.0
    high = param.high if param.high is not None else _SPREAD * (present or 1.0)
    grid = {float(f"{x:.2g}") for x in np.linspace(low, high, count)}
    return tuple(sorted(grid | ({present} if present is not None else set())))


_GRIDS: Mapping[type, Callable[[Param, Any, int], tuple[Any, ...]]] = {
    bool: _of_bool,
    tuple: _of_layers,
    float: _of_float,
    int: _of_int,
    str: lambda param, present, count: (present,),
}

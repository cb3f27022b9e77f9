"""A parameter is a setting's default, range, choices and help; forms, command-line flags and checks come from it."""

from __future__ import annotations

import math
import numbers
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np

from dldiag.core.i18n import Message, tr, translate

T = TypeVar("T")
VARIABLE = "DLDIAG_{name}"  # Limits are set through the environment, as DLDIAG_QUEUE_LENGTH=50.


class SettingError(ValueError):
    """A setting has an invalid value; the text names the setting, the reason and the valid values."""


@dataclass(frozen=True)
class Param:
    """One setting: how it is named, asked for, read from text and checked.

    `kind` is the type of one value: int, float, bool, str or tuple (of ints: layer sizes). `low` and `high` are
    inclusive. `choices` maps each allowed value to its label. `optional` allows None (written "none" or "auto");
    `auto` says that the word "auto" means the same where a value is given, as in scikit-learn. `empty` says in a form
    what a field left empty stands for; by default an optional one is automatic. `separator` stands between the parts of
    a list in text; a semicolon where the parts are names that may hold commas.
    """

    default: Any
    kind: type
    label: str
    help: str
    low: float | None = None
    high: float | None = None
    choices: Mapping[str, str] | None = None
    optional: bool = False
    auto: bool = False
    group: str = ""
    unit: str = ""
    log: bool = False
    empty: str = ""
    separator: str = ","

    @property
    def holds_names(self) -> bool:
        """Whether the values are texts rather than integers."""
        return self.kind is tuple and not (self.default and all(isinstance(one, int) for one in self.default))


class Choices(Mapping[str, str]):
    """The names of a table's rows with their labels, read when asked: a row added later is a choice, too.

    more: choices that are not rows of the table.
    """

    def __init__(self, table: Mapping[str, Any], more: Mapping[str, str] = MappingProxyType({})) -> None:
        self._table, self._more = table, more

    def __getitem__(self, name: str) -> str:
        return str(self._table[name].label) if name in self._table else self._more[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._table
        yield from self._more

    def __len__(self) -> int:
        return len(self._table) + len(self._more)


def param(default: Any, label: str, help: str, **limits: Any) -> Any:
    """Declare a dataclass field that is a setting; see `Param` for the limits."""
    kind = limits.pop("kind", type(default))
    return field(default=default, metadata={"param": Param(default, kind, label, help, **limits)})


def params_of(settings: Any) -> dict[str, Param]:
    """Return {name: Param} of a settings dataclass (class or instance), in the order of its fields."""
    return {f.name: f.metadata["param"] for f in fields(settings) if "param" in f.metadata}


def parse(name: str, param: Param, text: str) -> Any:
    """Read a parameter's value from text, as in `--set hidden_layer_sizes=64,64`.

    >>> parse("alpha", Param(1e-4, float, "L2", "", low=0), "0.01")
    0.01
    """
    text = text.strip()
    if param.optional and text.lower() in {"none", "auto", ""}:
        return None
    try:
        value = split_names(param, text) if param.holds_names else _READERS[param.kind](text)
    except (ValueError, KeyError) as error:
        raise SettingError(
            tr("{name} = {text} is not {kind}.", name=name, text=repr(text), kind=_kind_name(param))
        ) from error
    check(name, param, value)
    return value


def split_names(param: Param, text: str) -> tuple[str, ...]:
    """Return the parts of a list of names.

    >>> split_names(Param((), tuple, "", "", separator=";"), "a * b; c, d")
    ('a * b', 'c, d')
    """
    parts = (part.strip() for part in text.split(param.separator))
    return tuple(part for part in parts if part)


def check(name: str, param: Param, value: Any) -> None:
    """Raise SettingError when a value is outside the parameter's range or choices."""
    if (param.optional and value is None) or (param.auto and isinstance(value, str) and value == "auto"):
        return
    if param.choices is not None:
        check_choice(name, value, param.choices)
    if not _is_of_kind(value, param.kind):
        kind = _kind_name(param)
        raise SettingError(tr("{name} = {text} is not {kind}.", name=name, text=repr(value), kind=kind))
    for one in value if isinstance(value, tuple | list) else (value,):
        _check_range(name, param, one)


def check_choice(name: str, value: Any, choices: Iterable[str]) -> None:
    """Raise SettingError when a value is none of the choices."""
    if value not in choices:
        listing = ", ".join(choices)
        raise SettingError(
            tr("{name} = {value} is not one of {choices}.", name=name, value=repr(value), choices=listing)
        )


def _check_range(name: str, param: Param, value: Any) -> None:
    if param.low is not None and value < param.low:
        text = tr("{name} = {value} is below its lowest value {low}.", name=name, value=str(value), low=param.low)
        raise SettingError(text)
    if param.high is not None and value > param.high:
        text = tr("{name} = {value} is above its highest value {high}.", name=name, value=str(value), high=param.high)
        raise SettingError(text)


def _kind_name(param: Param) -> Message:
    return Message("a list of names") if param.holds_names else _KIND_NAMES[param.kind]


def _is_of_kind(value: Any, kind: type) -> bool:
    """Return True if a value has a parameter's type; NumPy's numbers are accepted, booleans and infinity are no numbers."""
    if isinstance(value, bool | np.bool_):
        return kind not in (int, float, tuple)
    if kind in (int, float):
        number_type = numbers.Integral if kind is int else numbers.Real
        endless = isinstance(value, float | np.floating) and not math.isfinite(value)
        return isinstance(value, number_type) and not endless
    if kind is bool:
        return False
    return isinstance(value, tuple | list) if kind is tuple else True


def check_shares(settings: Any, names: Iterable[str]) -> None:
    """Raise SettingError where one of these errors is above 1, as a percentage would be."""
    for name in names:
        value = getattr(settings, name)
        if value is not None and value > 1:
            text = "{name} = {value} is above 1: write errors as shares, 0.15 for 15%."
            raise SettingError(tr(text, name=translate(params_of(settings)[name].label), value=f"{value:g}"))


def check_all(settings: Any) -> None:
    """Check every parameter of a settings dataclass instance."""
    for name, param in params_of(settings).items():
        check(name, param, getattr(settings, name))


def from_environment(settings: type[T]) -> T:
    """Return a settings dataclass with what the environment says: DLDIAG_MAX_ROWS=1000 sets its field `max_rows`.

    Raises SettingError for a value that cannot be used.
    """
    variables = {VARIABLE.format(name=name.upper()): (name, param) for name, param in params_of(settings).items()}
    values = {name: parse(name, one, os.environ[key]) for key, (name, one) in variables.items() if key in os.environ}
    return settings(**values)


def _read_bool(text: str) -> bool:
    return {
        "true": True,
        "yes": True,
        "1": True,
        "on": True,
        "false": False,
        "no": False,
        "0": False,
        "off": False,
    }[text.lower()]


def _read_number(text: str) -> float:
    """Read a number; 0,04 is one as well, while 1,234 may be thousands and is none."""
    return float(text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text)


_DECIMAL_COMMA = re.compile(r"[+-]?0*,\d+|[+-]?\d+,(?:\d{1,2}|\d{4,})")
_READERS: dict[type, Any] = {
    int: int,
    float: _read_number,
    bool: _read_bool,
    str: str,
    tuple: lambda text: tuple(int(part) for part in text.strip("()[]").split(",") if part.strip()),
}
_KIND_NAMES = {
    int: Message("a whole number"),
    float: Message("a number"),
    bool: Message("true or false"),
    str: Message("a text"),
    tuple: Message("a list of whole numbers"),
}

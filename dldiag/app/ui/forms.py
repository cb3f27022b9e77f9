"""Forms made from parameters: one field per setting, with help; values are remembered and kept in the URL."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from zlib import crc32

import streamlit as st

from dldiag.app.state import session
from dldiag.core.i18n import tr, translate
from dldiag.core.params import Param, SettingError, check, params_of, parse, split_names
from dldiag.core.sanitize import escape_markdown

FORMAT = "%.6g"
AUTOMATIC = "automatic"
SLIDER_STEPS = 100  # Steps of a slider over real numbers.


def ask_params(
    settings: Any,
    prefix: str,
    *,
    names: tuple[str, ...] | None = None,
    choices: Mapping[str, Mapping[str, Any]] | None = None,
    columns: int = 1,
    sliders: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Draw a form and return {name: value}.

    `settings` is a dataclass with parameters or a table {name: Param}; `names` keeps some of them. `choices` gives the
    options of a parameter that holds several texts; `sliders` are explored by a slider rather than typed. Values are remembered under `prefix`, come from the URL at first
    (`?prefix.name=value`), and go back into it when they differ from the default.
    """
    params = params_table(settings)
    asked_names = [name for name in (names or params) if name in params]
    values: dict[str, Any] = {}
    for group in dict.fromkeys(params[name].group for name in asked_names):
        members = [name for name in asked_names if params[name].group == group]
        if group:
            st.markdown(f"**{escape_markdown(_heading(group))}**")
        for start in range(0, len(members), columns):  # Fields of a row share a baseline.
            for name, cell in zip(members[start : start + columns], st.columns(columns), strict=False):
                with cell:
                    values[name] = _ask(name, params[name], prefix, (choices or {}).get(name), slides=name in sliders)
    session.state()["values"].setdefault(prefix, {}).update(values)
    return values


def remembered(settings: Any, prefix: str) -> dict[str, Any]:
    """Return the values of a form without drawing it: what was chosen, else the URL's, else the defaults."""
    return {name: _start(name, param, prefix) for name, param in params_table(settings).items()}


def shown_now(settings: Any, prefix: str) -> dict[str, Any]:
    """Return the current values of a form before it is drawn, including what was just changed."""
    values = remembered(settings, prefix)
    for name in values:
        param = params_table(settings)[name]
        widget_value = st.session_state.get(_key(name, param, prefix))
        if widget_value is not None and param.kind is not tuple:
            values[name] = widget_value
    return values


def set_values(prefix: str, values: Mapping[str, Any]) -> None:
    """Set the values of a form, for example from an applied fix; the next run shows them."""
    session.state()["values"].setdefault(prefix, {}).update(values)
    session.refresh_forms()


def changed_from_default(settings: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return only the values that differ from their default."""
    params = params_table(settings)
    return {name: value for name, value in values.items() if name in params and not _same(value, params[name].default)}


def _heading(group: str) -> str:
    """Return a group's name as a heading, in the visitor's language.

    >>> _heading("early stopping")
    'Early stopping'
    """
    text = translate(group)
    return text[:1].upper() + text[1:]


def params_table(settings: Any) -> Mapping[str, Param]:
    """Return {name: Param} of a settings dataclass, or the table itself."""
    return settings if isinstance(settings, Mapping) else params_of(settings)


def _ask(name: str, param: Param, prefix: str, options: Mapping[str, Any] | None, *, slides: bool = False) -> Any:
    start = _start(name, param, prefix)
    key = _key(name, param, prefix)
    says_unit = param.label.lower() == param.unit
    label = escape_markdown(
        translate(param.label) + (f" ({translate(param.unit)})" if param.unit and not says_unit else "")
    )
    first_value = st.session_state.get(f"start {key}", start)
    st.session_state[f"start {key}"] = first_value  # A widget must start with the same value in every run of a visit.
    value = _slider(param, label, first_value, key) if slides else _field(param, label, first_value, key, options)
    _write_url(f"{prefix}.{name}", value, param)
    return value


def _key(name: str, param: Param, prefix: str) -> str:
    """Return the key of a field. Other labels of its choices make it another field: a browser keeps the label that it shows."""
    labels = "\n".join(map(str, (param.choices or {}).values()))
    return f"{prefix}.{name}.{session.state()['visit']}" + (f".{crc32(labels.encode()):x}" if labels else "")


def _start(name: str, param: Param, prefix: str) -> Any:
    """Return the initial value of a field; invalid values are ignored."""
    remembered = session.state()["values"].get(prefix, {})
    if name in remembered:
        value = None if param.optional and remembered[name] == "auto" else remembered[name]
        return tuple(value) if param.kind is tuple and value is not None else value
    text = st.query_params.get(f"{prefix}.{name}")
    if text is None:
        return param.default
    try:
        return _read(name, param, text)
    except SettingError:
        return param.default


def _read(name: str, param: Param, text: str) -> Any:
    if param.holds_names:
        return split_names(param, text)
    return parse(name, param, text)


def _field(param: Param, label: str, start: Any, key: str, options: Mapping[str, Any] | None) -> Any:
    """Draw the widget that fits a parameter and return its value."""
    help_text = escape_markdown(translate(param.help), 2000)
    if options is not None:
        picked = [one for one in start if one in options]
        return tuple(
            st.multiselect(
                label,
                list(options),
                default=picked,
                format_func=lambda one: str(options[one]),
                key=key,
                help=help_text,
                placeholder=tr("Pick one or more"),
            )
        )
    if param.choices is not None:
        return _choice(param, label, start, key, help_text)
    if param.kind is bool:
        return st.toggle(label, value=bool(start), key=key, help=help_text)
    if param.kind in (int, float):
        return _number(param, label, start, key, help_text)
    return _text(param, label, start, key, help_text)


def _slider(param: Param, label: str, start: Any, key: str) -> Any:
    """Draw a number as a slider: evenly from its lowest to its highest value, or in steps of 1, 2, 5 on a log scale."""
    kind: Any = param.kind
    help_text = escape_markdown(translate(param.help), 2000)
    if param.log:
        stops = sorted({*slider_stops(float(param.low or 0), float(param.high or 1)), float(start)})
        return kind(st.select_slider(label, stops, value=float(start), format_func=_figure, key=key, help=help_text))
    low, high = kind(param.low), kind(param.high)
    step = 1 if kind is int else (high - low) / SLIDER_STEPS
    return st.slider(label, low, high, kind(start), step=step, key=key, help=help_text)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:g}"


def slider_stops(low: float, high: float) -> list[float]:
    """Return 1, 2 and 5 of every power of ten between two values, both included.

    >>> slider_stops(0.05, 1.0)
    [0.05, 0.1, 0.2, 0.5, 1.0]
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    inside = [float(f"{step}e{power}") for power in powers for step in (1, 2, 5)]
    return sorted({low, high, *(stop for stop in inside if low < stop < high)})


def _choice(param: Param, label: str, start: Any, key: str, help_text: str) -> Any:
    allowed = [*([None] if param.optional else []), *(param.choices or {})]
    return st.selectbox(
        label,
        allowed,
        index=allowed.index(start) if start in allowed else 0,
        format_func=lambda one: (
            translate(param.empty or AUTOMATIC) if one is None else translate(str((param.choices or {})[one]))
        ),
        key=key,
        help=help_text,
    )


def _number(param: Param, label: str, start: Any, key: str, help_text: str) -> Any:
    kind: Any = param.kind
    fitting: dict[str, Any] = {
        "value": None if start is None else kind(start),
        "min_value": None if param.low is None else kind(param.low),
        "max_value": None if param.high is None else kind(param.high),
        "step": 1 if kind is int else _step(param, start),
        "format": "%d" if kind is int else FORMAT,
    }
    return st.number_input(label, placeholder=_when_empty(param), key=key, help=help_text, **fitting)


def _step(param: Param, start: float | None) -> float:
    """Return a step that fits the size of the value: a tenth of it, rounded to a power of ten."""
    size = abs(start or param.default or 0.1)
    return float(10.0 ** (len(str(int(size))) - 2)) if size >= 1 else float(f"{size / 10:.0e}")


def _text(param: Param, label: str, start: Any, key: str, help_text: str) -> Any:
    listed = isinstance(start, tuple | list)
    shown = "" if start is None else f"{param.separator} ".join(map(str, start)) if listed else str(start)
    text = st.text_input(label, value=shown, key=key, help=help_text, placeholder=_when_empty(param))
    try:
        value = _read(translate(param.label), param, text or "")
        if value == () and not param.optional and param.default != ():
            raise SettingError(tr("{name} is empty.", name=translate(param.label)))
        check(translate(param.label), param, value) if not param.holds_names else None
    except SettingError as error:
        st.caption(f":red[{escape_markdown(error)}] {escape_markdown(tr('The default is used instead.'))}")
        return param.default
    return value


def _when_empty(param: Param) -> str | None:
    """Return what an empty field means, in the visitor's language; None when it must be filled."""
    return translate(param.empty) if param.empty else tr(AUTOMATIC) if param.optional else None


def _write_url(name: str, value: Any, param: Param) -> None:
    """Keep only values that differ from the default in the URL."""
    if _same(value, param.default):
        if name in st.query_params:
            del st.query_params[name]
        return
    text = (
        param.separator.join(map(str, value))
        if isinstance(value, tuple | list)
        else "none"
        if value is None
        else str(value)
    )
    if st.query_params.get(name) != text:
        st.query_params[name] = text


def _same(a: Any, b: Any) -> bool:
    # None and auto both leave the choice to the network.
    a, b = (None if isinstance(one, str) and one == "auto" else one for one in (a, b))
    return (tuple(a) if isinstance(a, list | tuple) else a) == (tuple(b) if isinstance(b, list | tuple) else b)

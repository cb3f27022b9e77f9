"""Forms made from knobs: one field per setting, its help beside it, its value remembered and in the URL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dldiag.app.state import session
from dldiag.app.ui.escape import plain
from dldiag.core.i18n import tr, translate
from dldiag.core.params import Knob, SettingError, check, knobs_of, parse

FORMAT = "%.6g"
AUTOMATIC = "automatic"


def ask_knobs(
    settings: Any,
    prefix: str,
    *,
    names: tuple[str, ...] | None = None,
    choices: Mapping[str, Mapping[str, Any]] | None = None,
    columns: int = 1,
) -> dict[str, Any]:
    """Draw a form and return {name: value}.

    `settings` is a dataclass with knobs or a table {name: Knob}; `names` keeps some of them. `choices` gives the
    options of a knob that holds several texts. Values are remembered under `prefix`, come from the URL at first
    (`?prefix.name=value`), and go back into it when they differ from the default.
    """
    knobs = _table(settings)
    kept = [name for name in (names or knobs) if name in knobs]
    values: dict[str, Any] = {}
    for group in dict.fromkeys(knobs[name].group for name in kept):
        members = [name for name in kept if knobs[name].group == group]
        if group:
            st.markdown(f"**{plain(_heading(group))}**")
        for start in range(0, len(members), columns):  # row by row, so that fields of a row stand on one line
            for name, cell in zip(members[start : start + columns], st.columns(columns), strict=False):
                with cell:
                    values[name] = _ask(name, knobs[name], prefix, (choices or {}).get(name))
    session.state()["values"].setdefault(prefix, {}).update(values)
    return values


def remembered(settings: Any, prefix: str) -> dict[str, Any]:
    """Return the values of a form without drawing it: what was chosen, else the URL's, else the defaults."""
    return {name: _start(name, knob, prefix) for name, knob in _table(settings).items()}


def set_values(prefix: str, values: Mapping[str, Any]) -> None:
    """Put values into a form from outside (an adopted remedy); the form shows them on the next run."""
    session.state()["values"].setdefault(prefix, {}).update(values)
    session.refresh_forms()


def changed_from_default(settings: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return only the values that differ from their default."""
    knobs = _table(settings)
    return {name: value for name, value in values.items() if name in knobs and not _same(value, knobs[name].default)}


def _heading(group: str) -> str:
    """Return a group's name as a heading, in the visitor's language.

    >>> _heading("early stopping")
    'Early stopping'
    """
    text = translate(group)
    return text[:1].upper() + text[1:]


def _table(settings: Any) -> Mapping[str, Knob]:
    return settings if isinstance(settings, Mapping) else knobs_of(settings)


def _ask(name: str, knob: Knob, prefix: str, options: Mapping[str, Any] | None) -> Any:
    start = _start(name, knob, prefix)
    key = f"{prefix}.{name}.{session.state()['visit']}"
    label = plain(translate(knob.label) + (f" ({translate(knob.unit)})" if knob.unit else ""))
    given = st.session_state.get(f"start {key}", start)
    st.session_state[f"start {key}"] = given  # a widget must begin with the same value in every run of a visit
    value = _field(knob, label, given, key, options)
    _write_url(f"{prefix}.{name}", value, knob)
    return value


def _start(name: str, knob: Knob, prefix: str) -> Any:
    """Return the value a field begins with; a value that the knob does not allow is left out."""
    known = session.state()["values"].get(prefix, {})
    if name in known:
        value = None if knob.optional and known[name] == "auto" else known[name]
        return tuple(value) if knob.kind is tuple and value is not None else value
    text = st.query_params.get(f"{prefix}.{name}")
    if text is None:
        return knob.default
    try:
        return _read(name, knob, text)
    except SettingError:
        return knob.default


def _read(name: str, knob: Knob, text: str) -> Any:
    if knob.kind is tuple and _holds_texts(knob):
        return tuple(part for part in text.split(",") if part)
    return parse(name, knob, text)


def _field(knob: Knob, label: str, start: Any, key: str, options: Mapping[str, Any] | None) -> Any:
    """Draw the widget that fits a knob and return its value."""
    help_text = plain(translate(knob.help), 2000)
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
            )
        )
    if knob.choices is not None:
        return _choice(knob, label, start, key, help_text)
    if knob.kind is bool:
        return st.toggle(label, value=bool(start), key=key, help=help_text)
    if knob.kind in (int, float):
        return _number(knob, label, start, key, help_text)
    return _text(knob, label, start, key, help_text)


def _choice(knob: Knob, label: str, start: Any, key: str, help_text: str) -> Any:
    allowed = [*([None] if knob.optional else []), *(knob.choices or {})]
    return st.selectbox(
        label,
        allowed,
        index=allowed.index(start) if start in allowed else 0,
        format_func=lambda one: tr(AUTOMATIC) if one is None else translate(str((knob.choices or {})[one])),
        key=key,
        help=help_text,
    )


def _number(knob: Knob, label: str, start: Any, key: str, help_text: str) -> Any:
    kind: Any = knob.kind
    fitting: dict[str, Any] = {
        "value": None if start is None else kind(start),
        "min_value": None if knob.low is None else kind(knob.low),
        "max_value": None if knob.high is None else kind(knob.high),
        "step": 1 if kind is int else _step(knob, start),
        "format": "%d" if kind is int else FORMAT,
    }
    return st.number_input(label, placeholder=_when_empty(knob), key=key, help=help_text, **fitting)


def _step(knob: Knob, start: float | None) -> float:
    """Return a step that fits the size of the value: a tenth of it, rounded to a power of ten."""
    size = abs(start or knob.default or 0.1)
    return float(10.0 ** (len(str(int(size))) - 2)) if size >= 1 else float(f"{size / 10:.0e}")


def _text(knob: Knob, label: str, start: Any, key: str, help_text: str) -> Any:
    shown = "" if start is None else ", ".join(map(str, start)) if isinstance(start, tuple | list) else str(start)
    text = st.text_input(label, value=shown, key=key, help=help_text, placeholder=_when_empty(knob))
    try:
        value = _read(translate(knob.label), knob, text or "")
        if value == () and not knob.optional and knob.default != ():
            raise SettingError(tr("{name} is empty.", name=translate(knob.label)))
        check(translate(knob.label), knob, value) if not _holds_texts(knob) else None
    except SettingError as error:
        st.caption(f":red[{plain(error)}] {plain(tr('The default is used instead.'))}")
        return knob.default
    return value


def _when_empty(knob: Knob) -> str | None:
    """Return what a field that is left empty stands for, in the visitor's language; None where it must be filled."""
    return translate(knob.empty) if knob.empty else tr(AUTOMATIC) if knob.optional else None


def _holds_texts(knob: Knob) -> bool:
    return knob.kind is tuple and (not knob.default or isinstance(knob.default[0], str))


def _write_url(name: str, value: Any, knob: Knob) -> None:
    """Keep the URL a permalink: values that differ from the default, nothing else."""
    if _same(value, knob.default):
        if name in st.query_params:
            del st.query_params[name]
        return
    text = ",".join(map(str, value)) if isinstance(value, tuple | list) else "none" if value is None else str(value)
    if st.query_params.get(name) != text:
        st.query_params[name] = text


def _same(a: Any, b: Any) -> bool:
    a, b = (None if isinstance(one, str) and one == "auto" else one for one in (a, b))  # both leave it to the network
    return (tuple(a) if isinstance(a, list | tuple) else a) == (tuple(b) if isinstance(b, list | tuple) else b)

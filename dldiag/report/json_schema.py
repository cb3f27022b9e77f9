"""A report as JSON: plain English texts and numbers, with what is needed to restore it beside them.

JSON has no messages and no infinities. Each is written as the nearest plain value (an English text, null), and
what it really was is kept under a sibling key `<key>_source`, so that `from_json` gives the same report again.
"""

from __future__ import annotations

import math
from dataclasses import fields as fields_of
from typing import Any

import msgspec
import numpy as np

from dldiag.core.i18n import Message, speaking
from dldiag.core.types import DataError, Report
from dldiag.experiments.models import SURROUNDINGS

_SCHEMA = "dldiag-report/1"
SOURCE = "_source"
MESSAGE = {field.name for field in fields_of(Message)}


def to_json(report: Report) -> str:
    """Write a report as the public JSON, schema "dldiag-report/1"; texts are in English."""
    fields = msgspec.to_builtins(report, enc_hook=_from_numpy)
    with speaking("en"):
        plain = _plain(_paired_changes(_flatten_forecast(fields)))
    return msgspec.json.format(msgspec.json.encode({"schema": fields["schema"]} | plain), indent=2).decode()


def from_json(text: str | bytes) -> Report:
    """Read a report that `to_json` wrote; DataError when the text is something else."""
    try:
        plain = msgspec.json.decode(text)
        if not isinstance(plain, dict) or plain.get("schema") != _SCHEMA:
            raise DataError(Message("This is not a dldiag report (schema {schema}).", {"schema": _SCHEMA}))
        return msgspec.convert(_nest_forecast(_single_changes(_restored(plain))), Report, dec_hook=_to_numpy)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = Message("The report cannot be read: {reason}.", {"reason": str(error)})
        raise DataError(reason, Message("Choose a JSON file that dldiag wrote.")) from error


def plain_json(value: Any) -> dict[str, Any]:
    """Return a noun as plain values in the current language, as `to_json` writes a report."""
    plain: dict[str, Any] = _plain(msgspec.to_builtins(value, enc_hook=_from_numpy))
    return plain


# --- the one walk, there and back ---------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """Replace messages and non-finite numbers by plain values, and keep their source under a sibling key."""
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    plain: dict[str, Any] = {}
    for key, one in value.items():
        if _is_message(one):
            plain |= {key: str(_message(one)), key + SOURCE: _slim(one)}
        elif _not_finite(one):
            plain |= {key: _numbers(one, named=False), key + SOURCE: {"numbers": _numbers(one, named=True)}}
        else:
            plain[key] = _plain(one)
    return plain


def _restored(plain: Any) -> Any:
    """Undo `_plain`; values of plain mappings that were tuples come back as tuples."""
    if isinstance(plain, list):
        return tuple(_restored(one) for one in plain)
    if not isinstance(plain, dict):
        return plain
    sources = {key for key in plain if _is_source(plain, key)}
    restored = {key: _restored(one) for key, one in plain.items() if key not in sources}
    for key in sources:
        source = plain[key]
        restored[key.removesuffix(SOURCE)] = _message(source) if _is_message(source) else _unnamed(source["numbers"])
    return restored


def _is_source(plain: dict[str, Any], key: str) -> bool:
    source = plain[key]
    known = _is_message(source) or (isinstance(source, dict) and source.keys() == {"numbers"})
    return key.endswith(SOURCE) and key.removesuffix(SOURCE) in plain and known


def _is_message(value: Any) -> bool:
    return isinstance(value, dict) and {"template", "values"} <= value.keys() <= MESSAGE


def _message(value: Any) -> Message:
    values = {key: _message(one) if _is_message(one) else one for key, one in value["values"].items()}
    return Message(**(value | {"values": values}))


def _slim(message: dict[str, Any]) -> dict[str, Any]:
    """Leave out of a message what it does not use."""
    values = {key: _slim(one) if _is_message(one) else one for key, one in message["values"].items()}
    used = {key: text for key, text in message.items() if text}
    return used | {"template": message["template"], "values": values}


def _not_finite(value: Any) -> bool:
    """Tell whether a number, or a list of lists of numbers, holds what JSON cannot."""
    if isinstance(value, list | tuple):
        return any(_not_finite(one) for one in value)
    return isinstance(value, float) and not math.isfinite(value)


def _numbers(value: Any, *, named: bool) -> Any:
    if isinstance(value, list | tuple):
        return [_numbers(one, named=named) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value) if named else None
    return value


def _unnamed(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_unnamed(one) for one in value)
    return float(value) if isinstance(value, str) else value


# --- what is shaped differently in the public JSON ----------------------------------------------------------------


def _flatten_forecast(fields: dict[str, Any]) -> dict[str, Any]:
    """Put the forecast's points, reason and rows at the top level, as the public door promises."""
    forecast = fields["forecast"]
    extra = {"forecast_abstains": forecast["abstains"], "forecast_rows_for_target": forecast["rows_for_target"]}
    return fields | {"forecast": forecast["points"]} | extra


def _nest_forecast(fields: dict[str, Any]) -> dict[str, Any]:
    forecast = {
        "points": fields.get("forecast") or (),
        "abstains": fields.pop("forecast_abstains", None),
        "rows_for_target": fields.pop("forecast_rows_for_target", None),
    }
    return fields | {"forecast": forecast}


def _paired_changes(fields: dict[str, Any]) -> dict[str, Any]:
    """Write the change of each recommendation as {name: [from, to]}, as the public door promises."""
    now = SURROUNDINGS | fields["model"].get("parameters", {})
    recommendations = [
        one | {"change": {name: [now.get(name), to] for name, to in one["change"].items()}}
        for one in fields["recommendations"]
    ]
    return fields | {"recommendations": recommendations, "changes": "from_to"}


def _single_changes(fields: dict[str, Any]) -> dict[str, Any]:
    """Undo `_paired_changes`; reports of earlier versions hold the new values alone."""
    if fields.pop("changes", None) is None:
        return fields
    recommendations = [
        one | {"change": {name: to for name, (_, to) in one["change"].items()}} for one in fields["recommendations"]
    ]
    return fields | {"recommendations": recommendations}


def _from_numpy(value: Any) -> Any:
    """Write an array as nested lists; NaN, which means not computed, is null."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        cells = value.astype(object)
        cells[~(value == value)] = None  # noqa: PLR0124 — only NaN differs from itself, whatever the dtype
        return cells.tolist()
    raise NotImplementedError(f"a report cannot hold {type(value).__name__}")


def _to_numpy(kind: Any, value: Any) -> Any:
    """Rebuild an array of the dtype that the noun declares; null becomes NaN."""
    dtype = kind.__args__[1].__args__[0]
    return np.array(value, dtype=dtype)

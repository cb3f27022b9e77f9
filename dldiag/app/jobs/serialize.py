"""What travels between a worker and the pages: progress and messages as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np

from dldiag.core.i18n import Message
from dldiag.core.types import LearningCurve, Parent, Progress, Report


def progress_to_json(progress: Progress) -> dict[str, Any]:
    """Return a progress as plain JSON values; a report in it as the text of its own JSON."""
    return line_to_json(progress) | partial_to_json(progress)


def line_to_json(progress: Progress) -> dict[str, Any]:
    """Return how far a progress is."""
    return {
        "stage": message_to_json(progress.stage),
        "done": int(progress.done),
        "total": int(progress.total),
        "seconds_left": None if progress.seconds_left is None else float(progress.seconds_left),
    }


def partial_to_json(progress: Progress) -> dict[str, Any]:
    """Return what a progress has reached; it grows with the report, so it is written only when it changes."""
    return {
        "curves": [_curve_to_json(curve) for curve in progress.curves],
        "report": None if progress.report is None else _report_text(progress.report),
    }


def progress_from_json(plain: dict[str, Any]) -> Progress:
    """Undo `progress_to_json`."""
    return Progress(
        stage=message_from_json(plain["stage"]),
        done=plain["done"],
        total=plain["total"],
        seconds_left=plain["seconds_left"],
        curves=tuple(_curve_from_json(curve) for curve in plain["curves"]),
        report=None if plain["report"] is None else report_from_text(plain["report"]),
    )


def message_to_json(message: Message) -> dict[str, Any]:
    """Return a message as plain values, so that each page can put it into its own language."""
    plain: dict[str, Any] = msgspec.to_builtins(message, enc_hook=json_number)
    return plain


def message_from_json(plain: dict[str, Any]) -> Message:
    """Undo `message_to_json`."""
    return msgspec.convert(plain, Message)


def report_from_text(text: str) -> Report:
    """Read a report's JSON."""
    from dldiag.report.json_schema import from_json

    return from_json(text)


def _report_text(report: Report) -> str:
    from dldiag.report.json_schema import to_json

    return to_json(report)


def parent_to_json(parent: Parent) -> dict[str, Any]:
    """Return the run that a change was made from as plain JSON values."""
    curve = None if parent.curve is None else _curve_to_json(parent.curve)
    plain: dict[str, Any] = msgspec.to_builtins(replace(parent, curve=None, earlier=()), enc_hook=json_number)
    return plain | {"curve": curve, "earlier": [parent_to_json(one) for one in parent.earlier]}


def parent_from_json(plain: dict[str, Any]) -> Parent:
    """Undo `parent_to_json`."""
    curve = None if plain["curve"] is None else _curve_from_json(plain["curve"])
    earlier = tuple(parent_from_json(one) for one in plain["earlier"])
    return replace(msgspec.convert(plain | {"curve": None, "earlier": []}, Parent), curve=curve, earlier=earlier)


def _curve_to_json(curve: LearningCurve) -> dict[str, Any]:
    numbers = {name: getattr(curve, name).tolist() for name in ("sizes", "train_errors", "dev_errors")}
    return numbers | {
        "model": curve.model,
        "label": str(curve.label),
        "unit": curve.unit,
        "seconds": float(curve.seconds),
    }


def _curve_from_json(plain: dict[str, Any]) -> LearningCurve:
    return LearningCurve(
        model=plain["model"],
        sizes=np.array(plain["sizes"], dtype=np.int64),
        train_errors=np.array(plain["train_errors"], dtype=np.float64),
        dev_errors=np.array(plain["dev_errors"], dtype=np.float64),
        label=plain["label"],
        unit=plain["unit"],
        seconds=plain["seconds"],
    )


def json_number(value: Any) -> Any:
    """Return a NumPy number as Python's; for msgspec and json, which know only those."""
    if isinstance(value, np.generic):
        return value.item()
    raise NotImplementedError(f"a message cannot hold {type(value).__name__}")


def dumps(value: Any) -> str:
    """Write JSON on one line; numbers that JSON lacks (NaN) are written as Python reads them back."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=json_number)

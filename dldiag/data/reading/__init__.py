"""Reading: bytes -> what was decided (ReadPlan) -> raw texts (RawTable), every line accounted for."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

from dldiag.data.reading.limits import Limits
from dldiag.data.reading.raw import Lines, RawTable
from dldiag.language import Message
from dldiag.types import DataError, ReadPlan

__all__ = ["Limits", "Lines", "RawTable", "decide", "read"]


def decide(data: bytes, *, name: str = "", **choices: Any) -> ReadPlan:
    """Decide how to read a file; choices given by hand are taken as they are."""
    encoding = choices.get("encoding") or _encoding(data)
    text = data[:100_000].decode(encoding, errors="replace")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    plan = ReadPlan(encoding=encoding, delimiter=delimiter)
    return replace(plan, **choices)


def read(
    source: str | Path | bytes,
    *,
    name: str = "",
    plan: ReadPlan | None = None,
    limits: Limits | None = None,
    **choices: Any,
) -> RawTable:
    """Read a file with a plan, or with the plan that `decide` makes; DataError says why when it cannot be read."""
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    plan = plan or decide(data, name=name, **choices)
    text = data.decode(plan.encoding, errors="replace")
    records = [r for r in csv.reader(io.StringIO(text, newline=""), delimiter=plan.delimiter) if r]
    if not records:
        raise DataError(Message("The file is empty."))
    header = tuple(records[0])
    frame = pd.DataFrame(records[1:], columns=list(header), dtype=object)
    lines = Lines(total=len(records), header=1, read=len(records) - 1)
    digest = hashlib.sha256(data + msgspec.json.encode(asdict(plan))).hexdigest()
    return RawTable(header, frame, plan, (), len(frame), digest, name, lines)


def _encoding(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "cp1252"

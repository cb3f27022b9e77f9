"""Deciding: bytes -> ReadPlan. Nothing is read here that the plan does not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from dldiag.data.reading.dialect import Dialect, decide_dialect
from dldiag.data.reading.limits import Limits
from dldiag.data.reading.marks import decide_marks
from dldiag.data.reading.region import Region, common_width, find_region, given_region
from dldiag.data.reading.source import Text, looks_like_json_lines, open_data, open_text
from dldiag.data.reading.strict import Record, records
from dldiag.data.reading.typed import read_typed
from dldiag.knobs import from_environment
from dldiag.language import Message
from dldiag.types import DataError, ReadPlan

WHOLE_CHARS = 2 << 20  # texts up to this size are looked at as a whole, of longer ones the two ends
END_CHARS = 1 << 20
MARK_ROWS = 1000
SINGLE_CHARACTERS = ("delimiter", "quote", "escape", "decimal", "thousands")
LONGEST_DELIMITER = 3  # so that the name of the runs of spaces, \s+, is allowed


def decide(data: bytes, *, limits: Limits | None = None, **choices: Any) -> ReadPlan:
    """Decide how to read a file; choices (fields of ReadPlan given by hand) are taken as they are.

    Raises DataError when the bytes are no table, or a choice is none.
    """
    check_choices(choices)
    limits = limits or from_environment(Limits)
    unpacked, typed = open_data(data, limits, choices.get("member", ""))
    around = {"compression": unpacked.compression, "member": unpacked.member}
    if typed == "excel":
        return read_typed(unpacked.data, typed_plan(typed, around, choices), limits, choices).plan
    if typed:
        return typed_plan(typed, around, choices)
    text = open_text(unpacked.data, choices.get("encoding", ""))
    return decide_text(text, choices, around)


def decide_text(text: Text, choices: Mapping[str, Any], around: Mapping[str, str]) -> ReadPlan:
    """Decide how to read a text that is decoded already."""
    encoding = text.decoded.encoding
    if choices.get("format", "jsonl" if "delimiter" not in choices else "csv") == "jsonl" and looks_like_json_lines(
        text
    ):
        return typed_plan("jsonl", {**around, "encoding": encoding}, choices)
    given = {k: choices[k] for k in ("delimiter", "quote", "escape", "skip_space") if k in choices}
    dialect = decide_dialect(text.text, **given)
    found, region = look(text, dialect)
    first = choices.get("first_row", region.first_row)
    region = given_region(region, choices)
    body = [r.cells for r in found if r.line >= first and not r.fault][:MARK_ROWS]
    marks = decide_marks(body, region.width)
    decided: dict[str, Any] = {
        "format": "csv", "encoding": encoding, "delimiter": dialect.delimiter, "quote": dialect.quote,
        "escape": dialect.escape, "skip_space": dialect.skip_space, "header_row": region.header_row,
        "header_rows": region.header_rows or 1, "first_row": region.first_row, "footer_rows": region.footer_rows,
        "decimal": marks.decimal, "thousands": marks.thousands, "missing": marks.missing,
    }  # fmt: skip
    return ReadPlan(**(decided | dict(around) | dict(choices)))


def look(text: Text, dialect: Dialect) -> tuple[list[Record], Region]:
    """Return the records that were looked at and where the table stands among them."""
    if len(text.text) <= WHOLE_CHARS:
        first = list(records(text.text, dialect))
        width = common_width(first)
        found = list(records(text.text, dialect, 0, width)) if any(r.lines > 1 for r in first) else first
        return found, find_region(found, text.lines, width)
    head_end = text.text.rfind("\n", 0, END_CHARS) + 1
    found = list(records(text.text[:head_end], dialect))
    region = find_region(found, found[-1].line + found[-1].lines if found else 0)
    return found, replace(region, footer_rows=_footer_of_end(text, dialect, region.width, found))


def _footer_of_end(text: Text, dialect: Dialect, width: int, head: Sequence[Record]) -> int:
    """Return how many lines at the end of a long text are footnotes, from its last lines."""
    tail_start = text.text.rfind("\n", 0, len(text.text) - END_CHARS // 16) + 1
    tail = list(records(text.text[tail_start:], dialect, 0, width))
    start = next((r for r in head if len(r.cells) == width), None)
    if start is None or not tail:
        return 0
    return find_region([start._replace(line=-1, lines=1), *tail], tail[-1].line + tail[-1].lines, width).footer_rows


def dialect_of(plan: ReadPlan) -> Dialect:
    """Return the part of a plan that says how a line is cut."""
    return Dialect(plan.delimiter, plan.quote, plan.escape, plan.skip_space)


def check_choices(choices: Mapping[str, Any]) -> None:
    """Raise DataError for a choice that is no field of the plan or has no possible value."""
    known = {f.name for f in fields(ReadPlan)}
    for key, value in choices.items():
        if key not in known:
            raise DataError(
                Message("There is no reading choice named {name}.", {"name": key}),
                Message("Choices are: {names}.", {"names": ", ".join(sorted(known))}),
            )
        wrong = key in SINGLE_CHARACTERS and (not isinstance(value, str) or len(value) > LONGEST_DELIMITER)
        wrong |= key in {"first_row", "footer_rows", "header_rows"} and (not isinstance(value, int) or value < 0)
        wrong |= key == "header_row" and value is not None and (not isinstance(value, int) or value < 0)
        wrong |= key == "delimiter" and (not value or "\n" in value or (len(value) > 1 and value != r"\s+"))
        wrong |= key in {"quote", "escape"} and (len(value) > 1 or value == "\n")
        if wrong:
            raise DataError(
                Message("{name} cannot be {value}.", {"name": key, "value": repr(value)[:60]}),
                Message("Delimiter, quote, escape and marks are one character; rows are counted from 0."),
            )


def typed_plan(format_name: str, around: Mapping[str, str], choices: Mapping[str, Any]) -> ReadPlan:
    """Return the plan of a format that says itself how it is read."""
    plain = {"format": format_name, "delimiter": "", "quote": "", "header_row": None, "first_row": 0}
    return ReadPlan(**{**plain, **around, **choices})

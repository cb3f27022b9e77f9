"""Deciding: bytes -> ReadPlan. Nothing is read here that the plan does not say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dldiag.core.i18n import Message
from dldiag.core.params import from_environment
from dldiag.core.types import DataError, ReadPlan
from dldiag.data.io.bounded import read_bounded
from dldiag.data.io.compression import Unpacked
from dldiag.data.io.dialect import SPACES, Dialect, Record, records
from dldiag.data.io.dialect_choice import decide_dialect
from dldiag.data.io.formats.registry import READERS
from dldiag.data.io.limits import Limits
from dldiag.data.io.number_format import decide_marks
from dldiag.data.io.source import Text, looks_like_json_lines, open_data, open_text
from dldiag.data.io.table_bounds import Region, common_width, find_region, given_region

WHOLE_CHARS = 1 << 19  # Shorter texts are looked at as a whole, and longer ones at both ends.
_HEAD_CHARS, TAIL_CHARS = 1 << 18, 1 << 16
MARK_ROWS = 1000


def decide_plan(data: bytes, *, limits: Limits | None = None, **choices: Any) -> ReadPlan:
    """Decide how to read a file; choices (fields of ReadPlan given by hand) are taken as they are.

    Raises DataError when the bytes are no table, or a choice is none.
    """
    check_choices(choices)
    limits = limits or from_environment(Limits)
    unpacked, typed = open_data(data, limits, choices.get("member", ""))
    around = {"compression": unpacked.compression, "member": unpacked.member}
    if typed == "excel":
        return read_bounded(unpacked.data, typed_plan(typed, around, choices), limits, choices).plan
    if typed:
        return typed_plan(typed, around, choices)
    text = open_text(unpacked.data, limits, choices.get("encoding", ""))
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
    found, region = look_at_lines(text, dialect)
    first = choices.get("first_row", region.first_row)
    region = given_region(region, choices)
    body = [r.cells for r in found if r.line >= first and not r.fault][:MARK_ROWS]
    marks = decide_marks(body, region.width, dialect.delimiter)
    decided: dict[str, Any] = {
        "format": "csv", "encoding": encoding, "delimiter": dialect.delimiter, "quote": dialect.quote,
        "escape": dialect.escape, "skip_space": dialect.skip_space, "header_row": region.header_row,
        "header_rows": region.header_rows or 1, "first_row": region.first_row, "footer_rows": region.footer_rows,
        "decimal": marks.decimal, "thousands": marks.thousands, "missing": marks.missing,
    }  # fmt: skip
    if decided["decimal"] == choices.get("thousands"):
        decided["decimal"] = "," if choices["thousands"] == "." else "."
    if decided["thousands"] == choices.get("decimal"):
        decided["thousands"] = ""
    return ReadPlan(**(decided | {**choices, **around}))


def look_at_lines(text: Text, dialect: Dialect) -> tuple[list[Record], Region]:
    """Return the records that were looked at and where the table stands among them."""
    if len(text.text) <= WHOLE_CHARS:
        first = list(records(text.text, dialect))
        width = common_width(first)
        found = list(records(text.text, dialect, 0, width)) if any(r.lines > 1 for r in first) else first
        return found, find_region(found, text.lines, width)
    head_end = text.text.rfind("\n", 0, _HEAD_CHARS) + 1
    found = list(records(text.text[:head_end], dialect))
    region = find_region(found, found[-1].line + found[-1].lines if found else 0)
    return found, replace(region, footer_rows=_footer_of_end(text, dialect, region.width, found))


def _footer_of_end(text: Text, dialect: Dialect, width: int, head: Sequence[Record]) -> int:
    """Return how many lines at the end of a long text are footnotes, from its last lines."""
    tail_start = text.text.rfind("\n", 0, len(text.text) - TAIL_CHARS) + 1
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
    for name, value in choices.items():
        if name not in POSSIBLE:
            raise DataError(
                Message("There is no reading choice named {name}.", {"name": name}),
                Message("Choices are: {names}.", {"names": ", ".join(sorted(POSSIBLE))}),
            )
        possible, hint = POSSIBLE[name]
        if not possible(value):
            raise DataError(Message("{name} cannot be {value}.", {"name": name, "value": repr(value)[:60]}), hint)
    if choices.get("thousands") and choices.get("decimal") == choices["thousands"]:
        raise DataError(
            Message(
                "{value} cannot be the decimal mark and the mark between thousands.", {"value": choices["decimal"]}
            ),
            Message("Choose two different marks."),
        )


def check_found(choices: Mapping[str, Any], unpacked: Unpacked, typed: str) -> None:
    """Raise DataError for a choice by hand that this file, now that it is unpacked, does not allow."""
    wanted = {name: choices[name] for name in ("format", "compression", "sheet", "member") if choices.get(name)}
    packed = SHORT.get(unpacked.compression, unpacked.compression)
    allowed = {
        "format": wanted.get("format") in ((typed,) if typed else TEXT_FORMATS),
        "compression": SHORT.get(wanted.get("compression", ""), wanted.get("compression")) == packed,
        "sheet": typed == "excel",
        "member": unpacked.compression == "zip",
    }
    for name, value in wanted.items():
        if not allowed[name]:
            found = Message(
                "{format}, packed as {packed}" if packed else "{format}", {"format": typed or "text", "packed": packed}
            )
            raise DataError(
                Message(
                    "{name} = {value} does not fit this file: it is {found}.",
                    {"name": name, "value": value, "found": found},
                ),
                Message("Leave {name} out; the content of a file shows what it is.", {"name": name}),
            )


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(least: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_mark(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 1 and value != "\n"


def _is_delimiter(value: Any) -> bool:
    return value in (SPACES, "::", "||") or bool(value and _is_mark(value))


TEXT_FORMATS = ("csv", "jsonl")
FORMATS = (*TEXT_FORMATS, *READERS)
SHORT = {"gzip": "gz", "bzip2": "bz2", "zstd": "zst"}  # Files name their packing by these endings.
PACKINGS = ("", "gz", "gzip", "bz2", "bzip2", "xz", "zst", "zstd", "zip")
_DECIMALS = (".", ",")
_THOUSANDS = ("", ".", ",", " ", "'", "’", "_", "\u00a0", "\u202f", "\u2009")

_MARK = Message("Delimiter, quote, escape and marks are one character; rows are counted from 0.")
_TEXT = Message("Give a text.")
_YES_NO = Message("Say yes or no.")
# What each choice by hand may be, and what to do about another.
POSSIBLE: dict[str, tuple[Callable[[Any], bool], Message]] = {
    "format": (lambda value: value in FORMATS, Message("Formats are {names}.", {"names": ", ".join(FORMATS)})),
    "compression": (lambda value: value in PACKINGS, Message("Packed files are gz, zip, bz2, xz or zst.")),
    "encoding": (_is_text, _TEXT),
    "delimiter": (_is_delimiter, _MARK),
    "quote": (_is_mark, _MARK),
    "escape": (_is_mark, _MARK),
    "header_row": (lambda value: value is None or _is_count(0)(value), _MARK),
    "first_row": (_is_count(0), _MARK),
    "footer_rows": (_is_count(0), _MARK),
    "missing": (
        lambda value: isinstance(value, tuple | list) and all(map(_is_text, value)),
        Message("Give a list of texts."),
    ),
    "decimal": (lambda value: value in _DECIMALS, Message("A decimal mark is a point or a comma.")),
    "thousands": (
        lambda value: value in _THOUSANDS,
        Message("Thousands are marked by a point, a comma, a space or an apostrophe."),
    ),
    "sheet": (_is_text, _TEXT),
    "member": (_is_text, _TEXT),
    "header_rows": (_is_count(1), Message("A header has one line or more.")),
    "skip_space": (lambda value: isinstance(value, bool), _YES_NO),
    "max_rows": (lambda value: value is None or _is_count(1)(value), Message("Keep one row or more.")),
    "day_first": (lambda value: value is None or isinstance(value, bool), _YES_NO),
}


def typed_plan(format_name: str, around: Mapping[str, str], choices: Mapping[str, Any]) -> ReadPlan:
    """Return the plan of a format that says itself how it is read."""
    plain = {"format": format_name, "delimiter": "", "quote": "", "header_row": None, "first_row": 0}
    return ReadPlan(**{**plain, **choices, **around})

"""Read a file, or preview its first rows: decide a plan unless one is given, read by it, and report everything that was done."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import msgspec

from dldiag.core.params import from_environment
from dldiag.core.types import Notice, ReadPlan
from dldiag.data.io.bounded import read_bounded, read_bounded_parts
from dldiag.data.io.compression import Unpacked
from dldiag.data.io.encoding import alternatives_of, decide_encoding
from dldiag.data.io.formats.jsonl import read_json
from dldiag.data.io.formats.registry import read_typed
from dldiag.data.io.large.row_groups import format_of_parts, read_row_groups
from dldiag.data.io.limits import Limits, Sampling, sampled_by
from dldiag.data.io.notices import counted_notice, notice
from dldiag.data.io.number_format import decide_marks
from dldiag.data.io.parse import Gathered, cut_text, gather_rows
from dldiag.data.io.raw_table import RawTable, TypedTable, frame_of
from dldiag.data.io.sniff import check_choices, check_found, decide_text, typed_plan
from dldiag.data.io.source import Text, looks_like_json_lines, open_data, open_text, whole_characters
from dldiag.data.io.text_records import Taken, take

MARK_CELLS = 10_000
LOOKED_AT_CHARS = 1 << 20
# Lines of a text before a last line without a line end is reported; none of 73 sound files ends so.
LEAST_LINES_OF_END = 20
FEW_DIFFERENT = 20  # The words of a small table repeat, so it has few different characters beyond ASCII.
FEW_CHARACTERS = 60  # With more characters beyond ASCII, the better encoding is plain.
TEXT_ENDINGS = (".csv", ".tsv", ".tab", ".txt")
PREVIEW_BYTES = 1 << 18
MOST_ALTERNATIVES = 3
PLAIN_TEXT = "csv"


def read(
    source: str | Path | bytes,
    *,
    name: str = "",
    plan: ReadPlan | None = None,
    limits: Limits | None = None,
    trusted: bool = False,
    sampling: Sampling = Sampling(),  # noqa: B008 — frozen
    **choices: Any,
) -> RawTable:
    """Read a file by a plan, or by the plan that `decide` makes with these choices.

    Parquet, Feather and Excel are read in a process with bounds, unless the bytes are `trusted`: made by this process, or read in a
    process that has bounds already.
    A file on disk that is larger than is read at once, or a folder of Parquet files, is read in parts: all rows are
    counted, and rows are drawn as `sampling` says.
    Raises DataError, in plain words, for everything that cannot be read as a table.
    """
    limits = limits or from_environment(Limits)
    check_choices(choices)
    title, _ = whole_characters(name or (Path(source).name if isinstance(source, str | Path) else ""))
    parts = (
        None if isinstance(source, bytes | bytearray | memoryview) else format_of_parts(Path(source), limits, sampling)
    )
    if parts:
        chosen = _chosen_plan(parts, plan, choices)
        return _read_parts(Path(source), chosen, limits, sampling, title, trusted)  # type: ignore[arg-type]
    taken = take(source, limits, plan, sampling, **choices)
    plan = replace(plan, **choices) if plan is not None else None
    member = plan.member if plan is not None else choices.get("member", "")
    unpacked, typed = open_data(taken.data, limits, member)
    unpacked = unpacked._replace(compression=unpacked.compression or taken.compression)
    check_found(choices, unpacked, typed)
    if not typed:
        return taken.counted(_read_text(taken, unpacked, plan, choices, limits, title))
    undecided = None if plan is not None else choices
    plan = plan or typed_plan(typed, _packing(unpacked), choices)
    reader = read_typed if trusted else read_bounded
    return _raw_of_typed(reader(unpacked.data, plan, sampled_by(plan, limits), undecided), taken.data, title)


def _packing(unpacked: Unpacked) -> dict[str, str]:
    """Return how the data was packed, as a plan names it."""
    return {"compression": unpacked.compression, "member": unpacked.member}


def _read_text(
    taken: Taken, unpacked: Unpacked, plan: ReadPlan | None, choices: Mapping[str, Any], limits: Limits, title: str
) -> RawTable:
    """Read delimited text or JSON by its plan, or by the one that its content and the choices give."""
    text = open_text(unpacked.data, limits, plan.encoding if plan is not None else choices.get("encoding", ""))
    plan = plan or decide_text(text, choices, _packing(unpacked))
    limits = sampled_by(plan, limits)
    of_text = source_notices(text, unpacked)
    if plan.format == "jsonl":
        found = read_json(text, plan, limits)
        return _raw_of_typed(found, taken.data, title, [*taken.notices(found.rows_in_file, limits), *of_text])
    of_text += close_notices(text, unpacked)
    cut = cut_text(text, plan)
    del text  # A long one takes as much memory as the file.
    gathered = gather_rows(cut, plan, limits)
    of_rows = [*gathered.notices, *mark_notices(gathered, plan)]
    notices = [*taken.notices(gathered.rows_in_file, limits), *of_text, *of_rows]
    return _raw_of_text(gathered, plan, taken.data, title, notices)


def _chosen_plan(kind: str, plan: ReadPlan | None, choices: Mapping[str, Any]) -> ReadPlan:
    check_found(choices, Unpacked(b""), kind)
    return typed_plan(kind, {}, choices) if plan is None else replace(plan, **choices)


def _read_parts(path: Path, plan: ReadPlan, limits: Limits, sampling: Sampling, title: str, trusted: bool) -> RawTable:
    """Read Parquet or Feather row group by row group."""
    reader = read_row_groups if trusted else read_bounded_parts
    found = reader(path, plan, sampled_by(plan, limits), sampling)
    table = _raw_of_typed(found, found.identity.encode(), title)
    notices = [] if found.totals is None else [counted_notice(found.totals)]
    return replace(table, notices=(*table.notices, *notices))


def _raw_of_text(found: Gathered, plan: ReadPlan, data: bytes, title: str, notices: Sequence[Notice]) -> RawTable:
    frame, identity = frame_of(found.table, found.names), fingerprint(data, plan)
    return RawTable(found.names, frame, plan, tuple(notices), found.rows_in_file, identity, title, found.lines)


def _raw_of_typed(found: TypedTable, data: bytes, title: str, notices: Sequence[Notice] = ()) -> RawTable:
    frame = frame_of(found.table, found.names)
    named_text = title.lower().endswith(TEXT_ENDINGS) and found.plan.format != "jsonl"
    misnamed = [notice("wrong_name", format=found.plan.format.title())] if named_text else []
    every, identity = (*notices, *misnamed, *found.notices), fingerprint(data, found.plan)
    return RawTable(
        found.names, frame, found.plan, every, found.rows_in_file, identity, title, found.lines, found.typed,
        found.totals,
    )  # fmt: skip


def fingerprint(data: bytes, plan: ReadPlan) -> str:
    """Return the identity of the data: sha256 of the bytes and of the plan."""
    return hashlib.sha256(hashlib.sha256(data).digest() + msgspec.json.encode(asdict(plan))).hexdigest()


def source_notices(text: Text, unpacked: Unpacked) -> list[Notice]:
    """Report how the text was unpacked and decoded."""
    decoded, notices = text.decoded, []
    if unpacked.compression and unpacked.members > 1:
        notices.append(notice("member", count=unpacked.members, member=unpacked.member))
    if decoded.encoding not in {"utf-8", "utf-8-sig", "ascii"}:
        notices.append(notice("encoding", encoding=decoded.encoding))
    if decoded.other_lines:
        notices.append(
            notice(
                "mixed_encodings",
                count=decoded.other_lines,
                example=decoded.bad_example,
                encoding=decoded.encoding,
                other=decoded.other_encoding,
            )
        )
    if decoded.bad_characters:
        notices.append(notice("bad_characters", count=decoded.bad_characters, example=decoded.bad_example))
    if decoded.recovered:
        notices.append(notice("recovered_characters", count=decoded.recovered))
    if text.twice[0]:
        notices.append(notice("encoded_twice", count=text.twice[0], example=text.twice[1]))
    if text.entities[0]:
        notices.append(notice("entities", count=text.entities[0], example=text.entities[1]))
    if text.wrapping:
        notices.append(notice(text.wrapping))
    if text.lines >= LEAST_LINES_OF_END and not text.text.endswith("\n") and not looks_like_json_lines(text):
        notices.append(notice("cut_off", example=text.text[text.text.rfind("\n") + 1 :]))
    if text.mixed_ends:
        notices.append(notice("mixed_line_ends"))
    if text.nuls:
        notices.append(notice("nul_characters", count=text.nuls))
    return notices


def close_notices(text: Text, unpacked: Unpacked) -> list[Notice]:
    """Report when a text has so few characters beyond ASCII that another encoding fits as well."""
    beyond = [] if text.text.isascii() else re.findall(r"[^\x00-\x7f]", text.text[:LOOKED_AT_CHARS])
    if not beyond or (len(beyond) > FEW_CHARACTERS and len(set(beyond)) > FEW_DIFFERENT):
        return []
    others = alternatives_of(unpacked.data, text.decoded.encoding, known_utf8=bool(text.source))
    if not others:
        return []
    other, example = others[0]
    return [notice("encoding_close", encoding=text.decoded.encoding, other=other, example=example)]


def mark_notices(gathered: Gathered, plan: ReadPlan) -> list[Notice]:
    """Report how numbers and missing values were read, where that is not obvious."""
    notices = []
    table = gathered.table.slice(0, max(20, MARK_CELLS // max(1, gathered.table.num_columns)))
    rows = list(zip(*(c.to_pylist() for c in table.columns), strict=True)) if table.num_rows else []
    marks = decide_marks(rows, table.num_columns, plan.delimiter)
    spellings = [m for m in plan.missing if m]
    if spellings:
        notices.append(notice("missing_spellings", spellings=", ".join(spellings)))
    if plan.decimal == "," == marks.decimal:
        notices.append(notice("decimal_comma"))
    if marks.ambiguous and "." in marks.ambiguous:
        meaning = marks.ambiguous if plan.decimal == "." else marks.ambiguous.replace(".", "")
        notices.append(notice("ambiguous_thousands", example=marks.ambiguous, meaning=meaning))
    if not table.num_rows:
        notices.append(notice("no_rows"))
    return notices


def preview(source: str | Path | bytes, plan: ReadPlan, rows: int = 20, limits: Limits | None = None) -> RawTable:
    """Return the first rows as the plan reads them; of a long text only the beginning is looked at."""
    limits = limits or from_environment(Limits)
    data = take(source, limits, plan).data
    if plan.format == PLAIN_TEXT and not plan.compression:
        data, plan = _beginning(data, plan)
    table = read(data, plan=plan, limits=limits)
    return replace(table, frame=table.frame.head(rows))


def alternatives(
    data: bytes, plan: ReadPlan | None = None, limits: Limits | None = None
) -> tuple[tuple[str, str], ...]:
    """Return (encoding, preview) of up to three other encodings in which the bytes are about as plausible.

    The preview shows lines with other than ASCII characters, so that a person can tell which reads right.
    """
    unpacked, typed = open_data(data, limits or from_environment(Limits), "" if plan is None else plan.member)
    if typed:
        return ()
    chosen = decide_encoding(unpacked.data) if plan is None else plan.encoding
    return alternatives_of(unpacked.data, chosen)[:MOST_ALTERNATIVES]


def _beginning(data: bytes, plan: ReadPlan) -> tuple[bytes, ReadPlan]:
    """Cut a long text after a whole line; footnotes are then out of sight."""
    if len(data) <= PREVIEW_BYTES or plan.encoding.startswith(("utf-16", "utf-32")):
        return data, plan
    end = data.rfind(b"\n", 0, PREVIEW_BYTES)
    return (data, plan) if end < 0 else (data[: end + 1], replace(plan, footer_rows=0))

"""Preview a file before it is read: its first rows by a plan, and other encodings that fit as well."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dldiag.core.params import from_environment
from dldiag.core.types import ReadPlan
from dldiag.data.io.encoding import alternatives_of, decide_encoding
from dldiag.data.io.limits import Limits
from dldiag.data.io.raw_table import RawTable
from dldiag.data.io.read import read
from dldiag.data.io.source import open_data
from dldiag.data.io.text_records import take

PREVIEW_BYTES = 1 << 18
MOST_ALTERNATIVES = 3
PLAIN_TEXT = "csv"


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

"""What is told about where a table stands and about its names: the same for texts and sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dldiag.data.reading.dialect import SPACES, TRUST
from dldiag.data.reading.headers import Names
from dldiag.data.reading.notices import notice
from dldiag.data.reading.raw import Lines
from dldiag.language import Message, Value
from dldiag.types import Notice, ReadPlan

USUAL_DELIMITERS = {",", ";", "\t", "|"}


@dataclass(frozen=True)
class Parts:
    """The lines of a text by what they are: above the table, its header, its body, below it."""

    above: str
    header: str
    body: str
    below: str
    first_line: int


def region_notices(parts: Parts, plan: ReadPlan, lines: Lines) -> list[Notice]:
    """Tell what was left out above and below the table, and unusual marks."""
    told = []
    if lines.preamble:
        told.append(notice("preamble", count=lines.preamble, example=parts.above.strip()))
    if lines.footnote:
        told.append(notice("footnotes", count=lines.footnote, example=parts.below.strip()))
    if plan.header_row is None:
        told.append(notice("no_header", example=parts.body.split("\n", 1)[0]))
    elif plan.header_rows > 1 and parts.header.strip().count("\n"):
        told.append(notice("joined_header", count=plan.header_rows, example=parts.header.strip()))
    if plan.delimiter not in USUAL_DELIMITERS and plan.delimiter in TRUST:
        shown: Value = Message("spaces") if plan.delimiter in {SPACES, " "} else repr(plan.delimiter)
        told.append(notice("unusual_delimiter", delimiter=shown, example=parts.header or parts.body[:100]))
    if plan.quote not in {'"', ""}:
        told.append(notice("quote", quote=plan.quote))
    if plan.escape:
        told.append(notice("escape", escape=repr(plan.escape)[1:-1]))
    return told


def name_notices(names: Names, header: Sequence[str] | None) -> tuple[Notice, ...]:
    """Tell where names were made up or numbered."""
    told = []
    if header is not None and names.made_up:
        told.append(notice("made_up_names", count=len(names.made_up), example=names.names[names.made_up[0]]))
    if names.renamed:
        told.append(notice("renamed", count=len(names.renamed), example=names.names[names.renamed[0]]))
    return tuple(told)

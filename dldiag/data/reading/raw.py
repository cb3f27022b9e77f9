"""A table as it stands in the file: raw cell texts, how they were read, and an account of every line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import pandas as pd

from dldiag.language import Message
from dldiag.types import DataError, Notice, ReadPlan


@dataclass(frozen=True)
class Lines:
    """What became of every line of the file; a sum that does not match `total` is an error."""

    total: int = 0
    header: int = 0
    preamble: int = 0
    footnote: int = 0
    blank: int = 0
    read: int = 0
    repaired: int = 0
    set_aside: int = 0

    def __post_init__(self) -> None:
        counted = sum(getattr(self, f.name) for f in fields(self)) - self.total
        if counted != self.total:
            raise DataError(
                Message(
                    "{counted:,} of {total:,} lines of the file are accounted for.",
                    {"counted": counted, "total": self.total},
                ),
                Message("This is a fault of the reader; please report it with the file."),
            )


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table of raw texts.

    `header` holds unique, non-empty names. `frame` has one column of str per name; a missing value stays as its text,
    a cell that the file does not have is None. `typed` tells what a typed format declared: number, date or bool.
    """

    header: tuple[str, ...]
    frame: pd.DataFrame
    plan: ReadPlan
    notices: tuple[Notice, ...] = ()
    rows_in_file: int = 0
    fingerprint: str = ""
    name: str = ""
    lines: Lines = field(default_factory=Lines)
    typed: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if list(self.frame.columns) != list(self.header):
            raise ValueError("the frame's columns must be the header")
        if len(set(self.header)) != len(self.header) or not all(self.header):
            raise ValueError("names must be unique and not empty")

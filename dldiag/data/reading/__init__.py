"""Reading: bytes -> what was decided (ReadPlan) -> raw texts (RawTable), every line accounted for."""

from __future__ import annotations

from dldiag.data.reading.decide import decide
from dldiag.data.reading.limits import Limits
from dldiag.data.reading.preview import alternatives, preview
from dldiag.data.reading.raw import Lines, RawTable
from dldiag.data.reading.read import read

__all__ = ["Limits", "Lines", "RawTable", "alternatives", "decide", "preview", "read"]

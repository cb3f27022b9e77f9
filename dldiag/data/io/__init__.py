"""Reading: bytes -> what was decided (ReadPlan) -> raw texts (RawTable), every line accounted for."""

from __future__ import annotations

from dldiag.data.io.limits import Limits, Sampling
from dldiag.data.io.raw_table import Lines, RawTable
from dldiag.data.io.read import alternatives, preview, read
from dldiag.data.io.sniff import decide_plan

__all__ = ["Limits", "Lines", "RawTable", "Sampling", "alternatives", "decide_plan", "preview", "read"]

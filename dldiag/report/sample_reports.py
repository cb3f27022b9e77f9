"""The finished reports of the samples, shipped so that a first look takes no computing; `docs/sample_reports.py` makes them."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

from dldiag.core.types import Report
from dldiag.report.json_schema import from_json

FOLDER = Path(__file__).with_name("samples")
ENDING = ".json.gz"


@cache
def reported_samples() -> tuple[str, ...]:
    """Return the keys of the samples that have a finished report."""
    return tuple(sorted(path.name.removesuffix(ENDING) for path in FOLDER.glob(f"*{ENDING}")))


def read_sample_report(key: str) -> Report:
    """Return the finished report of a sample; KeyError when there is none."""
    if key not in reported_samples():
        raise KeyError(key)
    return from_json(gzip.decompress((FOLDER / f"{key}{ENDING}").read_bytes()))

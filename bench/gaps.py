"""How well is the gap between training and dev error known? The models of the advice benchmark, as they are, fitted again.

    python -m bench.gaps --half calibrate     # about 20 processor seconds; report: about 30

The truth is that of `bench.advice`, whose results are read. Only tables with classes: their gaps are paired by row.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from bench.advice import RESULTS
from bench.advice_cases import FAULTS, make_case
from bench.advice_table import DAMAGED, covers, is_sure
from dldiag.core.settings import Settings
from dldiag.core.types import Estimate
from dldiag.diagnosis.diagnose import prepare_case
from dldiag.diagnosis.evidence.gather import material_of
from dldiag.diagnosis.rules.engine import compare_with_threshold
from dldiag.experiments import estimates


def gap_of(name: str) -> tuple[Estimate, str]:
    """Return the gap of a case's model as a diagnosis estimates it, and what rule V1 says of it."""
    case = make_case(*name.split("/"))
    prepared = prepare_case(case.seen, FAULTS[case.fault].model_of(case.seen.task), Settings(seed=case.seed))
    size, repeats = prepared.sizes[-1], prepared.all_repeats
    prepared.fits.fit([prepared.model], [size], repeats)
    results = prepared.fits.get(prepared.model, size, repeats)
    gap = estimates.gap(results)
    return gap, compare_with_threshold(gap, material_of(results, prepared.settings.material))


def measured(row: Mapping[str, Any]) -> dict[str, float]:
    """Return, before and now, the width of a gap's interval, whether it covers the truth, and whether it stays undecided."""
    gap, outcome = gap_of(row["case"])
    truth = np.subtract(row["errors"]["now"], row["train"]["now"])
    then, now = row["evidence"]["variance"], [gap.value, gap.low, gap.high]
    found = {"width then": then[2] - then[1], "width now": now[2] - now[1]}
    found |= {"covers then": covers(then, truth), "covers now": covers(now, truth)}
    if is_sure(row, "variance"):
        found |= {"undecided then": row["variance"] == "undecided", "undecided now": outcome == "undecided"}
    return found


def main() -> None:
    """Print the means over the cases of one half."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("calibrate", "report"), default="calibrate")
    half = parser.parse_args().half
    rows = [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["half"] == half and row["unit"] == "rate"]
    found = [measured(row) for row in rows if row["case"].split("/")[1] not in DAMAGED]
    for name in dict.fromkeys(name for one in found for name in one):
        values = [float(one[name]) for one in found if name in one]
        print(f"{name}: {np.mean(values):.3f} of {len(values)}")


if __name__ == "__main__":
    main()

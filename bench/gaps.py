"""How well is the gap between training and dev error known? The models of the advice benchmark, as they are, fitted again.

    python -m bench.gaps --half calibrate     # about 100 processor seconds; report and fresh: about as long

The truth here is what training sets drawn anew would have: ten of the same size from rows that the diagnosis did not see,
judged on the rows held out, whose number leaves it unsure, too. That of `bench.advice` trains on the rows seen, so it holds how easy just those are; both are printed.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from bench.advice import RESULTS, joined
from bench.advice_cases import FAULTS, Case, make_case
from bench.advice_table import DAMAGED, covers, is_sure, surely_apart
from dldiag.core.settings import Settings
from dldiag.core.statistics import Z_TWO_SIDED, mean_variance
from dldiag.data.encode import encode
from dldiag.diagnosis.case import Case as Prepared, prepare_case
from dldiag.diagnosis.evidence.gather import material_of
from dldiag.diagnosis.rules.engine import compare_with_threshold
from dldiag.experiments import estimates
from dldiag.experiments.fit import fit_all
from dldiag.experiments.tasks import Encoded, FitTask

FRESH_SETS = 10  # training sets drawn anew
ENOUGH = 2  # times the training rows: with this many rows that were not seen, all training sets come from those


def fresh_gaps(case: Case, prepared: Prepared) -> tuple[np.ndarray, float]:
    """Return the gap of the case's model on each training set drawn anew, and what the rows held out leave open of it (±)."""
    everything, n_seen, n_extra = joined(case.seen, case.extra, case.held_out), case.seen.n_rows, case.extra.n_rows
    size, ours = prepared.sizes[-1], prepared.fits.encoded
    first = n_seen if n_extra >= ENOUGH * size else 0  # Small tables have few rows that were not seen.
    encoded = Encoded(everything, encode(everything), ours.y_scale, labels=ours.labels, choice=ours.choice)
    held, tasks = np.arange(n_seen + n_extra, everything.n_rows), []
    for number in range(FRESH_SETS):
        drawn = np.random.default_rng([case.seed, number]).permutation(np.arange(first, n_seen + n_extra))[:size]
        tasks.append(FitTask(("fresh", size, number), prepared.model, drawn, held, 1_000 + number))
    found = [one for one in fit_all(tasks, encoded) if not one.failed]
    rows = Z_TWO_SIDED * mean_variance(np.mean([one.influence for one in found], axis=0)) ** 0.5
    return np.array([one.dev_error - one.train_error for one in found]), rows


def measured(row: Mapping[str, Any]) -> dict[str, float]:
    """Return the width of a gap's interval, whether it covers both truths, and whether rule V1 stays undecided where they are sure."""
    case = make_case(*row["case"].split("/"))
    prepared = prepare_case(case.seen, FAULTS[case.fault].model_of(case.seen.task), Settings(seed=case.seed))
    size, repeats = prepared.sizes[-1], prepared.all_repeats
    prepared.fits.fit([prepared.model], [size], repeats)
    results = prepared.fits.get(prepared.model, size, repeats)
    gap, delta = estimates.gap(results), material_of(results, prepared.settings.material)
    is_open = compare_with_threshold(gap, delta) == "undecided"
    (fresh, unsure), seen = fresh_gaps(case, prepared), np.subtract(row["errors"]["now"], row["train"]["now"])
    bounds = [gap.value, gap.low, gap.high]
    found = {f"width ({gap_unit(row)})": gap.high - gap.low}
    found |= {f"covers ({gap_unit(row)})": covers(bounds, fresh, unsure)}
    found |= {"covers the truth on rows seen": covers(bounds, seen, unsure)}
    if surely_apart(fresh, delta):
        found["undecided where sure"] = is_open
    if is_sure(row, "variance"):
        found["undecided where the truth on rows seen is sure"] = is_open
    print(
        f"{row['case']}: {gap.brief()}, fresh {fresh.mean():.3f} ± {unsure:.3f}, rows seen {seen.mean():.3f}",
        flush=True,
    )
    return found


def gap_unit(row: Mapping[str, Any]) -> str:
    """Return in words what kind of target a case has."""
    return "classes" if row["unit"] == "rate" else "numeric"


def main() -> None:
    """Print the means over the cases of one half."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("calibrate", "report", "fresh"), default="calibrate")
    half = parser.parse_args().half
    rows = [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()]
    found = [measured(row) for row in rows if row["half"] == half and row["case"].split("/")[1] not in DAMAGED]
    for name in dict.fromkeys(name for one in found for name in one):
        values = [float(one[name]) for one in found if name in one]
        print(f"{name}: mean {np.mean(values):.3f}, median {np.median(values):.3f} of {len(values)}")


if __name__ == "__main__":
    main()

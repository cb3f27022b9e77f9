"""How many questions about bias and variance must stay open? The cases of the advice benchmark, their rows drawn anew.

    python -m bench.undecided --half report [--draws 12]     # about 20 processor minutes; writes bench/results/undecided.json

A diagnosis leaves a question open when its interval holds δ. How much of that is noise and how much is an interval wider than it must be?
Every case draws its rows anew, and the spread of an estimate over the draws is what an ideal interval would know. Printed are the shares of
questions, of those that the truth itself answers, which our intervals and the ideal ones leave open.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import norm

from bench.advice import RESULTS, joined
from bench.advice_cases import FAULTS, Case, make_case, take
from bench.advice_table import DAMAGED, is_sure, over_tables
from dldiag.core.settings import Settings
from dldiag.core.types import Estimate
from dldiag.diagnosis.case import prepare_case
from dldiag.diagnosis.diagnose import measurements_of
from dldiag.diagnosis.evidence.evidence import Evidence
from dldiag.diagnosis.evidence.gather import gather
from dldiag.diagnosis.rules.engine import compare_with_threshold

RESULT = Path(__file__).with_name("results") / "undecided.json"
QUESTIONS = {"bias": "avoidable_bias", "variance": "variance"}
ONE_SIDED = float(norm.ppf(0.9))  # standard errors of the one-sided 90% bounds by which the rules decide


def drawn_anew(case: Case, number: int) -> Case:
    """Return the case with as many other rows of its table to diagnose; rows of the truth may be among them."""
    everything = joined(case.seen, case.extra, case.held_out)
    rows = np.random.default_rng([case.seed, number]).permutation(everything.n_rows)[: case.seen.n_rows]
    return replace(case, seen=take(everything, rows))


def evidence_of(case: Case) -> Evidence:
    """Return the evidence of the curves' last point: no probes and no trials, on which these two questions do not rest."""
    prepared = prepare_case(case.seen, FAULTS[case.fault].model_of(case.seen.task), Settings(seed=case.seed))
    prepared = replace(prepared, sizes=prepared.sizes[-1:])
    prepared.fits.fit_points(prepared.points([prepared.guess, prepared.model, *prepared.references], prepared.sizes))
    return gather(measurements_of(prepared, prepared.references, {}), prepared.settings)


def still_open(found: list[Evidence], question: str) -> tuple[float, float]:
    """Return the share of draws in which our interval leaves a question open, and in which one of the true spread would."""
    signals = [(getattr(one, QUESTIONS[question]), one.delta) for one in found]
    known = [(signal, delta) for signal, delta in signals if isinstance(signal, Estimate)]
    ours = [compare_with_threshold(signal, delta) == "undecided" for signal, delta in known]
    distances = np.array([signal.value - delta for signal, delta in known])
    return float(np.mean(ours)), float(np.mean(np.abs(distances) < ONE_SIDED * distances.std(ddof=1)))


def measured(row: Mapping[str, Any], draws: int) -> list[dict[str, Any]]:
    """Return both shares for each question of a case that the truth answers."""
    questions = [question for question in QUESTIONS if is_sure(row, question)]
    if not questions:
        return []
    case = make_case(*row["case"].split("/"))
    found = [evidence_of(drawn_anew(case, number)) for number in range(draws)]
    shares = {question: still_open(found, question) for question in questions}
    print(
        row["case"],
        case.seen.n_rows,
        {question: f"{a:.0%} / {b:.0%}" for question, (a, b) in shares.items()},
        flush=True,
    )
    return [
        {"case": row["case"], "rows": case.seen.n_rows, "question": question, "ours": ours, "ideal": ideal}
        for question, (ours, ideal) in shares.items()
    ]


def main() -> None:
    """Print and write the shares over the cases of one half."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("calibrate", "report"), default="report")
    parser.add_argument("--draws", type=int, default=12, help="times that the rows of a case are drawn anew")
    args = parser.parse_args()
    rows = [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["half"] == args.half and row["case"].split("/")[1] not in DAMAGED]
    found = [one for row in rows for one in measured(row, args.draws)]
    print(f"{args.half} half: {len(found)} questions that the truth answers, {args.draws} draws each")
    for which in ("ours", "ideal"):
        values = [one[which] for one in found]
        low, high = over_tables(found, values)
        print(f"left open by {which}: {np.mean(values):.1%} ({low:.0%} to {high:.0%})")
    old = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    RESULT.write_text(
        json.dumps({**old, args.half: {"draws": args.draws, "questions": found}}, indent=1) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()

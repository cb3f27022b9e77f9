"""The tables of the advice benchmark, from the results of its cases."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from dldiag.diagnosis.recommend import REFUTED

SEARCH = Path(__file__).with_name("results") / "random_search.jsonl"
FIX = 5.0  # points: a fix that must not be missed
Z90, Z80 = 1.645, 1.282  # of the two-sided 90 % interval, and of the one-sided 90 % bound
NONE = "none"  # the column of no recommendation
HARM = 1.0  # points worse than before
POINT = 1.0  # a gain that matters at least; half of the report's own δ where that is more (δ is 10 % of the dev error)
DAMAGED = (
    "label_noise",
    "copied_rows",
)  # the rows held back are not damaged: their errors are not those of the dev rows

Row = Mapping[str, Any]
Pick = Callable[[Row, Mapping[str, float]], Sequence[str]]


def effects(row: Row) -> dict[str, float]:
    """Return {remedy with its change: held-out change in points}.

    An error above that of the plainest guess counts as that: nobody keeps such a model, and how far a diverged
    regression is off would drown every mean.
    """
    worst = row["evidence"]["guess_error"][0]
    error = {name: np.minimum(e, worst) for name, e in row["errors"].items()}
    return {name: 100 * float(np.mean(e - error["now"])) for name, e in error.items() if name != "now"}


def by_remedy(found: Mapping[str, float]) -> dict[str, float]:
    """Return the best effect of each remedy, without more data."""
    best: dict[str, float] = {}
    for name, effect in found.items():
        key = name.split(" ")[0]
        if key != "more_data":
            best[key] = min(effect, best.get(key, np.inf))
    return best


def ours(row: Row, found: Mapping[str, float]) -> list[str]:
    """Return the effects' names of our recommendations that can be run, in order, "" for leaving it."""
    named = []
    for r in row["recommended"]:
        if r["remedy"] == "leave_it":
            named.append("")
        elif r["change"]:
            named.append(f"{r['remedy']} {json.dumps(r['change'])}")
    return named


def settled(row: Row, found: Mapping[str, float]) -> list[str]:
    """Return the same after our trials: what was tried and has no effect that matters, or hurt, comes last."""
    refuted = [
        f"{r['remedy']} {json.dumps(r['change'])}"
        for r in row["recommended"]
        if r["trial"] is not None and r["trial"][0] in REFUTED
    ]
    return sorted(ours(row, found), key=lambda name: name in refuted)


def regrets(rows: Sequence[Row], pick: Pick, k: int = 1) -> np.ndarray:
    """Return, per case, best effect − effect of the best of the first k picks (leaving it is always possible after k > 1)."""
    out = []
    for row in rows:
        found = effects(row)
        best = min(0.0, *by_remedy(found).values())
        names = [name for name in pick(row, found) if name == "" or name in found][:k]
        gains = [0.0 if name == "" else found[name] for name in names] or [0.0]
        out.append(min(gains) - best)
    return np.array(out)


def _first_of(column: str, columns: Mapping[str, str]) -> Pick:
    def pick(row: Row, found: Mapping[str, float]) -> list[str]:
        return [name for name in found if columns.get(name.split(" ")[0]) == column]

    return pick


def _ng(row: Row, found: Mapping[str, float]) -> list[str]:
    """Ng's table with E* = 0: the larger of training error and gap decides the column; its first remedy."""
    train, dev = row["evidence"]["train_error"][0], row["evidence"]["dev_error"][0]
    key = "bigger_network" if train > dev - train else "regularization"
    return [name for name in found if name.startswith(key)]


def _skore(row: Row, found: Mapping[str, float]) -> list[str]:
    """skore's two checks: overfit when the gap is at least 3 points and 10 %, underfit when no better than a dummy."""
    train, dev = row["evidence"]["train_error"][0], row["evidence"]["dev_error"][0]
    if dev - train >= max(0.03, 0.1 * dev):
        return [name for name in found if name.startswith("regularization")]
    if dev >= row["evidence"]["guess_error"][0] - 0.01:
        return [name for name in found if name.startswith("bigger_network")]
    return [""]


def _published(row: Row, found: Mapping[str, float]) -> list[str]:
    """sklearn-diagnose's published thresholds: gap .10 / score below .60."""
    train, dev = row["evidence"]["train_error"][0], row["evidence"]["dev_error"][0]
    if dev - train > 0.10:
        return [name for name in found if name.startswith("regularization")]
    return [name for name in found if name.startswith("bigger_network")] if 1 - train < 0.60 else [""]


def _random(row: Row, found: Mapping[str, float]) -> list[str]:
    rng = np.random.default_rng(zlib.crc32(row["case"].encode()))
    return list(rng.permutation([name for name in found if not name.startswith("more_data")]))


def _oracle_family(columns: Mapping[str, str]) -> Pick:
    def pick(row: Row, found: Mapping[str, float]) -> list[str]:
        best = min(by_remedy(found).items(), key=lambda item: item[1])
        if best[1] >= 0:
            return [""]
        inside = [name for name in found if columns.get(name.split(" ")[0]) == columns[best[0]]]
        return [inside[len(row["case"]) % len(inside)]]

    return pick


def matters(row: Row) -> float:
    """Return the least gain that matters in this case, in points."""
    return max(POINT, 50 * float(row["evidence"]["material"][0]))


def print_tables(rows: Sequence[Row], remedies: Mapping[str, Any]) -> None:
    """Print regret of ours and the controls, then what else the issue asks for, for each half."""
    columns = {key: row.column for key, row in remedies.items()}
    for half in sorted({row["half"] for row in rows}):
        part = [row for row in rows if row["half"] == half]
        print(f"\n== {half}: {len(part)} cases ==")
        _print_regret(part, columns)
        _print_rest(part, columns)


def _print_regret(rows: Sequence[Row], columns: Mapping[str, str]) -> None:
    picks: dict[str, Pick] = {
        "dldiag": ours,
        "  after its trials": settled,
        "always bias": _first_of("bias", columns),
        "always variance": _first_of("variance", columns),
        "nothing": lambda row, found: [""],
        "random remedy": _random,
        "Ng's table, E* = 0": _ng,
        "skore's two checks": _skore,
        "published thresholds": _published,
        "oracle family": _oracle_family(columns),
        "oracle remedy": lambda row, found: sorted(
            (n for n in found if not n.startswith("more_data")), key=lambda n: found[n]
        ),
    }
    print(f"{'':24}{'regret 1st':>11}{'P90':>8}{'2 trials':>10}{'3 trials':>10}{'harm':>7}")
    for name, pick in picks.items():
        first, two, three = (regrets(rows, pick, k) for k in (1, 2, 3))
        harm = np.mean([_harm(row, pick) for row in rows])
        print(
            f"{name:24}{first.mean():11.2f}{np.quantile(first, 0.9):8.2f}{two.mean():10.2f}{three.mean():10.2f}{harm:7.1%}"
        )
    if SEARCH.exists():
        _print_search(rows)


def _print_search(rows: Sequence[Row]) -> None:
    """Print the regret of random search at equal cost, on the cases on which it was run."""
    found = {one["case"]: one["errors"] for one in map(json.loads, SEARCH.read_text().splitlines())}
    rows = [row for row in rows if row["case"] in found]
    if not rows:
        return
    gains, best = [], []
    for row in rows:
        worst = row["evidence"]["guess_error"][0]
        now, after = np.minimum(row["errors"]["now"], worst), np.minimum(found[row["case"]], worst)
        gains.append(100 * float(after.mean() - now.mean()))
        best.append(min(0.0, *by_remedy(effects(row)).values()))
    regret, harm = np.array(gains) - np.array(best), np.mean(np.array(gains) > HARM)
    print(f"{'random search':24}{regret.mean():11.2f}{np.quantile(regret, 0.9):8.2f}{harm:27.1%}  ({len(rows)} cases)")


def _harm(row: Row, pick: Pick) -> bool:
    found = effects(row)
    names = [name for name in pick(row, found) if name == "" or name in found][:1]
    return bool(names and names[0] and found[names[0]] > HARM)


def _print_rest(rows: Sequence[Row], columns: Mapping[str, str]) -> None:
    helped = [row for row in rows if _has_fix(row)]
    missed = [row["case"] for row in helped if not row["recommended"][0]["change"]]
    null = [row for row in rows if _is_null(row)]
    false = [row["case"] for row in null if row["recommended"][0]["change"]]
    right = [_family_right(row, columns) for row in rows]
    decided = [ok for row, ok in zip(rows, right, strict=True) if _is_decided(row)]
    blurred = [(row, _blurred_choices(row, columns)) for row in rows]
    family = np.mean([_is_right(row, one, columns) for row, chosen in blurred for one in chosen])
    misses = np.mean([one == NONE for row, chosen in blurred if _has_fix(row) for one in chosen])
    alarms = np.mean([one != NONE for row, chosen in blurred if _is_null(row) for one in chosen])
    print(
        f"family of the first recommendation right: {np.mean(right):.1%} of {len(right)}; blurred oracle {family:.1%}"
    )
    print(f"  where it is sure whether anything helps enough: {np.mean(decided):.1%} of {len(decided)}")
    print(f"missed fixes of {FIX:.0f} points and more: {len(missed)} of {len(helped)} {missed[:6]}; {misses:.1%}")
    print(
        f"false alarms where nothing helps by a point, or half of δ: {len(false)} of {len(null)} {false[:6]}; {alarms:.1%}"
    )
    after = sum(bool(settled(row, effects(row))[:1] != [""]) for row in null)
    print(f"  after its trials, that many are still recommended: {after}")
    print(
        f"verdict agreement over splits that our intervals allow: {np.mean([_agreement_allowed(r) for r in rows]):.1%}"
    )
    print("  (blurred oracle: knows every true effect, sees it through the noise of our dev rows, decides as we do)")
    print(f"seconds per diagnosis: median {np.median([row['seconds'] for row in rows]):.1f}")
    _print_coverage(rows)


def _has_fix(row: Row) -> bool:
    return min(by_remedy(effects(row)).values()) <= -FIX


def _is_null(row: Row) -> bool:
    return min(by_remedy(effects(row)).values()) > -matters(row)


def _blurred_choices(row: Row, columns: Mapping[str, str], draws: int = 200) -> list[str]:
    """Return the columns chosen by one who knows each true effect, blurred as our probes' intervals say, and decides as we do.

    What he misses, no reading of these dev rows can be sure of. Remedies that we did not probe are as blurred as the others.
    """
    rng = np.random.default_rng(zlib.crc32(row["case"].encode()))
    found, guessed = by_remedy(effects(row)), row["evidence"]
    widths = {
        key: 100 * (guessed[f"probe_{key}"][2] - guessed[f"probe_{key}"][1]) / 2
        for key in found
        if f"probe_{key}" in guessed
    }
    usual = float(np.median(list(widths.values()))) if widths else 0.0
    spread = np.array([widths.get(key, usual) for key in found]) / Z90
    seen = np.array(list(found.values())) + spread * rng.normal(size=(draws, len(found)))
    half = 50 * float(guessed["material"][0])
    surely = seen + Z80 * spread < -half
    likely = (seen + Z90 * spread < 0) & (seen < -half)
    taken = np.where(surely.any(axis=1)[:, None], surely, likely)  # what surely gains comes before what likely does
    best = np.where(taken, seen, np.inf).argmin(axis=1)
    return [columns[list(found)[i]] if any_ else NONE for i, any_ in zip(best, taken.any(axis=1), strict=True)]


def _agreement_allowed(row: Row) -> float:
    """Return how often the commonest pair of answers would come out if each split drew anew from our intervals.

    The estimates of this split stand for the truth; bias and variance are drawn apart from each other.
    """
    delta = row["evidence"]["material"][0]
    shares = [
        _shares(row["evidence"][name], delta) for name in ("avoidable_bias", "variance") if name in row["evidence"]
    ]
    return float(np.prod([max(share) for share in shares]))


def _shares(interval: Sequence[float], delta: float) -> tuple[float, float, float]:
    """Return how often a draw from an interval is surely above δ, surely not, and neither."""
    value, low, high = interval
    spread = max((high - low) / 2 / Z90, 1e-12)
    above = float(stats.norm.sf((delta - value) / spread + Z80))
    below = float(stats.norm.cdf((delta - value) / spread - Z80))
    return above, below, 1 - above - below


def _is_decided(row: Row) -> bool:
    """Tell whether the truth itself is sure: the best effect's interval lies on one side of what matters."""
    worst = row["evidence"]["guess_error"][0]
    found = effects(row)
    best = min((name for name in found if not name.startswith("more_data")), key=lambda name: found[name])
    changes = 100 * (np.minimum(row["errors"][best], worst) - np.minimum(row["errors"]["now"], worst))
    unsure = float(stats.t.ppf(0.95, len(changes) - 1) * stats.sem(changes))
    return abs(found[best] + matters(row)) > unsure


def _family_right(row: Row, columns: Mapping[str, str]) -> bool:
    """The first recommendation's column has a remedy about as good as the best, or both are "none"."""
    return _is_right(row, row["recommended"][0]["column"] if row["recommended"][0]["change"] else NONE, columns)


def _is_right(row: Row, column: str, columns: Mapping[str, str]) -> bool:
    found, least = by_remedy(effects(row)), matters(row)
    best = min(0.0, *found.values())
    if column == NONE:
        return best > -least
    inside = [effect for key, effect in found.items() if columns[key] == column]
    return bool(inside) and min(inside) <= best + least


def _print_coverage(rows: Sequence[Row]) -> None:
    hits: dict[str, list[bool]] = {}
    for row in rows:
        for kind, hit in _hits(row):
            hits.setdefault(kind, []).append(hit)
    for kind, covered in sorted(hits.items()):
        print(f"90 % interval of the {kind} covers: {np.mean(covered):.1%} of {len(covered)}")


def _hits(row: Row) -> Iterator[tuple[str, bool]]:
    """Yield (kind of interval, whether it covers the truth); the truth's own uncertainty counts on both sides."""
    worst, errors = row["evidence"]["guess_error"][0], row["errors"]
    now = np.minimum(errors["now"], worst)
    for r in row["recommended"]:
        name = f"{r['remedy']} {json.dumps(r['change'])}"
        if name in errors and row["case"].split("/")[1] not in DAMAGED:
            change = np.minimum(errors[name], worst) - now
            if r["expected"]:
                yield "expected change of a remedy", _covers(r["expected"], change)
            if r["trial"]:
                yield "change of a trial", _covers(r["trial"][1:], change)
    if row["case"].split("/")[1] in DAMAGED:
        return
    yield "dev error", _covers(row["evidence"]["dev_error"], np.array(errors["now"]))
    n = row.get("n_train", 0)
    for rows, value, low, high in row["forecast"]:
        if n and rows == 4 * n == row["n_more"]:
            yield "forecast at 4 times the rows", _covers((value, low, high), np.minimum(errors["more_data"], worst))


def _covers(interval: Sequence[float], truth: np.ndarray) -> bool:
    value, low, high = interval
    true, unsure = truth.mean(), stats.t.ppf(0.95, len(truth) - 1) * stats.sem(truth)
    return bool(abs(true - value) <= np.hypot(value - low if true < value else high - value, unsure))

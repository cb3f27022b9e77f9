"""The tables of the advice benchmark, from the results of its cases."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

MENU_WITHOUT_ROWS = True  # "more data" cannot be had at once: regret is over what can be changed now
FIX = 5.0  # points: a fix that must not be missed
HARM = 1.0  # points worse than before

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


def best_family(row: Row, columns: Mapping[str, str]) -> str:
    """Return the column of the remedy that truly helps most, "none" when none helps by a point."""
    best = min(by_remedy(effects(row)).items(), key=lambda item: item[1])
    return columns[best[0]] if best[1] < -1.0 else "none"


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


def _harm(row: Row, pick: Pick) -> bool:
    found = effects(row)
    names = [name for name in pick(row, found) if name == "" or name in found][:1]
    return bool(names and names[0] and found[names[0]] > HARM)


def _print_rest(rows: Sequence[Row], columns: Mapping[str, str]) -> None:
    helped = [row for row in rows if min(by_remedy(effects(row)).values()) <= -FIX]
    missed = [row["case"] for row in helped if row["recommended"][0]["remedy"] in ("leave_it", "more_data")]
    null = [row for row in rows if min(by_remedy(effects(row)).values()) > -1.0]
    false = [row["case"] for row in null if row["recommended"][0]["change"]]
    right = [_family_right(row, columns) for row in rows]
    print(f"family of the first recommendation right: {np.mean(right):.1%}")
    print(f"missed fixes of {FIX:.0f} points and more: {len(missed)} of {len(helped)} {missed[:6]}")
    print(f"false alarms where nothing helps by a point: {len(false)} of {len(null)} {false[:6]}")
    print(f"seconds per diagnosis: median {np.median([row['seconds'] for row in rows]):.1f}")
    _print_coverage(rows)


def _family_right(row: Row, columns: Mapping[str, str]) -> bool:
    """The first recommendation's column has a remedy within a point of the best, or both are "none"."""
    found = by_remedy(effects(row))
    best = min(0.0, *found.values())
    column = row["recommended"][0]["column"] if row["recommended"][0]["change"] else "none"
    if column == "none":
        return best > -1.0
    inside = [effect for key, effect in found.items() if columns[key] == column]
    return bool(inside) and min(inside) <= best + 1.0


def _print_coverage(rows: Sequence[Row]) -> None:
    hits: dict[str, list[bool]] = {"expected change of a probe": [], "change of a trial": []}
    for row in rows:
        found = effects(row)
        for r in row["recommended"]:
            name = f"{r['remedy']} {json.dumps(r['change'])}"
            if name not in found:
                continue
            if r["expected"]:
                hits["expected change of a probe"].append(r["expected"][1] <= found[name] / 100 <= r["expected"][2])
            if r["trial"]:
                hits["change of a trial"].append(r["trial"][2] <= found[name] / 100 <= r["trial"][3])
    for kind, covered in hits.items():
        if covered:
            print(f"90 % interval of the {kind} covers: {np.mean(covered):.1%} of {len(covered)}")

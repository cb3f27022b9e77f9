"""The tables of the advice benchmark, from the results of its cases.

Cases of one table share rows, so every interval is that of tables drawn anew, each with all of its cases.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from scipy import stats

FIX = 5.0  # points: a fix that must not be missed
HARM = 1.0  # points worse than before
POINT = 1.0  # a gain that matters at least; half of the report's own δ where that is more (δ is 10% of the dev error)
DRAWS = 2_000  # of tables, for an interval
DAMAGED = ("label_noise", "copied_rows")  # rows held back are not damaged: their errors are not those of the dev rows
MORE_DATA = "more_data"
NOT_ON_THE_MENU = (MORE_DATA, "reference")  # what is no setting of the model
DATA = "data"

Row = Mapping[str, Any]
Pick = Callable[[Row, Mapping[str, float]], str]


def effects(row: Row) -> dict[str, float]:
    """Return {change: held-out change in points}; "" changes nothing.

    An error above that of the baseline counts as that: nobody keeps such a model, and how far a diverged regression is
    off would drown every mean.
    """
    return {"": 0.0} | {name: 100 * float(change.mean()) for name, change in _changes(row).items()}


def _changes(row: Row) -> dict[str, np.ndarray]:
    """Return {change: held-out change per seed}."""
    worst = row["evidence"]["guess_error"][0]
    error = {name: np.minimum(e, worst) for name, e in row["errors"].items()}
    return {name: e - error["now"] for name, e in error.items() if name != "now"}


def menu(found: Mapping[str, float]) -> dict[str, float]:
    """Return the effects of changed settings."""
    return {name: effect for name, effect in found.items() if name and not name.startswith(NOT_ON_THE_MENU)}


def best_of(row: Row) -> float:
    """Return the best effect of a changed setting, 0 where none helps."""
    return min(0.0, *menu(effects(row)).values())


def matters(row: Row) -> float:
    """Return the least gain that matters in this case, in points."""
    return max(POINT, 50 * float(row["evidence"]["material"][0]))


def first_line(when: str) -> Pick:
    """Return the pick of the first recommendation before or after the trials; more rows, as all that cannot be done now, change nothing."""

    def pick(row: Row, found: Mapping[str, float]) -> str:
        does = str(row[when][0]["does"])
        return does if does in found and does != MORE_DATA else ""

    return pick


def _first_of(remedy: str) -> Pick:
    return lambda row, found: next((name for name in found if name.startswith(remedy)), "")


def _ng(row: Row, found: Mapping[str, float]) -> str:
    """Ng's table with E* = 0: the larger of training error and gap decides the column; its first remedy."""
    train, dev = row["evidence"]["train_error"][0], row["evidence"]["dev_error"][0]
    return _first_of("bigger_network" if train > dev - train else "regularization")(row, found)


def _skore(row: Row, found: Mapping[str, float]) -> str:
    """skore's two checks: overfit when the gap is at least 3 points and 10%, underfit when no better than a dummy."""
    train, dev = row["evidence"]["train_error"][0], row["evidence"]["dev_error"][0]
    if dev - train >= max(0.03, 0.1 * dev):
        return _first_of("regularization")(row, found)
    no_better = dev >= row["evidence"]["guess_error"][0] - 0.01
    return _first_of("bigger_network")(row, found) if no_better else ""


def _random(row: Row, found: Mapping[str, float]) -> str:
    rng = np.random.default_rng(zlib.crc32(row["case"].encode()))
    return str(rng.permutation([*menu(found)])[0])


PICKS: dict[str, Pick] = {
    "dldiag, before its trials": first_line("before"),
    "dldiag, after its trials": first_line("after"),
    "keep the model": lambda row, found: "",
    "another optimizer always": _first_of("other_optimizer"),
    "a bigger network always": _first_of("bigger_network"),
    "more regularization always": _first_of("regularization"),
    "a random remedy": _random,
    "Ng's table, E* = 0": _ng,
    "skore's two checks": _skore,
    "gradient boosting always": _first_of("reference boosting"),
    "oracle of the menu": lambda row, found: min(menu(found), key=lambda name: found[name]),
}


def print_tables(rows: Sequence[Row], remedies: Mapping[str, Any]) -> None:
    """Print regret of ours and the controls, then what else the benchmark asks for, for each half."""
    columns = {key: row.column for key, row in remedies.items()}
    for half in sorted({row["half"] for row in rows}):
        part = [row for row in rows if row["half"] == half]
        print(f"\n== {half}: {len(part)} cases of {len({_table(row) for row in part})} tables ==\n")
        print("| first line | regret, points (90% over tables) | no gain beyond the menu | 90% below | worst | harm |")
        print("|---|---|---|---|---|---|")
        for name, pick in PICKS.items():
            print(f"| {name} | {_regret_line(part, pick)} |")
        _print_advice(part, columns)
        _print_answers(part)
        print_coverage(part)
        print(f"- processor seconds per diagnosis: median {np.median([row['seconds'] for row in part]):.1f}")


def regrets(rows: Sequence[Row], pick: Pick) -> np.ndarray:
    """Return, per case, the effect of a pick less the best effect on the menu."""
    return np.array([effects(row)[pick(row, effects(row))] - best_of(row) for row in rows])


def _regret_line(rows: Sequence[Row], pick: Pick) -> str:
    found = regrets(rows, pick)
    gains = np.array([effects(row)[pick(row, effects(row))] for row in rows])
    low, high = over_tables(rows, found)
    spread = f"{found.mean():.2f} ({low:.2f} to {high:.2f})"
    capped = np.maximum(
        found, 0.0
    )  # another model may do better than every setting of this one: that counts as no regret
    return f"{spread} | {capped.mean():.2f} | {np.quantile(found, 0.9):.1f} | {found.max():.1f} | {np.mean(gains > HARM):.0%}"


def over_tables(rows: Sequence[Row], values: Sequence[float] | np.ndarray) -> tuple[float, float]:
    """Return the 90% interval of a mean over cases: tables are drawn anew, each with all of its cases."""
    tables = [_table(row) for row in rows]
    names = sorted(set(tables))
    sums = np.array([[sum(v for v, t in zip(values, tables, strict=True) if t == n), tables.count(n)] for n in names])
    drawn = sums[np.random.default_rng(0).integers(len(names), size=(DRAWS, len(names)))].sum(axis=1)
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], [0.05, 0.95])
    return float(low), float(high)


def _table(row: Row) -> str:
    return str(row["case"].split("/")[0])


def _share(rows: Sequence[Row], hits: Sequence[bool]) -> str:
    """Write a share of cases with its interval over tables."""
    if not hits:
        return "- of 0"
    low, high = over_tables(rows, [float(hit) for hit in hits])
    return f"{np.mean(hits):.1%} ({low:.0%} to {high:.0%}) of {len(hits)}"


def _print_advice(rows: Sequence[Row], columns: Mapping[str, str]) -> None:
    print()
    for when in ("before", "after"):
        pick = first_line(when)
        right = [_is_right(row, when, columns) for row in rows]
        sure = [row for row in rows if _is_decided(row)]
        print(f"- {when} the trials: column right in {_share(rows, right)}; ", end="")
        print(f"where the truth is sure in {_share(sure, [_is_right(row, when, columns) for row in sure])}")
        fixable = [row for row in rows if best_of(row) <= -FIX]
        missed = [row["case"] for row in fixable if effects(row)[pick(row, effects(row))] > -matters(row)]
        print(f"  fixes of {FIX:.0f} points and more missed: {len(missed)} of {len(fixable)} {missed[:8]}")
        null = [row for row in rows if best_of(row) > -matters(row)]
        useless = [row["case"] for row in null if (name := pick(row, effects(row))) and effects(row)[name] >= 0]
        print(
            f"  nothing helps enough, yet a change that does not help at all is first: {len(useless)} of {len(null)} {useless}"
        )


def _is_decided(row: Row) -> bool:
    """Tell whether the truth itself is sure: the best effect's interval lies on one side of what matters."""
    found = menu(effects(row))
    changes = 100 * _changes(row)[min(found, key=lambda name: found[name])]
    return abs(min(found.values()) + matters(row)) > _unsure(changes)


def _unsure(values: np.ndarray) -> float:
    """Return how far a mean over truth seeds is itself unsure (90%)."""
    return float(stats.t.ppf(0.95, len(values) - 1) * stats.sem(values))


def _is_right(row: Row, when: str, columns: Mapping[str, str]) -> bool:
    """The first line does about as well as the best change, or its column has one that does."""
    found, line, least = effects(row), row[when][0], matters(row)
    best = best_of(row)
    if not line["does"]:
        return best > -least
    inside = [effect for name, effect in menu(found).items() if columns[name.split(" ")[0]] == line["column"] != DATA]
    return min([found.get(line["does"], 0.0), *inside]) <= best + least


def _print_answers(rows: Sequence[Row]) -> None:
    """Print how often the two answers say nothing, and how often they contradict the truth."""
    whole = [(row, q) for row in rows for q in ("bias", "variance")]
    silent = [row[q] in ("undecided", "unknown") for row, q in whole]
    print(
        f"- answers undecided or unknown: {_share([row for row, _ in whole], silent)}; unknown {sum(row[q] == 'unknown' for row, q in whole)}"
    )
    known = [(row, q) for row, q in whole if row["case"].split("/")[1] not in DAMAGED]
    against = [f"{row['case']} {q}" for row, q in known if _contradicts(row, q)]
    print(f"  contradict the truth: {len(against)} of {len(known)} {against}")
    sure = [(row, q) for row, q in known if is_sure(row, q)]
    open_ = [row[q] in ("undecided", "unknown") for row, q in sure]
    print(f"  undecided or unknown where the truth is sure: {_share([row for row, _ in sure], open_)}")


def is_sure(row: Row, question: str) -> bool:
    """Tell whether the truth itself answers a question: it is further from δ than it is unsure, and than δ/2."""
    part, unsure = _part(row, question)
    return abs(part - _delta(row)) > max(unsure, _delta(row) / 2)


def surely_apart(values: np.ndarray, delta: float) -> bool:
    """Tell whether a truth measured several times is further from δ than it is unsure, and than δ/2."""
    return bool(abs(float(values.mean()) - delta) > max(_unsure(values), delta / 2))


def _delta(row: Row) -> float:
    return float(row["evidence"]["material"][0])


def _part(row: Row, question: str) -> tuple[float, float]:
    """Return the true variance or avoidable bias of the model as it is, and how far it is itself unsure."""
    errors, train = np.array(row["errors"]["now"]), np.array(row["train"]["now"])
    if question == "variance":
        return float((errors - train).mean()), _unsure(errors - train)
    least = min(float(np.mean(e)) for name, e in row["errors"].items() if name != "more_data")
    return float(train.mean()) - least, _unsure(train)


def _contradicts(row: Row, question: str) -> bool:
    """An answer of yes where less than half of δ is there, or of no where more than twice δ is."""
    part, delta = _part(row, question)[0], _delta(row)
    return (row[question] == "yes" and part < delta / 2) or (row[question] == "no" and part > 2 * delta)


def print_coverage(rows: Sequence[Row]) -> None:
    """Print how often each kind of interval covers the truth."""
    hits: dict[str, list[tuple[Row, bool]]] = {}
    for row in rows:
        for kind, hit in _hits(row):
            hits.setdefault(kind, []).append((row, hit))
    for kind, found in sorted(hits.items()):
        print(f"- 90% interval of the {kind} covers {_share([row for row, _ in found], [hit for _, hit in found])}")


def _hits(row: Row) -> Iterator[tuple[str, bool]]:
    """Yield (kind of interval, whether it covers the truth); the truth's own uncertainty counts on both sides."""
    if row["case"].split("/")[1] in DAMAGED:
        return
    changes, worst = _changes(row), row["evidence"]["guess_error"][0]
    for line in row["after"]:
        if line["does"] in changes and line["does"] != "more_data":
            if line["expected"] and line["remedy"] != "other_model":
                yield "expected change", covers(line["expected"], changes[line["does"]])
            if line["trial"]:
                yield "change of a trial", covers(line["trial"][1:], changes[line["does"]])
    yield "dev error", covers(row["evidence"]["dev_error"], np.array(row["errors"]["now"]))
    yield "variance", covers(row["evidence"]["variance"], np.subtract(row["errors"]["now"], row["train"]["now"]))
    for n, value, low, high in row["forecast"]:
        if n == 4 * row["n_train"] == row["n_more"]:
            truth = np.minimum(row["errors"]["more_data"], worst)
            yield "forecast at 4 times the rows", covers((value, low, high), truth)


def covers(interval: Sequence[float], truth: np.ndarray, rows: float = 0.0) -> bool:
    """Tell whether an interval (value, low, high) covers a truth measured by several seeds, whose mean is itself unsure.

    rows: half the width of the truth's own interval by the rows that it is measured on, which no seed shows.
    """
    value, low, high = interval
    true = float(truth.mean())
    own = np.hypot(_unsure(truth), rows)
    return bool(abs(true - value) <= np.hypot(value - low if true < value else high - value, own))

"""How good is dldiag.forecast on published learning curves? Prints a table, writes bench/results/forecast.json.

    DLDIAG_LCDB_SDIST=lcdb-0.1.0.tar.gz python -m bench.forecast          # figures
    DLDIAG_LCDB_SDIST=lcdb-0.1.0.tar.gz python -m bench.forecast --fit    # refit the constants first

The archive is `pip download lcdb --no-deps --no-binary :all:`; without it only LCDB 1.1 is judged. Figures are by
dataset: curves of one half of the datasets are judged with constants fitted on the other half, and the other way round.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from bench.forecast_fit import Rows, fit_constants, rows_of
from bench.lcdb_curves import FACTORS, NETS, OTHERS, Case, judged_cases, published, reported, training_cases
from dldiag.experiments.forecast.curve import Curve, rises
from dldiag.experiments.forecast.families import fit_shapes
from dldiag.experiments.forecast.outlook import CONSTANTS, look_ahead
from dldiag.experiments.forecast.predict import HIGH, LOW, SURE, forecast, gain_probability

Floats = NDArray[np.float64]

RESULTS = Path(__file__).with_name("results") / "forecast.json"
PERFECT = float(np.sqrt(2 / np.pi))  # mean absolute error, in standard errors, of a forecast of the true mean
DELTA = 0.01  # "do 4× rows cut the test error by at least 1 point?"
FOUR = FACTORS.index(4.0)
ABOUT = (
    "Fitted by `python -m bench.forecast --fit` on LCDB 1.0 and 1.1 (MLP, RealMLP), even OpenML ids. Per factor of the "
    "rows: `drop` = weights of the features in dldiag/experiments/forecast/outlook.py (least absolute deviations), `spread` = "
    "weights of its spread terms, residuals = quantiles, at `levels`, of (true − foreseen drop) / spread on datasets "
    "left out of the fit."
)

Judgement = dict[str, Floats]  # per case: value, low, high, probability, drop


def ours(cases: list[Case], constants: Callable[[Case], dict[str, Any]], factor: float = 4.0) -> Judgement:
    rows = []
    for case in cases:
        ahead = look_ahead(case.curve, constants(case))
        drop, quantiles, _ = ahead.at(factor)
        low, high = case.curve.last - np.interp([HIGH, LOW], ahead.levels, quantiles)
        rows.append((case.curve.last - drop, low, high, gain_probability(ahead, factor, DELTA), drop))
    return dict(zip(("value", "low", "high", "probability", "drop"), np.array(rows).T, strict=True))


def power_law(case: Case) -> float:
    """Return the fall at 4n foreseen by a + b n^-c (a, b >= 0, c in .05…2, weights √n), the control to beat."""
    x = case.curve.sizes / case.curve.rows
    shapes = np.geomspace(0.05, 2, 40)[:, None]
    weights = np.sqrt(x) / np.sqrt(x).sum()
    a, b, loss = fit_shapes(x**-shapes, case.curve.dev, weights)
    best = int(np.argmin(loss))
    return case.curve.last - float(a[best] + b[best] * 4.0 ** -shapes[best, 0])


def gap(case: Case) -> float:
    """Return dev − training error: the fall foreseen by reading the gap alone."""
    return case.curve.last - float(case.curve.train[-1])


CONTROLS: dict[str, Callable[[Case], float]] = {"power law": power_law, "gap": gap, "last value": lambda case: 0.0}


def figures(cases: list[Case], judged: Judgement) -> dict[str, float]:
    """Return the figures of the task on these cases."""
    true = np.array([case.later[FOUR] for case in cases])
    helped = np.array([case.now for case in cases]) - true >= DELTA
    p = judged["probability"]
    half = (judged["high"] - judged["low"]) / 2
    return {
        "cases": len(cases),
        "datasets": len({case.dataset for case in cases}),
        "helped": float(helped.mean()),
        "auc": float(roc_auc_score(helped, p)),
        "auc_of_drop": float(roc_auc_score(helped, judged["drop"])),
        "balanced_accuracy": float(balanced_accuracy_score(helped, p >= 0.5)),
        "error_at_4n": float(np.abs(judged["value"] - true).mean()),
        "bias_at_4n": float((judged["value"] - true).mean()),
        "perfect_error": PERFECT * float(np.mean([case.later_se for case in cases])),
        "coverage": float(((judged["low"] <= true) & (true <= judged["high"])).mean()),
        "half_width": float(half.mean()),
        "half_width_median": float(np.median(half)),
        "brier": float(np.mean((p - helped) ** 2)),
        "undecided": float(((p > 1 - SURE) & (p < SURE)).mean()),
        "yes_was_right": float(helped[p >= SURE].mean()),
        "no_was_right": float(1 - helped[p <= 1 - SURE].mean()) if (p <= 1 - SURE).any() else float("nan"),
    }


def control_figures(cases: list[Case]) -> dict[str, dict[str, float]]:
    true = np.array([case.later[FOUR] for case in cases])
    helped = np.array([case.now for case in cases]) - true >= DELTA
    last = np.array([case.curve.last for case in cases])
    table = {}
    for name, foresee in CONTROLS.items():
        drop = np.array([foresee(case) for case in cases])
        away = np.abs(last - drop - true)
        table[name] = {
            "auc": float(roc_auc_score(helped, drop)),
            "balanced_accuracy": float(balanced_accuracy_score(helped, drop >= DELTA)),
            "error_at_4n": float(away.mean()),
            "half_width": float(np.quantile(away, 0.9)),
        }
    return table


def other_factors(cases: list[Case], constants: Callable[[Case], dict[str, Any]]) -> dict[str, dict[str, float]]:
    table = {}
    for j, factor in enumerate(FACTORS):
        some = [case for case in cases if np.isfinite(case.later[j])]
        judged, true = ours(some, constants, factor), np.array([case.later[j] for case in some])
        table[f"{factor:g}"] = {
            "cases": len(some),
            "error": float(np.abs(judged["value"] - true).mean()),
            "coverage": float(((judged["low"] <= true) & (true <= judged["high"])).mean()),
            "half_width": float((judged["high"] - judged["low"]).mean() / 2),
        }
    return table


def ceiling(rows: Rows, cases: list[Case], judged_rows: Rows) -> dict[str, float]:
    """Return the figures of boosted trees on the same features, crossed over the halves: what a black box reaches."""

    def inputs(some: Rows) -> Floats:
        scale = np.maximum(some.last, 0.02)
        columns = [values[:, FOUR] / scale for name, values in some.features.items() if name != "last"]
        return np.stack([*columns, some.last, some.noise[True] / scale], axis=1)

    drop = np.zeros(len(judged_rows.last))
    half, judged_half = (np.array([reported(d) for d in some.dataset]) for some in (rows, judged_rows))
    for side in (False, True):
        use = (half != side) & np.isfinite(rows.later[:, FOUR])
        scale = np.maximum(rows.last, 0.02)
        trees = HistGradientBoostingRegressor(
            loss="absolute_error", max_iter=200, learning_rate=0.05, max_leaf_nodes=12, min_samples_leaf=30
        )
        trees.fit(inputs(rows)[use], ((rows.last - rows.later[:, FOUR]) / scale)[use], sample_weight=scale[use])
        drop[judged_half == side] = (trees.predict(inputs(judged_rows)) * np.maximum(judged_rows.last, 0.02))[
            judged_half == side
        ]
    true = judged_rows.later[:, FOUR]
    helped = judged_rows.now - true >= DELTA
    return {
        "cases": len(cases),
        "auc": float(roc_auc_score(helped, drop)),
        "error_at_4n": float(np.abs(judged_rows.last - drop - true).mean()),
    }


def without_train(cases: list[Case]) -> list[Case]:
    """Return the same cases with the training errors unknown."""
    return [
        Case(c.source, c.dataset, c.learner, Curve(c.curve.sizes, c.curve.dev, None, c.curve.repeats, c.curve.noise),
             c.now, c.later, c.later_se)
        for c in cases
    ]  # fmt: skip


def take(rows: Rows, chosen: NDArray[np.bool_]) -> Rows:
    return Rows(
        {name: values[chosen] for name, values in rows.features.items()},
        {key: values[chosen] for key, values in rows.noise.items()},
        rows.now[chosen],
        rows.later[chosen],
        rows.last[chosen],
        rows.dataset[chosen],
    )


def judge(cases: list[Case], constants: Callable[[Case], dict[str, Any]]) -> dict[str, Any]:
    """Return figures with abstention, without it, without training errors, of the controls, and at other factors."""
    kept = [case for case in cases if rises(case.curve) is None]
    halves = {
        name: figures(some, ours(some, constants))
        for name, side in (("half A", False), ("half B", True))
        if (some := [case for case in kept if reported(case.dataset) == side])
    }
    bare = without_train(kept)
    return {
        "abstained": 1 - len(kept) / len(cases),
        "forecast": figures(kept, ours(kept, constants)),
        "by half": halves,
        "no training errors": figures(bare, ours(bare, constants)),
        "never abstaining": figures(cases, ours(cases, constants)),
        "controls": control_figures(kept),
        "controls, all cases": control_figures(cases),
        "factors": other_factors(kept, constants),
    }


def seconds_per_curve(cases: list[Case]) -> float:
    start = time.perf_counter()
    for case in cases[:200]:
        forecast(case.curve.sizes, case.curve.dev, train_errors=case.curve.train, target_error=case.curve.last * 0.8)
    return (time.perf_counter() - start) / min(len(cases), 200)


HEADER = (
    f"{'curves':32}{'cases':>6}{'abst.':>7}{'AUC':>7}{'bal.':>7}{'err 4n':>8}{'bias':>7}{'cover':>7}{'± mean':>8}"
    f"{'± med.':>8}{'undec.':>8}"
)


def line(name: str, f: dict[str, float], abstained: float | None = None) -> str:
    return (
        f"{name:32}{f['cases']:6d}{'' if abstained is None else f'{abstained:.2f}':>7}{f['auc']:7.3f}"
        f"{f['balanced_accuracy']:7.3f}{100 * f['error_at_4n']:8.2f}{100 * f['bias_at_4n']:7.2f}{f['coverage']:7.3f}"
        f"{100 * f['half_width']:8.2f}{100 * f['half_width_median']:8.2f}{f['undecided']:8.2f}"
    )


def show(name: str, result: dict[str, Any]) -> None:
    print(line(name, result["forecast"], result["abstained"]))
    print(f"  {'a perfect forecast':44}{'':13}{100 * result['forecast']['perfect_error']:8.2f}")
    for half, found in result["by half"].items():
        print(line(f"  {half}", found))
    print(line("  no training errors", result["no training errors"]))
    print(line("  never abstaining", result["never abstaining"]))
    for kind in ("controls", "controls, all cases"):
        for control, f in result[kind].items():
            print(
                f"  {control + (', all cases' if kind != 'controls' else ''):30}{'':13}{f['auc']:7.3f}"
                f"{f['balanced_accuracy']:7.3f}{100 * f['error_at_4n']:8.2f}{'':14}{100 * f['half_width']:8.2f}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--fit", action="store_true", help="refit the constants on all even ids and write them")
    options = parser.parse_args()
    curves = published(NETS)
    rows = rows_of(training_cases(curves))
    if options.fit:
        CONSTANTS.write_text(json.dumps({"about": ABOUT, **fit_constants(rows)}, indent=1) + "\n", encoding="utf-8")
    side = np.array([reported(d) for d in rows.dataset])
    by_half = {half: fit_constants(take(rows, side != half)) for half in (False, True)}
    results: dict[str, Any] = {}
    groups = [("means over splits", None, curves), ("5 repeats", 5, curves)]
    groups.append(("other learners", None, published(OTHERS)))
    print(HEADER)
    for seen, repeats, some in groups:
        cases = judged_cases(some, repeats=repeats)
        for source, learner in sorted({(c.source, c.learner) for c in cases}):
            if repeats and source == "1.1":  # only means are published
                continue
            chosen = [c for c in cases if (c.source, c.learner) == (source, learner)]
            name = f"{source} {learner}, {seen}"
            results[name] = judge(chosen, lambda case: by_half[reported(case.dataset)])
            show(name, results[name])
            if learner in NETS:
                kept = [c for c in chosen if rises(c.curve) is None]
                results[name]["boosted trees"] = bound = ceiling(rows, kept, rows_of(kept))
                auc, away = bound["auc"], 100 * bound["error_at_4n"]
                print(f"  {'boosted trees, same features':30}{'':13}{auc:7.3f}{'':7}{away:8.2f}")
    results["seconds per curve"] = seconds_per_curve(judged_cases(curves))
    print(f"{1000 * results['seconds per curve']:.1f} ms per curve")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(_rounded(results), indent=1) + "\n", encoding="utf-8")


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, float):
        return round(value, 4) if np.isfinite(value) else None
    return value


if __name__ == "__main__":
    main()

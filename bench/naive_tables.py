"""The ten naive results that must be impossible here: tables with a known answer, and what counts as right and naive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from dldiag.core.types import Report

# Errors are in the error unit: 0.5 is chance for two equal classes, 1.0 is predicting the mean.
CHANCE = 0.38  # above this a dev error on two classes of noise is honest about there being nothing (binomial, 60 rows)
TOO_GOOD = 0.30  # at or below this it is the naive result


@dataclass(frozen=True)
class Case:
    """One naive result: a generator of tables, how to read a report on one, and options of the dataset."""

    key: str
    naive: str
    truth: str
    make: Callable[[np.random.Generator], pd.DataFrame]
    is_right: Callable[[Report], bool]
    is_naive: Callable[[Report], bool]
    options: Mapping[str, Any] = field(default_factory=dict)
    refusal_is_right: bool = False


def dev_error(report: Report) -> float:
    return float(np.nanmean(report.curves[0].dev_errors[-1]))


def fired(report: Report, code: str) -> bool:
    return any(one.code == code and one.outcome == "fired" for one in report.findings)


def passed(report: Report, code: str) -> bool:
    return any(one.code == code and one.outcome == "passed" for one in report.findings)


def claims_no_skill(report: Report) -> bool:
    """Tell whether the verdict says that no model has skill, or opens with that none clearly has any yet."""
    return fired(report, "D9") or "doubt" in report.verdict.headline.values


def first_remedy(report: Report) -> str:
    ranked = [one for one in report.recommendations if one.rank]
    return min(ranked, key=lambda one: one.rank).remedy if ranked else ""


def noise(rng: np.random.Generator, rows: int, columns: int = 8) -> pd.DataFrame:
    frame = pd.DataFrame(rng.normal(size=(rows, columns)).round(5), columns=[f"x{i}" for i in range(columns)])
    return frame.assign(y=rng.permutation(np.arange(rows) % 2))


def repeated(rng: np.random.Generator) -> pd.DataFrame:
    return pd.concat([noise(rng, 200)] * 5).sample(frac=1, random_state=int(rng.integers(2**31)))


def target_means(rng: np.random.Generator) -> pd.DataFrame:
    frame = noise(rng, 500).assign(city=rng.integers(0, 120, 500))
    frame.insert(0, "city_rate", frame.groupby("city").y.transform("mean"))
    return frame.drop(columns="city")


def groups(rng: np.random.Generator) -> pd.DataFrame:
    who, centers, labels = np.repeat(np.arange(40), 15), rng.normal(size=(40, 8)), rng.permutation(np.arange(40) % 2)
    frame = pd.DataFrame((centers[who] + 0.1 * rng.normal(size=(600, 8))).round(5), columns=list("abcdefgh"))
    return frame.assign(subject=who, y=labels[who])


def walk(rng: np.random.Generator) -> pd.DataFrame:
    frame = noise(rng, 600, 2).assign(y=np.cumsum(rng.normal(size=600)).round(4))
    frame.insert(0, "day", pd.date_range("2021-01-01", periods=600).strftime("%Y-%m-%d"))
    return frame


def large_target(rng: np.random.Generator) -> pd.DataFrame:
    frame = noise(rng, 600, 5)
    signal = frame[["x0", "x1", "x2"]].sum(axis=1) + 0.5 * rng.normal(size=600)
    return frame.assign(y=(5e6 + 1e6 * signal).round(2))


def sorted_by_class(rng: np.random.Generator) -> pd.DataFrame:
    centers = 3 * rng.normal(size=(3, 4))
    label = np.repeat(np.arange(3), 120)
    frame = pd.DataFrame((centers[label] + rng.normal(size=(360, 4))).round(5), columns=list("abcd"))
    return frame.assign(y=[("one", "two", "six")[i] for i in label])


def copied(rng: np.random.Generator) -> pd.DataFrame:
    frame = noise(rng, 500)
    return frame.assign(code=frame.y.map({0: 17, 1: 4}))[["code", *frame.columns]]


CASES = (
    Case("repeated", "dev accuracy .97", ".50", repeated,
         lambda r: dev_error(r) >= CHANCE, lambda r: dev_error(r) <= TOO_GOOD),
    Case("target_means", ".77", ".50: the column holds the target", target_means,
         lambda r: fired(r, "D5"), lambda r: dev_error(r) <= CHANCE and not fired(r, "D5")),
    Case("groups", "1.00", ".5 to .65 by group", groups,
         lambda r: fired(r, "D10"), lambda r: dev_error(r) <= TOO_GOOD and not fired(r, "D10")),
    Case("groups_split", "1.00", ".5 to .65 by group", groups,
         lambda r: dev_error(r) >= 0.2, lambda r: dev_error(r) <= 0.1, {"groups": "subject"}),
    Case("walk", "R² .98", "no skill ordered in time", walk,
         lambda r: fired(r, "D11"), lambda r: dev_error(r) <= 0.5 and not fired(r, "D11")),
    Case("walk_split", "R² .98", "no skill ordered in time", walk,
         lambda r: dev_error(r) >= 0.8 or fired(r, "D9"), lambda r: dev_error(r) <= 0.3, {"times": "day"}),
    Case("large_target", "R² 0, high bias", "Ridge R² .92 (error .28)", large_target,
         lambda r: dev_error(r) <= 0.45 and r.verdict.bias != "yes", lambda r: dev_error(r) >= 0.9),
    Case("noise", "get more data", "no signal", lambda rng: noise(rng, 400),
         claims_no_skill, lambda r: not fired(r, "D9") and first_remedy(r) == "more_data"),
    Case("one_class", "fits, 1.0", "refused", lambda rng: noise(rng, 200).assign(y="same"),
         lambda r: False, lambda r: True, refusal_is_right=True),
    Case("sorted_by_class", "nan on the first rows", "a finite curve", sorted_by_class,
         lambda r: bool(np.isfinite(r.curves[0].dev_errors).all()) and dev_error(r) <= TOO_GOOD,
         lambda r: not np.isfinite(r.curves[0].dev_errors).all()),
    Case("copied", "1.00", "a leak: name it", copied,
         lambda r: any(f.code == "D5" and f.outcome == "fired" and "code" in str(f.message) for f in r.findings),
         lambda r: not fired(r, "D5")),
    Case("few_rows", "≥ .70 in 20% of runs", "no skill is claimed", lambda rng: noise(rng, 50),
         claims_no_skill, lambda r: passed(r, "D9"), refusal_is_right=True),
)  # fmt: skip

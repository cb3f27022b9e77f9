"""Hand-made reports for tests that show, store or write a report: no training, realistic numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from dldiag.core.i18n import Message
from dldiag.core.types import (
    Column,
    DatasetSummary,
    Estimate,
    Finding,
    Forecast,
    ForecastPoint,
    LearningCurve,
    Notice,
    Performance,
    ReadPlan,
    Recommendation,
    Report,
    SplitSummary,
    Task,
    TestResult,
    TrainingCurve,
    Trial,
    Verdict,
    exactly,
)
from dldiag.error_analysis.performance import TableFacts, performance_of
from dldiag.experiments.predictions import Predictions

Case = Literal["bias", "variance", "neither", "undecided"]

SIZES = np.array([38, 75, 150, 300, 600, 1200], dtype=np.int64)
# (achievable, train, dev) at full size, by case; the budget that the verdict reads.
LEVELS: dict[Case, tuple[float, float, float]] = {
    "bias": (0.062, 0.171, 0.183),
    "variance": (0.062, 0.004, 0.148),
    "neither": (0.062, 0.061, 0.069),
    "undecided": (0.062, 0.083, 0.095),
}


def make_report(case: Case = "bias", *, task: Task = "classification", trials: bool = True, **changes: Any) -> Report:
    """Build a realistic report of one of four cases; `changes` replace fields of the report."""
    unit = "rate" if task == "classification" else "sd"
    report = Report(
        dataset=make_dataset_summary(task),
        split=SplitSummary(train=1200, dev=400, test=400, sealed=True, method="random", repeats=5),
        model={
            "key": "mlp",
            "label": "Neural network",
            "parameters": {"hidden_layer_sizes": (4,), "activation": "relu", "alpha": 0.0001, "max_iter": 30},
        },
        settings={"budget": "standard", "sizes": 6, "repeats": 5, "target_error": None, "seed": 0, "material": 0.01},
        curves=make_curves(case, unit),
        evidence=make_evidence(case),
        findings=make_findings(case, unit),
        recommendations=make_recommendations(case, trials=trials),
        verdict=make_verdict(case, unit),
        forecast=make_forecast(case),
        training_curve=make_training_curve(LEVELS[case][1]),
        performance=make_performance(task),
        seconds=41.7,
        versions={"dldiag": "0.1.0", "numpy": "2.4.0", "python": "3.11"},
    )
    return replace(report, **changes)


def make_performance(task: Task = "classification") -> tuple[Performance, ...]:
    """Return how a network and a linear model do on three repeats of 200 customers each."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"age": rng.integers(18, 80, 600), "plan": rng.choice(["basic", "plus", "pro"], 600)})
    return tuple(
        performance_of(Performance(key, label, make_metrics(task)), make_predictions(task, noise), facts_of(task, X))
        for key, label, noise in (("mlp", "Neural network", 1.0), ("linear", "Logistic regression", 1.6))
    )


def make_metrics(task: Task) -> dict[str, Estimate]:
    """Return two metrics with their intervals."""
    names = ("error", "roc_auc") if task == "classification" else ("rmse", "r2")
    return {name: Estimate(0.83, 0.8, 0.86) for name in names}


def make_predictions(task: Task, noise: float) -> Predictions:
    """Return predictions that are right more often the less noise there is."""
    rng = np.random.default_rng(1)
    rows, repeat = np.tile(np.arange(200), 3), np.repeat(np.arange(3), 200)
    y = rng.integers(0, 2, 200)[rows] if task == "classification" else rng.gamma(2.0, 50.0, 200)[rows]
    if task == "regression":
        return Predictions(rows, repeat, y, y + 20 * noise * rng.normal(size=600))
    p = 1 / (1 + np.exp(-(3 * y - 1.5 + noise * rng.normal(size=600))))
    proba = np.column_stack([1 - p, p]).astype(np.float32)
    return Predictions(rows, repeat, y, (p > 0.5).astype(int), proba, has_probabilities=True)


def facts_of(task: Task, X: pd.DataFrame) -> TableFacts:
    """Return what those predictions are of."""
    if task == "regression":
        return TableFacts(task, (), X, spread=70.0)
    return TableFacts(task, ("no", "yes"), X, positive=1)


def make_dataset_summary(task: Task = "classification") -> DatasetSummary:
    """Describe a table of 2,000 customers, with one notice."""
    return DatasetSummary(
        name="customers.csv",
        rows=2000,
        features=3,
        task=task,
        target="churned" if task == "classification" else "spend",
        classes=("no", "yes") if task == "classification" else (),
        fingerprint="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        notices=(
            Notice(
                "identifier_left_out",
                Message("The column {column} looks like an identifier and was left out.", {"column": "customer_id"}),
                count=1,
                example="C-000193",
                hint=Message("Keep it by choosing another kind for it."),
            ),
        ),
        columns=(
            Column("age", "number", Message("All values are numbers."), missing=12, distinct=61, examples=("34", "51")),
            Column("plan", "category", Message("Few distinct values."), distinct=3, levels=("basic", "plus", "pro")),
            Column("joined", "date", Message("All values are dates."), distinct=900, examples=("2021-03-04",)),
        ),
        plan=ReadPlan(delimiter=";", decimal=","),
    )


def make_curves(case: Case, unit: str) -> tuple[LearningCurve, ...]:
    """Draw noisy power laws that end at the case's levels; the last one is still incomplete (NaN)."""
    achievable, train, dev = LEVELS[case]
    mlp = _curve("mlp", "Neural network", train, dev, unit, seed=1)
    linear = _curve("linear", "Logistic regression", 0.14, 0.155, unit, seed=2)
    boosting = _curve("boosting", "Gradient boosting", achievable - 0.03, achievable, unit, seed=3)
    boosting.dev_errors[-1, -1] = np.nan
    boosting.train_errors[-1, -1] = np.nan
    return (mlp, linear, boosting)


def _curve(model: str, label: str, train: float, dev: float, unit: str, *, seed: int) -> LearningCurve:
    rng = np.random.default_rng(seed)
    decay = (SIZES[-1] / SIZES[:, None]) ** 0.5 - 1.0
    noise = rng.normal(0, 0.006, (2, len(SIZES), 5))
    return LearningCurve(
        model=model,
        sizes=SIZES,
        train_errors=np.clip(train - 0.02 * decay + noise[0] / 2, 0.0, None),
        dev_errors=np.clip(dev + 0.04 * decay + noise[1], 0.0, None),
        label=label,
        unit=unit,
        seconds=1.5,
    )


def make_evidence(case: Case) -> dict[str, Estimate]:
    """Return the error budget of a case, with intervals and sources."""
    achievable, train, dev = LEVELS[case]
    reference = Message("best reference model: {model}", {"model": "Gradient boosting"})
    repeats = Message("{repeats} repeats at {rows:,} rows", {"repeats": 5, "rows": 1200})
    return {
        "train_error": _around(train, 0.006, repeats),
        "dev_error": _around(dev, 0.014, repeats),
        "achievable": Estimate(achievable, achievable - 0.012, achievable + 0.015, source=reference),
        "avoidable_bias": _around(train - achievable, 0.016, None),
        "variance": _around(dev - train, 0.010, None),
        "rows": exactly(2000, Message("counted")),
    }


def _around(value: float, half: float, source: Message | None) -> Estimate:
    bounds = {"at_least": value - 0.78 * half, "at_most": value + 0.78 * half}
    return Estimate(value, value - half, value + half, source=source, **bounds)


def make_findings(case: Case, unit: str) -> tuple[Finding, ...]:
    """Return one finding of every outcome that a reader meets."""
    fired = {
        "bias": ("B1", "High bias", "high_bias"),
        "variance": ("V1", "High variance", "high_variance"),
    }.get(case)
    rows: list[Finding] = []
    if fired:
        code, title, problem = fired
        values = {"train": LEVELS[case][1], "dev": LEVELS[case][2], "unit": unit}
        message = Message("The training error is {train:error} and the dev error {dev:error}.", values)
        rows.append(Finding(code, "bias_variance", Message(title), "fired", message, Message("See remedies."), problem))
    return (
        *rows,
        Finding("D1", "data", Message("Dev set too small"), "passed", Message("400 dev rows are enough.")),
        Finding(
            "C1",
            "bias_variance",
            Message("Ill-behaved curve"),
            "undecided",
            Message("Needs {n} more repeats.", {"n": 5}),
            Message("Choose more effort."),
        ),
        Finding("D7", "data", Message("Other distribution"), "not_applicable", Message("No second source is named.")),
        Finding("T7", "training", Message("Dead units"), "could_not_run", Message("No health signals.")),
    )


# Remedies of a case: key, title and column.
FIXES = {
    "bias": (
        ("bigger_network", "A bigger network", "bias"),
        ("train_longer", "Train longer", "bias"),
        ("step_size", "A larger step size", "training"),
    ),
    "variance": (
        ("regularization", "Regularization", "variance"),
        ("more_data", "More training data", "variance"),
        ("early_stopping", "Early stopping", "variance"),
    ),
}


def make_recommendations(case: Case, *, trials: bool = True) -> tuple[Recommendation, ...]:
    """Return the remedies of a case in their order, tried or not."""
    if case in {"neither", "undecided"}:
        why = Message("Nothing that could be fixed was found.")
        return (Recommendation(1, "leave_it", Message("Leave it"), "data", why, "none"),)
    outcomes = (("helped", -0.071, 0.012), ("no_effect", -0.002, 0.006), ("undecided", -0.012, 0.02))
    because = Message("The training error is {gap:points} above what is achievable.", {"gap": 0.109, "unit": "rate"})
    return tuple(
        Recommendation(
            rank=rank,
            remedy=key,
            title=Message(title),
            column=column,  # type: ignore[arg-type]
            because=because,
            problem="high_bias" if case == "bias" else "high_variance",
            expected=Estimate(change * 0.8, change * 0.8 - 2 * half, change * 0.8 + 2 * half),
            change={"hidden_layer_sizes": (64, 64)},
            trial=make_trial(key, verdict, change, half) if trials else None,
        )
        for rank, ((key, title, column), (verdict, change, half)) in enumerate(
            zip(FIXES[case], outcomes, strict=True), 1
        )
    )


def make_trial(remedy: str, verdict: str, change: float, half: float) -> Trial:
    """Return a finished trial with training curves before and after."""
    return Trial(
        remedy=remedy,
        verdict=verdict,  # type: ignore[arg-type]
        change=Estimate(change, change - half, change + half),
        repeats=5,
        seconds=3.2,
        settings={"hidden_layer_sizes": (64, 64)},
        before=make_training_curve(0.17),
        after=make_training_curve(0.09),
        train_change=Estimate(change * 1.1, change * 1.1 - half, change * 1.1 + half),
    )


def make_training_curve(level: float) -> TrainingCurve:
    """Return 30 epochs that fall to a level; dev error is recorded every other epoch."""
    epochs = tuple(range(1, 31))
    fall = [0.4 * 0.85**epoch for epoch in epochs]
    return TrainingCurve(
        epochs=epochs,
        loss=tuple(level + 0.5 * f for f in fall),
        train_error=tuple(level + f for f in fall),
        dev_error=tuple(level + 0.01 + f if epoch % 2 else None for epoch, f in zip(epochs, fall, strict=True)),
    )


def make_verdict(case: Case, unit: str) -> Verdict:
    """Return the sentence of a case, with its two answers."""
    achievable, train, dev = LEVELS[case]
    values = {"train": train, "dev": dev, "achievable": achievable, "unit": unit}
    texts = {
        "bias": "High bias: the model makes {train:error} errors on its own training rows where {achievable:error} "
        "is achievable.",
        "variance": "High variance: the model makes {train:error} errors on its training rows and {dev:error} on new "
        "rows.",
        "neither": "Neither high bias nor high variance: {dev:error} on new rows where {achievable:error} is "
        "achievable.",
        "undecided": "Undecided: the rows are too few to tell {dev:error} from {achievable:error}.",
    }
    answers = {
        "bias": ("yes", "no"),
        "variance": ("no", "yes"),
        "neither": ("no", "no"),
        "undecided": ("undecided", "undecided"),
    }[case]
    detail = Message("More rows alone will not help.") if case == "bias" else None
    return Verdict(Message(texts[case], values), *answers, detail=detail, stability=0.96)  # type: ignore[arg-type]


def make_forecast(case: Case) -> Forecast:
    """Return a forecast at 2, 4 and 10 times the rows, or an abstention for the undecided case."""
    if case == "undecided":
        return Forecast(abstains=Message("The curve is not well behaved."))
    dev = LEVELS[case][2]
    points = ((2400, 0.93, 0.010), (4800, 0.88, 0.016), (12000, 0.83, 0.025))
    return Forecast(
        points=tuple(ForecastPoint(rows, dev * f, max(0.0, dev * f - h), dev * f + h) for rows, f, h in points),
        rows_for_target=Estimate(6100, 3500, 14800),
    )


def make_test_result() -> TestResult:
    """Return an opened test set in which the winner is better."""
    return TestResult(
        start=Estimate(0.186, 0.158, 0.214),
        winner=Estimate(0.112, 0.089, 0.137),
        difference=Estimate(-0.074, -0.101, -0.047),
        rows=400,
        dev_uses=6,
    )

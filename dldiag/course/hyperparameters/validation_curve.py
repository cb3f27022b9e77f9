"""Validation curves and maps: training and dev error against the values of one or two hyperparameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import product
from typing import Any

from sklearn.base import is_classifier

from dldiag.core.i18n import Message, Value, format_error, tr, translate
from dldiag.core.params import param, parse
from dldiag.core.types import Dataset, Estimate, OnProgress, Progress, ShouldStop, error_unit
from dldiag.course.hyperparameters.settings import SEARCHED_NAMES, as_text, is_true_bound, value_words
from dldiag.data.split import make_split
from dldiag.experiments.estimates import dev_error, paired_change, train_error
from dldiag.experiments.fit import FitResult
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.metric_choice import MetricChoice
from dldiag.experiments.models import Model, changed, params_of_model

EDGE_STEP = 3  # "Try beyond the edge" means this many times farther (Deep Learning Tuning Playbook).


@dataclass(frozen=True)
class ValidationSettings:
    """How often and on how many rows each setting is tried."""

    repeats: int = param(
        3, "Repeats", "Random train/dev splits per value; more repeats, narrower intervals.", low=2, high=20
    )
    train_rows: int = param(500, "Training rows", "Most training rows of each fit.", low=20, high=100_000, log=True)
    seed: int = param(0, "Seed", "Same settings and seed, same numbers.", low=0, high=2**31 - 1)


@dataclass(frozen=True)
class TriedSetting:
    """One setting that was tried: its values as texts, and its errors with 90% intervals."""

    values: tuple[str, ...]
    train: Estimate
    dev: Estimate


@dataclass(frozen=True)
class ValidationGrid:
    """Errors over a grid of one or two hyperparameters, in the order of `product(*grid)`.

    `best` is the place of the least dev error, `present` that of the model's own setting (None when it was not tried).
    `gain` is the dev error of the best minus that of the present setting (or of the second best), paired over repeats
    and rows. `ties` are the places not clearly worse than the best: the 90% interval of the paired difference holds
    zero. `edges` names the hyperparameters whose best value is the last one tried though more could be.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    grid: tuple[tuple[str, ...], ...]
    tried: tuple[TriedSetting, ...]
    best: int
    present: int | None
    gain: Estimate
    ties: tuple[int, ...]
    edges: tuple[str, ...]
    unit: str
    repeats: int
    train_rows: int
    dev_rows: int


def validate(
    dataset: Dataset,
    model: Model,
    grid: Mapping[str, Sequence[str]],
    settings: ValidationSettings,
    choice: MetricChoice | None = None,
    *,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> ValidationGrid:
    """Train the model with every combination of the values and measure training and dev error, never the test set.

    grid: {hyperparameter: values as texts}, one or two of them. All values see the same splits and seeds. Raises
    SettingError for a value that its parameter does not take.
    """
    split = make_split(dataset, settings.repeats, settings.seed, settings.train_rows)
    combinations = list(product(*grid.values()))
    models = [_with(model, dict(zip(grid, values, strict=True))) for values in combinations]
    fits = FitCache(dataset, split, choice=choice, should_stop=should_stop)
    results = _fit(fits, models, on_progress)
    tried = tuple(
        TriedSetting(values, train_error(row), dev_error(row))
        for values, row in zip(combinations, results, strict=True)
    )
    return replace(_judge(model, grid, tried, results), unit=dataset.unit if choice is None else choice.unit)


def describe_validation(result: ValidationGrid) -> Message:
    """Say the best value, whether it truly beats the present one, and whether it lies at the edge."""
    best = result.tried[result.best]
    values: dict[str, Value] = {"unit": result.unit, "what": _in_words(result, best), "dev": best.dev.value}
    values |= {"gain": result.gain.value, "low": result.gain.low, "high": result.gain.high, "tried": len(result.tried)}
    values |= {"ties": len(result.ties), "edge": _edge_warning(result)}
    if len(result.ties) == len(result.tried):
        return Message(
            "No effect seen: all {tried} settings tried are about as good as the best ({what}, dev error {dev:error}). More repeats or rows could separate them.{edge}",
            values,
        )
    if result.present is None:
        return Message(
            "Lowest dev error: {dev:error} at {what}. {ties} of {tried} settings tried are about as good.{edge}",
            values,
        )
    if result.present in result.ties:
        return Message(
            "Lowest dev error: {dev:error} at {what}. {ties} of {tried} settings tried are about as good, yours among them: no reason to change it.{edge}",
            values,
        )
    if result.gain.high < 0:
        return Message(
            "Lowest dev error: {dev:error} at {what}, {gain:points} against your present setting (90% interval {low:bare} to {high:points}). The best of {tried} looks a little better than it is.{edge}",
            values,
        )
    return Message(
        "Lowest dev error: {dev:error} at {what}, {gain:points} against your present setting. That is undecided (90% interval {low:bare} to {high:points}): add repeats.{edge}",
        values,
    )


def best_settings(result: ValidationGrid, model: Model) -> dict[str, Any]:
    """Return the best values, {hyperparameter: value}, as the model takes them.

    Empty unless they beat the present ones with 90% confidence and lie inside the range, since beyond an edge there may be better ones.
    """
    if result.present is None or result.present in result.ties or result.edges:
        return {}
    params = params_of_model(model)
    best = result.tried[result.best].values
    return {name: parse(name, params[name], text) for name, text in zip(result.names, best, strict=True)}


def validation_rows(result: ValidationGrid) -> tuple[dict[str, str], ...]:
    """Return every setting tried as a row of texts, the best first."""
    order = sorted(range(len(result.tried)), key=lambda i: result.tried[i].dev.value)
    return tuple(_row(result, place) for place in order)


def _row(result: ValidationGrid, place: int) -> dict[str, str]:
    one = result.tried[place]
    remark = tr("best") if place == result.best else tr("about as good as the best") if place in result.ties else ""
    return {
        **{
            translate(label): str(value_words(name, text))
            for label, name, text in zip(result.labels, result.names, one.values, strict=True)
        },
        tr("Training error"): _with_interval(one.train, result.unit),
        tr("Dev error"): _with_interval(one.dev, result.unit),
        tr("Remark"): " · ".join(filter(None, (remark, tr("present") if place == result.present else ""))),
    }


def _with_interval(error: Estimate, unit: str) -> str:
    value, low, high = (format_error(one, unit) for one in (error.value, error.low, error.high))
    return f"{value} ({low} – {high})"


def _edge_warning(result: ValidationGrid) -> Message:
    if not result.edges:
        return Message("")
    names = _joined([Message(SEARCHED_NAMES[name]) for name in result.edges])
    return Message(
        " The best value of {names} is the last one tried: extend the range {times} times before trusting it.",
        {"names": names, "times": EDGE_STEP},
    )


def _in_words(result: ValidationGrid, setting: TriedSetting) -> Message:
    """Write what was tried with the words of the form."""
    return _joined(
        [
            Message("{label} = {value}", {"label": Message(label), "value": value_words(name, text)})
            for label, name, text in zip(result.labels, result.names, setting.values, strict=True)
        ]
    )


def _joined(parts: Sequence[Message]) -> Message:
    return reduce(lambda one, other: Message("{first}, {second}", {"first": one, "second": other}), parts)


def _with(model: Model, texts: Mapping[str, str]) -> Model:
    params = params_of_model(model)
    return changed(model, {name: parse(name, params[name], text) for name, text in texts.items()})


def _fit(fits: FitCache, models: Sequence[Model], on_progress: OnProgress) -> list[list[FitResult]]:
    """Return results as [model][repeat]; all models see the same splits and seeds."""
    repeats = range(len(fits.split.repeats))

    def report(_: FitResult) -> None:
        if on_progress is not None:
            on_progress(Progress(Message("Training networks"), len(fits.results), len(models) * len(repeats)))

    fits.fit(models, [fits.split.n_train], repeats, on_result=report)
    return [fits.get(model, fits.split.n_train, repeats) for model in models]


def _judge(
    model: Model, grid: Mapping[str, Sequence[str]], tried: tuple[TriedSetting, ...], results: list[list[FitResult]]
) -> ValidationGrid:
    params = params_of_model(model)
    order = sorted(range(len(tried)), key=lambda i: tried[i].dev.value)
    own = tuple(as_text(model.parameters[name]) for name in grid)
    present = next((i for i, setting in enumerate(tried) if setting.values == own), None)
    best = order[0]
    rival = present if present not in (None, best) else order[min(1, len(order) - 1)]
    gains = [paired_change(other, results[best]) for other in results]
    task = results[best][0].task
    return ValidationGrid(
        names=tuple(grid),
        labels=tuple(params[name].label for name in grid),
        grid=tuple(tuple(values) for values in grid.values()),
        tried=tried,
        best=best,
        present=present,
        gain=gains[rival],
        ties=tuple(i for i, gain in enumerate(gains) if i == best or gain.high >= 0),
        edges=tuple(
            name
            for name, value in zip(grid, tried[best].values, strict=True)
            if _is_edge(grid[name], value) and not is_true_bound(params[name], value)
        ),
        unit=error_unit("classification" if is_classifier(model.estimator) else "regression"),
        repeats=len(results[best]),
        train_rows=len(task.train_rows),
        dev_rows=len(task.dev_rows),
    )


def _is_edge(values: Sequence[str], value: str) -> bool:
    return len(values) > 1 and value in (values[0], values[-1])

"""A report as rows of texts: one list of {translated header: text} for each table that a reader meets."""

from __future__ import annotations

from collections.abc import Iterable

from dldiag.language import Message, tr, translate
from dldiag.tables.points import points
from dldiag.tables.words import (
    BUDGET,
    COLUMNS,
    OUTCOMES,
    effect_text,
    error_text,
    evidence_label,
    model_label,
    plain_number,
    setting_text,
    unit_of,
)
from dldiag.types import Estimate, Outcome, Report

Row = dict[str, str]  # translated header -> text


def budget(report: Report) -> list[Row]:
    """Return the error budget: achievable + avoidable bias = training error; + variance = dev error."""
    unit = unit_of(report)
    found = [(name, report.evidence[name]) for name in BUDGET if name in report.evidence]
    return [
        {tr("Part"): str(BUDGET[name]), tr("Error"): error_text(error, unit), tr("Source"): _source(error)}
        for name, error in found
    ]


def budget_line(report: Report) -> str:
    """Write the error budget in one line, as in "6.2 % achievable + 10.9 % avoidable bias + 1.2 % variance = ..."."""
    needed = ("achievable_error", "avoidable_bias", "variance", "dev_error")
    if not all(name in report.evidence for name in needed):
        return ""
    parts = {name: report.evidence[name].value for name in needed}
    template = (
        "{achievable_error:error} achievable + {avoidable_bias:error} avoidable bias + {variance:error} variance "
        "= {dev_error:error} dev error"
    )
    return str(Message(template, {**parts, "unit": unit_of(report)}))


def evidence(report: Report) -> list[Row]:
    """Return every number the rules read, with its interval and source."""
    unit = unit_of(report)
    return [
        {
            tr("Evidence"): evidence_label(name),
            tr("Value (90 % interval)"): error_text(one, unit) if name in BUDGET else plain_number(one),
            tr("Source"): _source(one),
        }
        for name, one in report.evidence.items()
    ]


def findings(report: Report, outcomes: Iterable[Outcome] = tuple(OUTCOMES)) -> list[Row]:
    """Return what the rules said, what was found first; `outcomes` keeps some of them only."""
    kept = set(outcomes)
    order = list(OUTCOMES)
    rows = sorted((one for one in report.findings if one.outcome in kept), key=lambda one: order.index(one.outcome))
    return [
        {
            tr("Rule"): one.code,
            tr("About"): str(one.title),
            tr("Outcome"): str(OUTCOMES[one.outcome]),
            tr("What was seen"): str(one.message),
            tr("What to do"): str(one.hint or ""),
        }
        for one in rows
    ]


def remedies(report: Report) -> list[Row]:
    """Return the recommended remedies in their order, with the reason and the measured effect."""
    return [
        {
            "#": str(one.rank),
            tr("Remedy"): str(one.title),
            tr("Against"): str(COLUMNS[one.column]),
            tr("Because"): str(one.because),
            tr("Measured effect on the dev error"): effect_text(one, unit_of(report)),
        }
        for one in report.recommendations
    ]


def curves(report: Report) -> list[Row]:
    """Return the learning curves: one row per model and size, means over repeats with intervals."""
    return [
        {
            tr("Model"): model_label(curve),
            tr("Training rows"): f"{point.rows:,}",
            tr("Training error"): error_text(point.train, curve.unit) if point.train else "",
            tr("Dev error"): error_text(point.dev, curve.unit) if point.dev else "",
            tr("Repeats"): str(point.repeats),
        }
        for curve in report.curves
        for point in points(curve)
    ]


def forecast(report: Report) -> list[Row]:
    """Return the dev error expected with more rows."""
    unit = unit_of(report)
    return [
        {
            tr("Training rows"): f"{point.rows:,}",
            tr("Expected dev error"): error_text(Estimate(point.value, point.low, point.high), unit),
        }
        for point in report.forecast
    ]


def notices(report: Report) -> list[Row]:
    """Return what was repaired, left out or noticed while reading."""
    return [
        {
            tr("Notice"): str(one.message),
            tr("Count"): f"{one.count:,}" if one.count else "",
            tr("Example"): one.example,
            tr("What to do"): str(one.hint or ""),
        }
        for one in report.dataset.notices
    ]


def facts(report: Report) -> list[Row]:
    """Return the data, the split, the model and the settings as pairs of texts."""
    data, split = report.dataset, report.split
    pairs = {
        tr("File"): data.name,
        tr("Rows and features"): tr("{rows:,} rows, {features:,} features", rows=data.rows, features=data.features),
        tr("Target"): tr("{target} ({task})", target=data.target, task=translate(data.task)),
        tr("Classes"): ", ".join(data.classes),
        tr("Split"): _split_text(report),
        tr("Test set"): tr("sealed: never looked at") if split.sealed else tr("opened"),
        tr("Model"): translate(str(report.model.get("label", ""))),
        **{name: setting_text(value) for name, value in report.model.get("parameters", {}).items()},
        **{name: setting_text(value) for name, value in report.settings.items()},
        tr("Data identity (sha256)"): data.fingerprint,
        tr("Computing time"): tr("{seconds:.1f} s", seconds=report.seconds),
    }
    return [{tr("What"): name, tr("Value"): text} for name, text in pairs.items() if text]


def _split_text(report: Report) -> str:
    split = report.split
    counts = {"train": split.train, "dev": split.dev, "test": split.test, "repeats": split.repeats}
    template = "{train:,} training / {dev:,} dev / {test:,} test rows, {repeats} repeats ({method})"
    return str(Message(template, {**counts, "method": translate(split.method)}))


def _source(estimate: Estimate) -> str:
    return str(estimate.source or "")

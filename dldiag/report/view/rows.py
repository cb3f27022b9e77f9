"""A report as rows of texts: one list of {translated header: text} for each table that a reader meets."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Any

from dldiag.core.i18n import Message, Value, listed, tr, translate, trn
from dldiag.core.params import params_of
from dldiag.core.settings import Settings
from dldiag.core.types import Estimate, Outcome, Repair, Report
from dldiag.diagnosis.evidence import printed
from dldiag.report.view.changes import params_of_report, value_text
from dldiag.report.view.curve import points
from dldiag.report.view.effects import effect_text
from dldiag.report.view.labels import (
    ANSWERS,
    BUDGET,
    COLUMNS,
    METHODS,
    OUTCOMES,
    baseline_text,
    budget_label,
    error_text,
    evidence_label,
    evidence_text,
    metric_label,
    metric_value,
    model_label,
    short,
    unit_of,
)

TextRow = dict[str, str]  # Maps a translated header to a text.


def answers(report: Report) -> list[tuple[str, str]]:
    """Return the answers behind the verdict as pairs: high bias, high variance, how stable that is."""
    verdict = report.verdict
    pairs = [
        (str(COLUMNS["bias"]), str(ANSWERS[verdict.bias])),
        (str(COLUMNS["variance"]), str(ANSWERS[verdict.variance])),
    ]
    if verdict.stability is not None:
        pairs.append((tr("Verdict unchanged in resampled runs"), f"{100 * verdict.stability:.0f}%"))
    return pairs


def repairs(report: Report) -> list[TextRow]:
    """Return what one click repairs in how the table is used, with the flag that does it on the command line."""
    return [
        {tr("Repair"): str(repair.title), tr("Why"): str(repair.because), tr("Command line"): _flag_of(repair)}
        for repair in report.repairs
    ]


REPAIR_FLAGS = {"exclude": "--exclude", "groups": "--group", "times": "--time", "log_target": "--log-target"}


def _flag_of(repair: Repair) -> str:
    words: list[str] = []
    for name, value in repair.choices.items():
        values = value if isinstance(value, list | tuple) else [] if value is True else [value]
        words += [word for value in values for word in (REPAIR_FLAGS[name], shlex.quote(value))] or [REPAIR_FLAGS[name]]
    return " ".join(words)


WITH_ACHIEVABLE = Message("{total} ({achievable:error} is achievable)")
WITH_TARGET = Message("{total} ({achievable:error} is your target)")


def budget(report: Report) -> list[TextRow]:
    """Return the error budget: achievable + avoidable bias = training error; + variance = dev error.

    Where the training error is below the achievable one there is no bias to avoid: the sum starts with the training error,
    and what is achievable stands below it.
    """
    unit, printed, beyond = unit_of(report), as_printed(report), fits_beyond_achievable(report)
    order = [name for name in BUDGET if name in printed]
    if beyond:
        order = [name for name in order if name not in ("achievable", "avoidable_bias")] + ["achievable"]
    return [
        {
            tr("Part"): str(BUDGET[name]) if beyond and name == "train_error" else budget_label(name),
            tr("Error"): error_text(printed[name], unit),
            tr("Source"): _source(printed[name]),
        }
        for name in order
    ]


def as_printed(report: Report) -> dict[str, Estimate]:
    """Return the evidence in the digits that are printed: each part of the budget is the difference of the errors beside it."""
    return printed.in_printed_digits(report.evidence)


def fits_beyond_achievable(report: Report) -> bool:
    """Tell whether the training error is below the achievable error: then no bias is left, and the budget starts there."""
    needed = {"train_error", "avoidable_bias"} <= set(report.evidence)
    return needed and report.evidence["avoidable_bias"].value < 0


def budget_line(report: Report) -> str:
    """Write the error budget in one line, as in "6.2% achievable + 10.9% avoidable bias + 1.2% variance = ..."."""
    needed = ("achievable", "avoidable_bias", "variance", "dev_error")
    if not all(name in report.evidence for name in needed):
        return ""
    printed = as_printed(report)
    parts: dict[str, Value] = {name: printed[name].value for name in needed} | {"unit": unit_of(report)}
    template = "{achievable:error} achievable + {avoidable_bias:error} avoidable bias + {variance:error} variance"
    if fits_beyond_achievable(report):
        parts |= {"train_error": printed["train_error"].value}
        template = "{train_error:error} training error + {variance:error} variance"
    total: Message = Message("{parts} = {dev_error:error} dev error", parts | {"parts": Message(template, parts)})
    if "mismatch" in report.evidence:
        parts |= {"mismatch": printed["mismatch"].value, "parts": Message(template, parts)}
        total = Message("{parts} + {mismatch:error} data mismatch = {dev_error:error} dev error", parts)
    if fits_beyond_achievable(report):
        total = _with_goal(total, parts, report)
    return str(total).replace("+ −", "− ")  # A part may be negative.


def _with_goal(total: Message, parts: dict[str, Value], report: Report) -> Message:
    """Put what is achievable behind a budget, where the model is not below it already; a target stands there in any case."""
    if "target_error" in report.evidence:
        return WITH_TARGET.filled(**parts, total=total)
    is_reached = report.evidence["achievable"].value > report.evidence["dev_error"].value
    return total if is_reached else WITH_ACHIEVABLE.filled(**parts, total=total)


def unit_line(report: Report, error: float | None = None) -> str:
    """Say what an error of 1 is in the target's own unit, and this error or the dev error in it; "" where it has none.

    The errors of a metric of which more is better are what it lacks to 1.
    """
    if error is None and report.metric is not None and report.metric.higher_is_better:
        return tr("Errors are 1 − {metric}.", metric=metric_label(report))
    if error is None and report.metric is not None and report.metric.unit != "sd":
        return ""
    spread, dev = report.dataset.spread, report.evidence.get("dev_error")
    value = dev.value if error is None and dev is not None else error
    if spread is None or value is None:
        return ""
    logarithm = any(notice.code == "log_target" for notice in report.dataset.notices)
    return tr(
        "Errors are in units of the standard deviation of {target}, {spread}: {dev:error} is {own}.",
        target=f"log({report.dataset.target})" if logarithm else report.dataset.target,
        spread=short(spread),
        dev=value,
        unit=unit_of(report) if error is None else "sd",
        own=short(value * spread),
    )


def evidence(report: Report) -> list[TextRow]:
    """Return every number the rules read, with its interval and source."""
    unit = unit_of(report)
    return [
        {
            tr("Evidence"): evidence_label(name),
            tr("Value (90% interval)"): evidence_text(name, one, unit),
            tr("Source"): _source(one),
        }
        for name, one in as_printed(report).items()
    ]


def findings(report: Report, outcomes: Iterable[Outcome] = tuple(OUTCOMES)) -> list[TextRow]:
    """Return the findings, fired rules first; `outcomes` keeps some outcomes only."""
    outcomes_to_show = set(outcomes)
    order = list(OUTCOMES)
    rows = sorted(
        (finding for finding in report.findings if finding.outcome in outcomes_to_show),
        key=lambda finding: order.index(finding.outcome),
    )
    return [
        {
            tr("Rule"): row.code,
            tr("About"): str(row.title),
            tr("Outcome"): str(OUTCOMES[row.outcome]),
            tr("What was seen"): str(row.message),
            tr("What to do"): str(row.hint or ""),
        }
        for row in rows
    ]


def remedies(report: Report) -> list[TextRow]:
    """Return the recommended remedies in their order, with the reason and the measured effect."""
    return [
        {
            "#": str(recommendation.rank),
            tr("Fix"): str(recommendation.title),
            tr("Against"): str(COLUMNS[recommendation.column]),
            tr("Why"): str(recommendation.because),
            tr("Effect on the dev error"): effect_text(recommendation, unit_of(report)),
        }
        for recommendation in report.recommendations
    ]


def curves(report: Report) -> list[TextRow]:
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


def forecast_rows(report: Report) -> list[TextRow]:
    """Return the dev error expected with more rows."""
    unit = unit_of(report)
    return [
        {
            tr("Training rows"): f"{point.rows:,}",
            tr("Expected dev error"): error_text(Estimate(point.value, point.low, point.high), unit),
        }
        for point in report.forecast
    ]


def notices(report: Report) -> list[TextRow]:
    """Return what was repaired, left out or noticed while reading."""
    return [
        {
            tr("Notice"): str(notice.message),
            tr("Count"): f"{notice.count:,}" if notice.count else "",
            tr("Example"): "" if notice.example in str(notice.message) else notice.example,
            tr("What to do"): str(notice.hint or ""),
        }
        for notice in report.dataset.notices
    ]


def facts(report: Report) -> list[TextRow]:
    """Return the data, the split, the model and the settings as pairs of texts."""
    data = report.dataset
    pairs = [
        (tr("File"), data.name),
        (tr("Rows"), f"{data.rows:,}" if data.rows else ""),
        (tr("Features"), f"{data.features:,}" if data.features else ""),
        (tr("Target"), data.target),
        (tr("Task"), translate(data.task)),
        (tr("Classes"), listed(data.classes)),
        (tr("Split"), _split_text(report)),
        (tr("Test set"), tr("sealed: never looked at") if report.split.sealed else tr("opened")),
        (tr("Model"), translate(str(report.model.get("label", "")))),
        *_model_settings(report),
        *((_setting_label(name), _setting_value(name, value)) for name, value in report.settings.items()),
        (tr("Data identity (sha256)"), data.fingerprint),
        (tr("Computing time"), tr("{seconds:.1f} s", seconds=report.seconds)),
    ]
    return [{tr("What"): name, tr("Value"): text} for name, text in pairs if text]


def _model_settings(report: Report) -> list[tuple[str, str]]:
    params = params_of_report(report)
    return [
        (translate(params[name].label) if name in params else name, value_text(value, params.get(name)))
        for name, value in report.model.get("parameters", {}).items()
    ]


def _setting_label(name: str) -> str:
    params = params_of(Settings)
    return translate(params[name].label) if name in params else name


def _setting_value(name: str, value: Any) -> str:
    return tr("none") if value is None else value_text(value, params_of(Settings).get(name))


def judged_line(report: Report) -> str:
    """Say which metric, model and number of rows the verdict rests on."""
    layers = report.model.get("parameters", {}).get("hidden_layer_sizes")
    name = translate(str(report.model.get("label", "")))
    if layers is not None:
        name = tr("{model}, hidden layers {layers}", model=name, layers=value_text(layers))
    parts = [_judged_by(report), tr("model: {model}", model=name) if name else ""]
    if report.split.dev:
        parts.append(_dev_rows(report.split.dev, _repeats_of(report)))
    return " · ".join(part for part in parts if part)


def _dev_rows(dev: int, repeats: int) -> str:
    if repeats == 1:
        return trn("{n:,} dev row", "{n:,} dev rows", dev)
    return tr("{dev:,} dev rows in each of {n} repeats", dev=dev, n=repeats)


def _judged_by(report: Report) -> str:
    """Say by which metric a model is judged, what it reaches, and what the baseline does."""
    metric = tr("metric: {metric}", metric=metric_value(report))
    if report.metric is None or report.metric.name not in report.metrics:
        return metric
    return listed([metric, tr("baseline {value}", value=baseline_text(report.metric))])


def _repeats_of(report: Report) -> int:
    used = report.evidence.get("repeats")
    return report.split.repeats if used is None else round(used.value)


def _split_text(report: Report) -> str:
    split = report.split
    counts = {"train": split.train, "dev": split.dev, "test": split.test, "repeats": _repeats_of(report)}
    if not any((split.train, split.dev, split.test)):
        return ""
    template = "{train:,} training / {dev:,} dev / {test:,} test rows, {method}; repeats: {repeats}"
    return str(Message(template, {**counts, "method": METHODS.get(split.method, split.method)}))


def metric_why(report: Report) -> str:
    """Say why the metric is not the usual one, where the diagnosis chose it; "" for the usual, and for the user's own."""
    used = report.metric
    is_usual = used is None or used.name in ("error", "rmse") or used.chosen != "auto"
    return "" if used is None or is_usual or used.why is None else str(used.why)


def rows_line(report: Report) -> str:
    """Say how many rows were used where the effort left some aside; "" where all were."""
    split, rows = report.split, report.dataset.rows
    if split.method == "given" or split.train + split.dev + split.test >= rows:
        return ""
    return tr(
        "Each repeat trains on {train:,} and is judged on {dev:,} of the {rows:,} rows. A larger budget, or more training rows in the settings, uses more of them.",
        train=split.train,
        dev=split.dev,
        rows=rows,
    )


def _source(estimate: Estimate) -> str:
    return str(estimate.source or "")

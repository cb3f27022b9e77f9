"""Runs side by side, each compared with the first: in words and as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dldiag.core.i18n import Message, tr, translate
from dldiag.core.params import Param, params_of
from dldiag.core.settings import Settings
from dldiag.core.types import Estimate, Report
from dldiag.diagnosis.compare import Comparison, compare
from dldiag.report.view.before_after import WHY_TWO_NUMBERS, change_between, effect_words, is_corrected, printed_change
from dldiag.report.view.changes import params_of_report, value_text
from dldiag.report.view.effects import range_text
from dldiag.report.view.labels import error_text, unit_of

_PREFIX = "settings."
LONGEST_NAME = 40  # In characters; a longer name stands only once, beside its errors.
UNPAIRED_BETTER = Message("better: {range}")
UNPAIRED_WORSE = Message("worse: {range}")
UNPAIRED_OPEN = Message("not decided: {range}")


@dataclass(frozen=True, eq=False)
class NamedRun:
    """A report with what it is called, and how it compares with the first run (None for the first itself)."""

    name: str
    report: Report
    found: Comparison | None = None
    short_name: str = ""  # What it is called in a sentence and above a column.


def side_by_side_runs(reports: Mapping[str, Report]) -> tuple[NamedRun, ...]:
    """Compare every run with the first of them."""
    names = list(reports)
    first = reports[names[0]]
    return tuple(
        NamedRun(name, reports[name], None if name == names[0] else compare(first, reports[name]), short)
        for name, short in zip(names, _short_names(names), strict=True)
    )


def _short_names(names: Sequence[str]) -> list[str]:
    """Return the names, or numbers in their place where one is long: each name stands several times on the page."""
    if all(len(name) <= LONGEST_NAME for name in names):
        return list(names)
    return [tr("Run {number}", number=number) for number in range(1, len(names) + 1)]


def comparison_lines(runs: Sequence[NamedRun]) -> list[str]:
    """Say of every run after the first whether its dev error is lower, and how sure that is."""
    return [_line(runs[0], run, run.found) for run in runs if run.found is not None]


def _line(first: NamedRun, run: NamedRun, comparison: Comparison) -> str:
    change, unit = comparison.dev_change, unit_of(run.report)
    if change is None:
        return tr(
            "{run} predicts another target than the first run, so their errors cannot be compared.", run=run.short_name
        )
    if comparison.is_paired and change.low == change.high == 0:
        return tr("{run} has the same dev error as the first run in every repeat.", run=run.short_name)
    if comparison.is_paired:
        errors = [one.report.evidence.get("dev_error") for one in (first, run)]
        difference = None if errors[0] is None or errors[1] is None else printed_change(errors[0], errors[1])
        return tr(
            "{run} against the first run: {effect}.", run=run.short_name, effect=effect_words(change, unit, difference)
        )
    sentence = UNPAIRED_BETTER if change.high < 0 else UNPAIRED_WORSE if change.low > 0 else UNPAIRED_OPEN
    return tr(
        "{run} did not use the same rows as the first run, so this interval is wider; {said}.",
        run=run.short_name,
        said=sentence.filled(range=range_text(change, unit)),
    )


def compared_errors(runs: Sequence[NamedRun]) -> list[dict[str, str]]:
    """Return a row for each run: its errors, and their change against the first."""
    return [
        {
            tr("Run"): run.name,
            tr("Dev error"): _error(run.report, "dev_error"),
            tr("Change"): _change(runs[0], run, "dev_error"),
            tr("Training error"): _error(run.report, "train_error"),
            tr("Change of the training error"): _change(runs[0], run, "train_error"),
        }
        for run in runs
    ]


def _change(first: NamedRun, run: NamedRun, key: str) -> str:
    """Write the change of an error against the first run, as "before and after" writes it."""
    if run.found is None:
        return ""
    change = run.found.dev_change if key == "dev_error" else run.found.train_change
    before, after = first.report.evidence.get(key), run.report.evidence.get(key)
    if change is None or before is None or after is None:
        return ""
    return change_between(before, after, change, unit_of(run.report))


def comparison_note(runs: Sequence[NamedRun]) -> str:
    """Say why a change of the dev error is written as two numbers, where one is; "" elsewhere."""
    before = runs[0].report.evidence.get("dev_error")
    for run in runs[1:]:
        after = run.report.evidence.get("dev_error")
        change = None if run.found is None else run.found.dev_change
        if before is not None and after is not None and is_corrected(before, after, change):
            return str(WHY_TWO_NUMBERS)
    return ""


def compared_settings(runs: Sequence[NamedRun]) -> list[dict[str, str]]:
    """Return what differs between runs: data, verdict, model, settings; a column for each run."""
    rows = [(label, [of(run.report) for run in runs]) for label, of in _facts()]
    names = dict.fromkeys(name for run in runs if run.found is not None for name in run.found.settings)
    rows += [_setting(name, runs) for name in names]
    return [
        {tr("What"): label, **{run.short_name: text for run, text in zip(runs, texts, strict=True)}}
        for label, texts in rows
        if len(set(texts)) > 1
    ]


def _facts() -> list[tuple[str, Any]]:
    return [
        (tr("File"), lambda report: report.dataset.name),
        (tr("Target"), lambda report: report.dataset.target),
        (tr("Rows"), lambda report: f"{report.dataset.rows:,}"),
        (tr("Verdict"), lambda report: str(report.verdict.headline)),
    ]


def _setting(name: str, runs: Sequence[NamedRun]) -> tuple[str, list[str]]:
    """Return a setting by its label, with its value in every run."""
    if name == "model":
        return tr("Model"), [translate(str(run.report.model.get("label", ""))) for run in runs]
    params: dict[str, Param] = {}
    for run in reversed(runs):
        params |= params_of_report(run.report)
    of_diagnosis = name.startswith(_PREFIX)
    own = name.removeprefix(_PREFIX)
    param = (params_of(Settings) if of_diagnosis else params).get(own)
    settings = [run.report.settings if of_diagnosis else run.report.model.get("parameters", {}) for run in runs]
    texts = [value_text(values[own], param) if values.get(own) is not None else "–" for values in settings]
    return own if param is None else translate(param.label), texts


def _error(report: Report, key: str) -> str:
    error: Estimate | None = report.evidence.get(key)
    return "" if error is None else error_text(error, unit_of(report))

"""Two runs side by side, in words and as rows."""

from __future__ import annotations

from typing import Any

from dldiag.core.i18n import Message, tr, translate
from dldiag.core.params import params_of
from dldiag.core.settings import Settings
from dldiag.core.types import Estimate, Report
from dldiag.diagnosis.compare import Comparison
from dldiag.report.view.before_after import effect_words
from dldiag.report.view.changes import params_of_report, value_text
from dldiag.report.view.effects import range_text
from dldiag.report.view.labels import change_text, error_text, unit_of

_PREFIX = "settings."
UNPAIRED_BETTER = Message("the second is better: {range}")
UNPAIRED_WORSE = Message("the second is worse: {range}")
UNPAIRED_OPEN = Message("not decided: {range}")


def comparison_line(found: Comparison, second: Report) -> str:
    """Say which of two runs has the lower dev error, and how sure that is."""
    change, unit = found.dev_change, unit_of(second)
    if change is None:
        return tr("These runs predict different targets, so their errors cannot be compared.")
    if found.is_paired:
        return tr("The second run: {effect}.", effect=effect_words(change, unit))
    said = UNPAIRED_BETTER if change.high < 0 else UNPAIRED_WORSE if change.low > 0 else UNPAIRED_OPEN
    return tr(
        "The runs did not use the same rows, so this interval is wider; {said}.",
        said=said.filled(range=range_text(change, unit)),
    )


def compared_errors(first: Report, second: Report, found: Comparison) -> list[dict[str, str]]:
    """Return the errors of two runs as rows, with their change."""
    rows = [(tr("Dev error"), "dev_error", found.dev_change), (tr("Training error"), "train_error", found.train_change)]
    return [
        {
            tr("Error"): name,
            tr("First"): _error(first, key),
            tr("Second"): _error(second, key),
            tr("Change"): "" if change is None else change_text(change, unit_of(second)),
        }
        for name, key, change in rows
    ]


def compared_settings(first: Report, second: Report, found: Comparison) -> list[dict[str, str]]:
    """Return what differs between two runs: data, verdict, model, settings."""
    pairs: list[tuple[str, str, str]] = [
        (tr("File"), first.dataset.name, second.dataset.name),
        (tr("Target"), first.dataset.target, second.dataset.target),
        (tr("Rows"), f"{first.dataset.rows:,}", f"{second.dataset.rows:,}"),
        (tr("Verdict"), str(first.verdict.headline), str(second.verdict.headline)),
    ]
    pairs += [_setting(name, pair, first, second) for name, pair in found.settings.items()]
    return [{tr("What"): name, tr("First"): a, tr("Second"): b} for name, a, b in pairs if a != b]


def _setting(name: str, pair: tuple[Any, Any], first: Report, second: Report) -> tuple[str, str, str]:
    if name == "model":
        return tr("Model"), translate(str(pair[0])), translate(str(pair[1]))
    params = {**params_of_report(second), **params_of_report(first)}
    if name.startswith(_PREFIX):
        name, params = name.removeprefix(_PREFIX), params_of(Settings)
    param = params.get(name)
    label = name if param is None else translate(param.label)
    a, b = ("–" if value is None else value_text(value, param) for value in pair)
    return label, a, b


def _error(report: Report, key: str) -> str:
    found: Estimate | None = report.evidence.get(key)
    return "" if found is None else error_text(found, unit_of(report))

"""Titles and descriptions of past runs, which distinguish runs of the same table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dldiag.core.i18n import format_error, listed, tr, translate
from dldiag.core.params import Param
from dldiag.core.sanitize import legible
from dldiag.experiments.models import MODELS, params_for
from dldiag.report.history import PastReport, RunLabel
from dldiag.report.view.changes import value_text
from dldiag.report.view.labels import error_text

_LONGEST = 40  # A file's or a target's name in a title has at most this many characters.


def run_title(run: PastReport) -> str:
    """Return the name that a person gave a run, else its table and its target."""
    return run.label.name or f"{legible(run.name, _LONGEST)} · {legible(run.target, _LONGEST)}"


def distinct_titles(runs: Sequence[PastReport]) -> list[str]:
    """Return the titles of runs; runs of one table that nobody named go by their model and its settings."""
    titles = [run_title(run) for run in runs]
    return [
        title if run.label.name or titles.count(title) == 1 else _model(run.label)
        for run, title in zip(runs, titles, strict=True)
    ]


def run_choice(run: PastReport) -> str:
    """Return how a run appears in a list of choices: what tells it from others of its table comes first."""
    error = "" if run.label.dev_error is None else format_error(run.label.dev_error.value, run.label.unit)
    parts = (run_title(run), error) if run.label.name else (error, run_title(run))
    return " · ".join(part for part in (*parts, run_time(run)) if part)


def run_time(run: PastReport) -> str:
    """Return when a run was made, to the minute."""
    return f"{run.at[:16].replace('T', ' ')} UTC"


def run_facts(run: PastReport) -> str:
    """Return in one line what a run was: table, model with its settings, dev error, time."""
    label = run.label
    table = f"{legible(run.name, _LONGEST)} · {legible(run.target, _LONGEST)}" if label.name else ""
    error = "" if label.dev_error is None else tr("dev error {error}", error=error_text(label.dev_error, label.unit))
    return " · ".join(part for part in (table, _model(label), error, run_time(run)) if part)


def _model(label: RunLabel) -> str:
    params = params_for(label.key, (label.task,)) if label.key in MODELS else {}
    changed = [_setting(name, value, params.get(name)) for name, (_, value) in label.settings.items()]
    return listed([translate(label.model), *changed])


def _setting(name: str, value: Any, param: Param | None) -> str:
    return f"{name if param is None else translate(param.label)} {value_text(value, param)}"

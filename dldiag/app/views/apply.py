"""Apply a fix: change the model by it and diagnose again."""

from __future__ import annotations

from dldiag.app.jobs import store
from dldiag.app.state import improvement
from dldiag.app.state.history import note_adopted
from dldiag.app.views.start import start_diagnosis
from dldiag.core.types import Report
from dldiag.report.view import Fix


def apply_fix(job: str, report: Report, one: Fix) -> None:
    """Change the model of a diagnosis by a fix, write that down, and start the diagnosis of the changed model."""
    arguments = store.spec_of(job).arguments
    present = arguments.get("model", {})
    start, uses = arguments.get("start", present), improvement.dev_uses(job, report)
    recommendation = next(found for found in report.recommendations if found.remedy == one.remedy)
    note_adopted(report, recommendation, dict(one.settings))
    start_diagnosis({**present, **one.settings}, arguments.get("settings", {}), start=start, dev_uses=uses)

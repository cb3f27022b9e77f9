"""JOBS: what a worker can compute. A page that needs another computation adds a row.

A row is a function (arguments, on_progress, should_stop) -> a JSON-able result. `arguments` is what the page passed to
`run_job`, with every {"upload": sha256, …} replaced by {"path": …, …}. `on_progress` takes a `Progress`; `should_stop`
is asked often, and `Stopped` may be raised. Heavy imports belong inside the functions: pages import this table too.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from dldiag.app.jobs.course import COURSE_JOBS
from dldiag.app.jobs.diagnosis import JobProgress, JobStop, diagnose_job
from dldiag.app.jobs.error_rows import error_rows_job, label_trial_job
from dldiag.app.jobs.improvement import improve_job, open_job, try_job
from dldiag.app.jobs.model_file import model_job

JobFunction = Callable[[dict[str, Any], JobProgress, JobStop], Any]

JOBS: dict[str, JobFunction] = {
    "diagnose": diagnose_job,
    "model": model_job,
    "error_rows": error_rows_job,
    "label_trial": label_trial_job,
    "try": try_job,
    "improve": improve_job,
    "open": open_job,
    **COURSE_JOBS,
}


def warm_up() -> None:
    """Import what the jobs will need, so that the first one starts at once."""
    for module in (
        "sklearn.ensemble",
        "sklearn.linear_model",
        "dldiag.diagnosis.diagnose",
        "dldiag.report",
        "dldiag.data.read_table",
    ):
        import_module(module)

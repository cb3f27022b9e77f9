"""The experiment of a lesson: computed as a job, with a smaller one shown at once where the whole takes longer."""

from __future__ import annotations

import contextlib
import time
from typing import TypeVar, cast

from dldiag.app.course.columns import open_dataset
from dldiag.app.course.data import lesson_dataset
from dldiag.app.jobs import store
from dldiag.app.jobs.job_kinds import CourseJob, job_kind
from dldiag.app.state import session
from dldiag.app.storage import codec
from dldiag.app.storage.data_ref import Reference
from dldiag.app.ui.widgets import show_message
from dldiag.app.views.progress import ShowPartial, run_job, start_job
from dldiag.core.types import DataError, Stopped
from dldiag.course.shared.judge import metric_words
from dldiag.course.shared.request import JudgedRequest, LessonRequest, preview_of, preview_rows, preview_words

LONGEST_WAIT = 0.5  # Seconds until something is seen; an experiment that takes less is waited for.
LOOK_SECONDS = 0.02  # Between two looks at a job that is waited for.
LONGEST_PREVIEW = 1.5  # Seconds; one that takes longer, on a busy machine, is not shown.
_T = TypeVar("_T")


def run_experiment(
    reference: Reference, request: LessonRequest, result: type[_T], *, partial: ShowPartial | None = None
) -> _T | None:
    """Return what the experiment gave on these rows when there is something; until then show how far it is.

    While it runs the result is that of a smaller experiment, where there is one; `is_preview` tells.
    """
    course_job, slot = CourseJob(data=reference, request=request), job_kind(request)
    if not start_job(course_job, slot=slot):
        return None
    job, smaller = session.state()["slots"][slot], preview_of(request)
    if smaller is None:
        _wait_for(job)
    outcome = run_job(course_job, result, slot=slot, partial=partial)
    if outcome is not None or smaller is None or session.pool().look(job).has_ended:
        _name_metric(reference, request)
        return outcome
    if partial is not None and store.reached_by(job):
        return None
    preview = _preview(CourseJob(data=reference, request=smaller))
    if preview is not None:
        session.state()["shows preview"] = True
        _name_metric(reference, request)
        show_message(preview_words(request, smaller), kind="info")
    return cast("_T | None", preview)


def _name_metric(reference: Reference, request: LessonRequest) -> None:
    if isinstance(request, JudgedRequest) and request.NAMES_METRIC:
        dataset = lesson_dataset(reference)
        words = metric_words(request.choice(dataset), dataset.task)
        if words is not None:
            show_message(words, kind="caption")


def is_preview() -> bool:
    """Say whether what this run of the page shows is a preview, which decides nothing."""
    return bool(session.state().get("shows preview"))


def forget_preview() -> None:
    """Begin a page: nothing on it is a preview yet."""
    session.state().pop("shows preview", None)


def _wait_for(job: str) -> None:
    """Give a short experiment the time it needs, so that the page changes once, not twice."""
    until = time.monotonic() + LONGEST_WAIT
    while not session.pool().look(job).has_ended and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)


def _preview(job: CourseJob[LessonRequest]) -> object | None:
    """Run a small experiment here and keep it with the visitor while they look; None where these rows allow none."""
    from dldiag.app.jobs.course import REQUESTS  # keeps start-up short

    question = codec.to_bytes(job)
    cached = session.state().get("kept preview")
    if cached is None or cached[0] != question:
        until, preview = time.monotonic() + LONGEST_PREVIEW, None
        with contextlib.suppress(DataError, Stopped):
            rows = preview_rows(open_dataset(job.data))
            preview = REQUESTS[type(job.request)](rows, job.request, None, lambda: time.monotonic() > until)
        cached = session.state()["kept preview"] = (question, preview)
    return cast(object, cached[1])

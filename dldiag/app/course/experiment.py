"""The experiment of a lesson, computed as a job."""

from __future__ import annotations

from typing import TypeVar

from dldiag.app.jobs.asked import CourseJob, job_kind
from dldiag.app.storage.data_ref import Reference
from dldiag.app.views.progress import ShowPartial, run_job
from dldiag.course.shared.request import LessonRequest

_T = TypeVar("_T")


def run_experiment(
    reference: Reference, request: LessonRequest, result: type[_T], *, partial: ShowPartial | None = None
) -> _T | None:
    """Return what the experiment gave on these rows when there is something; until then show how far it is."""
    return run_job(CourseJob(data=reference, request=request), result, slot=job_kind(request), partial=partial)

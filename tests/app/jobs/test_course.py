"""A lesson's experiment runs on the rows that its job names."""

from dldiag.app.jobs import course
from dldiag.app.jobs.job_kinds import CourseJob
from dldiag.course.splits.candidates import SelectionSettings
from dldiag.course.splits.jobs import SelectionRequest


def test_the_function_of_the_request_gets_the_rows(monkeypatch):
    seen = []
    monkeypatch.setitem(course.REQUESTS, SelectionRequest, lambda *given: seen.append(given) or "found")
    request = SelectionRequest(model={}, settings=SelectionSettings())
    job = CourseJob(data={"toy": "moons", "rows": 60}, request=request)
    assert course.course_job(job, print, bool) == "found"
    ((dataset, *others),) = seen
    assert dataset.n_rows == 60
    assert others == [request, print, bool]

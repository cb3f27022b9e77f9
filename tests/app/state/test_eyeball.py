"""Tags of wrong rows are kept with the diagnosis, and its report counts them."""

from dataclasses import replace

from dldiag.app.jobs import store
from dldiag.app.jobs.job_kinds import DiagnosisJob
from dldiag.app.state import eyeball
from dldiag.app.storage.paths import new_token
from dldiag.core.error_findings import ErrorFindings
from dldiag.core.types import Estimate
from tests.reports import make_report

TAGS = {7: ("too dark", "label wrong"), 12: ("too dark",), 15: ()}


def test_tags_are_kept_by_row_number_and_the_newest_stand():
    job = store.create(DiagnosisJob(data={}), new_token())
    assert eyeball.tags_of(job) == {}
    eyeball.keep_tags(job, {7: ("blurred",)})
    eyeball.keep_tags(job, TAGS)
    assert eyeball.tags_of(job) == TAGS


def test_the_report_counts_them_against_its_error(monkeypatch):
    job = store.create(DiagnosisJob(data={}), new_token())
    eyeball.keep_tags(job, TAGS)
    monkeypatch.setattr(eyeball.improvement, "started", lambda job: {})
    report = make_report()
    assert eyeball.with_error_facts(replace(report, errors=None), job).errors is None
    errors = report.errors or ErrorFindings(200, "rate", Estimate(0.3, 0.25, 0.35))
    found = eyeball.with_error_facts(replace(report, errors=errors), job).errors
    ceilings = {one.tag: (one.rows, one.ceiling) for one in found.tags}
    assert ceilings["too dark"][0] == 2
    assert ceilings["label wrong"][0] == 1
    assert ceilings["too dark"][1].value == 2 / 3 * errors.error.value

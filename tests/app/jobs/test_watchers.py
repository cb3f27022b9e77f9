"""Who watches a job: open pages count, also those that poll rarely, and a short while after the last look."""

import pytest

from dldiag.app.jobs import store
from dldiag.app.jobs.job_kinds import DiagnosisJob
from dldiag.app.jobs.watchers import Watchers


@pytest.fixture
def job(ann):
    return store.create(DiagnosisJob(data={}), ann)


def test_a_job_is_watched_while_a_page_that_looked_at_it_is_open(job):
    open_pages = {"a tab"}
    watchers = Watchers(lambda: "a tab", open_pages.__contains__)
    assert not watchers.is_watched(job, 0.0)
    watchers.note(job)
    assert watchers.is_watched(job, 0.0)
    open_pages.clear()
    assert not watchers.is_watched(job, 0.0)
    assert watchers.is_watched(job, 60.0), "for a short while after the last look"


def test_a_job_that_was_told_to_run_on_needs_nobody(job):
    watchers = Watchers()
    store.keep_running(job, True)
    assert watchers.is_watched(job, 0.0)


def test_the_server_of_a_job_hears_of_viewers_elsewhere(job):
    here, there = Watchers(lambda: "a tab"), Watchers()
    here.note(job)
    assert not there.is_watched(job, 60.0)
    here.note(job, elsewhere=True)
    assert there.is_watched(job, 60.0)


def test_pages_are_counted_once_and_jobs_that_are_gone_are_forgotten(job):
    tabs = iter(["one", "two", "two"])
    watchers = Watchers(lambda: next(tabs))
    for _ in range(3):
        watchers.note(job)
    assert watchers.count(60.0) == 2
    assert watchers.jobs() == [job]
    watchers.forget([job])
    assert watchers.jobs() == []

"""What a worker process writes for the pages while a job runs."""

import numpy as np
import pytest

from dldiag.app.jobs import store, worker
from dldiag.app.jobs.job_kinds import DiagnosisJob
from dldiag.core.i18n import Message
from dldiag.core.types import LearningCurve, Progress
from tests.reports import make_report


@pytest.fixture
def reporter(monkeypatch):
    monkeypatch.setattr(worker, "EVENT_SECONDS", 3600.0)  # everything after the first update is one burst
    job = store.create(DiagnosisJob(data={}), "visitor", "lease")
    reporter = worker.Reporter(job)
    reporter.on_progress(Progress(Message("Learning curves"), 0, 9))
    yield job, reporter
    reporter.close()


def test_a_report_amid_a_burst_of_updates_is_written_at_once_and_stays(reporter):
    job, reporter = reporter
    report = make_report()
    reporter.on_progress(Progress(Message("Learning curves"), 1, 9, report=report))
    assert store.report_of(job).verdict == report.verdict
    reporter.on_progress(Progress(Message("Learning curves"), 2, 9))
    assert store.progress_of(job).done == 1, "another update waits for the end of the burst"
    reporter.write()
    reached = store.reached_by(job)
    assert reached.done == 2
    assert reached.report.verdict == report.verdict


def test_of_two_reports_in_a_burst_the_newer_is_kept(reporter):
    job, reporter = reporter
    for case in ("bias", "variance"):
        reporter.on_progress(Progress(Message("Learning curves"), 1, 9, report=make_report(case)))
    reporter.on_progress(Progress(Message("Learning curves"), 2, 9))
    reporter.write()
    assert store.report_of(job).verdict == make_report("variance").verdict


def test_curves_without_a_point_are_nothing_to_draw_yet(reporter):
    job, reporter = reporter
    nothing = np.full((1, 2), np.nan)
    reporter.on_progress(Progress(Message("Learning curves"), 0, 9, curves=(curve(nothing),)))
    reporter.write()
    assert store.reached_stamps(job) == (0, 0)
    reporter.on_progress(Progress(Message("Learning curves"), 1, 9, curves=(curve(np.array([[0.5, np.nan]])),)))
    reporter.write()
    assert store.reached_stamps(job).curves > 0


def curve(errors):
    return LearningCurve("mlp", np.array([100]), errors, errors)

"""A job is a folder: what is written there is read back, once it is there, and the first ending stands."""

import math

import pytest

from dldiag.app.jobs import store
from dldiag.app.jobs.job_kinds import DiagnosisJob, ModelExportJob
from dldiag.app.jobs.store import Ending
from dldiag.app.storage.paths import new_token
from dldiag.core.i18n import Message
from dldiag.core.types import DataError, Progress
from dldiag.report import to_json
from tests.reports import make_report


@pytest.fixture
def job(ann):
    return store.create(DiagnosisJob(data={"sample": "iris", "target": "target"}), ann, "a server")


def test_a_job_is_found_by_its_id_and_says_whose_it_is(job, ann):
    assert store.exists(job)
    assert not store.exists(new_token())
    assert not store.exists("../" + job)
    head = store.head_of(job)
    assert (head.owner, head.server, head.job.kind) == (ann, "a server", "diagnose")
    assert store.request_of(job, DiagnosisJob).data["sample"] == "iris"


def test_a_job_of_another_kind_or_version_is_refused_in_words(job):
    with pytest.raises(DataError, match="another version"):
        store.request_of(job, ModelExportJob)
    (store.folder_of(job) / "report.json").write_text("{}")
    with pytest.raises(DataError):
        store.report_of(job)


def test_nothing_is_known_before_it_is_written(job):
    assert (store.progress_of(job), store.reached_by(job), store.report_of(job), store.ending_of(job)) == (None,) * 4
    with pytest.raises(FileNotFoundError):
        store.result_of(job, dict)


def test_a_report_that_was_reached_stands_beside_the_progress_and_is_the_result(job):
    report = make_report()
    store.write_progress(job, Progress(Message("Counting"), 1, 3, report=report))
    assert store.progress_of(job).report is None, "what pages poll stays small"
    store.write_result(job, report)
    assert to_json(store.reached_by(job).report) == to_json(report)
    assert store.reached_stamps(job).report > 0


def test_the_first_ending_and_the_first_reason_to_stop_stand(job):
    assert not store.is_asked_to_stop(job)
    for text in ("You canceled it.", "Nobody looked."):
        store.ask_to_stop(job, Message(text))
    assert str(store.why_stopped(job)) == "You canceled it."
    for state in ("finished", "failed"):
        store.end(job, Ending(state))
    assert store.ending_of(job).state == "finished"


def test_a_job_runs_on_without_viewers_only_while_it_is_told_to(job):
    for keep in (True, False, False):
        store.keep_running(job, keep)
        assert store.is_kept_running(job) is keep


def test_a_look_from_another_server_is_seen(job):
    assert store.watched_ago(job) == math.inf
    store.note_watched(job)
    assert store.watched_ago(job) < 60

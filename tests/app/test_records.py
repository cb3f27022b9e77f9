"""A finished report is kept once, and what could not be kept is kept at the next look."""

import pytest

from dldiag.app import jobs, records
from dldiag.app.places import new_token
from dldiag.history import History
from dldiag.language import Message
from dldiag.types import DataError
from tests.reports import make_report

REPORT = make_report()


@pytest.fixture
def owner(monkeypatch):
    token = new_token()
    monkeypatch.setattr(records.session, "owner", lambda: token)
    return token


def test_a_report_that_could_not_be_kept_is_kept_at_the_next_look_and_only_once(owner, monkeypatch):
    job, told = jobs.create(jobs.Spec("diagnose", {}, owner)), []
    monkeypatch.setattr(records, "show_error", told.append)

    def full(*_, **__):
        raise DataError(Message("The disk is full."))

    with monkeypatch.context() as broken:
        broken.setattr(History, "add", full)
        broken.setattr(History, "add_experiment", full)
        records.keep_in_history(job, REPORT)
        records.keep_trials(job, REPORT)
    assert told
    assert records.past_reports() == ()
    for _ in range(2):
        records.keep_in_history(job, REPORT)
        records.keep_trials(job, REPORT)
    assert len(records.past_reports()) == 1
    assert len(records.experiments()) == sum(one.trial is not None for one in REPORT.recommendations) > 0


def test_a_report_that_is_gone_is_refused_in_words(owner):
    with pytest.raises(DataError, match="not in your history"):
        records.past_report("nothing")

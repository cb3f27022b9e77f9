"""A finished report is kept once, and what could not be kept is kept at the next look."""

import pytest

from dldiag.app.jobs import store
from dldiag.app.jobs.job_kinds import DiagnosisJob
from dldiag.app.state import history
from dldiag.app.storage.paths import new_token
from dldiag.core.i18n import Message
from dldiag.core.types import DataError
from dldiag.report.history import History
from tests.reports import make_report

REPORT = make_report()


@pytest.fixture
def owner(monkeypatch):
    token = new_token()
    monkeypatch.setattr(history.session, "owner", lambda: token)
    return token


def test_a_report_that_could_not_be_kept_is_kept_at_the_next_look_and_only_once(owner, monkeypatch):
    job = store.create(DiagnosisJob(data={}), owner)

    def full(*_, **__):
        raise DataError(Message("The disk is full."))

    with monkeypatch.context() as broken:
        broken.setattr(History, "add", full)
        broken.setattr(History, "add_experiment", full)
        for keep in (history.keep_in_history, history.keep_trials):
            with pytest.raises(DataError, match="disk is full"):
                keep(job, REPORT)
    assert history.past_reports() == ()
    for _ in range(2):
        history.keep_in_history(job, REPORT)
        history.keep_trials(job, REPORT)
    assert len(history.past_reports()) == 1
    assert len(history.experiments()) == sum(one.trial is not None for one in REPORT.recommendations) > 0


def test_a_report_that_is_gone_is_refused_in_words(owner):
    with pytest.raises(DataError, match="not in your history"):
        history.past_report("nothing")

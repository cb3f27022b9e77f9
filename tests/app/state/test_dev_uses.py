"""How often the dev rows were used to choose is counted along the whole way, whoever started what."""

from dataclasses import replace

import pytest

from dldiag.app.jobs import store
from dldiag.app.jobs.improvement import FoundPath
from dldiag.app.jobs.job_kinds import DiagnosisJob
from dldiag.app.jobs.store import Ending
from dldiag.app.state import improvement, session
from dldiag.app.storage.paths import new_token
from dldiag.core.i18n import Message
from dldiag.core.types import Estimate, Trial
from dldiag.diagnosis.remedies import SEARCH
from dldiag.diagnosis.search import TRIED
from tests.reports import make_report

TRIAL = Trial("any", "no_effect", Estimate(0.0, -0.1, 0.1), 3, 1.0)


class Line:
    """Takes jobs as the pool does, and runs none."""

    def submit(self, asked, owner):
        return store.create(asked, owner)


@pytest.fixture
def diagnosis(monkeypatch):
    visitor = new_token()
    monkeypatch.setattr(session, "owner", lambda: visitor)
    monkeypatch.setattr(session, "pool", Line)
    return store.create(DiagnosisJob(data={}, dev_uses=7), visitor)


def ended(job, what, result):
    other = improvement.started(job)[what]
    store.write_result(other, result)
    store.end(other, Ending("finished"))


def test_what_was_tried_by_hand_and_what_came_before_counts(diagnosis):
    report = make_report(compared=20)
    assert improvement.dev_uses(diagnosis, report) == 27
    tried = report.recommendations[0].remedy
    improvement.start_trial(diagnosis, report, tried, {})
    assert improvement.dev_uses(diagnosis, report) == 27, "it has not ended"
    ended(diagnosis, f"try {tried}", TRIAL)
    assert improvement.dev_uses(diagnosis, report) == 28


def test_a_search_counts_with_all_that_it_drew(diagnosis):
    search = replace(make_report().recommendations[0], remedy=SEARCH)
    report = make_report(compared=20, recommendations=(search,))
    improvement.start_trial(diagnosis, report, SEARCH, {})
    ended(diagnosis, f"try {SEARCH}", TRIAL)
    assert improvement.dev_uses(diagnosis, report) == 27 + TRIED


def test_a_loop_makes_the_comparisons_of_its_diagnosis_again(diagnosis):
    improvement.start_improving(diagnosis, make_report())
    ended(diagnosis, improvement.IMPROVE, FoundPath((), {}, {}, 45, Message("Done."), None))
    assert improvement.dev_uses(diagnosis, make_report(compared=20)) == 7 + 45

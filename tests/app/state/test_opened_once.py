"""The sealed test set is opened once per file and target; what showed nothing does not count."""

import pytest

from dldiag.app.jobs import store
from dldiag.app.jobs.job_kinds import DiagnosisJob
from dldiag.app.jobs.pool import Pool
from dldiag.app.jobs.store import Ending
from dldiag.app.state import improvement, session
from dldiag.app.storage.limits import ServerLimits
from dldiag.app.storage.paths import new_token
from dldiag.core.settings import Settings
from tests.app.jobs.pools import wait

DATA = {"sample": "concrete", "target": "strength"}
SETTINGS = Settings(budget="quick", repeats=3)
MODELS = {"start": {"max_iter": 2}, "winner": {"max_iter": 5}, "dev_uses": 1}


@pytest.fixture(scope="module")
def pool(home):
    pool = Pool(ServerLimits(workers=1))
    yield pool
    pool.close()


@pytest.fixture
def diagnosis(pool, monkeypatch):
    """Return what makes a diagnosis of one visitor from a reference to data."""
    visitor = new_token()
    monkeypatch.setattr(session, "owner", lambda: visitor)
    monkeypatch.setattr(session, "pool", lambda: pool)

    def make(**choices):
        return store.create(DiagnosisJob(data=DATA | choices, settings=SETTINGS), visitor)

    return make


def test_rows_that_were_opened_stay_opened_under_other_choices_but_not_for_another_target(pool, diagnosis):
    first = diagnosis()
    assert not improvement.opened_before(first)
    improvement.start_test(first, **MODELS)
    assert improvement.opened_before(diagnosis(exclude=["age"])), "while it runs"
    assert wait(pool, improvement.started(first)["open"], seconds=60).state == "finished"
    for choices in ({}, {"exclude": ["age"]}, {"task": "regression"}, {"kinds": {"age": "category"}}):
        assert improvement.opened_before(diagnosis(**choices))
    assert not improvement.opened_before(diagnosis(target="cement"))


def test_an_opening_that_was_canceled_may_be_started_again(diagnosis):
    first = diagnosis()
    improvement.start_test(first, **MODELS)
    opening = improvement.started(first)["open"]
    store.ask_to_stop(opening)
    store.end(opening, Ending("canceled"))
    assert not improvement.opened_before(first)

"""How often the dev rows were used to choose is counted along the whole way, whoever started what."""

from dataclasses import replace

import pytest

from dldiag.app.jobs import serialize, store
from dldiag.app.jobs.store import Ending, Spec
from dldiag.app.state import improvement, session
from dldiag.app.state.paths import new_token, write_whole
from dldiag.diagnosis.remedies import SEARCH
from dldiag.diagnosis.search import TRIED
from tests.reports import make_report


class Line:
    """Takes jobs as the pool does, and runs none."""

    def submit(self, kind, arguments, owner):
        return store.create(Spec(kind, arguments, owner))


@pytest.fixture
def diagnosis(monkeypatch):
    visitor = new_token()
    monkeypatch.setattr(session, "owner", lambda: visitor)
    monkeypatch.setattr(session, "pool", Line)
    arguments = {"data": {}, "model": {}, "settings": {}, "dev_uses": 7}
    return store.create(Spec("diagnose", arguments, visitor))


def ended(job, what, result):
    other = improvement.started(job)[what]
    write_whole(store.folder_of(other) / "result.json", serialize.dumps(result).encode())
    store.end(other, Ending("finished"))


def test_what_was_tried_by_hand_and_what_came_before_counts(diagnosis):
    report = make_report(compared=20)
    assert improvement.dev_uses(diagnosis, report) == 27
    tried = report.recommendations[0].remedy
    improvement.start(diagnosis, f"try {tried}", "try")
    assert improvement.dev_uses(diagnosis, report) == 27, "it has not ended"
    ended(diagnosis, f"try {tried}", {})
    assert improvement.dev_uses(diagnosis, report) == 28


def test_a_search_counts_with_all_that_it_drew(diagnosis):
    search = replace(make_report().recommendations[0], remedy=SEARCH)
    report = make_report(compared=20, recommendations=(search,))
    improvement.start(diagnosis, f"try {SEARCH}", "try")
    ended(diagnosis, f"try {SEARCH}", {})
    assert improvement.dev_uses(diagnosis, report) == 27 + TRIED


def test_a_loop_makes_the_comparisons_of_its_diagnosis_again(diagnosis):
    improvement.start(diagnosis, "improve", "improve")
    ended(diagnosis, "improve", {"dev_uses": 45})
    assert improvement.dev_uses(diagnosis, make_report(compared=20)) == 7 + 45

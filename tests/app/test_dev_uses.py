"""How often the dev rows were used to choose is counted along the whole way, whoever started what."""

from dataclasses import replace

import pytest

from dldiag.app import jobs, loop, session, wire
from dldiag.app.jobs import Ending, Spec
from dldiag.app.places import new_token, write_whole
from dldiag.remedies import SEARCH
from dldiag.search import TRIED
from tests.reports import make_report


class Line:
    """Takes jobs as the pool does, and runs none."""

    def submit(self, kind, arguments, owner):
        return jobs.create(Spec(kind, arguments, owner))


@pytest.fixture
def diagnosis(monkeypatch):
    visitor = new_token()
    monkeypatch.setattr(session, "owner", lambda: visitor)
    monkeypatch.setattr(session, "pool", Line)
    arguments = {"data": {}, "model": {}, "settings": {}, "dev_uses": 7}
    return jobs.create(Spec("diagnose", arguments, visitor))


def ended(job, what, result):
    other = loop.started(job)[what]
    write_whole(jobs.folder_of(other) / "result.json", wire.dumps(result).encode())
    jobs.end(other, Ending("finished"))


def test_what_was_tried_by_hand_and_what_came_before_counts(diagnosis):
    report = make_report(compared=20)
    assert loop.dev_uses(diagnosis, report) == 27
    tried = report.recommendations[0].remedy
    loop.start(diagnosis, f"try {tried}", "try")
    assert loop.dev_uses(diagnosis, report) == 27, "it has not ended"
    ended(diagnosis, f"try {tried}", {})
    assert loop.dev_uses(diagnosis, report) == 28


def test_a_search_counts_with_all_that_it_drew(diagnosis):
    search = replace(make_report().recommendations[0], remedy=SEARCH)
    report = make_report(compared=20, recommendations=(search,))
    loop.start(diagnosis, f"try {SEARCH}", "try")
    ended(diagnosis, f"try {SEARCH}", {})
    assert loop.dev_uses(diagnosis, report) == 27 + TRIED


def test_a_loop_makes_the_comparisons_of_its_diagnosis_again(diagnosis):
    loop.start(diagnosis, "improve", "improve")
    ended(diagnosis, "improve", {"dev_uses": 45})
    assert loop.dev_uses(diagnosis, make_report(compared=20)) == 7 + 45

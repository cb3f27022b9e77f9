"""The line of progress in words, and how a job that did not finish is told."""

import pytest

from dldiag.app.jobs.pool import JobStatus
from dldiag.app.jobs.store import Ending, Reached
from dldiag.app.views.progress import COUNT_FITS, is_worth_drawing, share_done, stage_text
from dldiag.core.i18n import Message
from dldiag.core.types import Progress
from tests.app.drawing import drawn, said

HALF = Progress(Message("Learning curves"), 30, 60, 75)


def page(status, kept):
    from dldiag.app.views.progress import show_ending

    show_ending(status, is_kept=kept)


def status(state, kind="", **more):
    return JobStatus("job", kind, state, **more)


def test_the_share_is_within_its_bar():
    assert share_done(None) == 0
    assert share_done(Progress(Message(""), 3, 0)) == 0
    assert share_done(HALF) == 0.5
    assert share_done(Progress(Message(""), 70, 60)) == 1


def test_the_line_says_what_is_counted_and_what_is_left():
    assert stage_text(status("waiting", place=3)) == "Waiting: number 3 in line"
    assert stage_text(status("running")) == "Starting …"
    assert stage_text(status("running", progress=HALF)) == "Learning curves · step 30 of 60 · about 2 minutes left"
    fits = stage_text(status("running", progress=HALF, kind=COUNT_FITS[0]))
    assert "30 of 60 models trained" in fits
    begun = stage_text(status("running", progress=Progress(Message("Learning curves"), 0, 60), kind=COUNT_FITS[0]))
    assert begun == "Learning curves · training the first of 60 models"


@pytest.mark.parametrize(
    ("reached", "drawn", "seconds", "worth"),
    [
        ((0, 0), (0, 0), 60, False),
        ((1, 0), (0, 0), 0, True),
        ((1, 2), (1, 0), 0, True),
        ((2, 0), (1, 0), 0, False),
        ((2, 2), (1, 1), 0, False),
        ((2, 0), (1, 0), 60, True),
        ((1, 1), (1, 1), 60, False),
    ],
)
def test_the_first_curve_and_the_first_verdict_are_drawn_at_once_and_what_refines_them_now_and_then(
    reached, drawn, seconds, worth
):
    assert is_worth_drawing(Reached(*reached), Reached(*drawn), seconds, at_least=1.5) == worth


@pytest.mark.parametrize(
    ("state", "kept", "words"),
    [
        ("finished", True, ""),
        ("canceled", True, "are kept"),
        ("canceled", False, "before there was a result"),
        ("failed", True, "could not be computed"),
    ],
)
def test_the_end_of_a_job_is_told_once(state, kept, words):
    found = said(drawn(page, status(state, ending=Ending(state)), kept))
    assert words in found
    assert bool(found) == bool(words)

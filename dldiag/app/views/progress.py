"""`run_job`: a computation on a page, with progress, time left, growing partial results and Cancel.

The page stays usable; leaving it, F5 (through `?job=`) or a lost connection neither loses nor restarts a job.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from dldiag.app.jobs import store
from dldiag.app.jobs.job_kinds import DiagnosisJob, ImprovementJob, Job, RemedyTrialJob, job_kind
from dldiag.app.jobs.pool import JobStatus
from dldiag.app.state import session
from dldiag.app.storage import codec
from dldiag.app.storage.paths import storing
from dldiag.app.ui.widgets import explained, show_error, show_message
from dldiag.core.i18n import Message, tr
from dldiag.core.sanitize import escape_markdown
from dldiag.core.types import DataError, Progress

PROGRESS_HEIGHT = 132  # In px; a fixed height, so that nothing below it moves.
# Jobs whose progress counts trained models.
COUNT_FITS = (job_kind(DiagnosisJob), job_kind(RemedyTrialJob), job_kind(ImprovementJob))
ShowPartial = Callable[[Progress], None]
_T = TypeVar("_T")


def run_job(
    request: Job, result: type[_T], *, slot: str, partial: ShowPartial | None = None, height: int | None = 420
) -> _T | None:
    """Return the job's result, of the type `result`; show the progress and return None until then.

    The same request runs once; another one stops the job in this `slot` and starts a new one. `partial` draws partial
    results in `height` reserved pixels.
    """
    if not start_job(request, slot=slot):
        return None
    job = session.state()["slots"][slot]
    status = session.pool().look(job)
    if not status.has_ended:
        watch(job, partial, height)
        return None
    if status.state == "finished":
        return store.result_of(job, result)
    partial_result = _kept_result(job, result)
    progress = None if partial_result is not None else store.reached_by(job)
    show_ending(status, is_kept=partial_result is not None or bool(progress and partial))
    if st.button(tr("Start again"), key=f"again.{slot}"):
        restart(slot)
        st.rerun()
    if progress and partial:
        partial(progress)
    return partial_result


def start_job(request: Job, *, slot: str) -> bool:
    """Put the job for a request into a slot, starting it if needed; False when the queue is full."""
    slots = session.state()["slots"]
    question = codec.to_bytes(request)
    if slots.get(f"question of {slot}") == question and store.exists(slots.get(slot, "")):
        return True
    try:
        job = session.pool().submit(request, session.owner())
    except DataError as error:
        show_error(error)
        return False
    before = slots.get(slot)
    if before and before != job:
        session.pool().cancel(before)
    slots[slot], slots[f"question of {slot}"] = job, question
    return True


def restart(slot: str) -> None:
    """Empty a slot, so that its job runs again."""
    for key in (slot, f"question of {slot}"):
        session.state()["slots"].pop(key, None)


def watch(job: str, partial: ShowPartial | None = None, height: int | None = 420) -> None:
    """Show a running job, and run the page again once it has ended.

    Only the line of progress polls; the page is redrawn when there are new partial results.
    """
    pool = session.pool()
    status = pool.look(job)
    with st.container(height=PROGRESS_HEIGHT, border=True, key=f"progress-{job}"):
        text, button = st.columns([3, 1], vertical_alignment="center", wrap=False)
        last_drawing = None if partial is None else (status.reached, time.monotonic())
        with text:
            st.fragment(_poll, run_every=pool.poll_seconds())(job, last_drawing)
        with button:
            _offer_to_stop(job)
        _offer_to_keep(job)
    if partial is not None:
        with st.container(height="content" if height is None else height, border=False, key=f"partial-{job}"):
            partial(store.reached_by(job) or Progress(Message(""), 0, 0))


def _poll(job: str, drawn: tuple[store.Reached, float] | None) -> None:
    """Show the progress of a job; rerun the page when the job ended or has more than what was drawn, and when."""
    session.speak()
    status = session.pool().look(job)
    if status.has_ended or (drawn is not None and _has_more(status, *drawn)):
        st.rerun()
    text = tr("Stopping …") if store.is_asked_to_stop(job) else stage_text(status)
    st.progress(share_done(status.progress), text=escape_markdown(text))


def _has_more(status: JobStatus, drawn: store.Reached, when: float) -> bool:
    seconds = time.monotonic() - when
    return is_worth_drawing(status.reached, drawn, seconds, at_least=session.pool().redraw_seconds())


def is_worth_drawing(reached: store.Reached, drawn: store.Reached, seconds: float, *, at_least: float) -> bool:
    """Return whether to draw again so many seconds after the last time: what comes first at once, what refines it later."""
    is_first = any(new and not old for new, old in zip(reached, drawn, strict=True))
    return is_first or (reached != drawn and seconds >= at_least)


@st.fragment
def _offer_to_stop(job: str) -> None:
    session.speak()
    if st.button(tr("Cancel"), key=f"cancel.{job}", disabled=store.is_asked_to_stop(job), width="stretch"):
        with explained():
            session.pool().cancel(job)
        st.rerun(scope="fragment")


@st.fragment
def _offer_to_keep(job: str) -> None:
    session.speak()
    keeps_running = store.is_kept_running(job)
    if st.checkbox(tr("Keep running when I close this tab"), value=keeps_running, key=f"keep.{job}") != keeps_running:
        with explained(), storing():
            store.keep_running(job, not keeps_running)


def share_done(progress: Progress | None) -> float:
    """Return how much is done, 0…1."""
    return 0.0 if progress is None or not progress.total else min(1.0, max(0.0, progress.done / progress.total))


def stage_text(status: JobStatus) -> str:
    """Say in one line what is going on and how long it will take."""
    progress = status.progress
    if status.state == "waiting":
        return tr("Waiting: number {place} in line", place=status.place or 1)
    if progress is None:
        return tr("Starting …")
    parts = [str(progress.stage), _counted(progress, status.kind in COUNT_FITS), time_text(progress.seconds_left)]
    return " · ".join(part for part in parts if part)


def _counted(progress: Progress, counts_fits: bool) -> str:
    if progress.total <= 1:
        return ""
    if counts_fits and not progress.done:
        return tr("training the first of {total:,} models", total=progress.total)
    words = "{done:,} of {total:,} models trained" if counts_fits else "step {done:,} of {total:,}"
    return tr(words, done=progress.done, total=progress.total)


def time_text(seconds: float | None) -> str:
    """Write a remaining time as a person would say it.

    >>> time_text(4), time_text(75), time_text(None)
    ('a few seconds left', 'about 2 minutes left', '')
    >>> time_text(56)
    'about a minute left'
    """
    if seconds is None:
        return ""
    if seconds < 10:
        return tr("a few seconds left")
    if seconds < 55:
        return tr("about {seconds} seconds left", seconds=round(seconds / 5) * 5)
    minutes = -(-int(seconds) // 60)
    return tr("about a minute left") if minutes == 1 else tr("about {minutes} minutes left", minutes=minutes)


def show_ending(status: JobStatus, *, is_kept: bool = True) -> None:
    """Show how a job ended unless it finished, and whether partial results are kept."""
    ending = status.ending
    if ending is None or status.state == "finished":
        return
    if status.state == "canceled":
        kept, lost = Message("Canceled. Results so far are kept."), Message("Canceled before there was a result.")
        show_message(ending.message or (kept if is_kept else lost), kind="info")
    else:
        show_error(ending.message or Message("This could not be computed."), ending.hint or "")


def _kept_result(job: str, result: type[_T]) -> _T | None:
    try:
        return store.result_of(job, result)
    except FileNotFoundError:
        return None

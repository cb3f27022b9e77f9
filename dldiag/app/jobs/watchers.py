"""Who watches which job; a job runs while a viewer is connected, and for a short while after."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable

from dldiag.app.jobs import store

FORGET_SECONDS = 60.0  # A page is forgotten this long after its last poll.
NOTE_SECONDS = 2.0  # At most this often another server is notified that its job is watched here.


def _nobody() -> str:
    return ""


def _never(session: str) -> bool:
    return False


class Watchers:
    """The sessions that watch each job. `who` names the current session; `is_connected` tells whether a page is open.

    Connections count rather than polls, since a hidden tab polls rarely. Thread-safe.
    """

    def __init__(self, who: Callable[[], str] = _nobody, is_connected: Callable[[str], bool] = _never) -> None:
        self._who, self._is_connected = who, is_connected
        # The keys are jobs, or a job and a session; times are those of the last poll, or of the last note to a server.
        self._looked: dict[str, float] = {}
        self._pages: dict[tuple[str, str], float] = {}
        self._sessions: dict[str, set[str]] = {}
        self._noted: dict[str, float] = {}
        self._changed = threading.Lock()

    def note(self, job: str, *, elsewhere: bool = False) -> None:
        """Note that the current session watches a job, and tell the server that runs it if that is another one."""
        session, now = self._who(), time.monotonic()
        with self._changed:
            self._looked[job] = self._pages[job, session] = now
            self._sessions.setdefault(job, set()).update({session} - {""})
            notify = elsewhere and now - self._noted.get(job, -NOTE_SECONDS) >= NOTE_SECONDS
            if notify:
                self._noted[job] = now
        if notify:
            with contextlib.suppress(OSError):
                store.note_watched(job)

    def is_watched(self, job: str, patience: float) -> bool:
        """Return whether a job has a viewer, had one within this many seconds, or is to run on without."""
        with self._changed:
            ago, sessions = time.monotonic() - self._looked.get(job, 0.0), list(self._sessions.get(job, ()))
        if ago < patience or any(map(self._is_connected, sessions)):
            return True
        return store.is_kept_running(job) or store.watched_ago(job) < patience

    def forget(self, jobs: Iterable[str]) -> None:
        """Forget jobs that no longer exist, and pages that stopped polling."""
        oldest = time.monotonic() - FORGET_SECONDS
        with self._changed:
            self._pages = {page: last_poll for page, last_poll in self._pages.items() if last_poll >= oldest}
            for job in jobs:
                self._looked.pop(job, None)
                self._sessions.pop(job, None)
                self._noted.pop(job, None)

    def jobs(self) -> list[str]:
        """Return all jobs that were watched."""
        with self._changed:
            return list(self._looked)

    def count(self, seconds: float) -> int:
        """Return how many pages polled a job within this many seconds."""
        oldest = time.monotonic() - seconds
        with self._changed:
            return sum(last_poll >= oldest for last_poll in self._pages.values())

"""Who looks at which job: a job goes on while one of them is connected, and for a short while after."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable

from dldiag.app.jobs import store

FORGET_SECONDS = 60.0  # after a page's last look it counts no more
NOTE_SECONDS = 2.0  # how often at most the server that runs a job is told that somebody looks at it from here


def _nobody() -> str:
    return ""


def _never(session: str) -> bool:
    return False


class Watchers:
    """Sessions by job. `who` names the session that is asking; `is_connected` says whether one has its page open.

    A hidden tab polls rarely, a closed one is no longer connected: so the connection counts, not the polls. Thread-safe.
    """

    def __init__(self, who: Callable[[], str] = _nobody, is_connected: Callable[[str], bool] = _never) -> None:
        self._who, self._is_connected = who, is_connected
        self._looked: dict[str, float] = {}  # by job
        self._pages: dict[tuple[str, str], float] = {}  # by job and session: when it looked last
        self._sessions: dict[str, set[str]] = {}  # by job
        self._noted: dict[str, float] = {}  # by job that another server runs
        self._changed = threading.Lock()

    def note(self, job: str, *, elsewhere: bool = False) -> None:
        """Note that the asking session looks at a job; tell the server that runs it, where that is another one."""
        session, now = self._who(), time.monotonic()
        with self._changed:
            self._looked[job] = self._pages[job, session] = now
            self._sessions.setdefault(job, set()).update({session} - {""})
            tell = elsewhere and now - self._noted.get(job, -NOTE_SECONDS) >= NOTE_SECONDS
            if tell:
                self._noted[job] = now
        if tell:
            with contextlib.suppress(OSError):
                store.note_watched(job)

    def is_watched(self, job: str, patience: float) -> bool:
        """Say whether somebody is connected who looks at a job, or did within so many seconds, or it was told to go on."""
        with self._changed:
            ago, sessions = time.monotonic() - self._looked.get(job, 0.0), list(self._sessions.get(job, ()))
        if ago < patience or any(map(self._is_connected, sessions)):
            return True
        return store.is_kept_running(job) or store.watched_ago(job) < patience

    def forget(self, jobs: Iterable[str]) -> None:
        """Forget jobs that are gone, and pages that stopped looking."""
        oldest = time.monotonic() - FORGET_SECONDS
        with self._changed:
            self._pages = {page: seen for page, seen in self._pages.items() if seen >= oldest}
            for job in jobs:
                self._looked.pop(job, None)
                self._sessions.pop(job, None)
                self._noted.pop(job, None)

    def jobs(self) -> list[str]:
        """Return the jobs that somebody looked at."""
        with self._changed:
            return list(self._looked)

    def count(self, seconds: float) -> int:
        """Return how many pages looked at a job within so many seconds."""
        oldest = time.monotonic() - seconds
        with self._changed:
            return sum(seen >= oldest for seen in self._pages.values())

"""The pool: a few warm worker processes shared by all sessions, each served by one thread of the page's process."""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from dldiag.app.jobs import codec, store
from dldiag.app.jobs.asked import Job
from dldiag.app.jobs.lease import BEAT_SECONDS, Lease
from dldiag.app.jobs.processes import Worker
from dldiag.app.jobs.store import ENDED, Ending, State
from dldiag.app.jobs.watchers import Watchers
from dldiag.app.state.limits import ServerLimits
from dldiag.app.state.paths import remove_older_than, storing
from dldiag.core.i18n import Message
from dldiag.core.types import DataError, Progress

POLL_SECONDS = 0.5  # between two looks of a page at its job …
POLL_SECONDS_EACH = 0.05  # … and for so many pages at once longer by this: a look takes about 5 ms of a processor
SLOWEST_POLL_SECONDS = 4.0
REDRAW_SECONDS, REDRAW_SECONDS_EACH = (
    1.5,
    0.3,
)  # between two drawings of what was reached; it takes 0.1 s of a processor
LATELY_SECONDS = 10.0  # a job looked at within so many is being watched
LISTEN_SECONDS = 0.1  # how long a thread waits for its worker before it looks at the clock and the cancel file
SECONDS_PER_MINUTE = 60
TIDY_SECONDS = 3600.0  # how often what is too old is removed

DIED = Message("The process that computed this ended unexpectedly; nothing else was affected.")
DIED_HINT = Message("Try again. If it happens again, the table may need more memory than there is: use fewer rows.")
HUNG = Message("The computation gave no sign of life and was ended.")
UNWATCHED = Message("Stopped because no one was viewing it. Results so far are kept.")
RESTARTED = Message("The server was restarted while this was running.")
AGAIN = Message("Start it again.")
REFUSED = Message("The machine could not run this: {reason}.")
REFUSED_HINT = Message("Free some disk space or memory, then start it again.")
FULL = Message("The server is busy: {waiting} computations are waiting already.")
FULL_HINT = Message("Nothing is lost; try again in a minute.")


@dataclass(frozen=True)
class View:
    """What a page sees of a job: `place` in line while waiting, the newest progress, how it ended.

    `reached` changes whenever there is more to draw than before; `store.reached_by` reads it.
    """

    job: str
    kind: str
    state: State
    place: int | None = None
    progress: Progress | None = None
    ending: Ending | None = None
    reached: int = 0

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ENDED


@dataclass
class _Run:
    """A job that a worker is at."""

    owner: str
    job: str
    started: float = field(default_factory=time.monotonic)
    canceled: float | None = None  # when its cancel file was first seen


class Pool:
    """Runs jobs on warm workers; one running job per owner, owners take turns. Thread-safe."""

    def __init__(self, limits: ServerLimits, modules: Sequence[str] = (), watchers: Watchers | None = None) -> None:
        self._limits, self._modules = limits, modules
        self._watchers, self._lease = watchers or Watchers(), Lease()
        self._line = WaitingLine(limits.queue_length)
        self._changed = threading.Condition()
        self._running: dict[str, _Run] = {}  # by job
        self._known: dict[str, str] = {}  # by content key, the job that computes or computed it
        self._closed = threading.Event()
        self._tidy()
        tasks = [self._keep_tidy, *[self._serve] * limits.workers]
        self._threads = [threading.Thread(target=task, daemon=True) for task in tasks]
        for thread in self._threads:
            thread.start()

    # --- what pages call ------------------------------------------------------------------------------------------

    def submit(self, asked: Job, owner: str) -> str:
        """Start a job, or return the one that already does or did the same for this owner; DataError when full."""
        key = content_key(asked, owner)
        with self._changed:
            known = self._known.get(key)
            if known is not None and self._is_worth_keeping(known):
                return known
            if len(self._line) >= self._limits.queue_length:
                raise DataError(FULL.filled(waiting=len(self._line)), FULL_HINT)
            with storing():
                job = store.create(asked, owner, self._lease.token)
            self._watchers.note(job)
            self._line.add(owner, job)
            self._known[key] = job
            self._changed.notify_all()
        return job

    def look(self, job: str) -> View:
        """Return how a job stands and note that somebody watches it; KeyError when there is no such job."""
        if not store.exists(job):
            raise KeyError(job)
        with self._changed:
            ending, place, runs = store.ending_of(job), self._line.place(job), job in self._running
        own = runs or place is not None
        self._watchers.note(job, elsewhere=not own and ending is None)
        if ending is None and not own and not self._runs_elsewhere(job):
            ending = store.ending_of(job) or Ending("failed", RESTARTED, AGAIN)
        state: State = ending.state if ending else "waiting" if place else "running"
        kind = store.head_of(job).job.kind
        return View(job, kind, state, place, store.progress_of(job), ending, store.reached_stamp(job))

    def poll_seconds(self) -> float:
        """Return how often pages should look at jobs: less often the more of them do."""
        return min(SLOWEST_POLL_SECONDS, max(POLL_SECONDS, POLL_SECONDS_EACH * self._watchers.count(LATELY_SECONDS)))

    def redraw_seconds(self) -> float:
        """Return how often pages should draw what has been reached so far."""
        return max(REDRAW_SECONDS, REDRAW_SECONDS_EACH * self._watchers.count(LATELY_SECONDS))

    def cancel(self, job: str) -> None:
        """Stop a job: at once when it waits, within about a second when it runs. DataError when that cannot be written."""
        with storing():
            self._stop(job, None)

    def close(self) -> None:
        """End all workers; jobs that run are lost."""
        with self._changed:
            self._closed.set()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        with contextlib.suppress(OSError):
            self._lease.release()

    # --- one thread that tidies up ---------------------------------------------------------------------------------

    def _keep_tidy(self) -> None:
        tidied = time.monotonic()
        while not self._closed.wait(BEAT_SECONDS):
            with contextlib.suppress(OSError):  # whatever could not be written or removed is tried again
                self._lease.beat()
                if time.monotonic() - tidied >= TIDY_SECONDS:
                    tidied = time.monotonic()
                    self._tidy()

    def _tidy(self) -> None:
        """Remove what is too old, and forget the jobs that are gone."""
        remove_older_than(self._limits.kept_days, is_in_use=self._is_in_use)
        with self._changed:
            self._known = {key: job for key, job in self._known.items() if store.exists(job)}
        self._watchers.forget([job for job in self._watchers.jobs() if not store.exists(job)])

    def _is_in_use(self, name: str) -> bool:
        """Tell whether a folder belongs to a job that waits or runs, here or at another server of this home, or to its owner."""
        with self._changed:
            running = {one for run in self._running.values() for one in (run.owner, run.job)}
            if name in running or name in self._line.everyone():
                return True
        return store.exists(name) and store.ending_of(name) is None and self._runs_elsewhere(name)

    # --- one thread per worker ------------------------------------------------------------------------------------

    def _serve(self) -> None:
        worker = self._warm(None)
        try:
            while (run := self._next()) is not None:
                worker = self._do(run, worker)
                with self._changed:
                    del self._running[run.job]
                    self._changed.notify_all()  # the owner's next job may start now
                worker = self._warm(worker)  # before the next job comes
        finally:
            if worker is not None:
                worker.dismiss()

    def _do(self, run: _Run, worker: Worker | None) -> Worker | None:
        """Have a worker do a job; return the worker. A machine that refuses ends the job, never the thread."""
        try:
            worker = self._living(worker)
            worker.send(run.job)
            self._follow(worker, run)
        except OSError as error:
            if worker is not None and worker.is_alive:
                worker.kill()
            with contextlib.suppress(OSError):
                store.end(run.job, Ending("failed", REFUSED.filled(reason=str(error)), REFUSED_HINT))
        return worker

    def _warm(self, worker: Worker | None) -> Worker | None:
        """Return a living worker if the machine gives one; the next job tries again."""
        try:
            return self._living(worker)
        except OSError:
            return None

    def _living(self, worker: Worker | None) -> Worker:
        """Return the worker, or a new one in place of a dead one."""
        if worker is not None and worker.is_alive:
            return worker
        if worker is not None:
            worker.dismiss()
        return Worker(self._modules)

    def _next(self) -> _Run | None:
        """Wait for a job; None when the pool closes."""
        with self._changed:
            while not self._closed.is_set():
                self._drop_unwatched()
                taken = self._line.take({run.owner for run in self._running.values()})
                if taken is not None:
                    run = self._running[taken[1]] = _Run(*taken)
                    return run
                self._changed.wait(1.0)
        return None

    def _follow(self, worker: Worker, run: _Run) -> None:
        """Stay with a running job until its worker is done with it, or has to be ended."""
        while worker.hear(LISTEN_SECONDS) != f"done {run.job}":
            ending = self._trouble(worker, run)
            if ending is not None:
                worker.kill()
                store.end(run.job, ending)
                return

    def _trouble(self, worker: Worker, run: _Run) -> Ending | None:
        """Return how a job must be ended from outside, None while all is well."""
        if not worker.is_alive:
            return Ending("failed", DIED, DIED_HINT)
        if self._closed.is_set():
            return Ending("failed", RESTARTED, AGAIN)
        now = time.monotonic()
        if not self._is_watched(run.job):
            store.ask_to_stop(run.job, UNWATCHED)
        if run.canceled is None and store.is_asked_to_stop(run.job):
            run.canceled = now
        if run.canceled is not None and now - run.canceled > self._limits.cancel_seconds:
            return Ending("canceled", store.why_stopped(run.job))
        if _silence(run) > self._limits.hung_minutes * SECONDS_PER_MINUTE:
            return Ending("failed", HUNG, AGAIN)
        return None

    # --- inside the lock ------------------------------------------------------------------------------------------

    def _stop(self, job: str, why: Message | None) -> None:
        store.ask_to_stop(job, why)
        with self._changed:
            if self._line.remove(job):
                store.end(job, Ending("canceled", why))

    def _drop_unwatched(self) -> None:
        """Take out of the line what nobody waits for, and what was canceled through another server."""
        for job in self._line.jobs():
            with contextlib.suppress(OSError):  # a full disk: it is dropped at the next look
                if store.is_asked_to_stop(job) or not self._is_watched(job):
                    self._stop(job, UNWATCHED)

    def _is_watched(self, job: str) -> bool:
        return self._watchers.is_watched(job, self._limits.abandoned_minutes * SECONDS_PER_MINUTE)

    def _is_worth_keeping(self, job: str) -> bool:
        if not store.exists(job) or (store.is_asked_to_stop(job) and store.ending_of(job) is None):
            return False
        ending = store.ending_of(job)
        return ending is None or ending.state == "finished"

    def _runs_elsewhere(self, job: str) -> bool:
        """Say whether another living server has this job."""
        server = store.head_of(job).server
        return server != self._lease.token and self._lease.is_held(server)


def content_key(asked: Job, owner: str) -> str:
    """Return the identity of a computation; it holds the owner, so that nobody gets another's result."""
    return hashlib.sha256(codec.encode([owner, asked], sort=True)).hexdigest()


def _silence(run: _Run) -> float:
    """Return for how many seconds a running job has given no sign of life."""
    beat = store.folder_of(run.job) / "beat"
    since_start = time.monotonic() - run.started
    return min(since_start, time.time() - beat.stat().st_mtime) if beat.exists() else since_start


class WaitingLine:
    """A bounded round-robin line of job ids; not thread-safe, its pool holds the lock.

    >>> line = WaitingLine(5)
    >>> for owner, job in [("ann", "a1"), ("ann", "a2"), ("bob", "b1")]:
    ...     line.add(owner, job)
    >>> line.place("a2"), line.take(), line.take(), line.take()
    (3, ('ann', 'a1'), ('bob', 'b1'), ('ann', 'a2'))
    """

    def __init__(self, length: int) -> None:
        self._length = length
        self._jobs: dict[str, deque[str]] = {}  # the order of the keys is the order of turns

    def __len__(self) -> int:
        return sum(len(jobs) for jobs in self._jobs.values())

    def add(self, owner: str, job: str) -> None:
        """Put a job at the end of its owner's jobs; OverflowError when the line is full."""
        if len(self) >= self._length:
            raise OverflowError(f"{self._length} jobs are waiting already")
        self._jobs.setdefault(owner, deque()).append(job)

    def take(self, busy: Collection[str] = ()) -> tuple[str, str] | None:
        """Remove and return the next (owner, job) whose owner is not busy; None when there is none."""
        for owner in list(self._jobs):
            if owner in busy:
                continue
            jobs = self._jobs.pop(owner)
            job = jobs.popleft()
            if jobs:
                self._jobs[owner] = jobs  # back to the end: the others come first
            return owner, job
        return None

    def remove(self, job: str) -> bool:
        """Take a job out of the line; False when it does not wait."""
        for owner, jobs in list(self._jobs.items()):
            if job in jobs:
                jobs.remove(job)
                if not jobs:
                    del self._jobs[owner]
                return True
        return False

    def jobs(self) -> list[str]:
        """Return all jobs that wait."""
        return [job for jobs in self._jobs.values() for job in jobs]

    def everyone(self) -> set[str]:
        """Return all owners and jobs that wait."""
        return {*self._jobs, *self.jobs()}

    def place(self, job: str) -> int | None:
        """Return 1 for the next job to start, 2 for the one after; None when it does not wait."""
        return {waiting: k for k, waiting in enumerate(self._order(), start=1)}.get(job)

    def _order(self) -> list[str]:
        copy = {owner: list(jobs) for owner, jobs in self._jobs.items()}
        rounds = max((len(jobs) for jobs in copy.values()), default=0)
        return [jobs[turn] for turn in range(rounds) for jobs in copy.values() if turn < len(jobs)]

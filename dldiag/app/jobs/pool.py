"""A few warm worker processes shared by all sessions, each driven by one thread of the server."""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from dldiag.app.jobs import store
from dldiag.app.jobs.job_kinds import Job
from dldiag.app.jobs.lease import BEAT_SECONDS, Lease
from dldiag.app.jobs.processes import Worker
from dldiag.app.jobs.store import ENDED, Ending, State
from dldiag.app.jobs.watchers import Watchers
from dldiag.app.storage import codec
from dldiag.app.storage.limits import ServerLimits
from dldiag.app.storage.paths import remove_older_than, storing
from dldiag.core.i18n import Message
from dldiag.core.types import DataError, Progress

POLL_SECONDS = 0.25  # Shortest polling interval of a page.
POLL_SECONDS_EACH = 0.05  # Each polling page adds this; a poll costs about 5 ms of CPU.
SLOWEST_POLL_SECONDS = 4.0
# Between two drawings of partial results, and more for each polling page; a drawing costs about 0.1 s of CPU.
REDRAW_SECONDS, REDRAW_SECONDS_EACH = 1.5, 0.3
LATELY_SECONDS = 10.0  # A page that polled within this time counts as watching.
LISTEN_SECONDS = 0.1  # A thread waits this long for its worker between two checks of clock and cancel file.
SECONDS_PER_MINUTE = 60
TIDY_SECONDS = 3600.0  # Old files are removed this often.

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
class JobStatus:
    """A job as a page sees it: its `place` in the queue, the newest progress, and how it ended.

    `reached` changes whenever there is more to draw than before; `store.reached_by` reads it.
    """

    job: str
    kind: str
    state: State
    place: int | None = None
    progress: Progress | None = None
    ending: Ending | None = None
    reached: store.Reached = store.NOTHING_REACHED

    @property
    def has_ended(self) -> bool:
        """Whether the job has ended."""
        return self.state in ENDED


@dataclass
class _Run:
    """A job that a worker is running."""

    owner: str
    job: str
    started: float = field(default_factory=time.monotonic)
    canceled: float | None = None  # When the cancel file was first seen.


class Pool:
    """Runs jobs on warm workers, one at a time per owner; owners take turns. Thread-safe."""

    def __init__(self, limits: ServerLimits, modules: Sequence[str] = (), watchers: Watchers | None = None) -> None:
        self._limits, self._modules = limits, modules
        self._watchers, self._lease = watchers or Watchers(), Lease()
        self._line = WaitingLine(limits.queue_length)
        self._changed = threading.Condition()
        self._running: dict[str, _Run] = {}  # The keys are jobs.
        self._known: dict[str, str] = {}  # The job of each content key.
        self._closed = threading.Event()
        self._tidy()
        tasks = [self._keep_tidy, *[self._serve] * limits.workers]
        self._threads = [threading.Thread(target=task, daemon=True) for task in tasks]
        for thread in self._threads:
            thread.start()

    # --- what pages call ------------------------------------------------------------------------------------------

    def submit(self, request: Job, owner: str) -> str:
        """Start a job, or return this owner's job with the same request; DataError when the queue is full."""
        key = content_key(request, owner)
        with self._changed:
            running = self._known.get(key)
            if running is not None and self._is_worth_keeping(running):
                return running
            if len(self._line) >= self._limits.queue_length:
                raise DataError(FULL.filled(waiting=len(self._line)), FULL_HINT)
            with storing():
                job = store.create(request, owner, self._lease.token)
            self._watchers.note(job)
            self._line.add(owner, job)
            self._known[key] = job
            self._changed.notify_all()
        return job

    def look(self, job: str) -> JobStatus:
        """Return the state of a job, and note that it is being watched; KeyError when there is none."""
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
        return JobStatus(job, kind, state, place, store.progress_of(job), ending, store.reached_stamps(job))

    def poll_seconds(self) -> float:
        """Return the polling interval of pages; it grows with their number."""
        return min(SLOWEST_POLL_SECONDS, max(POLL_SECONDS, POLL_SECONDS_EACH * self._watchers.count(LATELY_SECONDS)))

    def redraw_seconds(self) -> float:
        """Return the interval at which pages redraw partial results."""
        return max(REDRAW_SECONDS, REDRAW_SECONDS_EACH * self._watchers.count(LATELY_SECONDS))

    def cancel(self, job: str) -> None:
        """Cancel a job: at once while it waits, within about a second while it runs. DataError when the home is not writable."""
        with storing():
            self._stop(job, None)

    def close(self) -> None:
        """End all workers; running jobs are lost."""
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
            with contextlib.suppress(OSError):  # What could not be written or removed is tried again.
                self._lease.beat()
                if time.monotonic() - tidied >= TIDY_SECONDS:
                    tidied = time.monotonic()
                    self._tidy()

    def _tidy(self) -> None:
        """Remove old files, and forget jobs that no longer exist."""
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
                    self._changed.notify_all()  # The owner's next job may start now.
                worker = self._warm(worker)  # A worker is started before the next job arrives.
        finally:
            if worker is not None:
                worker.dismiss()

    def _do(self, run: _Run, worker: Worker | None) -> Worker | None:
        """Run a job on a worker and return the worker. A system error ends the job, never the thread."""
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
        """Return a running worker, or None when none can be started; the next job tries again."""
        try:
            return self._living(worker)
        except OSError:
            return None

    def _living(self, worker: Worker | None) -> Worker:
        """Return the worker, or a new one if it has died."""
        if worker is not None and worker.is_alive:
            return worker
        if worker is not None:
            worker.dismiss()
        return Worker(self._modules)

    def _next(self) -> _Run | None:
        """Wait for the next job; None when the pool closes."""
        with self._changed:
            while not self._closed.is_set():
                self._drop_unwatched()
                job = self._line.take({run.owner for run in self._running.values()})
                if job is not None:
                    run = self._running[job[1]] = _Run(*job)
                    return run
                self._changed.wait(1.0)
        return None

    def _follow(self, worker: Worker, run: _Run) -> None:
        """Follow a running job until its worker finishes or has to be killed."""
        while worker.hear(LISTEN_SECONDS) != f"done {run.job}":
            ending = self._trouble(worker, run)
            if ending is not None:
                worker.kill()
                store.end(run.job, ending)
                return

    def _trouble(self, worker: Worker, run: _Run) -> Ending | None:
        """Return why a job must be ended from outside, None while it runs normally."""
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
        """Drop queued jobs that nobody watches or that another server canceled."""
        for job in self._line.jobs():
            with contextlib.suppress(OSError):  # On a full disk the job is dropped at the next look.
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
        """Return whether another live server runs this job."""
        server = store.head_of(job).server
        return server != self._lease.token and self._lease.is_held(server)


def content_key(job: Job, owner: str) -> str:
    """Return the key under which a result is reused; it contains the owner, so results are never shared."""
    return hashlib.sha256(codec.to_bytes([owner, job], sort=True)).hexdigest()


def _silence(run: _Run) -> float:
    """Return the seconds since a running job's last heartbeat."""
    beat = store.folder_of(run.job) / "beat"
    since_start = time.monotonic() - run.started
    return min(since_start, time.time() - beat.stat().st_mtime) if beat.exists() else since_start


class WaitingLine:
    """A bounded round-robin queue of job ids. Not thread-safe: the pool holds the lock.

    >>> line = WaitingLine(5)
    >>> for owner, job in [("ann", "a1"), ("ann", "a2"), ("bob", "b1")]:
    ...     line.add(owner, job)
    >>> line.place("a2"), line.take(), line.take(), line.take()
    (3, ('ann', 'a1'), ('bob', 'b1'), ('ann', 'a2'))
    """

    def __init__(self, length: int) -> None:
        self._length = length
        self._jobs: dict[str, deque[str]] = {}  # The order of the keys is the order of turns.

    def __len__(self) -> int:
        return sum(len(jobs) for jobs in self._jobs.values())

    def add(self, owner: str, job: str) -> None:
        """Append a job to its owner's jobs; OverflowError when the queue is full."""
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
                self._jobs[owner] = jobs  # The owner goes to the back of the queue.
            return owner, job
        return None

    def remove(self, job: str) -> bool:
        """Remove a job from the queue; False when it is not queued."""
        for owner, jobs in list(self._jobs.items()):
            if job in jobs:
                jobs.remove(job)
                if not jobs:
                    del self._jobs[owner]
                return True
        return False

    def jobs(self) -> list[str]:
        """Return all queued jobs."""
        return [job for jobs in self._jobs.values() for job in jobs]

    def everyone(self) -> set[str]:
        """Return all queued jobs and their owners."""
        return {*self._jobs, *self.jobs()}

    def place(self, job: str) -> int | None:
        """Return a job's position, 1 for the next to start; None when it is not queued."""
        return {waiting: k for k, waiting in enumerate(self._order(), start=1)}.get(job)

    def _order(self) -> list[str]:
        copy = {owner: list(jobs) for owner, jobs in self._jobs.items()}
        rounds = max((len(jobs) for jobs in copy.values()), default=0)
        return [jobs[turn] for turn in range(rounds) for jobs in copy.values() if turn < len(jobs)]

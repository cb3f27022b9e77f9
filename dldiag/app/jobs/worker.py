"""A worker process: it imports everything, reports that it is ready, and runs one job per line of standard input.

dldiag.app.jobs.processes starts it as `python -m dldiag.app.jobs.worker [module …]`; modules of tests add rows to JOBS.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import operator
import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import msgspec

from dldiag.app.jobs import store
from dldiag.app.jobs.job_kinds import DataJob, Job
from dldiag.app.jobs.processes import end_family
from dldiag.app.jobs.registry import JOBS, any_job, warm_up
from dldiag.app.storage import data_ref
from dldiag.app.storage.limits import ServerLimits
from dldiag.core.cluster import CLUSTER_VARIABLE, on_cluster
from dldiag.core.i18n import Message
from dldiag.core.parallel import Processes
from dldiag.core.params import SettingError, from_environment
from dldiag.core.types import DataError, LearningCurve, Progress, Report, Stopped
from dldiag.experiments.fit import import_models

LOOK_SECONDS = 0.05  # The cancel file is checked at most this often.
_BEAT_SECONDS = 0.5  # Interval of the heartbeat.
BEHIND_THE_PAGES = 10  # Niceness of jobs, so that clicks are answered first.
EVENT_SECONDS = 0.25  # Progress is written at most this often; pages poll less often.


class Canceled:
    """The `should_stop` of one job: check for the file `cancel`, also from another process.

    It is called after every mini-batch, so it remembers when it last looked.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._looked, self._is_so = folder, 0.0, False

    def __call__(self) -> bool:
        """Return whether the job was canceled."""
        now = time.monotonic()
        if not self._is_so and now - self._looked >= LOOK_SECONDS:
            self._looked, self._is_so = now, (self._folder / "cancel").exists()
        return self._is_so


class Reporter:
    """The `on_progress` of one job: write its progress, and partial results when they change.

    A thread writes heartbeats and the last update of a burst, since a single fit may take long.
    """

    def __init__(self, job: str) -> None:
        self._job, self._folder = job, store.folder_of(job)
        self._curves: tuple[LearningCurve, ...] = ()
        self._report: Report | None = None
        self._unwritten: Progress | None = None
        self._written = 0.0
        self._writing = threading.Lock()
        self._closed = threading.Event()
        self._heart = threading.Thread(target=self._beat, daemon=True)
        self._heart.start()

    def on_progress(self, progress: Progress) -> None:
        """Take an update; a report is written at once, of other updates in a burst only the newest."""
        self._unwritten = progress
        if progress.report is not None or time.monotonic() - self._written >= EVENT_SECONDS:
            self.write()

    def write(self) -> None:
        """Write the pending update; curves and a report already written stay."""
        with self._writing:
            progress, self._unwritten = self._unwritten, None
            if progress is None:
                return
            self._write_reached(progress)
            store.write_progress(self._job, progress)
            self._written = time.monotonic()

    def _write_reached(self, progress: Progress) -> None:
        same = len(progress.curves) == len(self._curves) and all(map(operator.is_, progress.curves, self._curves))
        if not same and any(curve.has_begun for curve in progress.curves):
            store.write_curves(self._job, progress.curves)
            self._curves = progress.curves
        if progress.report is not None and progress.report is not self._report:
            store.write_report(self._job, progress.report)
            self._report = progress.report

    def close(self) -> None:
        """Write the pending update and stop the heartbeat."""
        self._closed.set()
        self._heart.join()
        self.write()

    def _beat(self) -> None:
        while not self._closed.wait(_BEAT_SECONDS):
            with contextlib.suppress(OSError):  # On a full disk the next heartbeat may succeed.
                (self._folder / "beat").touch()
                self.write()


def perform(job: str) -> store.Ending:
    """Run a job, write its result and return how it ended; every error is handled here."""
    reporter = Reporter(job)
    try:
        return _attempt(job, reporter)
    except DataError as error:
        return store.Ending("refused", error.message, error.hint)
    except SettingError as error:
        return store.Ending("refused", Message("A setting cannot be used: {reason}", {"reason": str(error)}))
    except MemoryError:
        return store.Ending("failed", OUT_OF_MEMORY, Message("Use fewer training rows or a smaller network."))
    except Exception as error:  # The worker survives any error, and the page shows what happened.
        traceback.print_exc()
        return store.Ending("failed", _fault(error), Message("This is a fault of dldiag, not of your data."))
    finally:
        reporter.close()


OUT_OF_MEMORY = Message("There was not enough memory for this.")


def _attempt(job: str, reporter: Reporter) -> store.Ending:
    request = _request_of(job)
    try:
        with on_cluster(os.environ.get(CLUSTER_VARIABLE)):
            result = JOBS[type(request)](request, reporter.on_progress, Canceled(store.folder_of(job)))
    except Stopped:
        return store.Ending("canceled", store.why_stopped(job))
    reporter.close()  # Partial results must not be written after the result.
    store.write_result(job, result)
    if store.is_asked_to_stop(job):
        return store.Ending("canceled", store.why_stopped(job))
    return store.Ending("finished")


def _request_of(job: str) -> Job:
    """Decode a job, here and nowhere else; uploads are looked up among its owner's files only."""
    spec = store.spec_of(job, any_job())
    request: Job = spec.job
    if isinstance(request, DataJob):
        return msgspec.structs.replace(request, data=data_ref.located(request.data, spec.owner))
    return request


def _fault(error: Exception) -> Message:
    what = f"{type(error).__name__}: {error}"
    return Message("The computation broke off with an error inside dldiag ({error}).", {"error": what})


def _lines(source: TextIO) -> Iterator[str]:
    """Yield lines; exit, even during a job, when the server is gone."""
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        for line in source:
            waiting.put(line.strip())
        end_family(os.getpid())
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield waiting.get()


def _own_channel() -> TextIO:
    """Return the pipe to the pool, and send everything printed from now on to the log."""
    channel = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return channel


def main(modules: list[str]) -> None:
    """Serve jobs until the standard input closes."""
    channel = _own_channel()
    for module in modules:
        importlib.import_module(module)
    if hasattr(os, "nice"):
        os.nice(BEHIND_THE_PAGES)
    Processes(from_environment(ServerLimits).processes, import_models)  # The processes start while this one imports.
    try:
        warm_up()
    except Exception:  # The import will fail again in a job, where the page can show it.
        traceback.print_exc()
    channel.write("ready\n")
    channel.flush()
    for job in _lines(io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8")):
        ending = perform(job)
        store.end(job, ending)
        channel.write(f"done {job}\n")
        channel.flush()


if __name__ == "__main__":
    main(sys.argv[1:])

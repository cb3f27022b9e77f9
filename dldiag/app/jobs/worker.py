"""A worker process: imports everything, says it is ready, then runs one job per line on its standard input.

Started as `python -m dldiag.app.jobs.worker [module …]` by dldiag.app.jobs.processes; the modules add rows to JOBS (tests do).
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
from dldiag.app.jobs.asked import DataJob, Job
from dldiag.app.jobs.processes import end_family
from dldiag.app.jobs.registry import JOBS, any_job, warm_up
from dldiag.app.state import data_ref
from dldiag.app.state.limits import ServerLimits
from dldiag.core.cluster import CLUSTER_VARIABLE, on_cluster
from dldiag.core.i18n import Message
from dldiag.core.parallel import Processes
from dldiag.core.params import SettingError, from_environment
from dldiag.core.types import DataError, LearningCurve, Progress, Report, Stopped

LOOK_SECONDS = 0.05  # how often at most the cancel file is looked for
_BEAT_SECONDS = 0.5  # how often a sign of life is given
BEHIND_THE_PAGES = 10  # niceness: a click is answered first
EVENT_SECONDS = 0.25  # how often at most a progress is written; pages look less often


class Canceled:
    """The `should_stop` of one job: looks for the file `cancel`, from this process or, pickled, from another.

    Asked after every mini-batch, hence a class: it remembers when it looked last.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._looked, self._is_so = folder, 0.0, False

    def __call__(self) -> bool:
        """Say whether the job was canceled."""
        now = time.monotonic()
        if not self._is_so and now - self._looked >= LOOK_SECONDS:
            self._looked, self._is_so = now, (self._folder / "cancel").exists()
        return self._is_so


class Reporter:
    """The `on_progress` of one job: writes how far it is, and what it has reached whenever that changes.

    A thread of its own gives signs of life and writes what is left of a burst: one fit of a library may take long.
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
        """Take a progress; of a burst only the newest is written."""
        self._unwritten = progress
        if time.monotonic() - self._written >= EVENT_SECONDS:
            self.write()

    def write(self) -> None:
        """Write what is not written yet; curves and a report once reached stay."""
        with self._writing:
            progress, self._unwritten = self._unwritten, None
            if progress is None:
                return
            self._write_reached(progress)
            store.write_progress(self._job, progress)
            self._written = time.monotonic()

    def _write_reached(self, progress: Progress) -> None:
        same = len(progress.curves) == len(self._curves) and all(map(operator.is_, progress.curves, self._curves))
        if progress.curves and not same:
            store.write_curves(self._job, progress.curves)
            self._curves = progress.curves
        if progress.report is not None and progress.report is not self._report:
            store.write_report(self._job, progress.report)
            self._report = progress.report

    def close(self) -> None:
        """Write what is left."""
        self._closed.set()
        self._heart.join()
        self.write()

    def _beat(self) -> None:
        while not self._closed.wait(_BEAT_SECONDS):
            with contextlib.suppress(OSError):  # a full disk: the next beat may be heard
                (self._folder / "beat").touch()
                self.write()


def perform(job: str) -> store.Ending:
    """Run a job to its end, write its result, and say how it ended; no error leaves this function."""
    reporter = Reporter(job)
    try:
        return _attempt(job, reporter)
    except DataError as error:
        return store.Ending("refused", error.message, error.hint)
    except SettingError as error:
        return store.Ending("refused", Message("A setting cannot be used: {reason}", {"reason": str(error)}))
    except MemoryError:
        return store.Ending("failed", OUT_OF_MEMORY, Message("Use fewer training rows or a smaller network."))
    except Exception as error:  # whatever a kind's function does, the worker lives on and the page says what happened
        traceback.print_exc()
        return store.Ending("failed", _fault(error), Message("This is a fault of dldiag, not of your data."))
    finally:
        reporter.close()


OUT_OF_MEMORY = Message("There was not enough memory for this.")


def _attempt(job: str, reporter: Reporter) -> store.Ending:
    asked = _asked(job)
    try:
        with on_cluster(os.environ.get(CLUSTER_VARIABLE)):
            result = JOBS[type(asked)](asked, reporter.on_progress, Canceled(store.folder_of(job)))
    except Stopped:
        return store.Ending("canceled", store.why_stopped(job))
    reporter.close()  # nothing that was reached on the way may be written after the result
    store.write_result(job, result)
    if store.is_asked_to_stop(job):
        return store.Ending("canceled", store.why_stopped(job))
    return store.Ending("finished")


def _asked(job: str) -> Job:
    """Read what a job was asked to do: the only place that does; uploads are found on its owner's shelf only."""
    spec = store.spec_of(job, any_job())
    asked: Job = spec.job
    if isinstance(asked, DataJob):
        return msgspec.structs.replace(asked, data=data_ref.located(asked.data, spec.owner))
    return asked


def _fault(error: Exception) -> Message:
    what = f"{type(error).__name__}: {error}"
    return Message("The computation broke off with an error inside dldiag ({error}).", {"error": what})


def _lines(source: TextIO) -> Iterator[str]:
    """Yield lines; end the whole process when the other side is gone, even in the middle of a job."""
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
    """Return the pipe to the pool; what anything prints from here on goes to the log instead."""
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
    Processes(from_environment(ServerLimits).processes)  # which start while this one imports
    try:
        warm_up()
    except Exception:  # it will fail again inside a job, where the page can say so
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

"""The pool's side of worker processes: start them, talk to them through pipes, end them."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from dldiag.app.storage.paths import app_home, private

_ROOT = Path(__file__).resolve().parents[3]
ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM", "BLIS", "LOKY")
}
FAREWELL_SECONDS = 2.0


class Worker:
    """One process; `send` gives it a job, `hear` returns its next line."""

    def __init__(self, modules: Sequence[str] = ()) -> None:
        paths = [str(_ROOT), *(p for p in sys.path if p), os.environ.get("PYTHONPATH", "")]
        environment = os.environ | ONE_THREAD | {"PYTHONPATH": os.pathsep.join(paths)}
        log = private(app_home() / "logs") / f"{os.getpid()}.log"
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "dldiag.app.jobs.worker", *modules],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
                encoding="utf-8",
                start_new_session=True,  # Ctrl-C ends the server, which then ends its workers.
            )
        self._said: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._ear = threading.Thread(target=self._listen, daemon=True)
        self._ear.start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def send(self, job: str) -> None:
        """Give the worker a job; `is_alive` tells when the worker has died."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(job + "\n")
            self._process.stdin.flush()

    def hear(self, seconds: float) -> str | None:
        """Return its next line, None after this many seconds without one."""
        try:
            return self._said.get(timeout=seconds)
        except queue.Empty:
            return None

    def kill(self) -> None:
        """End the process at once and wait until it is gone."""
        self._process.kill()
        self.dismiss()

    def dismiss(self) -> None:
        """Close its input, which ends it; kill it otherwise. No pipe and no child process is left."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with contextlib.suppress(
            OSError
        ):  # The pipe of a dead process is broken here, and an invalid argument on Windows.
            self._process.stdin.close()
        try:
            self._process.wait(FAREWELL_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        end_family(self.pid)
        self._ear.join()
        self._process.stdout.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.put(line.strip())


def end_family(leader: int) -> None:
    """End a worker's process group; where there are no groups, its processes end after minutes without work."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(leader, signal.SIGTERM)  # Joblib's resource tracker ignores the signal and cleans up.

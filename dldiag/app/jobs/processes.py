"""Worker processes seen from the pool: started as a module, spoken to through pipes, ended when they do not obey."""

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

from dldiag.app.state.paths import app_home, private

_ROOT = Path(__file__).resolve().parents[3]
ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM", "BLIS", "LOKY")
}
FAREWELL_SECONDS = 2.0


class Worker:
    """One process; `send` gives it a job, `hear` returns what it says."""

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
                start_new_session=True,  # Ctrl-C in the terminal ends the server, which then ends its workers
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
        """Give the worker a job; a worker that is gone is noticed by `is_alive`."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(job + "\n")
            self._process.stdin.flush()

    def hear(self, seconds: float) -> str | None:
        """Return the next line it says, None when it says nothing for so long."""
        try:
            return self._said.get(timeout=seconds)
        except queue.Empty:
            return None

    def kill(self) -> None:
        """End the process at once and wait until it is gone."""
        self._process.kill()
        self.dismiss()

    def dismiss(self) -> None:
        """Close its input, upon which it ends; end it when it does not. Nothing is left open, none that it started."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with contextlib.suppress(OSError):  # of a dead process: a broken pipe here, an invalid argument on Windows
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
    """End a worker and the processes it started, where they are one group; elsewhere theirs end when idle for minutes."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(leader, signal.SIGTERM)  # joblib's tidier ignores it, and removes what they leave behind

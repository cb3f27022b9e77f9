"""Call a function in a separate process with limits on time and memory; a crash there never reaches the caller.

A small server process imports the function's module once, calls its `get_ready` if it has one, and forks a fresh process
for every call, so a call costs milliseconds and leaves nothing behind. Where there is no fork (Windows) every call starts a process of its own.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

Target = Callable[[bytes, BinaryIO], None]  # A target reads its request and writes its answer.

_ROOT = Path(__file__).resolve().parents[2]
WALL_SECONDS_PER_SECOND = 2.0  # Clock seconds allowed per CPU second, for a busy machine.
GRACE_SECONDS = 5.0  # After this the caller gives up on a process that does not end.
START_SECONDS = 60.0  # The server process may take this long to import on a busy machine.
_CHUNK = 1 << 20  # Bytes received per call.
LENGTH_BYTES = 8
LOOK_SECONDS = 0.02  # Between two looks at a call's memory: it gains some 50 MB in this time (own choice).
EXIT_MEMORY = 3
SPENT_SIGNALS = ("SIGXCPU", "SIGALRM")  # Signals that mean the time limit was hit.
LEAN = {  # Threads of their own and freed memory that is kept would count against the limits.
    **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")},
    "ARROW_IO_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "1",
}


@dataclass(frozen=True)
class Bounds:
    """Limits of a call: CPU seconds, and bytes of memory beyond an idle process."""

    seconds: float
    memory_bytes: int


class OutOfTimeError(Exception):
    """The call ran out of time."""


class CrashError(Exception):
    """The process of the call ended without an answer."""


def call_isolated(target: str, request: bytes, bounds: Bounds) -> bytearray:
    """Return what `target` ("module:function") answers to a request.

    Raises OutOfTimeError, MemoryError, CrashError, or OSError when the machine gives no process.
    """
    if not hasattr(os, "fork"):
        return _call_once(target, request, bounds)
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            _server_of(target).hand_over(theirs)
        ours.settimeout(bounds.seconds * WALL_SECONDS_PER_SECOND + GRACE_SECONDS)
        try:
            ours.sendall(_head(request, bounds) + request)
            answer = _all_of(ours, bounds)
        except TimeoutError as error:
            raise OutOfTimeError(target) from error
        except (BrokenPipeError, ConnectionResetError) as error:
            raise CrashError(target) from error
    return _judged(answer)


def warm_isolated(target: str) -> None:
    """Start the server process of a function before its first call; OSError when the machine gives none."""
    if hasattr(os, "fork"):
        _server_of(target)


def _head(request: bytes, bounds: Bounds) -> bytes:
    numbers = (len(request), int(bounds.seconds * 1000), bounds.memory_bytes)
    return b"".join(number.to_bytes(LENGTH_BYTES, "big") for number in numbers)


def _all_of(connection: socket.socket, bounds: Bounds) -> bytearray:
    answer = bytearray()
    while piece := connection.recv(_CHUNK):
        answer += piece
        if len(answer) > bounds.memory_bytes:
            raise MemoryError("the answer is larger than the memory allowed")
    return answer


def _judged(answer: bytearray) -> bytearray:
    """Return the answer without its last byte, which says how the process ended: 0, or its signal or exit code."""
    if not answer:
        raise CrashError("no answer")
    code = answer.pop()
    if code == EXIT_MEMORY:
        raise MemoryError("the call needed more memory than it may use")
    if code in {getattr(signal, name, -1) + 128 for name in SPENT_SIGNALS}:
        raise OutOfTimeError("the call used up its time")
    if code:
        raise CrashError(f"the process ended with {code}")
    return answer


# --- the caller's side of the server ------------------------------------------------------------------------------


class _Server:
    """The server process of one function; it ends when its control socket closes, at the latest with the caller."""

    def __init__(self, target: str) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "dldiag.core.isolated", target, str(theirs.fileno())]
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=_environment(),
            )
        self._control.settimeout(START_SECONDS)
        with contextlib.suppress(TimeoutError):
            self._control.recv(1)  # Either the imports are done, or the process has died and the first call reports it.

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def hand_over(self, connection: socket.socket) -> None:
        """Let the server fork a process that serves this connection."""
        socket.send_fds(self._control, [b"."], [connection.fileno()])

    def close(self) -> None:
        """Close the control socket, upon which the process ends."""
        self._control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE_SECONDS)


_servers: dict[str, _Server] = {}
_starting = threading.Lock()


def _server_of(target: str) -> _Server:
    with _starting:
        server = _servers.get(target)
        if server is None or not server.is_alive:
            if server is not None:
                server.close()
            server = _servers[target] = _Server(target)
        return server


@atexit.register
def _close_all() -> None:
    while _servers:
        _servers.popitem()[1].close()


def _environment() -> dict[str, str]:
    paths = [str(_ROOT), *(path for path in sys.path if path), os.environ.get("PYTHONPATH", "")]
    return os.environ | LEAN | {"PYTHONPATH": os.pathsep.join(paths)}


def _call_once(target: str, request: bytes, bounds: Bounds) -> bytearray:
    command = [sys.executable, "-m", "dldiag.core.isolated", target]
    try:
        process = subprocess.run(
            command,
            input=request,
            capture_output=True,
            timeout=bounds.seconds * WALL_SECONDS_PER_SECOND,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise OutOfTimeError(target) from error
    return _judged(bytearray(process.stdout) + bytes([process.returncode % 256]))


# --- the server's side --------------------------------------------------------------------------------------------


def _serve(target: Target, control: socket.socket) -> None:
    """Fork a guard for every connection that comes; end when the caller is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Guards are not waited for.
    control.sendall(b".")
    while True:
        message, passed, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        with socket.socket(fileno=passed[0]) as connection:
            if os.fork() == 0:
                control.close()
                _guard(target, connection)
                os._exit(0)


def _guard(target: Target, connection: socket.socket) -> None:
    """Read the request, have a bounded process answer it, and add how that ended; end it when the caller hangs up."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    length, milliseconds, memory = (int.from_bytes(_exactly(connection, LENGTH_BYTES), "big") for _ in range(3))
    request = _exactly(connection, length)
    most = _resident_bytes(os.getpid()) + memory
    alive, held = os.pipe()  # Only the worker holds the other end, so the pipe closes when it ends.
    worker = os.fork()
    if worker == 0:
        os.close(alive)
        os._exit(_work(target, request, connection, milliseconds / 1000))
    os.close(held)
    ended: list[int] = []
    while not ended and (fits := _resident_bytes(worker) <= most):
        ended, _, _ = select.select([connection.fileno(), alive], [], [], LOOK_SECONDS)
    if alive not in ended:
        os.kill(worker, signal.SIGKILL)
    _, status = os.waitpid(worker, 0)
    code = os.waitstatus_to_exitcode(status) if fits else EXIT_MEMORY
    with contextlib.suppress(OSError):
        connection.sendall(bytes([code if code >= 0 else 128 - code]))


def _resident_bytes(process: int) -> int:
    """Return the memory that a process uses, 0 where the system does not tell or the process has ended.

    Address space says nothing here: for a table of many columns Arrow reserves a hundred times what it uses.
    """
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _work(target: Target, request: bytes, connection: socket.socket, seconds: float) -> int:
    """Answer a request in its time and return the exit code."""
    _limit_time(seconds)
    try:
        with connection.makefile("wb") as answer:
            target(request, answer)
    except MemoryError:
        return EXIT_MEMORY
    except Exception:
        return 1
    return 0


def _limit_time(limit: float) -> None:
    """Let the system end this process when it has used its CPU seconds."""
    import resource  # This module exists on POSIX only, where this side runs.

    for name in SPENT_SIGNALS:
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    seconds, most = max(1, round(limit)), resource.getrlimit(resource.RLIMIT_CPU)[1]
    if most in (resource.RLIM_INFINITY, -1) or seconds < most:  # The system may set less already, and refuses more.
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.setitimer(signal.ITIMER_REAL, limit * WALL_SECONDS_PER_SECOND)


def _exactly(connection: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        piece = connection.recv(min(_CHUNK, length - len(data)))
        if not piece:
            os._exit(0)  # The caller has gone away.
        data += piece
    return bytes(data)


def _nothing() -> None:
    """Do nothing; stands for a missing `get_ready`."""


def _main(target: str, control: str = "") -> None:
    path, name = target.split(":")
    module = importlib.import_module(path)
    function: Target = getattr(module, name)
    getattr(module, "get_ready", _nothing)()
    if control:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the caller, which in turn ends this process.
        _serve(function, socket.socket(fileno=int(control)))
    else:
        function(sys.stdin.buffer.read(), sys.stdout.buffer)


if __name__ == "__main__":
    _main(*sys.argv[1:])

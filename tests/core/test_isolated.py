"""Whatever a function does in its own process, the caller gets an answer or one of three errors, in time."""

import os
import subprocess
import sys
import threading
import time

import pytest

from dldiag.core.isolated import Bounds, CrashError, OutOfTimeError, call_isolated, warm_isolated

TARGETS = "tests.core.isolated_targets:"
BOUNDS = Bounds(seconds=1.0, memory_bytes=200_000_000)
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are bounded where there is fork")


def call(name, request=b"hello", bounds=BOUNDS):
    warm_isolated(TARGETS + name)
    return bytes(call_isolated(TARGETS + name, request, bounds))


def test_the_answer_comes_back_whole():
    request = os.urandom(3_000_000)
    assert call("echo", request) == request
    assert call("echo", b"") == b""


@pytest.mark.parametrize("name", ["spin", "sleep"])
def test_a_call_that_does_not_end_is_ended(name):
    warm_isolated(TARGETS + name)
    begun = time.monotonic()
    with pytest.raises(OutOfTimeError):
        call(name)
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("name", ["crash", "leave", "break_off"])
def test_a_process_that_dies_is_noticed_even_after_half_an_answer(name):
    with pytest.raises(CrashError):
        call(name)


def test_memory_is_bounded():
    with pytest.raises(MemoryError):
        call("swallow")


def test_address_space_that_is_reserved_and_not_used_counts_for_nothing():
    assert call("reserve") == b"reserved"


def test_after_a_crash_the_next_call_is_answered_and_calls_go_side_by_side():
    with pytest.raises(CrashError):
        call("crash")
    answers = []
    threads = [threading.Thread(target=lambda k=k: answers.append(call("echo", bytes([k])))) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [bytes([k]) for k in range(8)]


def test_calls_leave_no_descriptors_behind():
    call("echo")
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0  # noqa: PTH112, PTH208
    for _ in range(20):
        call("echo")
    after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0  # noqa: PTH112, PTH208
    assert after == before


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="asks Linux for processes")  # noqa: PTH112
def test_a_caller_that_hangs_up_ends_the_call(tmp_path, monkeypatch):
    note = tmp_path / "pid"

    def hang_up(*_):
        while not note.exists() or not note.read_text():
            time.sleep(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr("dldiag.core.isolated._all_of", hang_up)
    with pytest.raises(KeyboardInterrupt):
        call("spin_and_tell", str(note).encode(), Bounds(30, 10**9))
    deadline = time.monotonic() + 2
    while os.path.exists(f"/proc/{note.read_text()}"):  # noqa: PTH110
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_shorter_limit_that_the_system_sets_is_kept():
    script = (
        "import resource\n"
        "from dldiag.core.isolated import Bounds, call_isolated\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (30, 30))\n"
        f"print(bytes(call_isolated({TARGETS + 'echo'!r}, b'hello', Bounds(60.0, 200_000_000))))"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert told.stdout.strip() == "b'hello'", told.stderr

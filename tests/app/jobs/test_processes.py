"""A worker process, and the pool's end of it."""

import os
import pickle
import signal
import sys
import time
from pathlib import Path

import pytest

from dldiag.app.jobs import store, worker
from dldiag.app.jobs.job_kinds import ErrorRowsJob
from dldiag.app.jobs.processes import Worker
from dldiag.app.storage.paths import new_token


class Closed:
    """A pipe to a dead process, as Windows has it: writing and closing are an invalid argument."""

    def __init__(self, pipe):
        self.pipe = pipe

    def write(self, _):
        raise OSError(22, "Invalid argument")

    def close(self):
        self.pipe.close()
        raise OSError(22, "Invalid argument")


def test_a_dead_worker_can_be_written_to_and_dismissed_on_windows_too(home):
    dead = Worker()
    dead._process.kill()
    dead._process.wait()
    dead._process.stdin = Closed(dead._process.stdin)
    dead.send("job")
    dead.dismiss()
    assert not dead.is_alive


def test_a_job_that_asks_and_tells_nothing_for_long_gives_signs_of_life_until_it_ends(home, monkeypatch):
    monkeypatch.setattr(worker, "_BEAT_SECONDS", 0.02)
    job = store.create(ErrorRowsJob(data={}), new_token())
    beat, seen, deadline = store.folder_of(job) / "beat", set(), time.monotonic() + 10
    reporter = worker.Reporter(job)
    while len(seen) < 3:  # one long fit of a library
        assert time.monotonic() < deadline
        seen |= {beat.stat().st_mtime_ns} if beat.exists() else set()
    reporter.close()
    last = beat.stat().st_mtime_ns
    time.sleep(0.2)
    assert beat.stat().st_mtime_ns == last


def test_a_worker_and_another_process_both_see_that_a_job_was_canceled(home, monkeypatch):
    monkeypatch.setattr(worker, "LOOK_SECONDS", 0.0)
    job = store.create(ErrorRowsJob(data={}), new_token())
    here = worker.Canceled(store.folder_of(job))
    there = pickle.loads(pickle.dumps(here))
    assert not here() and not there()
    store.ask_to_stop(job, None)
    assert here() and there()


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes where Linux lists them")
@pytest.mark.parametrize("end", ["dismissed", "killed", "dead"])
def test_no_process_that_a_worker_started_outlives_it(home, monkeypatch, end):
    monkeypatch.setenv("DLDIAG_PROCESSES", "2")
    one = Worker()
    assert one.hear(60) == "ready"
    _until(lambda: len(_family(one.pid)) >= 3)  # itself, and at least one of two with joblib's tidier
    if end == "dead":
        os.kill(one.pid, signal.SIGKILL)
    one.kill() if end == "killed" else one.dismiss()
    _until(lambda: not _family(one.pid))
    assert not [*Path("/dev/shm").glob(f"*_{one.pid}_*")]


def _until(met, seconds=20):
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _family(leader):
    """Return the living processes of a group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, group = stat.read_text().rsplit(")", 1)[1].split()[:3]
        except OSError:  # it has just ended
            continue
        if int(group) == leader and state != "Z":
            found.append(stat.parent.name)
    return found

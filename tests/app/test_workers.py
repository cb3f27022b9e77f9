"""A worker process, and the pool's end of it."""

import time

from dldiag.app import jobs, worker
from dldiag.app.places import new_token
from dldiag.app.workers import Worker


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
    monkeypatch.setattr(worker, "BEAT_SECONDS", 0.02)
    job = jobs.create(jobs.Spec("fit", {}, new_token()))
    beat, seen, deadline = jobs.folder_of(job) / "beat", set(), time.monotonic() + 10
    reporter = worker.Reporter(job)
    while len(seen) < 3:  # one long fit of a library
        assert time.monotonic() < deadline
        seen |= {beat.stat().st_mtime_ns} if beat.exists() else set()
    reporter.close()
    last = beat.stat().st_mtime_ns
    time.sleep(0.2)
    assert beat.stat().st_mtime_ns == last

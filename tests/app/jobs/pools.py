"""Pools of the tests: their jobs, and how to wait for one."""

import time

from tests.app.counting_jobs import Count

MODULES = ["tests.app.counting_jobs"]
LONG = Count(to=3000)


def wait(pool, job, until=lambda status: status.has_ended, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not until(status := pool.look(job)):
        assert time.monotonic() < deadline, status
        time.sleep(0.02)
    return status


def runs(status):
    return status.state == "running" and status.progress is not None

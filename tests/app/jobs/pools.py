"""Pools of the tests: their jobs, and how to wait for one."""

import time

from tests.app.counting_jobs import Count

MODULES = ["tests.app.counting_jobs"]
LONG = Count(to=3000)


def wait(pool, job, until=lambda view: view.has_ended, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not until(view := pool.look(job)):
        assert time.monotonic() < deadline, view
        time.sleep(0.02)
    return view


def runs(view):
    return view.state == "running" and view.progress is not None

"""What a server keeps and what several of them share: old folders, uploads, who looks, and a full disk."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from dldiag.app.jobs import store
from dldiag.app.jobs.pool import Pool
from dldiag.app.jobs.watchers import Watchers
from dldiag.app.storage import uploads
from dldiag.app.storage.limits import ServerLimits
from dldiag.core.i18n import Message
from dldiag.core.types import DataError, LearningCurve, Progress
from tests.app.counting_jobs import Count, SizeOfUpload
from tests.app.jobs.pools import LONG, MODULES, runs, wait


def test_a_running_server_removes_what_is_old_and_forgets_it_but_nothing_that_runs(ann, bob, monkeypatch):
    monkeypatch.setattr("dldiag.app.jobs.pool.TIDY_SECONDS", 0.1)
    pool = Pool(ServerLimits(workers=1, abandoned_minutes=10), MODULES)  # Nobody looks at the waiting job.
    try:
        done = pool.submit(Count(to=2), ann)
        wait(pool, done)
        digest = uploads.keep(ann, b"old")
        running, waiting = pool.submit(LONG, bob), pool.submit(replace(LONG, mark="1"), bob)
        wait(pool, running, runs)
        for folder in [*map(store.folder_of, (done, running, waiting)), uploads.path_of(ann, digest).parent]:
            os.utime(folder, (0, 0))
        deadline = time.monotonic() + 10
        while store.exists(done) or done in pool._watchers.jobs() or done in pool._known.values():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        with pytest.raises(KeyError):
            uploads.path_of(ann, digest)
        assert store.exists(running)
        assert store.exists(waiting)
        for job in (waiting, running):
            pool.cancel(job)
        wait(pool, running)
    finally:
        pool.close()


def test_finished_results_outlive_the_server_and_running_ones_are_reported_lost(ann):
    pool = Pool(ServerLimits(workers=1), MODULES)
    done = pool.submit(Count(to=3, mark="outlive"), ann)
    wait(pool, done)
    running = pool.submit(LONG, ann)
    wait(pool, running, runs)
    pool.close()
    later = Pool(ServerLimits(workers=1), MODULES)
    try:
        assert later.look(done).state == "finished"
        assert later.look(running).state == "failed"
        assert "restarted" in str(later.look(running).ending.message)
        assert later.look(running).progress.total == LONG.to, "what had been reached is still there"
    finally:
        later.close()


@pytest.mark.skipif(os.name != "posix", reason="looks at processes")
def test_workers_end_with_their_server(tmp_path):
    import subprocess
    import sys

    script = (
        "import sys, time\nfrom dldiag.app.jobs.processes import Worker\n"
        "w = Worker(); print(w.hear(30), w.pid, flush=True); time.sleep(60)"
    )
    server = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    ready, pid = server.stdout.readline().split()
    assert ready == "ready"
    server.send_signal(signal.SIGKILL)
    server.wait()
    server.stdout.close()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and _state(int(pid)) not in (None, "Z"):
        time.sleep(0.05)
    assert _state(int(pid)) in (None, "Z")


def _state(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return None


def test_uploads_are_read_by_their_owner_only(pool, ann, bob):
    digest = uploads.keep(ann, b"a,b\n1,2\n")
    assert uploads.keep(ann, b"a,b\n1,2\n") == digest
    job = pool.submit(SizeOfUpload(data={"upload": digest}), ann)
    assert wait(pool, job).state == "finished"
    assert store.result_of(job, Any) == 8
    stranger = pool.submit(SizeOfUpload(data={"upload": digest}), bob)
    assert wait(pool, stranger).state == "failed"
    uploads.share(ann, bob, digest)
    assert uploads.path_of(bob, digest).read_bytes() == b"a,b\n1,2\n"


@pytest.mark.parametrize("text", ["", "../../etc/passwd", "x" * 300, "a/b" * 10, "nobody-has-ever-had-this-id"])
def test_no_text_from_a_url_reaches_another_path(pool, text):
    with pytest.raises(KeyError):
        pool.look(text)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_everything_is_private_to_the_user(pool, ann):
    digest = uploads.keep(ann, b"secret")
    job = pool.submit(Count(to=1), ann)
    for folder in (store.folder_of(job), uploads.path_of(ann, digest).parent):
        assert folder.stat().st_mode & 0o077 == 0


# --- who looks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["connected", "kept", "closed"])
def test_a_job_goes_on_while_its_page_is_open_or_it_was_told_to(ann, way):
    watchers = Watchers(lambda: "a tab", lambda session: session == "a tab" and way == "connected")
    pool = Pool(ServerLimits(workers=1, abandoned_minutes=0.01), MODULES, watchers)
    try:
        job = pool.submit(LONG, ann)
        store.keep_running(job, way == "kept")
        deadline = time.monotonic() + 30
        while not (store.folder_of(job) / "beat").exists() and not store.ending_of(job):  # without looking at it
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(2.5)
        assert (wait(pool, job).state == "canceled") if way == "closed" else not pool.look(job).has_ended
    finally:
        pool.close()


def test_the_more_pages_poll_the_less_often_each_does(pool, ann):
    assert 0.25 <= pool.poll_seconds() <= 1.0
    sessions = iter(range(200))
    watchers = Watchers(lambda: f"tab {next(sessions)}")
    crowd = Pool(ServerLimits(workers=1), MODULES, watchers)
    try:
        for _ in range(200):
            watchers.note("one job")
        assert crowd.poll_seconds() == 4.0
        assert crowd.redraw_seconds() > 30
    finally:
        crowd.close()


def test_what_was_reached_is_written_when_it_changes_and_stays_beside_every_later_progress(ann):
    job = store.create(LONG, ann)
    assert store.reached_by(job) is None and store.reached_stamps(job) == (0, 0)
    errors = np.array([[0.5, np.nan]])
    store.write_curves(job, [LearningCurve("mlp", np.array([100]), errors, errors)])
    stamps = store.reached_stamps(job)
    for done in (1, 2):
        store.write_progress(job, Progress(Message("Counting"), done, 3))
    assert not store.progress_of(job).curves
    reached = store.reached_by(job)
    assert reached.done == 2
    np.testing.assert_array_equal(reached.curves[0].dev_errors, errors)
    assert store.reached_stamps(job) == stamps and stamps.curves > 0 == stamps.report


# --- several servers on one home ------------------------------------------------------------------------------------


def test_two_servers_on_one_home_leave_each_others_jobs_alone(ann):
    first, second = (Pool(ServerLimits(workers=1, abandoned_minutes=0.1), MODULES) for _ in range(2))
    try:
        job = first.submit(Count(to=1000, seconds=0.01), ann)
        status = wait(second, job, lambda status: status.has_ended or status.progress is not None)
        assert status.state == "running"
        assert wait(second, job).state == "finished"  # 10 s, looked at through the other server only
    finally:
        first.close()
        second.close()


def test_a_job_can_be_canceled_through_another_server_in_the_line_and_running(ann):
    first, second = (Pool(ServerLimits(workers=1), MODULES) for _ in range(2))
    try:
        running, waiting = first.submit(LONG, ann), first.submit(replace(LONG, to=9), ann)
        for job in (waiting, running):
            second.cancel(job)
        assert {wait(first, job).state for job in (waiting, running)} == {"canceled"}
    finally:
        first.close()
        second.close()


# --- a disk that is full --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["submit", "cancel", "upload"])
def test_a_full_disk_is_a_sentence_of_ours(pool, ann, monkeypatch, call):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    job = pool.submit(Count(to=2), ann)
    monkeypatch.setattr(store, "write_whole", full)
    monkeypatch.setattr(uploads, "write_whole", full)
    calls = {
        "submit": lambda: pool.submit(Count(to=3), ann),
        "cancel": lambda: pool.cancel(job),
        "upload": lambda: uploads.keep(ann, b"a,b"),
    }
    with pytest.raises(DataError, match="cannot write to its folder"):
        calls[call]()

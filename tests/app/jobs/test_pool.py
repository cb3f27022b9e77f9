"""The life of a job in the pool, on real processes: nothing is lost, and nobody blocks anybody else."""

import os
import time
from typing import Any

import pytest
from msgspec.structs import replace

from dldiag.app.jobs import store
from dldiag.app.jobs.pool import Pool
from dldiag.app.storage.limits import ServerLimits
from dldiag.app.storage.paths import new_token
from dldiag.core.types import DataError
from tests.app.counting_jobs import Broken, Chatty, Count, Deaf, Die, Freeze, Half, Refuse
from tests.app.jobs.pools import LONG, MODULES, runs, wait


def test_a_job_finishes_and_its_result_and_last_progress_can_be_read(pool, ann):
    job = pool.submit(Count(to=20), ann)
    assert wait(pool, job).state == "finished"
    assert store.result_of(job, Any) == {"counted": 20}
    assert pool.look(job).progress.done == 19


def test_what_a_job_prints_does_not_disturb_the_protocol(pool, ann):
    job = pool.submit(Chatty(), ann)
    assert wait(pool, job).state == "finished"
    assert store.result_of(job, Any) == "still here"


def test_a_machine_that_refuses_a_process_ends_the_job_in_words_and_the_next_one_runs(pool, ann, monkeypatch):
    job = pool.submit(LONG, ann)
    wait(pool, job, runs)
    refused = []

    def refuse(*_, **__):
        refused.append(1)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dldiag.app.jobs.pool.Worker", refuse)
    monkeypatch.setattr("dldiag.app.jobs.pool.store.is_asked_to_stop", refuse)  # the first look at the job fails, too
    status = wait(pool, job)
    assert status.state == "failed"
    assert "No space left on device" in str(status.ending.message)
    monkeypatch.undo()
    assert refused
    again = pool.submit(Count(to=21), ann)
    assert wait(pool, again).state == "finished"


def test_cancel_stops_a_running_job_within_a_second(pool, ann):
    job = pool.submit(LONG, ann)
    wait(pool, job, runs)
    start = time.monotonic()
    pool.cancel(job)
    assert wait(pool, job).state == "canceled"
    assert time.monotonic() - start < 1.0


def test_a_result_that_was_returned_on_cancel_is_kept(pool, ann):
    job = pool.submit(Half(), ann)
    wait(pool, job, lambda status: status.state == "running")
    time.sleep(0.5)
    pool.cancel(job)
    assert wait(pool, job).state == "canceled"
    assert store.result_of(job, dict)["counted"] > 0


def test_a_worker_that_does_not_obey_is_replaced_and_the_next_job_runs(pool, ann):
    deaf = pool.submit(Deaf(), ann)
    wait(pool, deaf, lambda status: status.state == "running")
    pool.cancel(deaf)
    assert wait(pool, deaf, seconds=5).state == "canceled"
    assert wait(pool, pool.submit(Count(to=2), ann)).state == "finished"


def test_a_dead_worker_fails_its_job_with_a_sentence_and_nobody_elses(pool, ann, bob):
    dying, healthy = pool.submit(Die(), ann), pool.submit(Count(to=3), bob)
    status = wait(pool, dying)
    assert status.state == "failed"
    assert "ended unexpectedly" in str(status.ending.message)
    assert wait(pool, healthy).state == "finished"


def test_bad_data_is_refused_with_message_and_hint(pool, ann):
    status = wait(pool, pool.submit(Refuse(), ann))
    assert (status.state, str(status.ending.message), str(status.ending.hint)) == (
        "refused",
        "The column x is not there.",
        "Pick another.",
    )


def test_a_fault_is_told_with_its_error_and_without_a_traceback(pool, ann):
    status = wait(pool, pool.submit(Broken(), ann))
    assert status.state == "failed"
    assert "ZeroDivisionError" in str(status.ending.message)
    assert "Traceback" not in str(status.ending.message)


def test_the_same_question_is_computed_once_per_owner_and_never_crosses_owners(pool, ann, bob):
    first = pool.submit(Count(to=4, seconds=0.01), ann)
    assert pool.submit(Count(seconds=0.01, to=4), ann) == first
    wait(pool, first)
    assert pool.submit(Count(to=4, seconds=0.01), ann) == first
    assert pool.submit(Count(to=4, seconds=0.01), bob) != first


def test_a_canceled_question_may_be_asked_again(pool, ann):
    job = pool.submit(LONG, ann)
    pool.cancel(job)
    wait(pool, job)
    again = pool.submit(LONG, ann)
    assert again != job
    pool.cancel(again)
    wait(pool, again)


@pytest.mark.parametrize("kind", [Refuse, Broken])
def test_a_question_that_was_refused_or_failed_may_be_asked_again(pool, ann, kind):
    first = pool.submit(kind(), ann)
    wait(pool, first)
    again = pool.submit(kind(), ann)
    assert again != first
    wait(pool, again)


def test_owners_take_turns_and_see_their_place(pool, ann, bob):
    first = pool.submit(LONG, ann)
    wait(pool, first, runs)
    second = pool.submit(Count(to=5, mark="1"), ann)
    third = pool.submit(Count(to=5, mark="2"), ann)
    other = pool.submit(Count(to=5), bob)
    assert [pool.look(job).place for job in (second, other, third)] == [1, 2, 3]
    pool.cancel(third)
    assert pool.look(third).state == "canceled"
    pool.cancel(first)
    assert {wait(pool, job).state for job in (second, other)} == {"finished"}


def test_one_owner_runs_one_job_at_a_time_even_with_idle_workers(ann, bob):
    pool = Pool(ServerLimits(workers=2), MODULES)
    try:
        first, second = (pool.submit(replace(LONG, mark=str(x)), ann) for x in (1, 2))
        other = pool.submit(LONG, bob)
        wait(pool, first, runs)
        wait(pool, other, runs)
        assert pool.look(second).state == "waiting"
        for job in (first, second, other):
            pool.cancel(job)
        assert {wait(pool, job).state for job in (first, second, other)} == {"canceled"}
    finally:
        pool.close()


def test_a_full_line_refuses_and_says_so(ann, bob):
    pool = Pool(ServerLimits(workers=1, queue_length=1), MODULES)
    try:
        wait(pool, pool.submit(LONG, ann), lambda status: status.state == "running")
        pool.submit(LONG, bob)
        with pytest.raises(DataError, match="1 computations are waiting"):
            pool.submit(LONG, new_token())
    finally:
        pool.close()


def test_a_job_that_nobody_watches_ends_and_says_why(ann):
    pool = Pool(ServerLimits(workers=1, abandoned_minutes=0.01), MODULES)
    try:
        job = pool.submit(LONG, ann)
        time.sleep(2.5)
        status = wait(pool, job)
        assert status.state == "canceled"
        assert "no one was viewing" in str(status.ending.message)
    finally:
        pool.close()


@pytest.mark.skipif(os.name != "posix", reason="stops a process")
def test_a_silent_worker_is_ended_with_a_sentence(ann):
    pool = Pool(ServerLimits(workers=1, hung_minutes=0.02), MODULES)
    try:
        status = wait(pool, pool.submit(Freeze(), ann), seconds=30)
        assert status.state == "failed"
        assert "no sign of life" in str(status.ending.message)
    finally:
        pool.close()


def test_cancel_ends_even_a_worker_that_does_not_listen_with_a_patience_of_less_than_two_seconds(ann):
    limits = ServerLimits(workers=1)
    assert limits.cancel_seconds < 2
    pool = Pool(limits, MODULES)
    try:
        job = pool.submit(Deaf(), ann)
        wait(pool, job, lambda _: (store.folder_of(job) / "beat").exists())
        pool.cancel(job)
        assert wait(pool, job).state == "canceled"
    finally:
        pool.close()

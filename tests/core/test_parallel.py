"""Fits in several processes: everything is fitted once, the same comes out, and a process that ends is told."""

import os
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from dldiag.core import parallel as processes
from dldiag.core.parallel import ALONE, Processes, portable
from dldiag.core.settings import Settings
from dldiag.core.types import Stopped
from dldiag.diagnosis.effort import diagnosis_split
from dldiag.experiments.fit import _costliest_last, fit_all
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import build_model, fit_cost
from dldiag.experiments.tasks import FitTask
from tests.problems import two_blobs


@pytest.fixture(scope="module")
def two():
    started = Processes(2)
    deadline = time.monotonic() + 60
    while not started.ready:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return started


def test_a_process_has_done_what_arriving_asks_before_it_counts_as_ready(tmp_path):
    """An import that the first fit needs takes seconds; it belongs before the first fit."""
    arrived = Processes(2, partial(_leave_a_sign, tmp_path))
    arrived._starting.join()
    assert arrived.ready
    assert len(list(tmp_path.iterdir())) == 2


def _leave_a_sign(folder):
    time.sleep(0.5)
    (folder / str(os.getpid())).touch()


def test_everything_sent_comes_back_once(two):
    assert sorted(two.run(divmod, ((n, 7) for n in range(50)))) == sorted(divmod(n, 7) for n in range(50))


def test_a_process_that_is_ended_from_outside_is_a_want_of_memory_and_the_next_call_works(two):
    with pytest.raises(MemoryError):
        list(two.run(os._exit, [(9,)]))
    assert list(two.run(abs, [(-1,)])) == [1]


def test_what_a_process_raises_is_raised_here(two):
    with pytest.raises(ZeroDivisionError):
        list(two.run(divmod, [(1, 0)]))


def test_where_no_process_can_be_started_the_caller_does_it_all(monkeypatch):
    def refuse(**how):
        raise OSError("no semaphores")

    monkeypatch.setattr(processes, "Parallel", refuse)
    several = Processes(3)
    several._starting.join()
    assert several.count == 1
    assert not several.ready


def test_a_function_that_only_lives_here_is_not_asked_elsewhere():
    with Path(os.devnull).open() as held:
        assert portable(lambda: held) is None
    assert portable(os.getpid) is os.getpid
    assert portable(None) is None


def _tasks(keys, n_repeats=6):
    data = two_blobs(n=200)
    bench = FitCache(data, diagnosis_split(data, Settings()))
    models = [build_model(data.task, {"max_iter": 5} if key == "mlp" else {}, key) for key in keys]
    return bench.encoded, [bench._task(m, n, r, False) for m in models for n in (20, 90) for r in range(n_repeats)]


@pytest.mark.parametrize("n_jobs", [2, 3, 8])
def test_stacks_are_cut_so_that_none_is_more_than_one_process_has_to_do(n_jobs):
    _, tasks = _tasks(["mlp", "linear"])
    networks = [task for task in tasks if task.model.key == "mlp"]
    stacks = [networks[:6], networks[6:], *([task] for task in tasks if task.model.key != "mlp")]
    pieces = _costliest_last(stacks, n_jobs)
    assert sorted(t.key for piece in pieces for t in piece) == sorted(t.key for t in tasks)
    costs = [sum(fit_cost(t.model, len(t.train_rows)) for t in piece) for piece in pieces]
    assert costs == sorted(costs)
    one = max(fit_cost(t.model, len(t.train_rows)) for t in tasks)
    assert max(costs) <= sum(costs) / n_jobs + one


def test_results_are_those_of_one_process_to_the_last_bit(two):
    encoded, tasks = _tasks(["mlp", "linear", "boosting"], n_repeats=3)
    alone = {one.task.key: one for one in fit_all(tasks, encoded, processes=ALONE)}
    spread = {one.task.key: one for one in fit_all(tasks, encoded, processes=two)}
    assert spread.keys() == alone.keys()
    for key, one in alone.items():
        assert (one.train_error, one.dev_error) == (spread[key].train_error, spread[key].dev_error)
        assert np.array_equal(one.influence, spread[key].influence)


def test_a_stop_is_heard_in_the_other_processes(two):
    data = two_blobs(n=400)
    bench = FitCache(data, diagnosis_split(data, Settings()))
    endless = build_model(data.task, {"max_iter": 1_000_000, "n_iter_no_change": 1_000_000})
    tasks: list[FitTask] = [bench._task(endless, 200, r, False) for r in range(4)]
    with pytest.raises(Stopped):
        list(fit_all(tasks, bench.encoded, processes=two, should_stop=Told(time.time() + 1.0)))


class Told:
    """Stops at an hour, in whatever process it is asked."""

    def __init__(self, hour):
        self.hour = hour

    def __call__(self):
        return time.time() > self.hour

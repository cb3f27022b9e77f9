"""Fits on a real Dask cluster of two processes on this machine: the same report, and nothing that hangs."""

import os
import re
import signal
import sys
import threading
import time
from types import ModuleType

import pytest

from dldiag import Settings, diagnose, make_dataset, read_table, to_json
from dldiag.core.cluster import CONNECT_SECONDS, LOST_SECONDS, _Alive, on_cluster
from dldiag.core.params import SettingError
from dldiag.core.types import Stopped
from dldiag.data.samples import sample_bytes

pytest.importorskip("distributed", reason="Dask is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("cluster"),
    pytest.mark.filterwarnings("default"),  # Dask's own
]
QUICK = Settings(budget="quick")


def _timeless(text: str) -> str:
    return re.sub(r'"seconds": ?[\d.e-]+', '"seconds": 0', text)


@pytest.fixture(autouse=True)
def _plain_main(monkeypatch):
    """Let a new process find a main module that it can run: a page that was tested before leaves its own there."""
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))


@pytest.fixture(scope="module")
def iris():
    return make_dataset(read_table(sample_bytes("iris"), name="iris.csv"), "target")


@pytest.fixture(scope="module")
def alone(iris):
    return _timeless(to_json(diagnose(iris, settings=QUICK)))


@pytest.mark.parametrize(("workers", "killed", "at"), [(2, 1, 10), (2, 2, 4), (1, 1, 10)])
def test_the_report_is_the_same_though_workers_are_killed_on_the_way(iris, alone, workers, killed, at):
    with on_cluster(f"local:{workers}") as cluster:
        fitted = 0

        def kill_some(_):
            nonlocal fitted
            fitted += 1
            if fitted == at:
                for pid in list(cluster._client.run(os.getpid).values())[:killed]:
                    os.kill(pid, signal.SIGKILL)

        report = diagnose(iris, settings=QUICK, on_progress=kill_some)
    assert fitted > at
    assert _timeless(to_json(report)) == alone


def test_stopping_reaches_the_workers_within_two_seconds(iris):
    asked = threading.Event()
    with on_cluster("local:1") as cluster:
        threading.Timer(3.0, asked.set).start()
        slow = Settings(budget="thorough")
        with pytest.raises(Stopped):
            diagnose(iris, settings=slow, should_stop=asked.is_set)
        stopped = time.monotonic()
        while any(cluster._client.processing().values()):
            assert time.monotonic() - stopped < 2.0
            time.sleep(0.05)


@pytest.mark.parametrize("address", ["local:0", "local:two", "local:"])
def test_a_number_of_workers_that_is_none_is_refused(address):
    with pytest.raises(SettingError, match="local:4"), on_cluster(address):
        pass


def test_an_address_where_nobody_answers_is_refused_in_one_line(monkeypatch):
    monkeypatch.setattr("dldiag.core.cluster.CONNECT_SECONDS", 1.0)
    assert CONNECT_SECONDS <= 30
    with (
        pytest.raises(SettingError, match=r"no Dask scheduler at tcp://127\.0\.0\.1:9"),
        on_cluster("tcp://127.0.0.1:9"),
    ):
        pass


def test_without_an_address_nothing_changes():
    with on_cluster(None) as cluster:
        assert cluster is None


@pytest.mark.parametrize(("workers", "memory", "said"), [(0, "4GB", "no workers"), (1, "180MB", "memory")])
def test_a_cluster_that_cannot_work_is_refused_in_one_line_within_30_seconds(iris, workers, memory, said):
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers, threads_per_worker=1, memory_limit=memory, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:
        started = time.monotonic()
        with (
            pytest.raises((SettingError, MemoryError), match=said),
            on_cluster(cluster.scheduler_address),
        ):
            diagnose(iris, settings=QUICK)
        assert time.monotonic() - started < 30


class PausingWorkers:
    """A scheduler whose only worker is paused at every second look; only what `_Alive` asks of a client."""

    def __init__(self):
        self.looks = 0

    def run_on_scheduler(self, statuses):
        self.looks += 1
        return {"tcp://one": "paused" if self.looks % 2 else "running"}


def test_a_worker_that_pauses_again_and_again_without_a_result_is_given_up(monkeypatch):
    clock = iter(range(0, 600, 3))
    monkeypatch.setattr("dldiag.core.cluster.time.monotonic", lambda: float(next(clock)))
    alive = _Alive(PausingWorkers())
    with pytest.raises(SettingError, match="none has taken work"):
        for _ in range(100):
            alive.check()
    assert next(clock) < 30, "seconds"


def test_a_worker_that_pauses_between_results_is_kept(monkeypatch):
    clock = iter(range(0, 600, 3))
    monkeypatch.setattr("dldiag.core.cluster.time.monotonic", lambda: float(next(clock)))
    alive = _Alive(PausingWorkers())
    for _ in range(100):
        alive.check()
        alive.has_result()
    assert next(clock) > LOST_SECONDS

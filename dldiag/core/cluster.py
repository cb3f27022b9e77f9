"""Fits on a Dask cluster: the data is sent once, a lost worker's fits are done again, and stopping reaches every worker."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, TypeVar
from uuid import uuid4

from dldiag.core.home import require
from dldiag.core.i18n import tr
from dldiag.core.params import SettingError
from dldiag.core.types import Stopped

_Result = TypeVar("_Result")

CLUSTER_VARIABLE = "DLDIAG_CLUSTER"  # Holds the address that the dashboard and the command line use by default.
LOCAL = "local:"  # The address local:4 starts four workers on this machine.
CONNECT_SECONDS = 20.0  # After this an address that does not answer is given up; the limit for any call is 30 s.
ASK_SECONDS = 0.5  # This process looks this often whether it should stop.
WORKER_ASKS_SECONDS = 1.0  # A worker asks the scheduler this often whether to stop; each question is a round trip.
LOST_SECONDS = 10.0  # Without a worker that takes work for this long between two results, the run is given up.
MOST_REPLACED = 2  # All workers may die and come back without a result this many times.
_LOOK_SECONDS = 2.0  # The workers are looked at this often.
_GONE = ("lost", "cancelled")  # What Dask calls data that no worker has any more.
RETRIES = 3  # A fit whose worker was lost is repeated this many times.
MOST_WAITING = 4  # Fits queued per worker, so that no worker idles.

_active: list[Cluster] = []  # The cluster of the innermost `on_cluster` block.


@dataclass(frozen=True)
class StopOnCluster:
    """Asks the scheduler whether work is to stop; it can be sent to a worker."""

    name: str

    def __call__(self) -> bool:
        """Tell whether somebody has asked the work to stop."""
        now = time.monotonic()
        answer = _answers.get(self.name)
        if answer is None or (not answer[1] and now - answer[0] > WORKER_ASKS_SECONDS):
            answer = _answers[self.name] = (now, _is_set(self.name))
        return answer[1]


_answers: dict[str, tuple[float, bool]] = {}  # Each event name has the time of its last question and the answer to it.


class Cluster:
    """A connection to a Dask scheduler. A class because it holds the connection and what was sent already."""

    def __init__(self, client: Any, close: Callable[[], None]) -> None:
        self._client, self.close = client, close
        self._sent: dict[int, tuple[Any, Any]] = {}

    ready = True  # A cluster starts work as soon as it is sent.

    @property
    def count(self) -> int:
        """Threads of all workers; each does one fit at a time."""
        return max(1, int(sum(self._client.nthreads().values())))

    @property
    def link(self) -> str:
        """The address of Dask's own page about this cluster."""
        return str(self._client.dashboard_link)

    def run_shared(
        self,
        function: Callable[..., _Result],
        items: Iterable[Any],
        shared: Any,
        should_stop: Callable[[], bool] | None = None,
    ) -> Iterator[_Result]:
        """Yield function(item, shared, stop) of every item as they come, in any order; `shared` is sent once.

        Raises Stopped when should_stop() says so, MemoryError where a worker died of the same item again and again,
        SettingError when all workers are lost.
        """
        distributed = _distributed()
        event = f"dldiag-stop-{uuid4().hex}"
        waiting, in_work = iter(items), dict[str, Any]()
        running = distributed.as_completed()
        lost = 0  # Fits sent again since the last result.
        try:

            def send(most: int) -> None:
                sent, stop = self._scattered(shared), StopOnCluster(event)
                for item in islice(waiting, most):
                    future = self._client.submit(function, item, sent, stop, pure=False, retries=RETRIES)
                    in_work[future.key] = item
                    running.add(future)

            send(MOST_WAITING * self.count)
            alive = _Alive(self._client)
            while not running.is_empty():
                if should_stop is not None and should_stop():
                    raise Stopped
                alive.check()
                for future in _finished(running):
                    item = in_work.pop(future.key)
                    try:
                        result = self._result(future)
                    except CancelledError as error:  # The last worker that held the data is gone: both are sent again.
                        lost, waiting = lost + 1, chain([item], waiting)
                        if lost > RETRIES * MOST_WAITING * self.count:
                            raise _lost(str(error)) from error
                    else:
                        lost = 0
                        alive.has_result()
                        yield result
                    send(1)
        except (OSError, TimeoutError) as error:  # The scheduler is gone, or no worker takes the data.
            raise _lost(str(error)) from error
        except BaseException:
            distributed.Event(event, client=self._client).set()
            self._client.cancel(list(running.futures), force=True)
            raise

    def _scattered(self, shared: Any) -> Any:
        """Send a value to every worker, once, or again when all that had it are gone.

        The value is kept beside what was sent, which keeps its id from being used again.
        """
        if id(shared) not in self._sent or self._sent[id(shared)][1].status in _GONE:
            self._sent[id(shared)] = shared, self._spread(shared)
        return self._sent[id(shared)][1]

    def _spread(self, shared: Any, tries: int = RETRIES) -> Any:
        """Send a value to every worker; again where one dies just then, since Dask ends the whole sending."""
        try:
            return self._client.scatter(shared, broadcast=True, hash=False, timeout=LOST_SECONDS)
        except TimeoutError:
            raise
        except OSError:
            if tries <= 1:
                raise
            time.sleep(ASK_SECONDS)
            return self._spread(shared, tries - 1)

    def _result(self, future: Any) -> Any:
        try:
            return future.result()
        except _distributed().KilledWorker as error:  # The system kills a worker when memory runs out.
            raise MemoryError(str(error)) from error


class _Alive:
    """Give up a run without workers: a class because it counts seconds without one, and how often all were replaced.

    A worker short of memory pauses again and again, so the seconds without one add up until there is a result.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._looked = time.monotonic()
        self._workers, self._replaced, self._idle_seconds = _running(client), 0, 0.0

    def has_result(self) -> None:
        """Note that a worker has finished something."""
        self._replaced, self._idle_seconds = 0, 0.0

    def check(self) -> None:
        """Raise SettingError when workers were away for LOST_SECONDS without a result, or all die again and again."""
        passed = time.monotonic() - self._looked
        if passed < _LOOK_SECONDS:
            return
        self._looked, workers = self._looked + passed, _running(self._client)
        if workers:
            self._replaced += not workers & self._workers
            self._workers = workers
        else:
            self._idle_seconds += passed
        if self._replaced >= MOST_REPLACED:
            raise _lost(tr("they die and come back without a result"))
        if self._idle_seconds > LOST_SECONDS:
            raise _lost(tr("none has taken work for {seconds:.0f} seconds", seconds=self._idle_seconds))


def _running(client: Any) -> set[str]:
    """Return the workers that take work; a worker that has used up its memory is paused and takes none."""
    return {address for address, status in client.run_on_scheduler(_statuses).items() if status == "running"}


def _statuses(dask_scheduler: Any) -> dict[str, str]:
    return {address: worker.status.name for address, worker in dask_scheduler.workers.items()}


def _lost(reason: str) -> SettingError:
    text = tr(
        "The workers of the cluster are lost: {reason}. They may have too little memory; start them again with more.",
        reason=" ".join(reason.split())[:200],
    )
    return SettingError(text)


@contextmanager
def on_cluster(address: str | None) -> Iterator[Cluster | None]:
    """Send all fits inside the block to a cluster: "tcp://host:port" of a scheduler, or "local:N" for N workers here.

    None: nothing changes. Raises SettingError when nobody answers there, or when its versions cannot work together with
    ours.
    """
    if address is None:
        yield None
        return
    cluster = connect(address)
    _active.append(cluster)
    try:
        yield cluster
    finally:
        _active.remove(cluster)
        cluster.close()


def active_cluster() -> Cluster | None:
    """Return the cluster of the innermost `on_cluster` block."""
    return _active[-1] if _active else None


def connect(address: str) -> Cluster:
    """Connect to a scheduler, or start one with workers of its own."""
    distributed = _distributed()
    workers = _local_workers(address)
    try:
        if workers:
            local = distributed.LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
            )
            client = distributed.Client(local, timeout=CONNECT_SECONDS)
            return Cluster(client, lambda: _close(client, local))
        client = distributed.Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        text = tr("There is no Dask scheduler at {address}: {reason}.", address=address, reason=str(error).rstrip("."))
        raise SettingError(text) from error
    cluster = Cluster(client, lambda: _close(client))
    _check_workers(cluster, client, address)
    return cluster


def _local_workers(address: str) -> int:
    if not address.startswith(LOCAL):
        return 0
    number = address.removeprefix(LOCAL)
    if not number.isdecimal() or int(number) < 1:
        raise SettingError(
            tr("--cluster {address}: write local:N with a whole number N, such as local:4.", address=address)
        )
    return int(number)


def _check_workers(cluster: Cluster, client: Any, address: str) -> None:
    """Refuse a cluster without workers, or whose Python or packages differ from ours."""
    if not client.nthreads():
        cluster.close()
        raise SettingError(tr("The scheduler at {address} has no workers; start some and try again.", address=address))
    try:
        client.get_versions(check=True, packages=["numpy", "scikit-learn", "dldiag"])
        client.run(_import_ours)
    except Exception as error:  # Any error here means that the worker cannot run our code.
        cluster.close()
        reason = " ".join(str(error).split())[:200]
        text = tr(
            "The workers at {address} cannot run dldiag: {reason}. Install the same versions there.",
            address=address,
            reason=reason,
        )
        raise SettingError(text) from error


def _import_ours() -> None:
    """Do nothing; a worker that can call this has imported our code."""


def _finished(running: Any) -> list[Any]:
    """Wait a moment for futures that have ended, and return those there are."""
    deadline = time.monotonic() + ASK_SECONDS
    while not (batch := running.next_batch(block=False)) and time.monotonic() < deadline:
        time.sleep(ASK_SECONDS / 20)
    return list(batch)


def _is_set(event: str) -> bool:
    distributed = _distributed()
    return bool(distributed.Event(event, client=distributed.get_client()).is_set())


def _close(*parts: Any) -> None:
    for part in parts:
        part.close()


def _distributed() -> Any:
    """Import and return Dask's module, which only a cluster needs."""
    require("distributed", "cluster")
    return importlib.import_module("distributed")

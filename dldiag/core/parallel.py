"""Processes that fit side by side: started in the background, while the caller goes on by itself."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import lru_cache
from threading import Thread
from typing import Any, TypeVar

from joblib import Parallel, delayed, effective_n_jobs
from joblib.parallel import get_active_backend
from threadpoolctl import ThreadpoolController

Result = TypeVar("Result")

OWN_BACKEND = "LokyBackend"  # Joblib's local processes; any other backend was chosen with parallel_config.
USUAL_MOST = 4  # Default maximum of processes; each needs 200 MB, and other work needs cores, too.


def _arrive() -> None:
    """Do nothing; a process that can call this has started."""


class Processes:
    """As many processes as asked for, through joblib: `parallel_config(backend="dask")` makes a cluster of them.

    They take about two seconds to start, so they are started at once and used when `ready`: when each has run
    `arrive`, which imports what the work needs. A class because it keeps track of them. Two instances in one process
    share the same processes.
    """

    def __init__(self, n_jobs: int = 1, arrive: Callable[[], None] = _arrive) -> None:
        self.count = int(effective_n_jobs(n_jobs))
        self._arrive = arrive
        self._starting: Thread | None = None
        if self.count > 1 and type(get_active_backend()[0]).__name__ == OWN_BACKEND:
            self._starting = Thread(target=self._start, daemon=True)
            self._starting.start()

    @property
    def ready(self) -> bool:
        """Whether the processes have started, so that work sent to them begins at once."""
        return self.count > 1 and (self._starting is None or not self._starting.is_alive())

    def run(self, function: Callable[..., Result], items: Iterable[tuple[Any, ...]]) -> Iterator[Result]:
        """Yield function(*item) of every item as they come, in any order; MemoryError where a process was ended."""
        try:
            yield from self._parallel()(delayed(function)(*item) for item in items)
        except BrokenProcessPool as error:  # The system kills a process when memory runs out.
            raise MemoryError(str(error)) from error

    def _parallel(self) -> Parallel:
        """Return joblib's executor; other arguments would start new processes."""
        return Parallel(n_jobs=self.count, return_as="generator_unordered", max_nbytes=None)

    def _start(self) -> None:
        try:
            list(self._parallel()(delayed(self._arrive)() for _ in range(self.count)))
        except Exception:  # Without shared semaphores, or after an interrupt, the caller does all the work.
            self.count = 1


ALONE = Processes()


def cores() -> int:
    """Return how many cores this process may use, which in a container are fewer than the machine has."""
    return int(effective_n_jobs(-1))


def usual_count() -> int:
    """Return how many processes to use where nobody says: the cores, up to USUAL_MOST."""
    return min(USUAL_MOST, cores())


@contextmanager
def one_thread(api: str | None = None) -> Iterator[None]:
    """Pin numerical libraries to one thread, so that processes do not fight for cores; api: "blas" or "openmp" alone."""
    with _thread_pools(len(sys.modules)).limit(limits=1, user_api=api):
        yield


@lru_cache(maxsize=1)
def _thread_pools(modules: int) -> ThreadpoolController:
    """Find the loaded libraries: that takes 10 ms, so it is done again only when more modules have been imported."""
    return ThreadpoolController()


def portable(function: Any) -> Any:
    """Return a function that can be sent to another process; None when it cannot."""
    try:
        pickle.dumps(function)
    except (pickle.PicklingError, TypeError, AttributeError):
        return None
    return function

"""A cache of visitors' tables with a memory limit; the least recently used one is dropped."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from dldiag.app.storage.limits import MEGABYTE
from dldiag.core.types import Dataset, Table

Held = dict[str, tuple[str, Any, int]]  # What was read -> its identity, the value, and its size in bytes.


class Memory:
    """The last table and dataset of every holder, a session or all sessions for a sample. Thread-safe."""

    def __init__(self, megabytes: float) -> None:
        self._most, self._held, self._changed = megabytes * MEGABYTE, OrderedDict[str, Held](), threading.Lock()
        self._reading: dict[tuple[str, str], threading.Lock] = {}  # The keys are a holder and what is read.

    def get(self, holder: str, what: str, identity: str, read: Callable[[], Any]) -> Any:
        """Return the cached value of this identity; read it, once for concurrent callers, when it is missing."""
        with self._changed:
            reading = self._reading.setdefault((holder, what), threading.Lock())
        with reading:  # Other holders do not wait.
            value = self.held(holder, what, identity)
            if value is None:
                value = read()
                self._hold(holder, what, (identity, value, _size(value)))
        return value

    def held(self, holder: str, what: str, identity: str) -> Any | None:
        """Return the cached value of this identity, None when it is missing."""
        with self._changed:
            entry = self._held.get(holder, {})
            if what not in entry or entry[what][0] != identity:
                return None
            self._held.move_to_end(holder)
            return entry[what][1]

    def _hold(self, holder: str, what: str, value: tuple[str, Any, int]) -> None:
        with self._changed:
            self._held[holder] = self._held.get(holder, {}) | {what: value}
            self._held.move_to_end(holder)
            while len(self._held) > 1 and sum(map(_bytes_of, self._held.values())) > self._most:
                gone, _ = self._held.popitem(last=False)
                self._reading = {key: lock for key, lock in self._reading.items() if key[0] != gone}


def _bytes_of(held: Held) -> int:
    """Return the approximate bytes of a holder; a dataset shares its columns with its table."""
    return max((size for _, _, size in held.values()), default=0)


def _size(value: Table | Dataset) -> int:
    frames = [value.frame, value.raw] if isinstance(value, Table) else [value.X]
    return sum(int(frame.memory_usage(deep=True).sum()) for frame in frames if frame is not None)

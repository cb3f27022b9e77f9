"""What was read for visitors, within so many megabytes of memory: who was away longest has their table read again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from dldiag.app.state.limits import MEGABYTE
from dldiag.core.types import Dataset, Table

Held = dict[str, tuple[str, Any, int]]  # what it is: its identity, itself, and its bytes


class Memory:
    """Keeps the last table and dataset of every session, never shared with another. Thread-safe."""

    def __init__(self, megabytes: float) -> None:
        self._most, self._held, self._changed = megabytes * MEGABYTE, OrderedDict[str, Held](), threading.Lock()

    def get(self, session: str, what: str, identity: str, read: Callable[[], Any]) -> Any:
        """Return what a session holds under this identity; it is read where it is not there (any more)."""
        with self._changed:
            held = self._held.get(session, {})
            if what in held and held[what][0] == identity:
                self._held.move_to_end(session)
                return held[what][1]
        value = read()  # others need not wait
        size = _size(value)
        with self._changed:
            self._held[session] = self._held.get(session, {}) | {what: (identity, value, size)}
            self._held.move_to_end(session)
            while len(self._held) > 1 and sum(map(_bytes_of, self._held.values())) > self._most:
                self._held.popitem(last=False)
        return value


def _bytes_of(held: Held) -> int:
    """Return about how much a session holds; a dataset shares its columns with the table that it is made of."""
    return max((size for _, _, size in held.values()), default=0)


def _size(value: Table | Dataset) -> int:
    frames = [value.frame, value.raw] if isinstance(value, Table) else [value.X]
    return sum(int(frame.memory_usage(deep=True).sum()) for frame in frames if frame is not None)

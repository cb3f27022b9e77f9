"""The waiting line: owners take turns, each owner's jobs stay in order, and only one of them runs at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection


class Line:
    """A bounded round-robin line of job ids; not thread-safe, its pool holds the lock.

    >>> line = Line(5)
    >>> for owner, job in [("ann", "a1"), ("ann", "a2"), ("bob", "b1")]:
    ...     line.add(owner, job)
    >>> line.place("a2"), line.take(), line.take(), line.take()
    (3, ('ann', 'a1'), ('bob', 'b1'), ('ann', 'a2'))
    """

    def __init__(self, length: int) -> None:
        self._length = length
        self._jobs: dict[str, deque[str]] = {}  # the order of the keys is the order of turns

    def __len__(self) -> int:
        return sum(len(jobs) for jobs in self._jobs.values())

    def add(self, owner: str, job: str) -> None:
        """Put a job at the end of its owner's jobs; OverflowError when the line is full."""
        if len(self) >= self._length:
            raise OverflowError(f"{self._length} jobs are waiting already")
        self._jobs.setdefault(owner, deque()).append(job)

    def take(self, busy: Collection[str] = ()) -> tuple[str, str] | None:
        """Remove and return the next (owner, job) whose owner is not busy; None when there is none."""
        for owner in list(self._jobs):
            if owner in busy:
                continue
            jobs = self._jobs.pop(owner)
            job = jobs.popleft()
            if jobs:
                self._jobs[owner] = jobs  # back to the end: the others come first
            return owner, job
        return None

    def remove(self, job: str) -> bool:
        """Take a job out of the line; False when it does not wait."""
        for owner, jobs in list(self._jobs.items()):
            if job in jobs:
                jobs.remove(job)
                if not jobs:
                    del self._jobs[owner]
                return True
        return False

    def everyone(self) -> set[str]:
        """Return all owners and jobs that wait."""
        return {*self._jobs, *(job for jobs in self._jobs.values() for job in jobs)}

    def place(self, job: str) -> int | None:
        """Return 1 for the next job to start, 2 for the one after; None when it does not wait."""
        return {waiting: k for k, waiting in enumerate(self._order(), start=1)}.get(job)

    def _order(self) -> list[str]:
        copy = {owner: list(jobs) for owner, jobs in self._jobs.items()}
        rounds = max((len(jobs) for jobs in copy.values()), default=0)
        return [jobs[turn] for turn in range(rounds) for jobs in copy.values() if turn < len(jobs)]

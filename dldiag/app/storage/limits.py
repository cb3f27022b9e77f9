"""Limits of the dashboard: number of jobs, time, and storage."""

from __future__ import annotations

from dataclasses import dataclass

from dldiag.core.parallel import cores, usual_count
from dldiag.core.params import param

MEGABYTE = 2**20
MOST_AT_ONCE = 4  # Default maximum of jobs; with four processes each they take up to 4 GB.


def _jobs_at_once() -> int:
    """Return half the number of cores, since a job uses several when it runs alone."""
    return max(1, min(MOST_AT_ONCE, cores() // 2))


@dataclass(frozen=True)
class ServerLimits:
    """Limits of a server; each is set by the environment variable DLDIAG_<FIELD>."""

    workers: int = param(_jobs_at_once(), "Workers", "Jobs that run at once.", low=1, high=256)
    processes: int = param(usual_count(), "Processes", "Processes that share the fits of one job.", low=1, high=256)
    queue_length: int = param(30, "Queue length", "Jobs that may wait; one more is refused.", low=1, high=10_000)
    abandoned_minutes: float = param(
        0.75, "Minutes unwatched", "A job ends when every page that looked at it was closed for so long.", low=0.01
    )
    cancel_seconds: float = param(1.5, "Patience with Cancel", "Then the worker is ended and replaced.", low=0.0)
    hung_minutes: float = param(
        10.0, "Minutes of silence", "A worker that gives no sign of life for so long is ended.", low=0.01
    )
    kept_days: float = param(7.0, "Days kept", "Uploads and results older than this are removed.", low=0.0)
    visitor_megabytes: float = param(
        2_000.0,
        "Megabytes of a visitor",
        "Of one visitor's uploads; the oldest of them make room for a new one.",
        low=0.001,
    )
    uploads_megabytes: float = param(
        20_000.0, "Megabytes of uploads", "Of all visitors' uploads; one more is refused.", low=0.001
    )
    tables_megabytes: float = param(
        2_000.0,
        "Megabytes of tables",
        "Of all visitors' tables in memory; the one longest unused is read again.",
        low=0.0,
    )

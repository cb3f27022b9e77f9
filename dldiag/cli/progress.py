"""How far a long verb is: one line with a bar on stderr, drawn again in its place."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from typing import TextIO

from dldiag.core.i18n import current_language, speaking, tr
from dldiag.core.sanitize import terminal_safe
from dldiag.core.types import Progress

_BAR = 24  # The bar's width in characters.
FULL, EMPTY = "█", "░"
_AGAIN = "\r\033[K"  # Back to the first column, and clear the line.


def progress_meter(out: TextIO | None = None) -> Callable[[Progress], None]:
    """Return what draws the progress, in the current language."""
    language, stream = current_language(), out or sys.stderr

    def show(progress: Progress) -> None:
        with speaking(language):
            line = progress_line(progress, shutil.get_terminal_size().columns)
        print(f"{_AGAIN}{line}", end="", file=stream, flush=True)

    return show


def clear_progress(out: TextIO | None = None) -> None:
    """Leave an empty line where the progress was."""
    print(_AGAIN, end="", file=out or sys.stderr, flush=True)


def progress_line(progress: Progress, width: int) -> str:
    """Return the line for a terminal of this many columns: bar, share, stage, and the time left.

    >>> from dldiag.core.i18n import Message
    >>> progress_line(Progress(Message("Learning curves"), 61, 244, 20.4), 200)
    '██████░░░░░░░░░░░░░░░░░░  25% Learning curves 61/244, about 20 s left'
    """
    share = min(1.0, progress.done / progress.total) if progress.total else 0.0
    full = round(_BAR * share)
    seconds = progress.seconds_left
    left = "" if seconds is None else ", " + tr("about {seconds:.0f} s left", seconds=seconds)
    text = f"{share:4.0%} {progress.stage} {progress.done}/{progress.total}{left}"
    bar = FULL * full + EMPTY * (_BAR - full) + " " if width > _BAR + len(text) + 1 else ""
    return terminal_safe(bar + text)[: max(1, width - 1)]

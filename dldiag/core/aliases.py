"""Types that many signatures share: arrays, and the two calls by which a long computation reports and is stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from dldiag.core.types import Progress

Array = NDArray[Any]
OnProgress = Callable[[Progress], None] | None
ShouldStop = Callable[[], bool] | None

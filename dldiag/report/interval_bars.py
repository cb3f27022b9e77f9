"""Interval bars as HTML: a change of the dev error on a common scale, the same on the page and in the file."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from dldiag.diagnosis.remedies import FORECAST
from dldiag.report.view import Fix

MARGIN = 0.06  # Share of the scale left free at each end.
LEAST_WIDTH = 1.5  # In percent of the scale, so that a narrow interval is seen.


@dataclass(frozen=True)
class BarScale:
    """The common scale of some bars: from left to right, in the unit of the errors."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Return the position of a value within the scale, in percent from the left."""
        return min(100.0, max(0.0, 100 * (value - self.low) / (self.high - self.low)))


def scale_of(shown: Iterable[Fix]) -> BarScale:
    """Return a scale that holds zero and every finite interval."""
    ends = [end for one in shown if one.effect for end in (one.effect.low, one.effect.high) if math.isfinite(end)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    room = (high - low) * MARGIN or 0.01
    return BarScale(low - room, high + room)


def interval_bar(fix: Fix, scale: BarScale) -> str:
    """Draw a fix's effect: its interval, its value, and the line of no change; left of the line is better."""
    effect = fix.effect
    if effect is None:
        return ""
    left, right = scale.at(effect.low), scale.at(effect.high)
    width = max(LEAST_WIDTH, right - left)
    kind = bar_look(fix)
    return (
        f'<div class="effect-bar" aria-hidden="true"><i class="zero" style="left:{scale.at(0):.1f}%"></i>'
        f'<i class="range {kind}" style="left:{left:.1f}%;width:{width:.1f}%"></i>'
        f'<i class="mark {kind}" style="left:{scale.at(effect.value):.1f}%"></i></div>'
    )


def bar_look(fix: Fix) -> str:
    """Return the look of a fix's bar: better, worse, open, or a guess where nothing was trained: a forecast is one."""
    if fix.verdict is None or fix.remedy in FORECAST:
        return "guess"
    if fix.effect is not None and fix.effect.high < 0 and fix.verdict != "no_effect":
        return "better"
    return "worse" if fix.verdict == "hurt" else "open"

"""Numbers with their uncertainty: what every measurement and every forecast is kept in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dldiag.core.i18n import Message, plain_number_of


@dataclass(frozen=True)
class Estimate:
    """A number with its uncertainty.

    `low` to `high` is the two-sided 90% interval. `at_least` and `at_most` are the one-sided 90% bounds that rules use; they
    default to low and high, which is conservative.
    """

    value: int | float  # A count stays an integer through JSON.
    low: int | float
    high: int | float
    at_least: float | None = None
    at_most: float | None = None
    source: Message | None = None

    def __post_init__(self) -> None:
        for name in ("value", "low", "high", "at_least", "at_most"):
            object.__setattr__(self, name, plain_number_of(getattr(self, name)))
        if not self.low <= self.value <= self.high:
            raise ValueError(f"an interval must hold its value: {self.low} <= {self.value} <= {self.high}")

    def brief(self) -> str:
        """Return value and interval for a repr.

        >>> Estimate(0.1834, 0.171, 0.195).brief()
        '0.183 (0.171 to 0.195)'
        """
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"

    def __neg__(self) -> Estimate:
        """Return the estimate with the opposite sign, a change in error as a gain."""
        return Estimate(-self.value, -self.high, -self.low, -self.surely_below, -self.surely_above)

    def times(self, factor: float) -> Estimate:
        """Return the estimate in another unit, `factor` (above 0) times as large."""
        low, high = factor * self.low, factor * self.high
        return Estimate(
            factor * self.value, low, high, factor * self.surely_above, factor * self.surely_below, self.source
        )

    def within(self, least: float, most: float) -> Estimate:
        """Return the estimate with bounds that reach no farther than the quantity itself can.

        >>> Estimate(0.9, 0.6, 1.4).within(0, 1).brief()
        '0.900 (0.600 to 1.000)'
        """
        least, most = min(least, self.value), max(most, self.value)
        low, high = max(self.low, least), min(self.high, most)
        return Estimate(self.value, low, high, max(self.surely_above, least), min(self.surely_below, most), self.source)

    @property
    def surely_above(self) -> float:
        """The lower one-sided 90% bound."""
        return self.low if self.at_least is None else self.at_least

    @property
    def surely_below(self) -> float:
        """The upper one-sided 90% bound."""
        return self.high if self.at_most is None else self.at_most


def exactly(value: float, source: Message | None = None) -> Estimate:
    """Return a number known without error (a count, a setting)."""
    return Estimate(value, value, value, source=source)


@dataclass(frozen=True)
class ForecastPoint:
    """The dev error expected at a number of training rows, with its 90% interval."""

    rows: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Forecast:
    """What the learning curve says about more data; `abstains` says why when it says nothing."""

    points: tuple[ForecastPoint, ...] = ()
    abstains: Message | None = None
    rows_for_target: Estimate | None = None

    def __iter__(self) -> Iterator[ForecastPoint]:
        return iter(self.points)

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, index: int) -> ForecastPoint:
        return self.points[index]

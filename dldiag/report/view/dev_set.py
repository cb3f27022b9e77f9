"""What a larger dev set would decide, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dldiag.core.i18n import Message, sentences, tr
from dldiag.core.types import DevSetOutlook
from dldiag.diagnosis.remedies import REMEDIES

_OPEN = {
    "bias": Message("whether underfitting matters"),
    "variance": Message("whether overfitting matters"),
}


def dev_set_change(outlook: DevSetOutlook) -> str:
    """Write the size that is named first: "dev rows 526 → 1,052"."""
    return tr("dev rows {now:,} → {then:,}", now=outlook.rows, then=outlook.sizes[0].rows)


def dev_set_gain(outlook: DevSetOutlook, unit: str) -> str:
    """Say how well the error would be known with as many dev rows."""
    then = outlook.sizes[0].half_width
    return tr("dev error known to ±{then:gap} instead of ±{now:bare}", then=then, now=outlook.half_width, unit=unit)


def dev_set_note(outlook: DevSetOutlook, unit: str) -> str:
    """Say what each size would decide, what even the largest would not, and how the forecast did on the past."""
    return sentences([*_decisions(outlook), *_check(outlook, unit)])


def _decisions(outlook: DevSetOutlook) -> Iterator[str]:
    left = list(outlook.open)
    for size in outlook.sizes:
        new = [name for name in left if name in size.decided]
        if new:
            yield tr(
                "{times} times the dev rows ({rows:,}) would decide {what}.",
                times=size.times,
                rows=size.rows,
                what=_listed(new),
            )
        left = [name for name in left if name not in new]
    if left:
        last = outlook.sizes[-1]
        yield tr("Even {times} times the dev rows would leave open {what}.", times=last.times, what=_listed(left))
    if not outlook.open:
        yield tr("No question is open that more dev rows would decide.")


def _check(outlook: DevSetOutlook, unit: str) -> Iterator[str]:
    if outlook.from_half is not None:
        yield tr(
            "Check: from half of the dev rows, ±{forecast:gap} was forecast for all of them; it is ±{now:bare}.",
            forecast=outlook.from_half, now=outlook.half_width, unit=unit,
        )  # fmt: skip


def _listed(names: Sequence[str]) -> str:
    return f" {tr('and')} ".join(_decision(name) for name in names)


def _decision(name: str) -> str:
    if name in _OPEN:
        return str(_OPEN[name])
    return tr("whether “{fix}” helps", fix=REMEDIES[name].title)

"""What a change did to the dev error, in words: how much better or worse, and how sure that is."""

from __future__ import annotations

from dldiag.core.i18n import Message, Value, format_error, tr
from dldiag.core.types import Estimate, Recommendation, Report, Trial, TrialVerdict
from dldiag.diagnosis.evidence.printed import printed_after
from dldiag.diagnosis.remedies import MORE_DATA, RARE_ROWS

_BETTER = Message("{gain:gap} better ({low:bare} to {high:bare})")
_LIKELY_BETTER = Message("probably {gain:gap} better ({range})")
_WORSE = Message("{loss:gap} worse ({low:bare} to {high:bare})")
BETWEEN = Message("between {gain:gap} better and {loss:gap} worse")
NOT_WORSE = Message("between {gain:gap} better and no change")
NOT_BETTER = Message("between no change and {loss:gap} worse")
ALL_BETTER = Message("{low:bare} to {high:gap} better")
ALL_WORSE = Message("{low:bare} to {high:gap} worse")
SAID: dict[TrialVerdict, Message] = {
    "helped_little": Message("{range}, less than what matters"),
    "no_effect": Message("no real effect: {range}"),
    "undecided": Message("undecided: {range}"),
}


def range_text(change: Estimate, unit: str) -> Message:
    """Write the interval of a change; negative is better.

    >>> str(range_text(Estimate(-0.003, -0.011, 0.005), "rate"))
    'between 1.1 points better and 0.5 points worse'
    >>> str(range_text(Estimate(-0.003, -0.011, 0.0002), "rate"))
    'between 1.1 points better and no change'
    """
    if change.high <= 0:
        return ALL_BETTER.filled(low=-change.high, high=-change.low, unit=unit)
    if change.low >= 0:
        return ALL_WORSE.filled(low=change.low, high=change.high, unit=unit)
    gain, loss = -change.low, change.high
    said = NOT_WORSE if _prints_as_zero(loss, unit) else NOT_BETTER if _prints_as_zero(gain, unit) else BETWEEN
    return said.filled(gain=gain, loss=loss, unit=unit)


def _prints_as_zero(change: float, unit: str) -> bool:
    return not set("123456789") & set(str(Message("{change:bare}", {"change": change, "unit": unit})))


def tested_text(trial: Trial, unit: str) -> Message:
    """Say what a test showed.

    >>> str(tested_text(Trial("a", "helped", Estimate(-0.038, -0.067, -0.009), 5, 0.0), "rate"))
    '3.8 points better (0.9 to 6.7)'
    >>> str(tested_text(Trial("a", "undecided", Estimate(-0.12, -0.29, 0.02, at_most=-0.01), 5, 0.0), "rate"))
    'probably 12.0 points better (between 29.0 points better and 2.0 points worse)'
    """
    change = trial.change
    better: dict[str, Value] = {"gain": -change.value, "low": -change.high, "high": -change.low, "unit": unit}
    worse: dict[str, Value] = {"loss": change.value, "low": change.low, "high": change.high, "unit": unit}
    if trial.verdict == "helped" or trial.is_likely_help:
        words = _BETTER if change.high < 0 else _LIKELY_BETTER
        return words.filled(**better, range=range_text(change, unit))
    if trial.verdict == "hurt" or (trial.verdict == "undecided" and change.low > 0):
        return _WORSE.filled(**worse)
    return SAID[trial.verdict].filled(range=range_text(change, unit))


def effect_text(recommendation: Recommendation, unit: str) -> str:
    """Say what a fix did when it was tested, or what is expected of it; "" where there is nothing to test."""
    if recommendation.trial is not None:
        text = tested_text(recommendation.trial, unit)
        if recommendation.remedy != MORE_DATA:
            return str(text)
        is_open = recommendation.trial.verdict == "undecided"
        return tr("forecast: {effect}", effect=range_text(recommendation.trial.change, unit) if is_open else text)
    if recommendation.expected is not None and recommendation.expected.value != 0:
        text = range_text(recommendation.expected, unit)
        return (
            tr("forecast: {effect}", effect=text)
            if recommendation.remedy == RARE_ROWS
            else tr("not tested; expected {range}", range=text)
        )
    return tr("not tested") if recommendation.change else ""


def before_change(report: Report) -> Estimate | None:
    """Return the dev error that effects are changes of: a repeat that is worse than the baseline counts as the baseline."""
    return report.evidence.get("counted_error", report.evidence.get("dev_error"))


def before_after(before: Estimate, change: Estimate, unit: str) -> str:
    """Write an error before and after a change of it.

    >>> before_after(Estimate(0.229, 0.2, 0.25), Estimate(-0.038, -0.067, -0.009), "rate")
    '22.9% → 19.1%'
    """
    after = printed_after(before.value, change.value)
    return f"{format_error(before.value, unit)} → {format_error(after, unit)}"

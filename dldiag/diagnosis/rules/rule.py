"""A rule is one row that compares one signal with one named threshold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from dldiag.core.i18n import Message, Value
from dldiag.core.types import Answer, Estimate, Level, Outcome
from dldiag.diagnosis.evidence.evidence import Evidence, Probe


@dataclass(frozen=True)
class Threshold:
    """A named threshold with its unit and its source. A callable reads it from the evidence (δ depends on the error)."""

    name: str
    value: float | Callable[[Evidence], float]
    unit: str
    source: str

    def at(self, evidence: Evidence) -> float:
        """Return the threshold for this evidence."""
        return self.value(evidence) if callable(self.value) else self.value


@dataclass(frozen=True)
class Example:
    """Evidence and the outcome that the rule must give on it; tests and the rule page are made from these."""

    evidence: Evidence
    outcome: Outcome


@dataclass(frozen=True)
class Headline:
    """The sentence with which a rule opens the verdict when it has this outcome.

    instead_of: tells from the answers about bias and variance whether it takes the place of their sentence; None: it
    does whatever they are, before every headline that asks, and their sentence follows it.
    """

    text: Message
    outcome: Outcome = "fired"
    instead_of: Callable[[Answer, Answer], bool] | None = None


@dataclass(frozen=True)
class Rule:
    """One rule. It fires when `signal` is above `threshold` with 90% confidence.

    needs: evidence that must be there. unless: a reason why the rule does not apply to this evidence, else None.
    silences, silences_levels: downstream rules, by code and by level, that say nothing once this one has fired.
    silences_conclusions: the same for every rule that concludes from trials. spares_answers: but not a rule that answers one of the
    verdict's questions with yes. concludes_from_trials: it reads what was tried and did not help, so it waits for the trials.
    answers: which question of the verdict it answers. headlines, remark: what it adds to the verdict, at its beginning or,
    when it has fired and does not open it, at its end; they may use the names of `verdict.values_of`.
    fired, passed, nowhere, unsure and hint are templates; they may use {signal}, {low}, {high}, {threshold} and every name of the evidence.
    """

    code: str
    level: Level
    title: Message
    signal: Callable[[Evidence], Estimate | None]
    threshold: Threshold
    fired: str
    passed: str
    hint: str
    problem: str | None
    needs: tuple[str, ...] = ()
    unless: Callable[[Evidence], Message | None] | None = None
    silences: tuple[str, ...] = ()
    silences_levels: tuple[Level, ...] = ()
    silences_conclusions: bool = False
    spares_answers: bool = False
    concludes_from_trials: bool = False
    answers: Literal["bias", "variance"] | None = None
    headlines: tuple[Headline, ...] = ()
    remark: Message | None = None
    examples: tuple[Example, ...] = ()
    decided_by: str = "rows"  # What would decide it: rows, repeats or nothing.
    nowhere: str = ""  # Takes the place of `passed` where the signal's upper bound is written as 0, or lies below it.
    unsure: str = ""  # Takes the place of the usual sentence about an undecided rule.
    words: Callable[[Evidence], Mapping[str, Value]] = field(default=lambda _: {})


def is_likely(probe: Probe, evidence: Evidence) -> bool:
    """Tell whether a remedy's gain in dev error is by its estimate at least half of what matters, and above zero with 90% confidence.

    Less than what makes a rule fire, which asks for half of what matters with 90% confidence; enough to be worth a try before leaving
    the model as it is. Where the gain is that of a few repeats which learn nothing without the remedy, an interval of the
    mean over all repeats does not tell; that every repeat trains with the remedy does.
    """
    gain = -probe.dev
    return gain.value > evidence.delta / 2 and (gain.surely_above > 0 or probe.unsticks)


MATERIAL = Threshold("δ", lambda e: e.delta, "error", "the larger of the setting and 10% of the dev error")
# What a rule against trusting any verdict silences, by level and by code; whether the network trains can still be seen.
VERDICT: tuple[Level, ...] = ("bias_variance", "process")
CAUSES = ("T4", "T7", "T8", "T9", "T10", "T12", "T13", "T14")

"""The textbook's pairs of training and dev error, read by the rules of the diagnosis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dldiag.core.i18n import Message, Value, format_error, tr
from dldiag.core.params import param
from dldiag.core.statistics import delta_of, difference, rate_estimate
from dldiag.core.types import Finding, Outcome, exactly
from dldiag.diagnosis.evidence.evidence import Evidence
from dldiag.diagnosis.rules import RULES, check_rules

TRAIN_ROWS_PER_DEV_ROW = 3  # As in a 60/20/20 split.
BIAS_RULE, VARIANCE_RULE = "B1", "V1"


@dataclass(frozen=True)
class Pair:
    """Training and dev error, and the error that people reach (the achievable error); shares of wrong rows."""

    train: float = param(0.08, "Training error", "Share of wrong training rows.", low=0.0, high=1.0)
    dev: float = param(0.10, "Dev error", "Share of wrong dev rows.", low=0.0, high=1.0)
    human: float = param(
        0.0, "Human-level error", "Human-level error, taken as the achievable error.", low=0.0, high=1.0
    )

    @property
    def name(self) -> str:
        """The pair as the course writes it: "15 / 16% (people 15%)"."""
        people = f" ({100 * self.human:g}%)" if self.human else ""
        return f"{100 * self.train:g} / {100 * self.dev:g}%{people}"


@dataclass(frozen=True)
class PairSettings:
    """On how many rows the pairs were measured."""

    dev_rows: int = param(
        10_000, "Dev rows behind these numbers", "Few rows leave the rules undecided.", low=20, high=10**8, log=True
    )


# From the deep-learning course, "Bias and variance".
PAIRS = (
    Pair(0.01, 0.11),
    Pair(0.15, 0.16),
    Pair(0.15, 0.30),
    Pair(0.005, 0.01),
    Pair(0.15, 0.16, human=0.15),
)


@dataclass(frozen=True)
class PairReading:
    """What the rules say to one pair: the two findings, and the parts of the dev error."""

    name: str
    achievable: float
    avoidable_bias: float
    variance: float
    bias_finding: Finding
    variance_finding: Finding

    @property
    def bias(self) -> Outcome:
        """Outcome of the rule of avoidable bias."""
        return self.bias_finding.outcome

    @property
    def has_variance(self) -> Outcome:
        """Outcome of the rule of variance."""
        return self.variance_finding.outcome


def read_pairs(pairs: Sequence[Pair] = PAIRS, *, dev_rows: int = 10_000) -> tuple[PairReading, ...]:
    """Apply the rules to each pair as if it had been measured on this many dev rows."""
    return tuple(_read(pair, dev_rows) for pair in pairs)


def pair_evidence(pair: Pair, dev_rows: int) -> Evidence:
    """Return the evidence of a pair that was measured on `dev_rows` rows."""
    train = rate_estimate(pair.train, TRAIN_ROWS_PER_DEV_ROW * dev_rows)
    dev, people = rate_estimate(pair.dev, dev_rows), exactly(pair.human, Message("what people reach"))
    return Evidence(
        n_dev=exactly(dev_rows),
        n_train=exactly(TRAIN_ROWS_PER_DEV_ROW * dev_rows),
        material=exactly(delta_of(pair.dev)),
        train_error=train,
        dev_error=dev,
        achievable=people,
        avoidable_bias=difference(train, people),
        variance=difference(dev, train),
        excess=difference(dev, people),
    )


def pair_summary(reading: PairReading) -> Message:
    """Say in a few words what a pair means."""
    return _WORDS.get((_fired(reading.bias), _fired(reading.has_variance)), _UNDECIDED)


def pair_rows(pairs: Sequence[Pair], readings: Sequence[PairReading]) -> tuple[dict[str, str], ...]:
    """Return pairs and what the rules say to them as rows of texts."""
    return tuple(
        {
            tr("Training error"): format_error(pair.train, "rate"),
            tr("Dev error"): format_error(pair.dev, "rate"),
            tr("Human level"): format_error(pair.human, "rate"),
            tr("Reading"): str(pair_summary(reading)),
        }
        for pair, reading in zip(pairs, readings, strict=True)
    )


def words_of_rules(reading: PairReading) -> tuple[Message, ...]:
    """Return what the rules of bias and of variance say to a pair."""
    return (reading.bias_finding.message, reading.variance_finding.message)


def describe_number_pairs(readings: Sequence[PairReading], dev_rows: int) -> Message:
    """Say the same pair of numbers read differently once human-level error equals the model's."""
    undecided = sum(_fired(o) is None for reading in readings for o in (reading.bias, reading.has_variance))
    values: dict[str, Value] = {"rows": dev_rows, "undecided": undecided, "pairs": len(readings)}
    if undecided:
        return Message(
            "With {rows:,} dev rows {undecided} of {answers} verdicts stay undecided. The same numbers say less when they come from fewer rows.",
            values | {"answers": 2 * len(readings)},
        )
    second, last = readings[1], readings[-1]
    if (second.bias, last.bias) == ("fired", "passed"):
        return Message(
            "{second} and the last pair have the same training and dev error. With human-level error at 0% it is high bias; at {people:error} there is no avoidable bias left.",
            values | {"second": second.name, "people": last.achievable},
        )
    return Message("The rules decide all {pairs} pairs on {rows:,} dev rows.", values)


def _read(pair: Pair, dev_rows: int) -> PairReading:
    evidence = pair_evidence(pair, dev_rows)
    findings = {finding.code: finding for finding in check_rules(evidence, RULES)}
    return PairReading(
        name=pair.name,
        achievable=pair.human,
        avoidable_bias=max(0.0, pair.train - pair.human),
        variance=max(0.0, pair.dev - pair.train),
        bias_finding=findings[BIAS_RULE],
        variance_finding=findings[VARIANCE_RULE],
    )


def _fired(outcome: Outcome) -> bool | None:
    return {"fired": True, "passed": False}.get(outcome)


_WORDS: dict[tuple[bool | None, bool | None], Message] = {
    (False, True): Message("high variance"),
    (True, False): Message("high bias"),
    (True, True): Message("high bias and high variance"),
    (False, False): Message("low bias and low variance"),
}
_UNDECIDED = Message("undecided on so few rows")

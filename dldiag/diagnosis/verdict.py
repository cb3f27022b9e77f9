"""The verdict: one sentence that says what is wrong and how sure that is, from findings and evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dldiag.core.i18n import Message, Value, rounded
from dldiag.core.types import Answer, Estimate, Finding, Outcome, Recommendation, Verdict, exactly
from dldiag.diagnosis.evidence.evidence import Evidence
from dldiag.diagnosis.recommend import REFUTED, shows_help
from dldiag.diagnosis.remedies import LEAVE_IT, OTHER_MODEL
from dldiag.diagnosis.rules import RULES, Headline, Rule
from dldiag.diagnosis.rules.data import judged_row_count

if TYPE_CHECKING:
    from dldiag.experiments.fit import FitResult

_RESAMPLES = 200  # Resamples of the repeats, for the stability of the verdict.

_ANSWERS: Mapping[str, Answer] = {"fired": "yes", "passed": "no", "undecided": "undecided"}

# What an undecided answer rests on, and what the baseline predicts, in the sentences below.
JUDGED_BY_REPEATS = Message("so few repeats")
BASELINES: Mapping[str, Message] = {"rate": Message("the commonest class"), "sd": Message("the mean")}
# What the errors are held against. What is achievable was seen here, unless a model beside it errs less, with a wider interval.
YOUR_TARGET = Message("your target is {achievable:error}")
BEST_SEEN = Message("the best seen here is {achievable:error}")
ACHIEVABLE = Message("about {achievable:error} is achievable")
BEST_CONSTANT = Message("the best constant")  # Stands for the baseline where the metric has a unit of its own.

BY_ANSWERS: Mapping[tuple[Answer, Answer], Message] = {
    ("yes", "yes"): Message(
        "Underfitting and overfitting (high bias and high variance). The training error is {train:error}; about "
        "{achievable:error} is achievable. The error on unseen rows is {dev:error}."
    ),
    ("yes", "no"): Message(
        "Underfitting (high bias): the model does not even fit its training rows. Its training error is {train:error}; about "
        "{achievable:error} is achievable."
    ),
    ("no", "yes"): Message(
        "Overfitting (high variance): the model memorizes its training rows. Its error is {train:error} on them, but "
        "{dev:error} on unseen rows."
    ),
    ("no", "no"): Message("Nothing to fix: the error on unseen rows is {dev:error}; {goal}."),
    ("yes", "undecided"): Message(
        "Underfitting (high bias): the training error is {train:error}; about {achievable:error} is achievable. With {judged} we "
        "can't yet tell whether overfitting matters, too."
    ),
    ("undecided", "yes"): Message(
        "Overfitting (high variance): the error is {train:error} on training rows, but {dev:error} on unseen ones. With {judged} we "
        "can't yet tell whether underfitting matters, too."
    ),
    ("no", "undecided"): Message(
        "No underfitting. With {judged} we can't yet tell whether overfitting matters: the error is {train:error} on training rows "
        "and {dev:error} on unseen ones."
    ),
    ("undecided", "no"): Message(
        "No overfitting. With {judged} we can't yet tell whether underfitting matters: the training error is {train:error}; {goal}."
    ),
}
CANNOT_TELL = Message(
    "The error is {train:error} on training rows and {dev:error} on unseen ones; {goal}. With {judged} we can't yet tell whether underfitting or overfitting matters."
)
TOGETHER = Message(
    "Neither bias nor variance is high by itself, but the two add up. The error on unseen rows is {dev:error}; about "
    "{achievable:error} is achievable."
)
_NOT_ASKED = Message(
    "Bias or variance was not judged: a rule is muted or does not apply. Training error {train:error}, error on "
    "unseen rows {dev:error}; {goal}."
)
CODES: Mapping[tuple[Answer, Answer], str] = {
    ("yes", "yes"): "both", ("yes", "no"): "high_bias", ("no", "yes"): "high_variance", ("no", "no"): "nothing_to_fix",
    ("yes", "undecided"): "high_bias_at_least", ("undecided", "yes"): "high_variance_at_least",
}  # fmt: skip
# Codes of verdicts which say that nothing is to be gained, and of the one that says so before any fix was run.
NOTHING_TO_GAIN = ("harmless_gap", "nothing_to_fix", "little_signal")
SO_FAR = "nothing_so_far"
NOTHING_SO_FAR = Message(
    "Neither bias nor variance is high so far: the error on unseen rows is {dev:error}; {goal}. No fix has been tested yet."
)
GAINS = Message(
    "Neither bias nor variance is high: the error on unseen rows is {dev:error}; {goal}. Still, "
    "a fix that we tested lowers it."
)
# With this verdict keeping the model comes first, though bias or variance is high.
KEEP = "keep"
KEEP_ANYWAY: Mapping[tuple[bool, bool], Message] = {
    (False, True): Message(
        "Keep the model as it is. It overfits (error {train:error} on training rows, {dev:error} on unseen ones). None of "
        "the fixes we tested lowers the error on unseen rows with 90% confidence."
    ),
    (True, False): Message(
        "Keep the model as it is for now. It underfits (training error {train:error}, about {achievable:error} is "
        "achievable). None of the fixes we tested lowers the error on unseen rows with 90% confidence."
    ),
    (True, True): Message(
        "Keep the model as it is for now. It underfits and overfits (training error {train:error}, {dev:error} on "
        "unseen rows). None of the fixes we tested lowers the error on unseen rows with 90% confidence."
    ),
}
# What ends a verdict that keeps the model where a change is better by more than δ, though not with 90% confidence.
PROMISING = Message(
    '"{promised}" looks promising, though: {gain:gap} better so far (90% interval {least:bare} to {most:bare}). Test it with more repeats.'
)
STILL_PROMISING = Message(
    '"{promised}" looks promising, though: {gain:gap} better when tested (90% interval {least:bare} to {most:bare}). More dev rows '
    "would show whether it helps."
)
# Takes the place of "nothing to fix" there.
NOTHING_CLEAR = Message(
    "Neither bias nor variance is high: the error on unseen rows is {dev:error}; {goal}. No fix "
    "that we tested lowers it with 90% confidence."
)
# What opens the verdict while it is open whether any model has skill, by the rule that asks.
NO_SKILL_YET: Mapping[str, Message] = {
    "D9": Message(
        "No model clearly beats always predicting {baseline} yet: the best does by {better:gap}, which may be chance."
    ),
    "D17": Message("No model clearly ranks the rows better than chance yet: the best has a ROC AUC of {auc:.2f}."),
}
REFERENCE = Message("For comparison, on the same unseen rows: {reference}, error {reference_error:error}.")


def conclude(
    findings: Sequence[Finding],
    evidence: Evidence,
    target: str,
    results: Sequence[FitResult] = (),
    seed: int = 0,
    *,
    rules: Sequence[Rule] = RULES,
    by_answers: Mapping[tuple[Answer, Answer], Message] = BY_ANSWERS,
) -> Verdict:
    """Return the verdict: the first rule with a headline, else the two answers about bias and variance.

    results: the fits whose training and dev errors the two answers rest on, for the stability of the verdict. rules,
    by_answers: the rows that findings come from, and the sentence for each pair of answers.
    """
    outcomes = {finding.code: finding.outcome for finding in findings}
    bias, variance = (answer(rules, findings, question) for question in ("bias", "variance"))
    answers = _answers(bias, variance, evidence, by_answers)
    rule, first = _headline(rules, outcomes, bias, variance)
    details = [answers] if _answers_follow(rule, first, bias, variance) else []
    fired = [one for one in rules if one is not rule and outcomes.get(one.code) == "fired"]
    details += [one.remark for one in fired if one.remark]
    details += [REFERENCE] if evidence.reference_error is not None and evidence.names.get("reference") else []
    values = _with_doubt(values_of(evidence, target), outcomes)
    problem = next((one.problem for one in findings if rule and one.code == rule.code), _problem(bias, variance))
    share = stability(results, evidence, seed) if {bias, variance} <= {"yes", "no"} else None
    headline = answers if first is None else first.text
    detail, code = joined([one.filled(**values) for one in details]), _code(rule, headline, bias, variance)
    return Verdict(_said(headline, values), bias, variance, detail, share, problem, code)


def _with_doubt(values: Mapping[str, Value], outcomes: Mapping[str, Outcome]) -> dict[str, Value]:
    """Return the values of a verdict, with the sentence that opens it while no skill over the baseline is shown."""
    doubts = [sentence for code, sentence in NO_SKILL_YET.items() if outcomes.get(code) == "undecided"]
    return {**values, "doubt": doubts[0].filled(**values)} if doubts else dict(values)


def _said(sentence: Message, values: Mapping[str, Value]) -> Message:
    """Return a headline, after the doubt where there is one; it keeps all values, so that another can take its place."""
    plain = sentence.filled(**{name: value for name, value in values.items() if name not in _PARTS})
    doubt = values.get("doubt")
    return plain if doubt is None else Message("{one} {two}", {**plain.values, "one": doubt, "two": plain})


_PARTS = ("one", "two")  # What a headline after a doubt, or before a promise, consists of.
_UNPROMISED = "unpromised"  # The headline before a promise was added.


def _code(rule: Rule | None, headline: Message, bias: Answer, variance: Answer) -> str:
    """Return the code of a verdict: of the rule that opens it, else of the two answers."""
    if rule is not None:
        return rule.problem or rule.code
    if headline is TOGETHER:
        return "adds_up"
    return "not_judged" if headline is _NOT_ASKED else CODES.get((bias, variance), "undecided")


def agreeing(verdict: Verdict, recommendations: Sequence[Recommendation], delta: float) -> Verdict:
    """Return the verdict in agreement with the ranked list: whether keeping the model or a fix comes first; delta: δ.

    Where the model is kept, but a change that can be made may well help, the verdict ends with that.
    """
    found = _with_first(_without_promise(verdict), recommendations)
    best = _promising(recommendations, delta) if found.code in (*NOTHING_TO_GAIN, KEEP) else None
    if best is None:
        return found
    values = found.headline.values
    plain = _said(NOTHING_CLEAR, values) if found.code == CODES["no", "no"] else found.headline
    parts: dict[str, Value] = {_UNPROMISED: found.headline, "one": plain, "two": _promise(best, values)}
    return replace(found, headline=Message("{one} {two}", {**values, **parts}))


def is_promising(verdict: Verdict) -> bool:
    """Tell whether the verdict ends with a change that may well help."""
    return _UNPROMISED in verdict.headline.values


def _without_promise(verdict: Verdict) -> Verdict:
    before = verdict.headline.values.get(_UNPROMISED)
    return replace(verdict, headline=before) if isinstance(before, Message) else verdict


def _promising(recommendations: Sequence[Recommendation], delta: float) -> Recommendation | None:
    """Return the change after keeping the model that is better by most, by more than δ; None where there is none."""
    keep = next((one.rank for one in recommendations if one.remedy == LEAVE_IT), len(recommendations))
    found = [one for one in recommendations if one.rank > keep and _can_be_made(one) and _effect(one).value < -delta]
    return min(found, key=lambda one: _effect(one).value, default=None)


def _can_be_made(one: Recommendation) -> bool:
    is_refuted = one.trial is not None and one.trial.verdict in REFUTED
    return (bool(one.change) or one.remedy == OTHER_MODEL) and not is_refuted


def _effect(one: Recommendation) -> Estimate:
    change = one.trial.change if one.trial is not None else one.expected
    return exactly(0.0) if change is None else change


def _promise(one: Recommendation, values: Mapping[str, Value]) -> Message:
    change = _effect(one)
    sentence = PROMISING if one.trial is None else STILL_PROMISING
    return sentence.filled(
        promised=one.title, gain=-change.value, least=-change.high, most=-change.low, unit=values.get("unit", "")
    )


def _with_first(verdict: Verdict, recommendations: Sequence[Recommendation]) -> Verdict:
    answers = (verdict.bias, verdict.variance)
    by_answers = CODES.get(answers, "undecided")
    high = (verdict.bias == "yes", verdict.variance == "yes")
    first = min(recommendations, key=lambda one: one.rank, default=None)
    if first is not None and verdict.code in NOTHING_TO_GAIN and _is_a_fix(first):
        sentence = BY_ANSWERS.get(answers, GAINS) if any(high) else GAINS
        code, problem = (by_answers, _problem(*answers)) if any(high) else ("gain_found", first.problem)
        return replace(verdict, headline=_said(sentence, verdict.headline.values), code=code, problem=problem)
    keeps = first is not None and first.remedy == LEAVE_IT
    if verdict.code not in (by_answers, KEEP) or not any(high) or keeps == (verdict.code == KEEP):
        return verdict
    sentence = KEEP_ANYWAY[high] if keeps else BY_ANSWERS[answers]
    return replace(verdict, headline=_said(sentence, verdict.headline.values), code=KEEP if keeps else by_answers)


def before_any_fix(verdict: Verdict) -> Verdict:
    """Return the verdict as far as it holds before a fix was run: whether there is nothing to fix is not known then."""
    if verdict.code != "nothing_to_fix":
        return verdict
    return replace(verdict, headline=_said(NOTHING_SO_FAR, verdict.headline.values), code=SO_FAR)


def _is_a_fix(recommendation: Recommendation) -> bool:
    """Tell whether a test showed that a recommendation helps, or likely helps."""
    return recommendation.remedy != LEAVE_IT and shows_help(recommendation.trial)


def _headline(
    rules: Sequence[Rule], outcomes: Mapping[str, Outcome], bias: Answer, variance: Answer
) -> tuple[Rule | None, Headline | None]:
    """Return the rule that opens the verdict and its headline; headlines that hold for any answers come first."""
    speak = [
        (rule, headline) for rule in rules for headline in rule.headlines if outcomes.get(rule.code) == headline.outcome
    ]
    always = [(rule, one) for rule, one in speak if one.instead_of is None]
    by_answers = [(rule, one) for rule, one in speak if one.instead_of is not None and one.instead_of(bias, variance)]
    return next(iter([*always, *by_answers]), (None, None))


def _answers_follow(rule: Rule | None, first: Headline | None, bias: Answer, variance: Answer) -> bool:
    """Tell whether the two answers follow a headline: not where it replaces or silences them."""
    if rule is None or first is None or first.instead_of is not None:
        return False
    return "unknown" not in (bias, variance)


def joined(sentences: Sequence[Message]) -> Message | None:
    """Return some sentences as one message, None when there are none."""
    if len(sentences) < 2:
        return sentences[0] if sentences else None
    return Message("{one} {two}", {"one": sentences[0], "two": joined(sentences[1:])})


def _answers(
    bias: Answer, variance: Answer, evidence: Evidence, by_answers: Mapping[tuple[Answer, Answer], Message]
) -> Message:
    """Return the sentence for two answers; two times "no" may still leave a sum that matters."""
    if "unknown" in (bias, variance):
        return _NOT_ASKED
    adds_up = evidence.excess is not None and evidence.excess.surely_above > evidence.delta
    if (bias, variance) == ("no", "no") and adds_up and evidence.mismatch is None:
        return TOGETHER
    return by_answers.get((bias, variance), CANNOT_TELL)


def answer(rules: Sequence[Rule], findings: Sequence[Finding], question: str) -> Answer:
    """Read the finding that answers a question as yes, no, undecided or unknown (suppressed, muted, not applicable)."""
    codes = {rule.code for rule in rules if rule.answers == question}
    outcome = next((finding.outcome for finding in findings if finding.code in codes), "not_applicable")
    return _ANSWERS.get(outcome, "unknown")


def _problem(bias: Answer, variance: Answer) -> str | None:
    if bias == "yes":
        return "high_bias"
    return "high_variance" if variance == "yes" else None


def values_of(evidence: Evidence, target: str) -> dict[str, Value]:
    """Return the values that the sentences of a verdict may use, by name."""

    def value(name: str) -> float | None:
        estimate = evidence.get(name)
        return None if estimate is None else estimate.value

    judged = JUDGED_BY_REPEATS if evidence.n_dev is None else judged_row_count(evidence)
    return {
        "train": value("train_error"), "dev": value("dev_error"), "training_dev": value("training_dev_error"),
        "achievable": value("achievable"), "goal": _goal(evidence), "better": value("better_than_guess"), "judged": judged,
        "test_gap": value("test_gap"), "stuck": value("stuck_share"), "guess": value("guess_error"),
        "reference_error": value("reference_error"), "baseline": BASELINES.get(evidence.unit, BEST_CONSTANT),
        "auc": None if evidence.ranking_gain is None else 0.5 + evidence.ranking_gain.value,
        "unit": evidence.unit, "target": target, **evidence.names,
    }  # fmt: skip


def _goal(evidence: Evidence) -> Message | None:
    """Say what is achievable, and whence that is known: the model with the lowest bound may not have the lowest error."""
    achievable, shown = evidence.achievable, (evidence.dev_error, evidence.reference_error)
    if achievable is None:
        return None
    is_lowest = all(one is None or rounded(one.value) >= rounded(achievable.value) for one in shown)
    goal = YOUR_TARGET if evidence.target_error is not None else BEST_SEEN if is_lowest else ACHIEVABLE
    return goal.filled(achievable=achievable.value, unit=evidence.unit)


def stability(results: Sequence[FitResult], evidence: Evidence, seed: int) -> float | None:
    """Return the share of resampled repeats in which bias and variance fall on the same side of δ as in all of them."""
    if len(results) < 3 or evidence.achievable is None or evidence.material is None:
        return None
    train = np.array([result.train_error for result in results])
    dev = np.array([result.dev_error for result in results])
    resamples = np.random.default_rng(seed).integers(len(train), size=(_RESAMPLES, len(train)))
    achievable, delta = evidence.achievable.value, evidence.material.value
    whole = _sides(train[None].mean(axis=1), dev[None].mean(axis=1), achievable, delta)
    parts = _sides(train[resamples].mean(axis=1), dev[resamples].mean(axis=1), achievable, delta)
    return float((parts == whole).all(axis=1).mean())


def _sides(train: NDArray[np.float64], dev: NDArray[np.float64], achievable: float, delta: float) -> NDArray[np.bool_]:
    return np.stack([train - achievable > delta, dev - train > delta], axis=1)

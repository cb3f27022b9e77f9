"""Turn findings and evidence into recommendations, ranked by how sure and how large their gain is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dldiag.core.i18n import Message
from dldiag.core.types import Change, Estimate, Finding, Recommendation, Trial, TrialVerdict, exactly
from dldiag.diagnosis.evidence.evidence import Evidence, Probe
from dldiag.diagnosis.remedies import (
    LARGER_DEV_SET,
    LEAVE_IT,
    MORE_DATA,
    OTHER_MODEL,
    RARE_ROWS,
    REMEDIES,
    SEARCH,
    Remedy,
    applicable,
    suits_everything,
)
from dldiag.diagnosis.rules import RULES
from dldiag.diagnosis.rules.rule import is_likely
from dldiag.experiments.models import Model, is_network

NOT_FIRST = Message("It costs nothing; compare every change with it.")
COST_OF_ANOTHER = Message(
    "Another model has to be built, checked and explained anew. So it stands before a setting only where it gains "
    "{half:gap} more."
)
REFUTED = ("no_effect", "hurt")  # Verdicts of a trial that take a remedy off the list of what is recommended.
_HELPFUL = ("helped", "helped_little")  # Verdicts of a trial that recommend a remedy.
DONE_AT_ONCE = ("repair_table", OTHER_MODEL)  # They can be applied though they change no setting of the model.
# Problems that no change of the model removes; what does comes first.
BEFORE_THE_MODEL = ("no_signal", "little_signal", "leak", "misleading_split")
ON_OTHER_GROUNDS = "rare_class_missed"  # The share of wrong rows does not see this problem.
# A problem that needs no measurement: what treats it is tried unless it hurts with 90% confidence.
KNOWN_CAUSE = "classes_weighed_alike"
# Against this problem any change that may help is worth a test.
_WORSE = "worse_than_baseline"
# These problems are worth a remedy only while they keep the verdict open.
FEW_DEV_ROWS = ("few_dev_rows", "few_rare_dev_rows")


def recommend(
    findings: Sequence[Finding], evidence: Evidence, model: Model | None = None
) -> tuple[Recommendation, ...]:
    """Rank the remedies that treat what was found by how sure and how large their gain is.

    What was probed counts with its measured gain; what could not be, with its usual worth. Leaving the model as it is
    is always in the list, and comes first when nothing gains, with 90% confidence or likely.
    """
    fired: dict[str | None, Finding] = {
        finding.problem: finding for finding in findings if finding.outcome == "fired" and finding.problem
    }
    if not any(finding.outcome == "undecided" and _answers(finding) for finding in findings):
        fired = {problem: finding for problem, finding in fired.items() if problem not in FEW_DEV_ROWS}
    entries = [_entry(row, fired, evidence, model) for row in REMEDIES.values()]
    ordered = sorted((e for e in entries if e is not None), key=lambda entry: entry[0])
    return ranked([recommendation for _, recommendation in ordered])


def _answers(finding: Finding) -> bool:
    """Tell whether a finding answers one of the verdict's two questions, so that it names no cause."""
    return any(rule.code == finding.code and rule.answers is not None for rule in RULES)


def ranked(ordered: Sequence[Recommendation]) -> tuple[Recommendation, ...]:
    """Number recommendations in their order; the reason for keeping the model depends on its rank."""
    numbered = (replace(one, rank=rank) for rank, one in enumerate(ordered, start=1))
    return tuple(
        replace(one, because=NOT_FIRST) if one.remedy == LEAVE_IT and one.rank > 1 else one for one in numbered
    )


def settled(recommendations: Sequence[Recommendation], delta: float) -> tuple[Recommendation, ...]:
    """Rank recommendations again by what their trials showed, the largest effect first; delta: δ.

    A remedy whose trial helped comes before keeping the model as it is, one that did not help or hurt comes after.
    """
    keep = next((one.rank for one in recommendations if one.remedy == LEAVE_IT), len(recommendations) + 1)
    ordered = sorted(recommendations, key=lambda one: _settled_order(one, keep, delta))
    fresh = [replace(one, because=REMEDIES[LEAVE_IT].why) if one.remedy == LEAVE_IT else one for one in ordered]
    return ranked(fresh)


def _settled_order(one: Recommendation, keep: int, delta: float) -> tuple[int, bool, float, int]:
    """Return where a recommendation stands once trials are in; keep: the rank of keeping the model as it is."""
    if one.remedy == LEAVE_IT:
        return AS_IT_IS, False, 0.0, one.rank
    trial = one.trial
    change = trial.change if trial is not None else one.expected
    value = 0.0 if change is None else round(change_with_cost(one.remedy, change.value, delta), _SHOWN)
    if trial is not None and trial.verdict in REFUTED:
        return IN_VAIN, False, value, one.rank
    helps = shows_help(trial)
    open_yet = one.problem == KNOWN_CAUSE and one.rank < keep
    if not helps and not open_yet and (one.rank > keep or (trial is not None and value >= 0)):
        return PERHAPS, False, value, one.rank
    if one.problem in BEFORE_THE_MODEL and one.remedy in DONE_AT_ONCE:
        return _FIRST, False, 0.0, one.rank
    return _SURE, not _can_be_done(one), value, one.rank


def shows_help(trial: Trial | None) -> bool:
    """Tell whether a trial helped, or likely helps; rows that must be collected first have to gain over the whole interval."""
    if trial is None:
        return False
    likely = trial.is_likely_help and (trial.remedy != MORE_DATA or trial.change.high < 0)
    return trial.verdict in _HELPFUL or likely


def change_with_cost(remedy: str, change: float, delta: float) -> float:
    """Return a change of dev error less what it costs: another model has to gain δ/2 more than a setting of this one."""
    return change + delta / 2 if remedy == OTHER_MODEL else change


def _can_be_done(one: Recommendation) -> bool:
    """Tell whether a remedy can be applied now: a setting, another model, another use of the table; not more data."""
    has_settings = bool(one.change or (one.trial is not None and one.trial.settings))
    return has_settings or one.remedy in DONE_AT_ONCE


def decide_order(change: Estimate, material: float) -> TrialVerdict:
    """Read the interval of a change in dev error against δ/2, from which a remedy is recommended, too.

    >>> decide_order(Estimate(-0.05, -0.06, -0.04), 0.01), decide_order(Estimate(0.0, -0.004, 0.004), 0.01)
    ('helped', 'no_effect')
    >>> decide_order(Estimate(-0.003, -0.004, -0.002), 0.01)
    'helped_little'
    """
    half = material / 2
    if change.high < -half:
        return "helped"
    if change.low > half:
        return "hurt"
    if change.low < -half or change.high > half:
        return "undecided"
    return "helped_little" if change.high < 0 else "no_effect"


RemedyOrder = tuple[int, float, int]
# Decimals of an error that are written: what is shown as equal is no reason for an order.
_SHOWN = 3
# First what can be applied now, by gain; then what has to be collected; then keeping the model; then the rest.
_FIRST, _SURE, LIKELY, TO_COLLECT, AS_IT_IS, PERHAPS, IN_VAIN = range(7)


def _entry(
    row: Remedy, fired: Mapping[str | None, Finding], evidence: Evidence, model: Model | None
) -> tuple[RemedyOrder, Recommendation] | None:
    problem = next((p for p in row.treats if p in fired), None)
    probe = evidence.probes.get(row.key)
    if row.key == LEAVE_IT:
        return _order(AS_IT_IS, 0.0, row), _made(row, problem or "nothing", row.why, exactly(0.0), {})
    if row.key == SEARCH:
        return _search(row, problem, fired, model)
    if probe is not None:
        return _probed_entry(row, problem, probe, fired, evidence)
    if row.key in _BY_EVIDENCE:
        return _BY_EVIDENCE[row.key](row, problem, fired, evidence)
    return _unprobed_entry(row, problem, fired, evidence, model)


def _unprobed_entry(
    row: Remedy, problem: str | None, fired: Mapping[str | None, Finding], evidence: Evidence, model: Model | None
) -> tuple[RemedyOrder, Recommendation] | None:
    """Place a remedy that no short run was made of, by its usual worth."""
    # Where others were run, this one does not suit the metric or the target.
    unsuited = bool(evidence.probes) and row.suits is not suits_everything
    changes = [] if model is None else [change for _, change in applicable(model, {row.key})]
    if problem is None or (model is not None and row.is_a_setting and not changes):
        return None
    if problem == ON_OTHER_GROUNDS:
        return _on_other_grounds(row, fired[problem])
    if unsuited:
        return None
    expected, change = _expected(row, evidence, fired), next(iter(changes), {})
    order = _order(_place(row, expected, problem), expected, row)
    return order, _made(row, problem, fired[problem].message, _guess(expected), change)


def _search(
    row: Remedy, problem: str | None, fired: Mapping[str | None, Finding], model: Model | None
) -> tuple[RemedyOrder, Recommendation] | None:
    """Offer a search for every network whose features predict the target: no rule foresees what only helps in combination."""
    suits = problem is not None if model is None else is_network(model)
    if not suits or not fired.keys().isdisjoint(BEFORE_THE_MODEL):
        return None
    return _order(PERHAPS, 0.0, row), _made(row, problem or "nothing", row.why, None, {})


def _other_model(
    row: Remedy, problem: str | None, fired: Mapping[str | None, Finding], evidence: Evidence
) -> tuple[RemedyOrder, Recommendation] | None:
    """Recommend the reference model that does better; its learning curve was its trial.

    One that does better by more than δ, but not with 90% confidence, is offered after keeping the model as it is.
    """
    lead = evidence.simple_lead if problem == "simple_model_wins" else evidence.reference_lead
    if lead is None:
        return None
    if problem is not None:
        place = _SURE if lead.surely_above > evidence.delta / 2 else LIKELY
        return _placed_model(row, place, problem, fired[problem].message, -lead, evidence)
    is_offered = lead.value > evidence.delta and fired.keys().isdisjoint(BEFORE_THE_MODEL)
    return _placed_model(row, PERHAPS, row.specific, row.why, -lead, evidence) if is_offered else None


def _placed_model(
    row: Remedy, place: int, problem: str, because: Message, change: Estimate, evidence: Evidence
) -> tuple[RemedyOrder, Recommendation]:
    order = _order(place, change_with_cost(row.key, change.value, evidence.delta), row)
    repeats = 0 if evidence.repeats is None else round(evidence.repeats.value)
    cost = COST_OF_ANOTHER.filled(half=evidence.delta / 2, unit=evidence.unit)
    trial = Trial(row.key, decide_order(change, evidence.delta), change, repeats, 0.0, note=cost)
    return order, replace(_made(row, problem, because, change, {}), trial=trial)


def _rare_rows(
    row: Remedy, problem: str | None, fired: Mapping[str | None, Finding], evidence: Evidence
) -> tuple[RemedyOrder, Recommendation] | None:
    """Recommend more rows of the rare class, with the forecast of what they gain where there is one."""
    if problem is None:
        return None
    gain = evidence.rare_rows_gain
    order = _order(TO_COLLECT, 0.0 if gain is None else -max(0.0, gain.value), row)
    return order, _made(row, problem, fired[problem].message, None if gain is None else -gain, {})


# The evidence itself tells the effect of these remedies.
_BY_EVIDENCE = {OTHER_MODEL: _other_model, RARE_ROWS: _rare_rows}


def _order(place: int, change: float, row: Remedy) -> RemedyOrder:
    """Order by place, then gain, then REMEDIES: what makes a network train at all comes first there."""
    return place, round(change, _SHOWN), list(REMEDIES).index(row.key)


def _place(row: Remedy, expected: float, problem: str | None) -> int:
    if row.key in DONE_AT_ONCE:
        return _FIRST if problem in BEFORE_THE_MODEL else _SURE
    if row.is_a_setting:
        return _SURE if expected < 0 else PERHAPS
    worth_it = expected < 0 or problem in BEFORE_THE_MODEL or row.key == LARGER_DEV_SET
    return TO_COLLECT if worth_it else PERHAPS


def _probed_entry(
    row: Remedy, problem: str | None, probe: Probe, fired: Mapping[str | None, Finding], evidence: Evidence
) -> tuple[RemedyOrder, Recommendation] | None:
    """Place a probed remedy: before keeping the model when it gains with 90% confidence or likely, after it when it only might."""
    half = evidence.delta / 2
    if probe.dev.surely_below < -half:
        place = _SURE
    elif is_likely(probe, evidence) or _has_cause(problem, probe, fired) or _may_get_it_training(probe, fired, half):
        place = LIKELY
    elif problem == ON_OTHER_GROUNDS:
        return _on_other_grounds(row, fired[problem])
    elif probe.dev.low < -half and (problem or probe.dev.surely_below < 0):
        place = PERHAPS
    else:
        return None
    because = fired[problem].message if problem in fired else row.why
    found = _made(row, problem or row.specific, because, probe.dev, probe.settings)
    return _order(place, probe.dev.value, row), replace(found, seen=probe.seen)


def _on_other_grounds(row: Remedy, found: Finding) -> tuple[RemedyOrder, Recommendation]:
    """Recommend what treats a problem that the metric does not see: it gains nothing by the metric, so it is not tested."""
    return _order(LIKELY, 0.0, row), _made(row, ON_OTHER_GROUNDS, found.message, None, {})


def _has_cause(problem: str | None, probe: Probe, fired: Mapping[str | None, Finding]) -> bool:
    """Tell whether the cause shows by itself, not in the short run alone: then any sure gain is a likely one.

    A cause that is known without a measurement asks less of the short run: that it does not hurt with 90% confidence.
    """
    if problem == KNOWN_CAUSE:
        return probe.dev.surely_above <= 0
    return problem in fired and not _answers(fired[problem]) and probe.dev.high < 0


def _may_get_it_training(probe: Probe, fired: Mapping[str | None, Finding], half: float) -> bool:
    """Tell whether a remedy may help a model that is worse than the baseline: then it is worth a test, sure or not."""
    return _WORSE in fired and probe.dev.value < -half


def _expected(row: Remedy, evidence: Evidence, fired: Mapping[str | None, Finding]) -> float:
    """Return the change of dev error to expect of a remedy that could not be probed (negative is better)."""
    if row.key == MORE_DATA:
        gain = evidence.more_data_gain
        return -gain.value if gain is not None and "few_rows" in fired else 0.0
    if evidence.probes or evidence.dev_error is None:
        return 0.0
    part = evidence.avoidable_bias if row.column in ("bias", "training") else evidence.variance
    room = max(0.0, part.value) if part is not None else 0.0
    return -row.worth * room


def _guess(change: float) -> Estimate | None:
    return None if change == 0 else Estimate(change, 2 * change, 0.0)


def _made(row: Remedy, problem: str, because: Message, expected: Estimate | None, change: Change) -> Recommendation:
    return Recommendation(0, row.key, row.title, row.column, because, problem, expected, dict(change))

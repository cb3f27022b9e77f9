"""Rules that a short paired run decides: the remedy was probed, and its gain is the signal."""

from __future__ import annotations

from dldiag.core.i18n import Message
from dldiag.core.types import Estimate, Level, exactly
from dldiag.diagnosis.evidence.evidence import Evidence, Probe
from dldiag.diagnosis.rules.rule import Example, Rule, Threshold


def gain_of(evidence: Evidence, remedy: str) -> Estimate | None:
    """Return by how much a probed remedy lowers the dev error (positive is better), None when it was not probed."""
    return -evidence.probes[remedy].dev if remedy in evidence.probes else None


def probed(  # noqa: PLR0913 — a row of texts
    code: str,
    level: Level,
    title: Message,
    remedy: str,
    problem: str,
    *,
    fired: str,
    passed: str,
    hint: str,
    source: str,
    silences: tuple[str, ...] = (),
) -> Rule:
    """Make the rule that fires when a probed remedy gains more than half the smallest difference that matters."""
    return Rule(
        code,
        level,
        title,
        signal=lambda e: gain_of(e, remedy),
        threshold=Threshold("δ/2", lambda e: e.delta / 2, "error", source),
        fired=fired,
        passed=passed,
        hint=hint,
        problem=problem,
        silences=silences,
        decided_by="repeats",
        examples=(
            Example(_example(remedy, Estimate(-0.08, -0.1, -0.06)), "fired"),
            Example(_example(remedy, Estimate(0.0, -0.004, 0.004)), "passed"),
            Example(_example(remedy, Estimate(-0.02, -0.06, 0.02)), "undecided"),
            Example(Evidence(), "not_applicable"),
        ),
    )


def _example(remedy: str, change: Estimate) -> Evidence:
    return Evidence(probes={remedy: Probe(change, change)}, repeats=exactly(3), dev_error=exactly(0.2))

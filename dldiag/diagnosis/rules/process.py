"""Rules about the process: is a network the right tool, and how was it chosen?"""

from __future__ import annotations

from dldiag.core.i18n import Message
from dldiag.core.types import Estimate, exactly
from dldiag.diagnosis.evidence.evidence import Evidence
from dldiag.diagnosis.rules.data import HALF_MATERIAL
from dldiag.diagnosis.rules.rule import MATERIAL, Example, Rule

PROCESS_RULES: tuple[Rule, ...] = (
    Rule(
        "P3",
        "process",
        Message("Test error vs. dev error"),
        signal=lambda e: e.test_gap,
        threshold=MATERIAL,
        fired="The test error is {signal:gap} above the dev error {dev_error:error}: too much was "
              "chosen on this dev set.",
        passed="The test error is at most {most:gap} above the dev error {dev_error:error}.",
        nowhere="The test error is no higher than the dev error {dev_error:error}.",
        hint="Get a new, larger dev set and compare again.",
        problem="dev_overused",
        needs=("dev_error", "test_gap"),
        remark=Message(
            "The test error is {test_gap:gap} above the dev error. Too much was chosen on this dev set, or it is too "
            "small."
        ),
        examples=(
            Example(Evidence(dev_error=exactly(0.1), test_gap=Estimate(0.05, 0.03, 0.07)), "fired"),
            Example(Evidence(dev_error=exactly(0.1), test_gap=Estimate(0.0, -0.01, 0.01)), "passed"),
        ),
    ),
    Rule(
        "P4", "process", Message("Compared with a linear model"),
        signal=lambda e: e.simple_lead, threshold=HALF_MATERIAL,
        fired="A linear model's dev error is {signal:gap} lower.",
        passed="A linear model is better by at most {most:gap}.",
        hint="Use the linear model, or improve this one until it wins.",
        problem="simple_model_wins", needs=("simple_lead",),
        examples=(
            Example(Evidence(simple_lead=Estimate(0.05, 0.03, 0.07)), "fired"),
            Example(Evidence(simple_lead=Estimate(-0.05, -0.07, -0.03)), "passed"),
        ),
    ),
    Rule(
        "P6", "process", Message("Compared with the best reference model"),
        signal=lambda e: e.reference_lead, threshold=MATERIAL,
        fired="The dev error of {reference} is {signal:gap} lower.",
        passed="No reference model is better by more than {most:gap}.",
        hint="There is something to gain: apply the fixes, or use the reference model.",
        problem="reference_wins", needs=("reference_lead", "reference_error"),
        examples=(
            Example(
                Evidence(
                    reference_lead=Estimate(0.05, 0.03, 0.07), reference_error=exactly(0.1), names={"reference": "Ridge"}
                ),
                "fired",
            ),
            Example(Evidence(reference_lead=Estimate(-0.05, -0.07, -0.03), reference_error=exactly(0.1)), "passed"),
        ),
    ),
)  # fmt: skip

"""Rules about the data: are these rows fit to train and evaluate a model?"""

from __future__ import annotations

from dldiag.core.i18n import Message
from dldiag.core.types import Estimate, exactly
from dldiag.diagnosis.evidence.evidence import Evidence, Probe
from dldiag.diagnosis.rules.classes import CLASS_RULES, without_skill
from dldiag.diagnosis.rules.remedy_gain import gain_of
from dldiag.diagnosis.rules.rule import CAUSES, MATERIAL, VERDICT, Example, Headline, Rule, Threshold

HALF_MATERIAL = Threshold("δ/2", lambda e: e.delta / 2, "error", "half the smallest difference that matters")
COPIES = Threshold("COPIES", 0.01, "share of rows", "Deepchecks, mixed samples; 1% so that chance copies stay quiet")
SCALES = Threshold(
    "SCALES", 100.0, "ratio of spreads", "UMLAUT and DeepDiagnosis fire at [−1, 1]; theirs also on standardized data"
)
STANDS_OUT = Threshold(
    "STANDS_OUT", 0.0, "share of the error", "the preflight look: dominance over the next best column"
)
DIFFERENT_CASES = Threshold(
    "DIFFERENT_CASES",
    0.7,
    "ratio",
    "own choice: 1 is the disagreement of any two rows; a tenth of wrong labels gives 0.36",
)
COMPUTED = Threshold(
    "COMPUTED", 0.0, "share of the variance", "the preflight look: what a formula leaves unexplained is rounding"
)
SUSPICION = Threshold("SUSPICION", 0.5, "0 no … 1 yes", "the preflight look at the table")
WILD = Threshold("WILD", 0.001, "share of cells", "share of number cells beyond 20 robust standard deviations")


DEV_ROWS = Message("{n:,} dev row", plural="{n:,} dev rows")
DIFFERENT_ROWS = Message("{n_dev:,} different dev rows")
RARE_ROWS = Message('{n_dev:,} different dev rows of the class "{rare_class}"')


def judged_row_count(e: Evidence) -> Message:
    """Say how many dev rows there are; a row of several repeats counts once. Where a rare class decides, those of that class."""
    if e.rare_dev_rows is not None:
        return RARE_ROWS.filled(n_dev=int(e.rare_dev_rows.value), rare_class=e.names.get("rare_class", ""))
    n_dev = 0 if e.n_dev is None else int(e.n_dev.value)
    return DEV_ROWS.filled(n=n_dev) if e.repeats is None else DIFFERENT_ROWS.filled(n_dev=n_dev)


def _decided_by_rare(e: Evidence) -> Message | None:
    return (
        None
        if e.rare_dev_rows is None
        else Message("The rows of the rare class decide the error; they are looked at apart.")
    )


def _nothing_to_lose(e: Evidence) -> Message | None:
    return Message("No model beats the baseline, so no split makes it look better.") if without_skill(e) else None


def _scaled(e: Evidence) -> Message | None:
    """Return why different scales are no cause here: inputs are scaled, or scaling them was tested and gains too little."""
    if e.scaled_inputs is not None and e.scaled_inputs.value == 1:
        return Message("Inputs are scaled before they reach the model.")
    gain = gain_of(e, "scale_inputs")
    if gain is not None and gain.surely_below <= HALF_MATERIAL.at(e):
        return Message("Scaled inputs were tested; they do not lower the dev error enough to matter.")
    return None


def _equal_by_chance(e: Evidence) -> Message | None:
    """Return why equal rows with different labels need not be wrong: few combinations are possible, or they are different cases."""
    if e.duplicate_share is not None and e.duplicate_share.value == 0:
        return Message("Rows are equal by chance here, so different labels need not be wrong.")
    if e.conflict_ratio is not None and e.conflict_ratio.value > DIFFERENT_CASES.at(e):
        return Message(
            "Rows with the same features differ in their labels almost as often as any rows: these are different cases."
        )
    return None


DATA_RULES: tuple[Rule, ...] = (
    Rule(
        "D1", "data", Message("Dev set large enough?"),
        signal=lambda e: e.dev_half_width, threshold=MATERIAL,
        fired="With {judged} the error is known to ±{signal:gap} at best (95% confidence); smaller differences don't show.",
        passed="With {judged} the error is known to ±{signal:gap} (95% confidence).",
        hint="Collect more rows: ±{threshold:gap} takes about {rows_needed:,} different dev rows.",
        problem="few_dev_rows", needs=("dev_half_width", "dev_error", "n_dev"), unless=_decided_by_rare,
        words=lambda e: {"rows_needed": _rows_needed(e), "judged": judged_row_count(e)},
        examples=(
            Example(Evidence(dev_half_width=exactly(0.08), dev_error=exactly(0.2), n_dev=exactly(60)), "fired"),
            Example(Evidence(dev_half_width=exactly(0.005), dev_error=exactly(0.2), n_dev=exactly(9000)), "passed"),
        ),
    ),
    Rule(
        "D15", "data", Message("Enough dev rows of the rare class?"),
        signal=lambda e: e.dev_half_width, threshold=MATERIAL,
        fired='Only {rare_dev_rows:,} different dev rows are "{rare_class}", and they decide the error: it is known to ±{signal:gap} '
              "(95% confidence).",
        passed='With {rare_dev_rows:,} different dev rows of "{rare_class}" the error is known to ±{signal:gap} (95% confidence).',
        hint='Collect more "{rare_class}" rows: ±{threshold:gap} takes about {rows_needed:,} different dev rows of this class.',
        problem="few_rare_dev_rows", needs=("dev_half_width", "dev_error", "rare_dev_rows"),
        words=lambda e: {"rows_needed": _rows_needed(e)},
        examples=(
            Example(
                Evidence(
                    dev_half_width=exactly(0.08), dev_error=exactly(0.2), n_dev=exactly(6000), rare_dev_rows=exactly(200),
                    names={"rare_class": "Yes"},
                ),
                "fired",
            ),
            Example(
                Evidence(
                    dev_half_width=exactly(0.005), dev_error=exactly(0.2), n_dev=exactly(90000), rare_dev_rows=exactly(9000),
                    names={"rare_class": "Yes"},
                ),
                "passed",
            ),
        ),
    ),
    Rule(
        "D3", "data", Message("Duplicate rows"),
        signal=lambda e: e.duplicate_share, threshold=COPIES,
        fired="{signal:.1%} of the rows are duplicates.",
        passed="{signal:.1%} of the rows are duplicates.",
        hint="Duplicates stay on one side of every split, so no model is judged on rows it was trained"
             " on.",
        problem="duplicates", needs=("duplicate_share",),
        examples=(
            Example(Evidence(duplicate_share=exactly(0.8)), "fired"),
            Example(Evidence(duplicate_share=exactly(0.0)), "passed"),
        ),
    ),
    Rule(
        "D4", "data", Message("Same features, different labels"),
        signal=lambda e: e.conflict_floor, threshold=HALF_MATERIAL,
        fired="Duplicate rows carry different labels: no model can get below {signal:error}.",
        passed="Conflicting labels cost at most {signal:error}.",
        hint="Look for wrong labels, or for a missing column that tells these rows apart.",
        problem="conflicting_labels", needs=("conflict_floor",), unless=_equal_by_chance,
        examples=(
            Example(Evidence(conflict_floor=exactly(0.06), material=exactly(0.02)), "fired"),
            Example(Evidence(conflict_floor=exactly(0.001), material=exactly(0.02)), "passed"),
            Example(
                Evidence(conflict_floor=exactly(0.06), conflict_ratio=exactly(0.95), material=exactly(0.02)), "not_applicable"
            ),
        ),
    ),
    Rule(
        "D5", "data", Message("Target leakage"),
        signal=lambda e: e.leak_gain, threshold=STANDS_OUT,
        fired="{leak_column} alone removes {signal:.0%} of the error, far more than any other column: "
              "it may leak the target.",
        passed="No single column leaks the target.",
        hint="Is {leak_column} known when you predict? If not, exclude it and diagnose again.",
        problem="leak", needs=("leak_gain",),
        headlines=(
            Headline(Message("{leak_column} seems to leak the target. Check this column before you trust any other "
                             "number.")),
        ),
        examples=(
            Example(Evidence(leak_gain=exactly(0.9), names={"leak_column": "paid"}), "fired"),
            Example(Evidence(leak_gain=exactly(0.0)), "passed"),
        ),
    ),
    Rule(
        "D18", "data", Message("Is the target computed from columns?"),
        signal=lambda e: e.computed_share, threshold=COMPUTED,
        fired="{formula}: the target seems to be computed from these columns.",
        passed="The target is no sum, difference, product or ratio of a few columns.",
        hint="Are these columns known when you predict? If not, exclude them and diagnose again; if they are, compute the "
             "target and do without a model.",
        problem="leak", needs=("computed_share",),
        headlines=(
            Headline(Message("The target seems to be computed from other columns: {formula}. Check this before you trust "
                             "any other number.")),
        ),
        examples=(
            Example(Evidence(computed_share=exactly(1.0), names={"formula": "total ≈ price × quantity"}), "fired"),
            Example(Evidence(computed_share=exactly(0.0)), "passed"),
        ),
    ),
    Rule(
        "D7", "data", Message("Do dev and training rows match?"),
        signal=lambda e: e.mismatch, threshold=MATERIAL,
        fired="Dev rows are {signal:gap} harder than unseen rows like the training rows.",
        passed="Dev rows are no harder than unseen rows like the training rows ({signal:gap}).",
        hint="Add training rows that look like the rows you will predict, or give them more weight.",
        problem="mismatch",
        headlines=(
            Headline(
                Message(
                    "Data mismatch: the error is {training_dev:error} on unseen rows like the training rows, "
                    "but {dev:error} on the dev rows."
                ),
                instead_of=lambda bias, variance: bias == variance == "no",
            ),
        ),
        remark=Message(
            "There is data mismatch, too: {training_dev:error} on unseen rows like the training rows,"
            " {dev:error} on the dev rows."
        ),
        silences_conclusions=True, needs=("mismatch",),
        examples=(
            Example(Evidence(mismatch=Estimate(0.09, 0.07, 0.11)), "fired"),
            Example(Evidence(mismatch=Estimate(0.0, -0.01, 0.01)), "passed"),
        ),
    ),
    Rule(
        "D8", "data", Message("Feature scales"),
        signal=lambda e: e.scale_ratio, threshold=SCALES,
        fired="Features differ in scale by a factor of {signal:,.0f}, and inputs are not scaled.",
        passed="Features have similar scales ({signal:,.0f} to 1).",
        hint="Scale the inputs.",
        problem="unscaled_inputs", needs=("scale_ratio", "scaled_inputs"), unless=_scaled, silences_conclusions=True,
        examples=(
            Example(Evidence(scale_ratio=exactly(1e5), scaled_inputs=exactly(0)), "fired"),
            Example(Evidence(scale_ratio=exactly(1e5), scaled_inputs=exactly(1)), "not_applicable"),
            Example(
                Evidence(
                    scale_ratio=exactly(1e5), scaled_inputs=exactly(0),
                    probes={"scale_inputs": Probe(Estimate(0.03, 0.01, 0.05), exactly(0.0))},
                ),
                "not_applicable",
            ),
            Example(Evidence(scale_ratio=exactly(3), scaled_inputs=exactly(0)), "passed"),
        ),
    ),
    *CLASS_RULES,
    Rule(
        "D10", "data", Message("Groups of rows"),
        signal=lambda e: e.group_suspicion, threshold=SUSPICION,
        fired="{group_column} seems to mark groups of rows that belong together.",
        passed="No column seems to mark groups.",
        hint="If you will predict for new groups, split by {group_column}; otherwise the dev error is "
             "too optimistic.",
        problem="structure", needs=("group_suspicion",),
        examples=(
            Example(Evidence(group_suspicion=exactly(1), names={"group_column": "patient"}), "fired"),
            Example(Evidence(group_suspicion=exactly(0)), "passed"),
        ),
    ),
    Rule(
        "D11", "data", Message("Rows in order of time"),
        signal=lambda e: e.time_suspicion, threshold=SUSPICION,
        fired="Neighboring rows have similar labels: the file may be in order of time.",
        passed="The order of the rows does not predict the target.",
        hint="If you will predict the future, split by time; otherwise the dev error is too "
             "optimistic.",
        problem="structure", needs=("time_suspicion",),
        examples=(
            Example(Evidence(time_suspicion=exactly(1)), "fired"),
            Example(Evidence(time_suspicion=exactly(0)), "passed"),
        ),
    ),
    Rule(
        "D13",
        "data",
        Message("Is a random split misleading?"),
        signal=lambda e: e.split_misleads,
        threshold=SUSPICION,
        fired="Split by {structure} instead of at random, a quick model loses most of its accuracy.",
        passed="A quick model does as well with groups kept apart as on a random split.",
        hint="Split by {structure} first; until then there is no verdict.",
        problem="misleading_split",
        headlines=(
            Headline(
                Message(
                    "Split by {structure} first: its rows belong together. On a random split every error "
                    "looks better than it is."
                )
            ),
        ),
        needs=("split_misleads",),
        unless=_nothing_to_lose,
        silences=CAUSES,
        silences_levels=VERDICT,
        examples=(
            Example(Evidence(split_misleads=exactly(1), names={"structure": "patient"}), "fired"),
            Example(Evidence(split_misleads=exactly(1), better_than_guess=Estimate(0.0, -0.03, 0.03)), "not_applicable"),
            Example(Evidence(split_misleads=exactly(0)), "passed"),
        ),
    ),
    Rule(
        "D12", "data", Message("Extreme values"),
        signal=lambda e: e.outlier_share, threshold=WILD,
        fired="{signal:.2%} of the numbers lie far outside the rest of their column.",
        passed="Hardly any number lies far outside the rest of its column.",
        hint="Check units and typing errors; for columns that span powers of ten, a logarithm often "
             "helps.",
        problem="outliers", needs=("outlier_share",),
        examples=(
            Example(Evidence(outlier_share=exactly(0.05)), "fired"),
            Example(Evidence(outlier_share=exactly(0.0)), "passed"),
        ),
    ),
)  # fmt: skip


def _rows_needed(e: Evidence) -> int:
    """Return the dev rows that would bring the half-width down to δ (it shrinks with the root of the rows)."""
    rows = e.n_dev if e.rare_dev_rows is None else e.rare_dev_rows
    if e.dev_half_width is None or rows is None:
        return 0
    return round(rows.value * (e.dev_half_width.value / e.delta) ** 2)

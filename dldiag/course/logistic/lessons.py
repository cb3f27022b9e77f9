"""The lessons on logistic regression, and what a run says about the notes' statements 4 to 9."""

from __future__ import annotations

from itertools import pairwise
from math import log10

import numpy as np

from dldiag.core.i18n import Message
from dldiag.course.logistic.hidden_layer import WidthComparison, describe_widths, layer_helped
from dldiag.course.logistic.likelihood import EXACT, Likelihood, describe_likelihood
from dldiag.course.logistic.regression import (
    ROUNDING,
    SMALLEST_FALL,
    Descent,
    UnitPass,
    cross_entropy,
    describe_descent,
)
from dldiag.course.logistic.two_layers import EXACT_NUDGE as SAME_SLOPE, TwoLayers, describe_two_layers
from dldiag.course.shared.lesson import (
    Claim,
    Lesson,
    Outcomes,
    Statement,
    Topic,
    claim_verdict,
    joined_lines,
    one_claim,
)

_NUDGE = 1e-5  # The slope is measured by moving z by this much.


def unit_outcomes(row: UnitPass, descent: Descent) -> Outcomes:
    """Judge statements 4 and 6 by one row: the unit's two steps, and a − y against a finite difference."""
    measured = float((cross_entropy(row.z + _NUDGE, row.y) - cross_entropy(row.z - _NUDGE, row.y)) / (2 * _NUDGE))
    apart = abs(measured - row.dz)
    values = {"z": row.z, "a": row.a, "y": row.y, "dz": row.dz, "measured": measured, "apart": apart}
    one = Message("This row: z = {z:.3f}, and the sigmoid makes the probability a = {a:.3f} of it.", values)
    two = Message(
        "a − y = {a:.4f} − {y:g} = {dz:.4f}. Measured by moving z a little: {measured:.4f} (difference {apart:.0e}). Each "
        "weight's slope is this times its own input.",
        values,
    )
    verdict = claim_verdict(0 < row.a < 1)
    return Outcomes((Claim(4, verdict, one), Claim(6, claim_verdict(apart < SAME_SLOPE), two)), "minus")


def likelihood_outcomes(likelihood: Likelihood) -> Outcomes:
    """Judge statement 5 by the product and the sum."""
    power = log10(max(likelihood.product, 1e-300))
    answer = "half" if power > -1 else "thousandth" if power > -4.5 else "nothing"
    return one_claim(5, claim_verdict(likelihood.apart < EXACT), describe_likelihood(likelihood), answer)


def descent_outcomes(descent: Descent, rows: int) -> Outcomes:
    """Judge statement 7 by the descent; the guess is about the sum in place of the mean."""
    costs = [step.cost for step in descent.steps]
    steady = all(after - before <= ROUNDING for before, after in pairwise(costs))
    fell = costs[0] - costs[-1] >= SMALLEST_FALL
    size = float(np.hypot(np.linalg.norm(descent.steps[0].dw), descent.steps[0].db))
    values = {"rows": rows, "mean": size, "sum": rows * size, "rate": descent.learning_rate / rows}
    about_sum = Message(
        "With the sum in place of the mean, the first gradient is {rows:,} times as long ({sum:.3g}, not {mean:.3g}). The same way down takes a learning rate of {rate:.2g}.",
        values,
    )
    return one_claim(7, claim_verdict(steady and fell), joined_lines(describe_descent(descent), about_sum), "longer")


def layer_outcomes(comparison: WidthComparison) -> Outcomes:
    """Judge statement 8 by the widths."""
    gains = layer_helped(comparison)
    return one_claim(8, claim_verdict(gains), describe_widths(comparison), "more" if gains else "same")


def two_layer_outcomes(result: TwoLayers) -> Outcomes:
    """Judge statement 9 by the check of the gradient."""
    exact = result.wrong < SAME_SLOPE
    return one_claim(9, claim_verdict(exact, not exact), describe_two_layers(result), "chain")


LOGISTIC_LESSONS = Topic(
    "pages/12_Logistic_regression.py",
    Message("Logistic regression"),
    Message("Logistic regression is one unit of a network: what it does, every unit does."),
    (
        Lesson(
            "unit",
            Message("One unit, forward and backward"),
            Message("By how much does the loss change when z grows a little, for a prediction a and a label y?"),
            {
                "minus": Message("a − y"),
                "slope": Message("a (1 − a)"),
                "ratio": Message("y / a"),
            },
            (
                Statement(
                    4,
                    Message("Logistic regression is a unit: it adds up weighted inputs and applies the sigmoid."),
                    "unit.row",
                ),
                Statement(
                    6,
                    Message(
                        "Backward, dz = a − y; the slope of each weight is dz times its input, that of the bias dz."
                    ),
                    "unit.step",
                ),
            ),
            Message("Prediction minus label, times the input: that is the gradient of logistic regression."),
            unit_outcomes,
            Message("Try it: find a row that the unit gets wrong, and look at its dz."),
        ),
        Lesson(
            "likelihood",
            Message("From likelihood to loss"),
            Message("Twenty labels, most of them predicted fairly well: how likely are all twenty together?"),
            {
                "half": Message("more than a tenth"),
                "thousandth": Message("about a thousandth"),
                "nothing": Message("less than one in 30,000"),
            },
            (
                Statement(
                    5,
                    Message(
                        "The likelihood of a label is aʸ(1 − a)¹⁻ʸ. Minus its logarithm is the loss, so the likeliest weights have the smallest loss."
                    ),
                    "likelihood.rows",
                ),
            ),
            Message("Maximizing the likelihood of the labels is minimizing the mean loss."),
            likelihood_outcomes,
            Message("Try it: 200 rows. The product leaves what a computer can hold; the sum does not."),
        ),
        Lesson(
            "descent",
            Message("Gradient descent"),
            Message("If the cost were the sum of the losses, not their mean: what would the first step be?"),
            {
                "same": Message("the same"),
                "longer": Message("as many times longer as there are rows"),
                "shorter": Message("shorter"),
            },
            (
                Statement(
                    7,
                    Message("The cost J is the mean loss over all rows; steps against its gradient lead downhill."),
                    "unit.learning_rate",
                ),
            ),
            Message("Each step goes against the gradient; too large a learning rate jumps over the valley."),
            descent_outcomes,
            Message("Try it: a learning rate of 100."),
        ),
        Lesson(
            "layer",
            Message("Many units make a layer"),
            Message("More units in the hidden layer: are fewer rows wrong than with one unit?"),
            {"more": Message("yes"), "same": Message("no, one line is enough")},
            (
                Statement(
                    8,
                    Message("A network is many such units: each draws a line, and the next layer weighs them."),
                    "plane",
                ),
            ),
            Message("One unit draws one line. A hidden layer draws many, and the output weighs them."),
            layer_outcomes,
            Message("Try it: the two circles, or the four squares."),
        ),
        Lesson(
            "backprop",
            Message("Backward through two layers"),
            Message("How does the error get from the output (dz₂) to the hidden layer (dz₁)?"),
            {
                "copy": Message("dz₁ = dz₂"),
                "chain": Message("dz₁ = W₂ᵀ dz₂ · g′(z₁)"),
                "inverse": Message("dz₁ = W₂⁻¹ dz₂"),
            },
            (
                Statement(
                    9,
                    Message("Backpropagation repeats the same step layer by layer: dZ₁ = W₂ᵀ dZ₂ · g′(Z₁)."),
                    "two.hidden_units",
                ),
            ),
            Message("Backpropagation is the chain rule, one layer at a time."),
            two_layer_outcomes,
            Message("Try it: one hidden unit can bend nothing; four can."),
        ),
    ),
)

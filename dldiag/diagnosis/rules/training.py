"""Rules about training: does the network learn at all, and as well as it could?"""

from __future__ import annotations

import math

from dldiag.core.i18n import Message
from dldiag.core.types import Estimate, exactly
from dldiag.diagnosis.evidence.evidence import Evidence
from dldiag.diagnosis.rules.data import HALF_MATERIAL
from dldiag.diagnosis.rules.remedy_gain import probed
from dldiag.diagnosis.rules.rule import Example, Headline, Rule, Threshold

INITIAL_LOSS = Threshold(
    "INITIAL_LOSS", 1.5, "times the expected loss", "Karpathy, A recipe for training neural networks"
)
IDENTICAL = Threshold(
    "IDENTICAL", 6.0, "powers of ten", "distance of units below 1e-6 of their norm; NeuraLint, SageMaker AllZero"
)
SIGNAL_SPREAD = Threshold("SPREAD", 10.0, "ratio", "SageMaker Debugger, PoorWeightInitialization")
VANISHING = Threshold("VANISHING", 1000.0, "ratio of gradient norms, last layer / first", "AUTOTRAINER: 1e-3")
SMALL_GRADIENT = Threshold(
    "SMALL_GRADIENT", 1e-4, "gradient norm of the first layer", "AUTOTRAINER: 1e-4, with the ratio"
)
ANY = Threshold("ANY", 0.0, "share of repeats", "a loss that is not a number is never right")
NO_WORSE = Threshold(
    "NO_WORSE", 0.0, "error", "nobody would use a model that errs more than always the commonest class or the mean"
)
ANY_STUCK = Threshold("ANY_STUCK", 0.0, "share of repeats", "seen once, it will be seen again (own choice)")
DEAD = Threshold("DEAD", 0.7, "share of units", "AUTOTRAINER and DeepDiagnosis fire at 70%, SageMaker warns at 50%")
SATURATED = Threshold("SATURATED", 0.5, "share of pre-activations", "DeepDiagnosis: |z| > 5")

BIAS_CAUSES = ("B1a", "B1b", "B1c", "B1d", "V1", "V1a", "V1b", "V1c", "V1d", "V1e")


def _learns_well(e: Evidence) -> Message | None:
    """Return why a health signal is no cause: the training error is not above the achievable one."""
    if e.avoidable_bias is not None and e.avoidable_bias.surely_below <= e.delta:
        return Message("The training error is low anyway.")
    return None


def _starts_well(e: Evidence) -> Message | None:
    """Return why the initialization is no cause: it is the automatic one, so no other would be advised."""
    if e.automatic_start is not None and e.automatic_start.value == 1:
        return Message("The initialization is the one made for this activation.")
    return _learns_well(e)


def _diverged(e: Evidence) -> Message | None:
    """Return why equal units say nothing: training diverged, or the initialization is the automatic one."""
    if e.nonfinite_share is not None and e.nonfinite_share.value > 0:
        return Message("Training diverged, so what the units look like says nothing.")
    return _starts_well(e) if e.automatic_start is not None and e.automatic_start.value == 1 else None


def _gradient_arrives(e: Evidence) -> Message | None:
    """Return why a small gradient ratio is no cause: the first layer's gradient itself is not small."""
    if (why := _learns_well(e)) is not None or e.gradient_ratio is None or e.first_gradient is None:
        return why
    shrinks = e.gradient_ratio.value * VANISHING.at(e) < 1
    if shrinks and e.first_gradient.value >= SMALL_GRADIENT.at(e):
        return Message("The gradient of the last layer is much larger, but that of the first is not small.")
    return None


def _identical(e: Evidence) -> Estimate | None:
    return None if e.symmetry is None else exactly(-math.log10(max(e.symmetry.value, 1e-12)))


def _inverse(estimate: Estimate | None) -> Estimate | None:
    return None if estimate is None else exactly(1 / max(estimate.value, 1e-12))


def _apart(estimate: Estimate | None) -> Estimate | None:
    return None if estimate is None else exactly(max(estimate.value, 1 / max(estimate.value, 1e-12)))


_HIGH_BIAS = Estimate(0.2, 0.15, 0.25)
_NO_BIAS = Estimate(0.0, -0.005, 0.005)

TRAINING_RULES: tuple[Rule, ...] = (
    Rule(
        "T6", "training", Message("Does training stay finite?"),
        signal=lambda e: e.nonfinite_share, threshold=ANY,
        fired="Training diverged in {signal:.0%} of the runs: the loss became infinite or NaN.",
        passed="The loss stayed finite in every run.",
        hint="Use a smaller learning rate, scale the inputs, or clip the gradient.",
        problem="divergence", needs=("nonfinite_share",), silences=BIAS_CAUSES, silences_conclusions=True,
        headlines=(
            Headline(
                Message("Training diverges: the loss becomes infinite or NaN before the model has learned "
                        "anything.")
            ),
        ),
        examples=(
            Example(Evidence(nonfinite_share=exactly(0.4)), "fired"),
            Example(Evidence(nonfinite_share=exactly(0.0)), "passed"),
        ),
    ),
    Rule(
        "T3", "training", Message("Do the units differ?"),
        signal=_identical, threshold=IDENTICAL,
        fired="The units of a hidden layer are identical, so they learn the same thing and count as "
              "one.",
        passed="The units of every hidden layer differ.",
        hint="Initialize with small random weights, not with equal ones.",
        problem="bad_initialization", needs=("symmetry",), unless=_diverged, silences_conclusions=True,
        examples=(
            Example(Evidence(symmetry=exactly(0.0)), "fired"),
            Example(Evidence(symmetry=exactly(0.4)), "passed"),
        ),
    ),
    Rule(
        "T1", "training", Message("Initial loss"),
        signal=lambda e: e.initial_loss_ratio, threshold=INITIAL_LOSS,
        fired="Before the first step the loss is {signal:.1f} times the baseline's: the initial weights"
              " are too large.",
        passed="Before the first step the loss is close to the baseline's ({signal:.2f} times).",
        hint="Initialize with smaller weights (He for ReLU, Glorot for tanh).",
        problem="bad_initialization", needs=("initial_loss_ratio",), unless=_starts_well, silences_conclusions=True,
        examples=(
            Example(Evidence(initial_loss_ratio=exactly(8), avoidable_bias=_HIGH_BIAS), "fired"),
            Example(Evidence(initial_loss_ratio=exactly(8), avoidable_bias=_NO_BIAS), "not_applicable"),
            Example(Evidence(initial_loss_ratio=exactly(1.1), avoidable_bias=_HIGH_BIAS), "passed"),
        ),
    ),
    Rule(
        "T4", "training", Message("Activations from layer to layer"),
        signal=lambda e: _apart(e.spread_ratio), threshold=SIGNAL_SPREAD,
        fired="Before training, activations change {signal:,.0f}-fold from the first layer to the last.",
        passed="Activations keep their scale from layer to layer ({signal:.1f}-fold).",
        hint="Use He initialization for ReLU and Glorot for tanh.",
        problem="bad_initialization", needs=("spread_ratio",), unless=_starts_well, silences_conclusions=True,
        examples=(
            Example(Evidence(spread_ratio=exactly(1e-4), avoidable_bias=_HIGH_BIAS), "fired"),
            Example(Evidence(spread_ratio=exactly(1.3), avoidable_bias=_HIGH_BIAS), "passed"),
        ),
    ),
    Rule(
        "T5", "training", Message("Vanishing gradient?"),
        signal=lambda e: _inverse(e.gradient_ratio), threshold=VANISHING,
        fired="The gradient shrinks {signal:,.0f}-fold on its way to the first layer, so early layers "
              "hardly learn.",
        passed="The gradient reaches the first layer.",
        hint="Use ReLU with He initialization, or fewer layers.",
        problem="bad_activation", needs=("gradient_ratio",), unless=_gradient_arrives, silences_conclusions=True,
        examples=(
            Example(Evidence(gradient_ratio=exactly(1e-5), first_gradient=exactly(1e-6), avoidable_bias=_HIGH_BIAS), "fired"),
            Example(
                Evidence(gradient_ratio=exactly(1e-5), first_gradient=exactly(0.3), avoidable_bias=_HIGH_BIAS), "not_applicable"
            ),
            Example(Evidence(gradient_ratio=exactly(0.5), avoidable_bias=_HIGH_BIAS), "passed"),
        ),
    ),
    Rule(
        "T7", "training", Message("Dead units"),
        signal=lambda e: e.dead_share, threshold=DEAD,
        fired="{signal:.0%} of the hidden units are dead: they output 0 for every row.",
        passed="{signal:.0%} of the hidden units are dead: they output 0 for every row.",
        hint="Try leaky ReLU, a smaller learning rate or He initialization.",
        problem="bad_activation", needs=("dead_share",), unless=_learns_well, silences_conclusions=True,
        examples=(
            Example(Evidence(dead_share=exactly(0.9), avoidable_bias=_HIGH_BIAS), "fired"),
            Example(Evidence(dead_share=exactly(0.9), avoidable_bias=_NO_BIAS), "not_applicable"),
            Example(Evidence(dead_share=exactly(0.1), avoidable_bias=_HIGH_BIAS), "passed"),
        ),
    ),
    Rule(
        "T8", "training", Message("Saturated units"),
        signal=lambda e: e.saturated_share, threshold=SATURATED,
        fired="{signal:.0%} of the activations are saturated: on the flat part, where units cannot "
              "learn.",
        passed="{signal:.0%} of the activations are saturated.",
        hint="Scale the inputs, initialize with smaller weights, or use ReLU.",
        problem="bad_activation", needs=("saturated_share",), unless=_learns_well, silences_conclusions=True,
        examples=(
            Example(Evidence(saturated_share=exactly(0.8), avoidable_bias=_HIGH_BIAS), "fired"),
            Example(Evidence(saturated_share=exactly(0.02), avoidable_bias=_HIGH_BIAS), "passed"),
        ),
    ),
    probed(
        "T9", "training", Message("Learning rate"), "step_size", "wrong_step",
        fired="Another learning rate lowers the dev error by {signal:gap} in a short run.",
        passed="Larger and smaller learning rates were tested and gain at most {most:gap}.",
        hint="Change learning_rate_init.",
        source="Ng; Cockpit; playbook: a three-fold and ten-fold probe",
        silences=("V1c", "V1e"),  # More rows are more steps, too: the curve of a network in training shows little about rows.
    ),
    probed(
        "T10", "training", Message("Initialization"), "other_initialization", "bad_initialization",
        fired="Another initialization lowers the dev error by {signal:gap} in a short run.",
        passed="Another initialization gains at most {most:gap}.",
        hint="Use the initialization made for this activation.",
        source="the course: weight initialization; NeuraLint",
    ),
    probed(
        "T13", "training", Message("Activation"), "other_activation", "bad_activation",
        fired="Another activation function lowers the dev error by {signal:gap} in a short run.",
        passed="Another activation function gains at most {most:gap}.",
        hint="Use the activation function that did better.",
        source="the course: why ReLU learns faster",
    ),
    probed(
        "T14", "training", Message("Scaled inputs"), "scale_inputs", "unscaled_inputs",
        fired="Scaling the inputs lowers the dev error by {signal:gap} in a short run.",
        passed="Scaling the inputs gains at most {most:gap}.",
        hint="Scale the inputs.",
        source="the course: normalizing inputs",
    ),
    Rule(
        "T12", "training", Message("Did training go on too long?"),
        signal=lambda e: e.past_minimum, threshold=HALF_MATERIAL,
        fired="The dev error was {signal:gap} lower at an earlier epoch.",
        passed="The dev error is at most {most:gap} above its lowest point.",
        nowhere="The dev error ends at its lowest point.",
        hint="Stop early and keep the best weights.",
        problem="past_minimum", needs=("past_minimum",), decided_by="repeats", silences_conclusions=True,
        examples=(
            Example(Evidence(past_minimum=Estimate(0.05, 0.03, 0.07)), "fired"),
            Example(Evidence(past_minimum=Estimate(0.001, 0.0, 0.002)), "passed"),
        ),
    ),
    Rule(
        "T17", "training", Message("Did training stop while still improving?"),
        signal=lambda e: e.still_falling, threshold=HALF_MATERIAL,
        fired="The dev error fell by {signal:gap} over the last fifth of training: it stopped while still improving.",
        passed="Over the last fifth of training the dev error fell by at most {most:gap}.",
        hint="Train for more epochs, or take larger steps.",
        problem="short_training", needs=("still_falling",), decided_by="repeats", silences_conclusions=True,
        silences=("V1c", "V1e"),  # More rows are more steps, too: the curve of a network in training shows little about rows.
        examples=(
            Example(Evidence(still_falling=Estimate(0.05, 0.03, 0.07)), "fired"),
            Example(Evidence(still_falling=Estimate(0.0, -0.002, 0.002)), "passed"),
        ),
    ),
    Rule(
        "T15", "training", Message("Does every random start train?"),
        signal=lambda e: e.stuck_share, threshold=ANY_STUCK,
        fired="In {signal:.0%} of the runs the network learns next to nothing, in most it learns well. Training depends"
            " on the random start.",
        passed="No run fails while most succeed.",
        hint="Choose a learning rate, activation, initialization or training length with which every "
             "run trains.",
        problem="uneven_start", needs=("stuck_share",), decided_by="repeats",
        headlines=(
            Headline(
                Message(
                    "Training depends on the random start. In {stuck:.0%} of the runs the network learns next to "
                    "nothing, in most it learns well."
                )
            ),
        ),
        # With more rows more starts train, so the curve shows little about rows.
        silences_conclusions=True, silences=("V1c", "V1e"),
        examples=(
            Example(Evidence(stuck_share=exactly(0.1)), "fired"),
            Example(Evidence(stuck_share=exactly(0.0)), "passed"),
        ),
    ),
    Rule(
        "T16", "training", Message("Does the model beat the baseline?"),
        signal=lambda e: e.worse_than_guess, threshold=NO_WORSE,
        fired="The model's dev error is {signal:gap} above that of the baseline ({guess_error:error}).",
        passed="The model does at least as well as the baseline ({guess_error:error}).",
        hint="Get the model training first: scale the inputs, change the learning rate, or regularize it strongly.",
        problem="worse_than_baseline", needs=("worse_than_guess", "guess_error"), silences_conclusions=True,
        headlines=(
            Headline(
                Message(
                    "The model is worse than the baseline: its error on unseen rows is {dev:error}, always predicting {baseline} "
                    "gives {guess:error}."
                )
            ),
        ),
        examples=(
            Example(Evidence(worse_than_guess=Estimate(0.1, 0.05, 0.15), guess_error=exactly(0.3)), "fired"),
            Example(Evidence(worse_than_guess=Estimate(-0.1, -0.15, -0.05), guess_error=exactly(0.3)), "passed"),
            Example(Evidence(worse_than_guess=Estimate(0.01, -0.05, 0.07), guess_error=exactly(0.3)), "undecided"),
        ),
    ),
)  # fmt: skip

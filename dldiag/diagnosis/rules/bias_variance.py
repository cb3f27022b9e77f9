"""Rules about bias and variance: where does the dev error come from, and what does each remedy gain?"""

from __future__ import annotations

from dldiag.core.i18n import Message, Value
from dldiag.core.types import Estimate, exactly
from dldiag.diagnosis.evidence.evidence import Evidence, Probe
from dldiag.diagnosis.rules.classes import only_ranking_shows
from dldiag.diagnosis.rules.remedy_gain import gain_of, probed
from dldiag.diagnosis.rules.rule import MATERIAL, Example, Headline, Rule, Threshold, is_likely

BY_CONSTRUCTION = Threshold(
    "BY_CONSTRUCTION", 0.5, "0 no … 1 yes", "full-grown trees and the nearest neighbor meet every row"
)
ANY_RISE = Threshold("ANY_RISE", 0.0, "error", "LCDB 1.1: a paired rise of the error with more rows")
BELOW_DEV = Threshold("BELOW_DEV", 0.0, "error", "UMLAUT; sk-autod")
NOTHING_GAINS = Threshold("NOTHING_GAINS", 0.5, "0 no … 1 yes", "no probe gains δ/2 and dev error is near achievable")

_E = Estimate


def _negative(estimate: Estimate | None) -> Estimate | None:
    return None if estimate is None else -estimate


def _new_rows(e: Evidence) -> dict[str, Value]:
    """Return what variance ends at: the error on new rows like the training rows, where the dev rows are of another kind."""
    if e.training_dev_error is not None:
        return {"judged_on": Message("training-dev error"), "judged": e.training_dev_error.value}
    return {"judged_on": Message("dev error"), "judged": e.dev_error.value if e.dev_error is not None else None}


def _more_data(e: Evidence) -> Estimate | None:
    """Return the expected gain from more rows; None for a curve that rises with 90% confidence."""
    rises = e.curve_rise is not None and e.curve_rise.surely_above > 0
    return None if rises else e.more_data_gain


def something_gains(e: Evidence) -> bool:
    """Tell whether a probed fix, more rows, or another model gains δ/2 with 90% confidence, or a fix likely does."""
    probes = [gain for remedy in e.probes if (gain := gain_of(e, remedy)) is not None]
    gains = [*probes, _more_data(e), e.rare_rows_gain, e.simple_lead, e.reference_lead]
    surely = any(gain is not None and gain.surely_above > e.delta / 2 for gain in gains)
    return surely or any(is_likely(probe, e) for probe in e.probes.values())


def _harmless(e: Evidence) -> Estimate | None:
    if e.variance is None or e.excess is None:
        return None
    gap = e.variance.surely_above > e.delta
    costs = e.excess.surely_above > e.delta
    return exactly(float(gap and not costs and not something_gains(e)))


def _nothing(e: Evidence) -> Estimate | None:
    if e.avoidable_bias is None or e.variance is None:
        return None
    small = e.avoidable_bias.surely_above <= e.delta and e.variance.surely_above <= e.delta
    return exactly(float(small and not something_gains(e)))


def _little_signal(e: Evidence) -> Estimate | None:
    left = _nothing(e)
    if left is None or e.better_than_guess is None:
        return None
    return exactly(float(left.value > 0 and e.better_than_guess.high < e.delta and not only_ranking_shows(e)))


def _chance(e: Evidence) -> Message | None:
    if e.variance is not None and -e.delta < e.variance.value < 0:
        return Message("Training and dev error are practically equal.")
    return None


# What a training error is held against.
BEST_SEEN, YOUR_TARGET = Message("the best error seen here"), Message("your target")


def _goal(e: Evidence) -> dict[str, Value]:
    return {"goal": BEST_SEEN if e.target_error is None else YOUR_TARGET}


BIAS_VARIANCE_RULES: tuple[Rule, ...] = (
    Rule(
        "B1", "bias_variance", Message("Avoidable bias"),
        signal=lambda e: e.avoidable_bias, threshold=MATERIAL,
        fired="The training error {train_error:error} is {signal:gap} above {goal} "
            "({achievable:error}). The model does not even fit its training rows.",
        passed="The training error {train_error:error} is at most {most:gap} above {goal} ({achievable:error}).",
        nowhere="The training error {train_error:error} is no higher than {goal} ({achievable:error}).",
        words=_goal,
        hint="See the fixes against high bias.",
        problem="high_bias", needs=("train_error", "achievable", "avoidable_bias"), answers="bias",
        examples=(
            Example(Evidence(train_error=exactly(0.15), achievable=exactly(0.01), avoidable_bias=_E(0.14, 0.12, 0.16)), "fired"),
            Example(Evidence(train_error=exactly(0.01), achievable=exactly(0.0), avoidable_bias=_E(0.005, 0.0, 0.009)), "passed"),
            Example(
                Evidence(
                    train_error=exactly(0.05), achievable=exactly(0.03), avoidable_bias=_E(0.02, -0.01, 0.05), n_dev=exactly(200)
                ),
                "undecided",
            ),
        ),
    ),
    probed(
        "B1a", "bias_variance", Message("Size of the network"), "bigger_network", "small_network",
        fired="A bigger network lowers the dev error by {signal:gap} in a short run.",
        passed="A bigger network gains at most {most:gap}.",
        hint="Use more units or another layer.",
        source="Ng: a bigger network against high bias",
    ),
    probed(
        "B1b", "bias_variance", Message("Length of training"), "train_longer", "short_training",
        fired="Longer training lowers the dev error by {signal:gap} in a short run.",
        passed="Longer training gains at most {most:gap}.",
        hint="Train for more epochs.",
        source="Ng: train longer; playbook",
        # More rows are more steps, too: the curve of a network in training shows little about rows.
        silences=("V1c", "V1e"),
    ),
    probed(
        "B1c", "bias_variance", Message("Optimization method"), "other_optimizer", "slow_optimizer",
        fired="Another optimization method lowers the dev error by {signal:gap} in a short run.",
        passed="Another optimization method gains at most {most:gap}.",
        hint="Change the solver.",
        source="Ng: another optimization method",
    ),
    probed(
        "B1d", "bias_variance", Message("Strength of regularization"), "weaker_regularization", "over_regularized",
        fired="Weaker regularization lowers the dev error by {signal:gap} in a short run.",
        passed="Weaker regularization gains at most {most:gap}.",
        hint="Lower alpha and dropout.",
        source="Ng, Machine Learning Yearning, ch. 25",
    ),
    Rule(
        "V1", "bias_variance", Message("Variance"),
        signal=lambda e: e.variance, threshold=MATERIAL,
        fired="The {judged_on} {judged:error} is {signal:gap} above the training error "
              "{train_error:error}: the model memorizes its training rows.",
        passed="The {judged_on} {judged:error} is at most {most:gap} above the training error {train_error:error}.",
        nowhere="The {judged_on} {judged:error} is no higher than the training error {train_error:error}.",
        hint="Regularization, or more training data.",
        problem="high_variance", needs=("train_error", "dev_error", "variance"), words=_new_rows, answers="variance",
        examples=(
            Example(Evidence(train_error=exactly(0.01), dev_error=exactly(0.11), variance=_E(0.10, 0.08, 0.12)), "fired"),
            Example(Evidence(train_error=exactly(0.15), dev_error=exactly(0.16), variance=_E(0.005, 0.0, 0.009)), "passed"),
        ),
    ),
    probed(
        "V1a", "bias_variance", Message("More regularization"), "regularization", "under_regularized",
        fired="Stronger regularization lowers the dev error by {signal:gap} in a short run.",
        passed="Stronger regularization gains at most {most:gap}.",
        hint="Raise the L2 penalty or dropout.",
        source="Ng: regularization against high variance",
    ),
    probed(
        "V1b", "bias_variance", Message("Early stopping"), "early_stopping", "past_minimum",
        fired="Early stopping lowers the dev error by {signal:gap} in a short run.",
        passed="Early stopping gains at most {most:gap}.",
        hint="Set early_stopping.",
        source="Ng, Machine Learning Yearning, ch. 27; playbook",
    ),
    Rule(
        "V1c", "bias_variance", Message("More training data"),
        signal=lambda e: e.more_data_gain, threshold=MATERIAL,
        fired="Four times the rows are expected to lower the dev error by {signal:gap}.",
        passed="Four times the rows are expected to gain at most {most:gap}.",
        hint="Collect more rows; the forecast says how many.",
        problem="few_rows", needs=("more_data_gain",), decided_by="repeats",
        examples=(
            Example(Evidence(more_data_gain=_E(0.06, 0.03, 0.08)), "fired"),
            Example(Evidence(more_data_gain=_E(0.0, -0.005, 0.006)), "passed"),
        ),
    ),
    Rule(
        "V1e", "bias_variance", Message("More rows of the rare class"),
        signal=lambda e: e.rare_rows_gain, threshold=MATERIAL,
        fired='Four times the "{rare_class}" rows are expected to lower the dev error by {signal:gap}.',
        passed='Four times the "{rare_class}" rows are expected to gain at most {most:gap}.',
        hint='Collect more "{rare_class}" rows; they count more than as many others.',
        problem="few_rare_rows", needs=("rare_rows_gain",), decided_by="repeats",
        examples=(
            Example(Evidence(rare_rows_gain=_E(0.06, 0.03, 0.08), names={"rare_class": "Yes"}), "fired"),
            Example(Evidence(rare_rows_gain=_E(0.0, -0.005, 0.006), names={"rare_class": "Yes"}), "passed"),
        ),
    ),
    probed(
        "V1d", "bias_variance", Message("Smaller network"), "smaller_network", "large_network",
        fired="A smaller network lowers the dev error by {signal:gap} in a short run.",
        passed="A smaller network gains at most {most:gap}.",
        hint="Use fewer units.",
        source="Ng (with caution: prefer regularization)",
    ),
    Rule(
        "V3", "bias_variance", Message("Does the training error say anything?"),
        signal=lambda e: e.memorizes, threshold=BY_CONSTRUCTION,
        fired="A model of this kind fits its training rows whatever they are. So its training error says little about "
            "bias or variance.",
        passed="The training error of a model of this kind says something.",
        hint="Compare errors on unseen rows, with each fix and with the reference models.",
        problem=None, needs=("memorizes",), decided_by="nothing",
        remark=Message(
            "A model of this kind fits its training rows whatever they are. Compare errors on unseen rows rather than"
            " the gap."
        ),
        examples=(
            Example(Evidence(memorizes=exactly(1)), "fired"),
            Example(Evidence(memorizes=exactly(0)), "passed"),
        ),
    ),
    Rule(
        "V2", "bias_variance", Message("A gap without harm"),
        signal=_harmless, threshold=NOTHING_GAINS,
        fired="Training and dev error differ by {variance:gap}, but nothing we tested clearly lowers the dev error.",
        passed="No harmless gap was found.",
        hint="Keep the model as it is: we found no fix that lowers the error on unseen rows.",
        problem="harmless_gap", needs=("variance", "excess"), decided_by="nothing", concludes_from_trials=True,
        headlines=(
            Headline(
                Message(
                    "Keep the model as it is. It overfits (error {train:error} on training rows, {dev:error} on unseen"
                    " ones), but nothing we tested is clearly better."
                ),
                instead_of=lambda bias, variance: bias != "yes",
            ),
        ),
        examples=(
            Example(Evidence(variance=_E(0.1, 0.08, 0.12), excess=_E(0.0, -0.01, 0.01)), "fired"),
            Example(
                Evidence(
                    variance=_E(0.1, 0.08, 0.12),
                    excess=_E(0.0, -0.01, 0.01),
                    probes={"regularization": Probe(_E(-0.05, -0.06, -0.04), exactly(0.0))},
                ),
                "passed",
            ),
        ),
    ),
    Rule(
        "N1", "bias_variance", Message("What is left"),
        signal=_nothing, threshold=NOTHING_GAINS,
        fired="Neither bias nor variance is high, and none of the fixes we tested lowers the dev error.",
        passed="There may be something left to gain.",
        hint="Keep the model. To get below {achievable:error}, look for better features or cleaner "
             "labels.",
        problem="noise", needs=("avoidable_bias", "variance", "achievable"), decided_by="nothing", concludes_from_trials=True,
        examples=(
            Example(
                Evidence(avoidable_bias=_E(0.0, -0.01, 0.005), variance=_E(0.0, -0.004, 0.006), achievable=exactly(0.1)), "fired"
            ),
            Example(
                Evidence(avoidable_bias=_E(0.1, 0.08, 0.12), variance=_E(0.0, -0.004, 0.006), achievable=exactly(0.1)), "passed"
            ),
        ),
    ),
    Rule(
        "N2", "bias_variance", Message("Do the columns say much?"),
        signal=_little_signal, threshold=NOTHING_GAINS,
        fired="The best of all models is only {better_than_guess:gap} better than the baseline (error {guess_error:error}), less than "
              "what matters.",
        passed="The columns say more than that, or there may be something left to gain.",
        hint="Look for columns that have more to do with the target: no model and no setting finds what is not in them.",
        problem="little_signal", needs=("avoidable_bias", "variance", "better_than_guess", "guess_error"), decided_by="nothing",
        concludes_from_trials=True,
        headlines=(
            Headline(
                Message(
                    "The columns say little about {target}: the error on unseen rows is {dev:error}, always predicting {baseline} "
                    "gets {guess:error}. Neither bias nor variance is high."
                ),
                instead_of=lambda bias, variance: (bias, variance) == ("no", "no"),
            ),
        ),
        examples=(
            Example(
                Evidence(
                    avoidable_bias=_E(0.0, -0.01, 0.005), variance=_E(0.0, -0.004, 0.006),
                    better_than_guess=_E(0.003, 0.001, 0.005), guess_error=exactly(0.45),
                ),
                "fired",
            ),
            Example(
                Evidence(
                    avoidable_bias=_E(0.0, -0.01, 0.005), variance=_E(0.0, -0.004, 0.006),
                    better_than_guess=_E(0.3, 0.27, 0.33), guess_error=exactly(0.45),
                ),
                "passed",
            ),
        ),
    ),
    Rule(
        "C1", "bias_variance", Message("Shape of the learning curve"),
        signal=lambda e: e.curve_rise, threshold=ANY_RISE,
        fired="With more rows the dev error rose by {signal:gap}: the learning curve is ill-behaved.",
        passed="More rows never raised the dev error with 90% confidence.",
        hint="Don't trust a forecast from this curve; check the learning rate and the scaling.",
        problem="ill_behaved_curve", needs=("curve_rise",), silences=("V1c",), decided_by="repeats",
        examples=(
            Example(Evidence(curve_rise=_E(0.03, 0.01, 0.05)), "fired"),
            Example(Evidence(curve_rise=_E(-0.01, -0.02, -0.001)), "passed"),
        ),
    ),
    Rule(
        "C2", "bias_variance", Message("Training error above dev error"),
        signal=lambda e: _negative(e.variance), threshold=BELOW_DEV,
        fired="The dev error is {signal:gap} below the training error.",
        passed="The dev error is not below the training error.",
        hint="Look for easier dev rows or duplicates; shuffle and split again.",
        problem="easy_dev", needs=("variance",), unless=_chance,
        examples=(
            Example(Evidence(variance=_E(-0.05, -0.07, -0.03), material=exactly(0.01)), "fired"),
            Example(Evidence(variance=_E(0.05, 0.03, 0.07)), "passed"),
        ),
    ),
)  # fmt: skip

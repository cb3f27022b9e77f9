"""Rules about the classes, and whether the columns tell anything of them: are they weighed and ranked as the metric asks?"""

from __future__ import annotations

from dataclasses import replace

from dldiag.core.i18n import Message
from dldiag.core.types import Estimate, exactly
from dldiag.diagnosis.evidence.evidence import Evidence
from dldiag.diagnosis.rules.rule import CAUSES, VERDICT, Example, Headline, Rule, Threshold

MAJORITY = Threshold("MAJORITY", 0.8, "share of rows", "skore SKD004; SageMaker Debugger warns at 10:1")
RARE_GAIN = Threshold("RARE_GAIN", 0.05, "share: balanced error", "own choice: five points that no one would give away")
NOT_SHOWN = Threshold(
    "NOT_SHOWN", 0.5, "0 no … 1 yes", "skore SKD002 and SKD009: no better than a dummy; two bars, docs/decisions.md"
)
# Own choice: in a table of two classes, one of them has at least 40% of the rows. Class weights and the balanced error then change little.
EVEN = 1.2  # Times the even share of the commonest class.
UNLIKE = Threshold("UNLIKE", 3.0, "times", "own choice: of two classes, one has less than a quarter of the rows")


def _says_nothing(e: Evidence) -> Estimate | None:
    """Return 1 where no model beats the baseline, 0 where one does with 90% confidence, an interval of both where neither shows.

    No model does: the 90% interval includes 0, and the gain seen is below δ, which few rows might hide. One does: by a stricter
    bound, since the best of several models is compared.
    """
    gain = e.better_than_guess
    if gain is None:
        return None
    if gain.low < 0 and gain.value < e.delta:
        return exactly(1.0)
    return exactly(0.0) if gain.surely_above >= 0 else Estimate(0.5, 0.0, 1.0)


def without_skill(e: Evidence) -> bool:
    """Tell whether no model beats the baseline, by what decides that here: the metric, or how the rows are ranked."""
    says = _ranks_nothing(e) if _decides_unlike(e) else _shows_nothing(e)
    return says is not None and says.low > NOT_SHOWN.at(e) and not only_ranking_shows(e)


def _ranks_nothing(e: Evidence) -> Estimate | None:
    """Return what `_says_nothing` does, of the ranking of the rows: δ of the ROC AUC is that of an error."""
    return _says_nothing(replace(e, better_than_guess=e.ranking_gain))


def _decides_unlike(e: Evidence) -> bool:
    return e.weight_ratio is not None and e.weight_ratio.value > UNLIKE.at(e)


def _by_ranking(e: Evidence) -> Message | None:
    """Leave the question to the ranking where the model decides by other weights than the metric has, or only the ranking shows it."""
    if e.ranking_gain is not None and _decides_unlike(e):
        return Message("D17 asks how well the rows are ranked instead.")
    return Message("The columns do rank the rows better than chance: D19.") if only_ranking_shows(e) else None


def only_ranking_shows(e: Evidence) -> bool:
    """Tell whether of uneven classes no model gets more rows right than the baseline, and yet one ranks them better than chance."""
    return not _are_even(e) and _right_only_by_ranking(e)


def _right_only_by_ranking(e: Evidence) -> bool:
    says, ranks = _says_nothing(e), _ranks_nothing(e)
    return says is not None and ranks is not None and says.low > NOT_SHOWN.at(e) and ranks.high < NOT_SHOWN.at(e)


def _are_even(e: Evidence) -> bool:
    share, classes = e.majority_share, e.n_classes
    return share is not None and classes is not None and share.value * classes.value < EVEN


def _shows_nothing(e: Evidence) -> Estimate | None:
    """Return what `_says_nothing` does, but leave it open where only the ranking of even classes shows that there is something."""
    return Estimate(0.5, 0.0, 1.0) if _are_even(e) and _right_only_by_ranking(e) else _says_nothing(e)


def _by_weights(e: Evidence) -> Message | None:
    return Message("The metric weighs the classes itself: D17.") if _decides_unlike(e) else None


def _by_decisions(e: Evidence) -> Message | None:
    return None if _decides_unlike(e) else Message("D9 asks the same of the metric itself.")


def _regression(e: Evidence) -> Message | None:
    return None if e.task == "classification" else Message("Only a classification target has classes.")


CLASS_RULES: tuple[Rule, ...] = (
    Rule(
        "D6", "data", Message("Class balance"),
        signal=lambda e: e.majority_share, threshold=MAJORITY,
        fired="{signal:.1%} of the rows belong to one class, so always predicting it is right that "
              "often.",
        passed="The commonest class has {signal:.1%} of the rows.",
        hint="Compare every error with the baseline's {guess:error}; consider class_weight='balanced'.",
        problem="imbalance", needs=("majority_share",), unless=_regression,
        words=lambda e: {"guess": 1 - e.majority_share.value if e.majority_share else None},
        examples=(
            Example(Evidence(majority_share=exactly(0.95)), "fired"),
            Example(Evidence(majority_share=exactly(0.6)), "passed"),
        ),
    ),
    Rule(
        "D19", "data", Message("Does the error rate see what the features say?"),
        signal=lambda e: exactly(float(only_ranking_shows(e))), threshold=NOT_SHOWN,
        fired="No model clearly gets more rows right than always predicting the commonest class does, yet the columns rank the rows better than "
              "chance (ROC AUC {auc:.2f}): the error rate does not see that.",
        passed="The error rate sees what the columns say, or they say nothing.",
        hint="If finding the rarer class matters, choose the balanced error or ROC AUC as the metric; class weights or another "
             "threshold then make the model find it.",
        problem="rare_class_missed", needs=("better_than_guess", "ranking_gain"), unless=_by_weights, decided_by="nothing",
        words=lambda e: {"auc": None if e.ranking_gain is None else 0.5 + e.ranking_gain.value},
        headlines=(
            Headline(
                Message(
                    "By the error rate no model clearly beats always predicting the commonest class. Yet the columns tell the classes of {target} "
                    "apart (ROC AUC {auc:.2f}): judge by the balanced error if the rarer class matters."
                )
            ),
        ),
        examples=(
            Example(Evidence(better_than_guess=Estimate(0.0, -0.01, 0.01), ranking_gain=Estimate(0.2, 0.15, 0.25, at_least=0.13)), "fired"),
            Example(Evidence(better_than_guess=Estimate(0.0, -0.01, 0.01), ranking_gain=Estimate(0.02, -0.02, 0.06, at_least=-0.04)), "passed"),
        ),
    ),
    Rule(
        "D14", "data", Message("Does the model give up rare classes?"),
        signal=lambda e: e.rare_class_gain, threshold=RARE_GAIN,
        fired="Class weights lower the balanced error by {signal:.1%}. Without them the model gives up rows of the rarer class "
        "to get more rows right in all.",
        passed="Class weights lower the balanced error by at most {most:.1%}.",
        hint="If the rarer class matters to you, choose the balanced error as the metric and set class_weight to balanced.",
        problem="rare_class_missed", needs=("rare_class_gain",), silences_conclusions=True, decided_by="repeats",
        examples=(
            Example(Evidence(rare_class_gain=Estimate(0.12, 0.09, 0.15)), "fired"),
            Example(Evidence(rare_class_gain=Estimate(0.01, -0.01, 0.03)), "passed"),
        ),
    ),
    Rule(
        "D16", "data", Message("Does the model decide as the metric asks?"),
        signal=lambda e: e.weight_ratio, threshold=UNLIKE,
        fired='The metric weighs a row of "{heavy_class}" {signal:.0f} times as much as one of "{light_class}"; the model weighs them '
              "alike when it learns and decides.",
        passed="The model weighs the classes as the metric does, or nearly.",
        hint="Class weights, or a threshold moved to where the metric is best, make it decide as the metric asks.",
        problem="classes_weighed_alike", needs=("weight_ratio",), silences_conclusions=True,
        examples=(
            Example(Evidence(weight_ratio=exactly(32.0), names={"heavy_class": "yes", "light_class": "no"}), "fired"),
            Example(Evidence(weight_ratio=exactly(1.0)), "passed"),
        ),
    ),
    Rule(
        "D9", "data", Message("Do the features predict the target?"),
        signal=_shows_nothing, threshold=NOT_SHOWN,
        fired="No model clearly beats the baseline (error {guess_error:error}). The columns may not contain "
              "what you want to predict.",
        passed="At least one model beats the baseline.",
        unsure="The best of several models beats the baseline by {better_than_guess:gap}; that may be "
               "chance.",
        hint="Before you change the model, look for other columns, or for a mistake in how rows and "
             "labels were joined.",
        problem="no_signal", needs=("better_than_guess", "guess_error"), unless=_by_ranking, silences=CAUSES, silences_levels=VERDICT,
        spares_answers=True, decided_by="nothing",
        headlines=(
            Headline(
                Message(
                    "No model clearly beats always predicting {baseline}. The columns may not contain what you need "
                    "to predict {target}."
                )
            ),
        ),
        examples=(
            Example(Evidence(better_than_guess=Estimate(0.0, -0.03, 0.03), guess_error=exactly(0.5)), "fired"),
            Example(Evidence(better_than_guess=Estimate(0.2, 0.15, 0.25), guess_error=exactly(0.5)), "passed"),
            Example(Evidence(better_than_guess=Estimate(0.03, 0.01, 0.05, at_least=-0.01), guess_error=exactly(0.5)), "undecided"),
            Example(Evidence(better_than_guess=Estimate(0.25, -0.13, 0.63, at_least=-0.49), guess_error=exactly(0.33)), "undecided"),
        ),
    ),
    Rule(
        "D17", "data", Message("Do the features rank the rows?"),
        signal=_ranks_nothing, threshold=NOT_SHOWN,
        fired="No model ranks the rows better than chance, wherever its threshold is. The columns may not contain "
              "what you want to predict.",
        passed="At least one model ranks the rows better than chance (its ROC AUC, of several classes their mean, is "
               "{ranking_gain:.2f} above 0.5).",
        unsure="The best of several models has a ROC AUC {ranking_gain:.2f} above 0.5; that may be chance.",
        hint="Before you change the model, look for other columns, or for a mistake in how rows and "
             "labels were joined.",
        problem="no_signal", needs=("ranking_gain",), unless=_by_decisions, silences=CAUSES, silences_levels=VERDICT,
        spares_answers=True, decided_by="nothing",
        headlines=(
            Headline(
                Message(
                    "No model ranks the rows by {target} better than chance. The columns may not contain what you need "
                    "to predict it."
                )
            ),
        ),
        examples=(
            Example(Evidence(weight_ratio=exactly(9.0), ranking_gain=Estimate(0.0, -0.07, 0.07)), "fired"),
            Example(Evidence(weight_ratio=exactly(9.0), ranking_gain=Estimate(0.24, 0.1, 0.38, at_least=0.05)), "passed"),
            Example(Evidence(weight_ratio=exactly(9.0), ranking_gain=Estimate(0.1, -0.02, 0.22, at_least=-0.06)), "undecided"),
        ),
    ),
)  # fmt: skip

"""RULES: the catalogue. A rule is added in one place: a row in the file of its level."""

from dldiag.rules.bias_variance import BIAS_VARIANCE_RULES
from dldiag.rules.data import DATA_RULES
from dldiag.rules.judge import check, judge
from dldiag.rules.noun import Example, Rule, Threshold
from dldiag.rules.problems import PROBLEMS
from dldiag.rules.process import PROCESS_RULES
from dldiag.rules.training import TRAINING_RULES

RULES: tuple[Rule, ...] = DATA_RULES + TRAINING_RULES + BIAS_VARIANCE_RULES + PROCESS_RULES

__all__ = ["PROBLEMS", "RULES", "Example", "Rule", "Threshold", "check", "judge"]

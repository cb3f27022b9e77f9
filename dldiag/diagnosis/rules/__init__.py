"""RULES: the catalogue. A rule is added in one place: a row in the file of its level."""

from dldiag.diagnosis.rules.bias_variance import BIAS_VARIANCE_RULES
from dldiag.diagnosis.rules.data import DATA_RULES
from dldiag.diagnosis.rules.engine import apply_rule, check_rules
from dldiag.diagnosis.rules.problems import PROBLEMS
from dldiag.diagnosis.rules.process import PROCESS_RULES
from dldiag.diagnosis.rules.rule import Example, Headline, Rule, Threshold
from dldiag.diagnosis.rules.training import TRAINING_RULES

RULES: list[Rule] = [*DATA_RULES, *TRAINING_RULES, *BIAS_VARIANCE_RULES, *PROCESS_RULES]

__all__ = ["PROBLEMS", "RULES", "Example", "Headline", "Rule", "Threshold", "apply_rule", "check_rules"]

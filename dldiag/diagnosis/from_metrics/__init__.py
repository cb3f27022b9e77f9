"""Diagnosis from numbers alone: a person's errors, a learning curve or a training history from elsewhere, to the same report."""

from dldiag.diagnosis.from_metrics.curve_csv import read_curve_table
from dldiag.diagnosis.from_metrics.history import TrainingHistory
from dldiag.diagnosis.from_metrics.metrics import EXAMPLES, GivenNumbers, check_numbers
from dldiag.diagnosis.from_metrics.report import diagnose_numbers

__all__ = ["EXAMPLES", "GivenNumbers", "TrainingHistory", "check_numbers", "diagnose_numbers", "read_curve_table"]

"""Only numbers in hand: a person's errors, or a learning curve from elsewhere, to the same rules, remedies and report."""

from dldiag.numbers.given import EXAMPLES, Numbers, check_numbers
from dldiag.numbers.report import diagnose_numbers
from dldiag.numbers.table import read_curve_table

__all__ = ["EXAMPLES", "Numbers", "check_numbers", "diagnose_numbers", "read_curve_table"]

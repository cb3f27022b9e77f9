"""Where a model is wrong: slices, label suspects, importance, worst rows, bias and variance per row."""

from dldiag.error_analysis.analysis import ErrorAnalysis, analyze, error_analysis
from dldiag.error_analysis.row_losses import ErrorCase

__all__ = ["ErrorAnalysis", "ErrorCase", "analyze", "error_analysis"]

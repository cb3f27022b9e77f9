"""Where a model is wrong: slices, label suspects, importance, worst rows, bias and variance per row.

The room and its door share a name: `dldiag.error_analysis(y_true, y_pred, …)` works whichever of them Python has bound
to the package, because the module can be called, too.
"""

import sys
from types import ModuleType
from typing import Any

from dldiag.error_analysis.analysis import ErrorAnalysis, analyze, error_analysis
from dldiag.error_analysis.row_losses import ErrorCase

__all__ = ["ErrorAnalysis", "ErrorCase", "analyze", "error_analysis"]


class _Room(ModuleType):
    def __call__(self, *arrays: Any, **options: Any) -> ErrorAnalysis:
        return error_analysis(*arrays, **options)


sys.modules[__name__].__class__ = _Room

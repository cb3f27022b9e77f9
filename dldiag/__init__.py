"""dldiag: bias/variance diagnosis with evidence, and remedies tested on your own data."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dldiag.core.settings import Settings
    from dldiag.core.types import DataError, Report
    from dldiag.data.dataset import make_dataset
    from dldiag.data.read_table import read_table
    from dldiag.data.second_file import with_second_file
    from dldiag.error_analysis import error_analysis
    from dldiag.experiments.forecast import forecast
    from dldiag.experiments.learning_curve import learning_curve
    from dldiag.experiments.metrics import METRICS
    from dldiag.nn import MLPClassifier, MLPRegressor
    from dldiag.report import from_json, to_html, to_json, to_text
    from dldiag.report.library import diagnose_data as diagnose

__version__ = "0.2.0"

# Where each public name comes from. It is loaded when it is first asked for, so that `import dldiag` costs next to nothing.
_PUBLIC = {
    "DataError": "dldiag.core.types",
    "METRICS": "dldiag.experiments.metrics",
    "MLPClassifier": "dldiag.nn",
    "MLPRegressor": "dldiag.nn",
    "Report": "dldiag.core.types",
    "Settings": "dldiag.core.settings",
    "diagnose": "dldiag.report.library:diagnose_data",
    "error_analysis": "dldiag.error_analysis",
    "forecast": "dldiag.experiments.forecast",
    "from_json": "dldiag.report",
    "learning_curve": "dldiag.experiments.learning_curve",
    "make_dataset": "dldiag.data.dataset",
    "read_table": "dldiag.data.read_table",
    "to_html": "dldiag.report",
    "to_json": "dldiag.report",
    "to_text": "dldiag.report",
    "with_second_file": "dldiag.data.second_file",
}

__all__ = [
    "METRICS",
    "DataError",
    "MLPClassifier",
    "MLPRegressor",
    "Report",
    "Settings",
    "diagnose",
    "error_analysis",
    "forecast",
    "from_json",
    "learning_curve",
    "make_dataset",
    "read_table",
    "to_html",
    "to_json",
    "to_text",
    "with_second_file",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'dldiag' has no attribute {name!r}")
    module, _, own = _PUBLIC[name].partition(":")
    import_module("dldiag.report.displays").attach()
    found = globals()[name] = getattr(import_module(module), own or name)
    return found


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])

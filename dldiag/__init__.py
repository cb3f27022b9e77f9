"""dldiag: bias/variance diagnosis with evidence, and remedies tested on your own data."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dldiag.core.version import VERSION

if TYPE_CHECKING:  # Type checkers take a name imported "as" itself for a public one.
    from dldiag.core.settings import Settings as Settings
    from dldiag.core.types import DataError as DataError, ReadPlan as ReadPlan, Report as Report
    from dldiag.data.dataset import make_dataset as make_dataset
    from dldiag.data.read_table import read_table as read_table
    from dldiag.data.second_file import with_second_file as with_second_file
    from dldiag.diagnosis.fitted import dev_repeats as dev_repeats, error_of as error_of, fitted as fitted
    from dldiag.error_analysis import error_analysis as error_analysis
    from dldiag.experiments.forecast import forecast as forecast
    from dldiag.experiments.learning_curve import learning_curve as learning_curve
    from dldiag.experiments.metrics import METRICS as METRICS
    from dldiag.experiments.models import build_model as build_model
    from dldiag.experiments.table_model import TableModel as TableModel
    from dldiag.nn import MLPClassifier as MLPClassifier, MLPRegressor as MLPRegressor
    from dldiag.report import from_json as from_json, to_html as to_html, to_json as to_json, to_text as to_text
    from dldiag.report.library import diagnose_data
    from dldiag.report.mlflow_log import log_to_mlflow as log_to_mlflow
    from dldiag.report.model_file import load_model as load_model, save_model as save_model
    from dldiag.report.script import to_script as to_script

    diagnose = diagnose_data

__version__ = VERSION

# Where each public name comes from. It is loaded when it is first asked for, so that `import dldiag` costs next to nothing.
_PUBLIC = {
    "DataError": "dldiag.core.types",
    "METRICS": "dldiag.experiments.metrics",
    "MLPClassifier": "dldiag.nn",
    "MLPRegressor": "dldiag.nn",
    "ReadPlan": "dldiag.core.types",
    "Report": "dldiag.core.types",
    "Settings": "dldiag.core.settings",
    "TableModel": "dldiag.experiments.table_model",
    "build_model": "dldiag.experiments.models",
    "dev_repeats": "dldiag.diagnosis.fitted",
    "diagnose": "dldiag.report.library:diagnose_data",
    "error_analysis": "dldiag.error_analysis",
    "error_of": "dldiag.diagnosis.fitted",
    "fitted": "dldiag.diagnosis.fitted",
    "forecast": "dldiag.experiments.forecast",
    "from_json": "dldiag.report",
    "learning_curve": "dldiag.experiments.learning_curve",
    "load_model": "dldiag.report.model_file",
    "log_to_mlflow": "dldiag.report.mlflow_log",
    "make_dataset": "dldiag.data.dataset",
    "read_table": "dldiag.data.read_table",
    "save_model": "dldiag.report.model_file",
    "to_html": "dldiag.report",
    "to_json": "dldiag.report",
    "to_script": "dldiag.report.script",
    "to_text": "dldiag.report",
    "with_second_file": "dldiag.data.second_file",
}

__all__ = [*_PUBLIC]  # noqa: PLE0604 — every key is a string


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'dldiag' has no attribute {name!r}")
    module, _, own = _PUBLIC[name].partition(":")
    import_module("dldiag.report.displays").attach()
    public = globals()[name] = getattr(import_module(module), own or name)
    return public


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])

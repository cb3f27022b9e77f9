"""dldiag: bias/variance diagnosis with evidence, and remedies tried on your own data."""

from dldiag.core.settings import Settings
from dldiag.core.types import DataError, Report
from dldiag.data.dataset import make_dataset
from dldiag.data.read_table import read_table
from dldiag.data.second_file import with_second_file
from dldiag.diagnosis.diagnose import diagnose
from dldiag.error_analysis import error_analysis
from dldiag.experiments.forecast import forecast
from dldiag.experiments.learning_curve import learning_curve
from dldiag.nn import MLPClassifier, MLPRegressor
from dldiag.report import from_json, to_html, to_json, to_text

__all__ = [
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

"""dldiag: bias/variance diagnosis with evidence, and remedies tried on your own data."""

from dldiag.curves import learning_curve
from dldiag.data.dataset import make_dataset
from dldiag.data.ingest import read_table
from dldiag.data.joining import with_second_file
from dldiag.diagnose import diagnose
from dldiag.forecast import forecast
from dldiag.nn import MLPClassifier, MLPRegressor
from dldiag.report import from_json, to_html, to_json, to_text
from dldiag.settings import Settings
from dldiag.types import DataError, Report

__all__ = [
    "DataError",
    "MLPClassifier",
    "MLPRegressor",
    "Report",
    "Settings",
    "diagnose",
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

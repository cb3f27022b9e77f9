"""Data: bytes to a table of typed columns, a target, checks before training, and splits."""

from dldiag.data.audit.duplicates import duplicate_groups
from dldiag.data.dataset import make_dataset
from dldiag.data.read_table import read_table
from dldiag.data.samples import SAMPLES, Sample, load_sample
from dldiag.data.target import Suggestion, infer_task, suggest_target
from dldiag.data.typing.columns import with_kinds

__all__ = [
    "SAMPLES",
    "Sample",
    "Suggestion",
    "duplicate_groups",
    "infer_task",
    "load_sample",
    "make_dataset",
    "read_table",
    "suggest_target",
    "with_kinds",
]

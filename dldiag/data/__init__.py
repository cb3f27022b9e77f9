"""Data: bytes to a table of typed columns, a target, checks before training, and splits."""

from dldiag.data.columns import with_kinds
from dldiag.data.dataset import make_dataset
from dldiag.data.duplicates import duplicate_groups
from dldiag.data.ingest import read_table
from dldiag.data.samples import SAMPLES, Sample, load_sample
from dldiag.data.target import Suggestion, infer_task, suggest_target

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

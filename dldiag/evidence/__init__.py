"""Curves, health signals and probes to evidence: estimates with intervals."""

from dldiag.errors import paired_change, train_change
from dldiag.evidence.gather import Measured, gather, material_of, with_achievable
from dldiag.evidence.noun import Evidence, Probe
from dldiag.evidence.signals import frees, training_curve
from dldiag.evidence.table import table_evidence, table_names

__all__ = [
    "Evidence",
    "Measured",
    "Probe",
    "frees",
    "gather",
    "material_of",
    "paired_change",
    "table_evidence",
    "table_names",
    "train_change",
    "training_curve",
    "with_achievable",
]

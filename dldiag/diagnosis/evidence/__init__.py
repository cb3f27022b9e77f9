"""Curves, health signals and probes to evidence: estimates with intervals."""

from dldiag.diagnosis.evidence.evidence import EVIDENCE, Evidence, EvidenceRow, Probe
from dldiag.diagnosis.evidence.gather import MEASURERS, Measured, gather, material_of, with_achievable
from dldiag.diagnosis.evidence.signals import mean_training_curve, unsticks
from dldiag.diagnosis.evidence.table_audit import table_evidence, table_names
from dldiag.experiments.estimates import paired_change, train_change

__all__ = [
    "EVIDENCE",
    "MEASURERS",
    "Evidence",
    "EvidenceRow",
    "Measured",
    "Probe",
    "gather",
    "material_of",
    "mean_training_curve",
    "paired_change",
    "table_evidence",
    "table_names",
    "train_change",
    "unsticks",
    "with_achievable",
]

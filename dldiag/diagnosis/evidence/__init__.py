"""Curves, health signals and probes to evidence: estimates with intervals. `gather` measures it from fits."""

from dldiag.diagnosis.evidence.evidence import EVIDENCE, Evidence, EvidenceRow, Probe, with_achievable

__all__ = ["EVIDENCE", "Evidence", "EvidenceRow", "Probe", "with_achievable"]

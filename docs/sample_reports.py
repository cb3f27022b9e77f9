"""Makes the finished reports of the samples that ship with the package. `--check` says which cannot be read or is missing.

Takes a few minutes: python -m docs.sample_reports
"""

from __future__ import annotations

import gzip
import sys

from dldiag.data.dataset import make_dataset
from dldiag.data.samples import SAMPLES, Sample, load_sample
from dldiag.diagnosis.diagnose import diagnose
from dldiag.report import to_json
from dldiag.report.sample_reports import ENDING, FOLDER, read_sample_report, reported_samples


def write(sample: Sample) -> None:
    """Diagnose a sample with the default settings and write its report."""
    report = diagnose(make_dataset(load_sample(sample.key), sample.target, task=sample.task))
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{sample.key}{ENDING}").write_bytes(gzip.compress(to_json(report).encode(), mtime=0))


def stale() -> list[str]:
    """Return the samples whose report is missing or not of today's schema."""
    return [
        key
        for key in SAMPLES
        if key not in reported_samples() or read_sample_report(key).dataset.target != SAMPLES[key].target
    ]


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(f"no finished report of: {', '.join(stale())}" if stale() else 0)
    for one in SAMPLES.values():
        write(one)

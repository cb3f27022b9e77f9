"""A diagnosis by hand-made numbers that takes its time: for tests and screenshots of the running state."""

import os
import time
from dataclasses import replace

import numpy as np

from dldiag.app.jobs.job_kinds import DiagnosisJob
from dldiag.app.jobs.registry import JOBS
from dldiag.core.i18n import Message
from dldiag.core.types import Progress, Stopped
from tests.reports import make_report

SECONDS = float(os.environ.get("DLDIAG_TEST_SECONDS", "4"))
STEPS = 40


def slow(job, on_progress, should_stop):
    case = os.environ.get("DLDIAG_TEST_CASE", "bias")
    report = make_report(case)
    first = replace(report, recommendations=tuple(replace(one, trial=None) for one in report.recommendations))
    for k in range(STEPS):
        if should_stop():
            raise Stopped
        curves = tuple(_cut(curve, (k + 1) / STEPS) for curve in report.curves)
        known = first if k > STEPS // 3 else None
        stage = Message("Training on subsets")
        on_progress(Progress(stage, k, STEPS, SECONDS * (STEPS - k) / STEPS, curves, known))
        time.sleep(SECONDS / STEPS)
    return report


def _cut(curve, share):
    train, dev = curve.train_errors.copy(), curve.dev_errors.copy()
    kept = int(np.ceil(share * len(curve.sizes)))
    train[kept:], dev[kept:] = np.nan, np.nan
    return replace(curve, train_errors=train, dev_errors=dev)


JOBS[DiagnosisJob] = slow

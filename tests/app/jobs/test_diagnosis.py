"""The main page's job: a diagnosis that reports on the way, stops when asked, and remembers the run before it."""

from dataclasses import replace

import msgspec
import pytest

from dldiag.app.jobs.diagnosis import diagnose_job
from dldiag.app.jobs.job_kinds import DiagnosisJob
from dldiag.app.views.apply import parent_of
from dldiag.core.i18n import Message
from dldiag.core.settings import Settings
from dldiag.core.types import Stopped
from tests.app.drawing import IRIS
from tests.reports import make_report

ASKED = DiagnosisJob(
    data=IRIS,
    model={"hidden_layer_sizes": (1,), "max_iter": 5},
    settings=Settings(budget="quick", sizes=2, repeats=3, baselines=("linear",), trials=0),
)


def test_a_diagnosis_tells_its_curves_and_a_first_report_on_the_way():
    seen = []
    report = diagnose_job(ASKED, seen.append, lambda: False)
    assert report.dataset.rows == 150
    assert any(one.curves for one in seen)
    assert any(one.report is not None for one in seen)
    assert all(0 <= one.done <= one.total for one in seen)


def test_a_canceled_diagnosis_stops():
    with pytest.raises(Stopped):
        diagnose_job(ASKED, print, lambda: True)


def test_a_diagnosis_after_a_change_has_the_run_before_beside_it():
    parent = replace(
        parent_of("job", make_report(), "bigger_network", Message("A bigger network"), {}, None), curve=None
    )
    report = diagnose_job(msgspec.structs.replace(ASKED, parent=parent), lambda progress: None, lambda: False)
    assert report.parent.id == "job"
    assert report.parent.after == report.evidence["dev_error"]

"""The finished reports of the samples: one for each, of today's schema, with a verdict and fixes to read."""

import pytest

from dldiag.data.samples import SAMPLES
from dldiag.report import from_json, sample_reports, to_json, view


@pytest.mark.parametrize("key", SAMPLES)
def test_every_sample_ships_its_finished_report(key):
    report = sample_reports.read_sample_report(key)
    assert (report.dataset.target, report.dataset.task) == (SAMPLES[key].target, SAMPLES[key].task)
    assert to_json(from_json(to_json(report))) == to_json(report)
    assert str(report.verdict.headline)
    assert view.fixes(report)


def test_an_unknown_sample_has_none():
    with pytest.raises(KeyError):
        sample_reports.read_sample_report("../secret")

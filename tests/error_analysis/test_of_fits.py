"""The errors of a diagnosis: in the report as numbers, there and back through JSON, in text and HTML."""

import json

import numpy as np
import pandas as pd
import pytest

import dldiag
from dldiag.core.settings import Settings

QUICK = Settings(budget="quick", sizes=2, repeats=3, trials=0, baselines=("linear",))


@pytest.fixture(scope="module")
def report():
    """A diagnosis whose labels are noise where x is high in one city that the model does not use."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(2_000, 3)), columns=["x", "y", "z"])
    frame["city"] = rng.choice(["Bonn", "Oslo"], 2_000)
    noise = (frame.city == "Bonn") & (rng.random(2_000) < 0.45)
    frame["label"] = np.where((frame.x + frame.y > 0) ^ noise, "yes", "no")
    dataset = dldiag.make_dataset(frame, "label", exclude=["city"])
    return dldiag.diagnose(dataset, settings=QUICK)


def test_a_column_that_the_model_does_not_use_defines_a_slice(report):
    first = report.errors.confirmed[0]
    assert ("city", "==", "Bonn") in [(one.column, one.op, one.value) for one in first.rule]
    assert first.error.low > first.rest.high


def test_the_json_has_the_promised_keys_and_comes_back_the_same(report):
    text = dldiag.to_json(report)
    errors = json.loads(text)["errors"]
    assert {"rule", "rows", "share_of_error", "error", "rest", "confirmed"} <= errors["slices"][0].keys()
    assert errors["slices"][0]["rule"][0] == {"column": "city", "op": "==", "value": "Bonn"}
    assert errors["suspects"]["tried"] is None
    assert {"column", "increase"} <= errors["importance"][0].keys()
    assert dldiag.from_json(text).errors == report.errors


def test_the_error_of_the_analysis_is_the_one_that_the_report_states(report):
    stated = report.metrics["error"]
    assert (report.errors.error.value, report.errors.error.low) == (stated.value, stated.low)


def test_the_columns_that_decide_are_the_important_ones(report):
    assert {one.column for one in report.errors.importance[:2]} == {"x", "y"}
    assert report.errors.importance[-1].increase.low <= 0.02


def test_text_and_page_say_where(report):
    assert "city = Bonn" in dldiag.to_text(report)
    assert "city = Bonn" in dldiag.to_html(report)
    assert "错在哪里" in dldiag.to_html(report, "zh")


def test_a_report_without_errors_is_written_as_before(report):
    from dataclasses import replace

    without = replace(report, errors=None)
    assert "city = Bonn" not in dldiag.to_text(without)
    assert dldiag.from_json(dldiag.to_json(without)).errors is None


def test_repeats_of_one_training_set_are_not_split_into_bias_and_variance():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=300), "t": np.arange(300)})
    frame["label"] = np.where(frame.x + rng.normal(size=300) > 0, "yes", "no")
    late = dldiag.diagnose(dldiag.make_dataset(frame, "label", times="t"), settings=QUICK)
    drawn = dldiag.diagnose(dldiag.make_dataset(frame, "label"), settings=QUICK)
    assert late.errors.decomposition is None and "same rows" in str(late.errors.empty["decomposition"])
    assert drawn.errors.decomposition is not None

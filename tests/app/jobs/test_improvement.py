"""The jobs of the loop, on a real small table: try one remedy, improve, open the test set; and how a page shows them."""

import pytest

from dldiag.app.jobs import serialize
from dldiag.app.jobs.diagnosis import diagnose_job
from dldiag.app.jobs.improvement import improve_job, open_job, try_job
from dldiag.core.types import Estimate, Stopped

QUICK = {"budget": "quick", "sizes": 2, "repeats": 3, "baselines": ["linear"]}
ASKED = {
    "data": {"sample": "iris", "target": "target", "task": "classification"},
    "model": {"hidden_layer_sizes": [1], "max_iter": 5},
    "settings": QUICK,
}


def never():
    return False


def collect(kept):
    return lambda progress: kept.append(serialize.progress_from_json(serialize.progress_to_json(progress)))


def test_a_diagnosis_tells_its_curves_and_a_first_report_on_the_way():
    seen = []
    text = diagnose_job(ASKED | {"settings": QUICK | {"trials": 0}}, collect(seen), never)
    report = serialize.report_from_text(text)
    assert report.dataset.rows == 150
    assert any(one.curves for one in seen)
    assert any(one.report is not None for one in seen)
    assert all(0 <= one.done <= one.total for one in seen)


def test_a_canceled_diagnosis_stops():
    with pytest.raises(Stopped):
        diagnose_job(ASKED, collect([]), lambda: True)


def test_a_trial_is_paired_and_has_an_interval():
    seen = []
    asked = ASKED | {"remedy": "bigger_network", "change": {"hidden_layer_sizes": [64]}, "material": 0.01}
    found = try_job(asked, collect(seen), never)
    assert found["remedy"] == "bigger_network"
    assert found["settings"] == {"hidden_layer_sizes": [64]} or found["settings"] == {"hidden_layer_sizes": (64,)}
    change = found["change"]
    assert change["low"] <= change["value"] <= change["high"]
    assert seen


def test_the_test_set_compares_start_and_winner():
    asked = ASKED | {"start": ASKED["model"], "winner": {"hidden_layer_sizes": [64], "max_iter": 200}, "dev_uses": 3}
    found = open_job(asked, collect([]), never)
    assert 25 <= found["rows"] <= 35, "about a fifth of 150 rows; copies stay together"
    assert found["dev_uses"] == 3
    assert found["winner"]["value"] < found["start"]["value"], (
        "sixty-four units learn iris, one unit in 5 epochs does not"
    )


def test_improving_ends_with_a_path_that_can_be_shown():
    seen = []
    found = improve_job(ASKED, collect(seen), never)
    assert found["start"]["hidden_layer_sizes"] in ([1], (1,))
    for step in found["steps"]:
        Estimate(**{name: step["effect"][name] for name in ("value", "low", "high")})
    assert str(serialize.message_from_json(found["ended"]))
    assert serialize.report_from_text(found["report"]).dataset.rows == 150
    assert any("Turn 1" in str(one.stage) for one in seen)

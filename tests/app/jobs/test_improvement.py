"""The jobs of the loop, on a real small table: try one remedy, improve, open the test set."""

from dldiag.app.jobs.improvement import FoundPath, improve_job, open_job, try_job
from dldiag.app.jobs.job_kinds import ImprovementJob, RemedyTrialJob, TestOpeningJob
from dldiag.app.storage import codec
from dldiag.core.settings import Settings
from dldiag.core.types import Estimate, Trial

QUICK = Settings(budget="quick", sizes=2, repeats=3, baselines=("linear",))
ASKED = {
    "data": {"sample": "iris", "target": "target", "task": "classification"},
    "model": {"hidden_layer_sizes": (1,), "max_iter": 5},
    "settings": QUICK,
}


def never():
    return False


def collect(kept):
    return kept.append


def test_a_trial_is_paired_and_has_an_interval():
    seen = []
    asked = RemedyTrialJob(**ASKED, remedy="bigger_network", change={"hidden_layer_sizes": (64,)}, material=0.01)
    found = codec.from_bytes(codec.to_bytes(try_job(asked, collect(seen), never)), Trial)
    assert found.remedy == "bigger_network"
    assert found.settings == {"hidden_layer_sizes": (64,)}
    assert found.change.low <= found.change.value <= found.change.high
    assert seen


def test_the_test_set_compares_start_and_winner():
    winner = {"hidden_layer_sizes": (64,), "max_iter": 200}
    asked = TestOpeningJob(**ASKED, start=ASKED["model"], winner=winner, dev_uses=3, owner="")
    found = open_job(asked, collect([]), never)
    assert 25 <= found.rows <= 35, "about a fifth of 150 rows; copies stay together"
    assert found.dev_uses == 3
    assert found.winner.value < found.start.value, "sixty-four units learn iris, one unit in 5 epochs does not"


def test_improving_ends_with_a_path_that_can_be_shown():
    seen = []
    found = codec.from_bytes(codec.to_bytes(improve_job(ImprovementJob(**ASKED), collect(seen), never)), FoundPath)
    assert found.start["hidden_layer_sizes"] == (1,)
    assert all(isinstance(step.effect, Estimate) for step in found.steps)
    assert str(found.ended)
    assert found.total.change.value < 0 < found.total.before.value
    assert any("Turn 1" in str(one.stage) for one in seen)

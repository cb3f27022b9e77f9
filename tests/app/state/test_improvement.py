"""What was started from a diagnosis is remembered with it, as long as it is there."""

import shutil

from dldiag.app.jobs import store
from dldiag.app.state import improvement
from dldiag.app.storage import codec
from dldiag.core.types import Trial
from tests.app.drawing import a_diagnosis
from tests.reports import make_report, make_trial


def remembering(**others):
    """Return a diagnosis from which other jobs were started."""
    job = a_diagnosis()
    (store.folder_of(job) / "loop.json").write_bytes(codec.to_bytes(others))
    return job


def ended(state, result=None):
    """Return a job that ended, with its result."""
    job = a_diagnosis()
    if result is not None:
        store.write_result(job, result)
    store.end(job, store.Ending(state))
    return job


def test_a_job_that_was_cleared_away_was_never_started():
    here, gone = a_diagnosis(), a_diagnosis()
    shutil.rmtree(store.folder_of(gone))
    assert improvement.started(remembering(improve=here, open=gone)) == {"improve": here}
    assert improvement.started(a_diagnosis()) == {}


def test_a_forgotten_job_can_be_started_again():
    job = remembering(improve=a_diagnosis(), open=a_diagnosis())
    improvement.forget_improvement(job, "improve")
    assert list(improvement.started(job)) == ["open"]


def test_only_a_finished_job_has_a_result_and_only_a_canceled_one_a_part_of_it():
    trial = make_trial("bigger_network", "helped", -0.1, 0.01)
    assert improvement.finished(ended("finished", trial), Trial).remedy == "bigger_network"
    assert improvement.finished(ended("canceled", trial), Trial) is None
    assert improvement.partial_result(ended("canceled", trial), Trial).remedy == "bigger_network"
    assert improvement.partial_result(ended("canceled"), Trial) is None
    assert improvement.finished(None, Trial) is None


def test_a_test_by_hand_joins_the_report_and_counts_as_one_more_comparison():
    report = make_report(trials=False)
    trial = make_trial("train_longer", "helped", -0.12, 0.01)
    plain, tried = a_diagnosis(), remembering(**{"try train_longer": ended("finished", trial)})
    found = {one.remedy: one for one in improvement.with_trials(report, tried).recommendations}
    assert found["train_longer"].trial.change == trial.change
    assert found["bigger_network"].trial is None
    assert improvement.dev_uses(tried, report) == 1 == improvement.dev_uses(plain, report)
    counted = make_report(trials=False, compared=5)
    assert improvement.dev_uses(tried, counted) == improvement.dev_uses(plain, counted) + 1

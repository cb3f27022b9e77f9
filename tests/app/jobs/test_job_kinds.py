"""What is asked of a worker is read back as it was asked, whatever its kind; what another version asked is refused in words."""

import json
import math

import numpy as np
import pytest
from msgspec.structs import fields

from dldiag.app.jobs import store
from dldiag.app.jobs.course import REQUESTS
from dldiag.app.jobs.job_kinds import (
    CourseJob,
    DiagnosisJob,
    ErrorRowsJob,
    ModelJob,
    RemedyTrialJob,
    TestOpeningJob,
    job_kind,
)
from dldiag.app.jobs.registry import JOBS, any_job
from dldiag.app.jobs.worker import perform
from dldiag.app.storage import codec
from dldiag.app.storage.paths import new_token, private, write_whole
from dldiag.core.i18n import Message
from dldiag.core.settings import Settings
from dldiag.core.types import DataError, Estimate, LearningCurve, Parent, Trial

DATA = {"upload": "a" * 64, "name": "table.csv", "plan": {"missing": ("", "?")}, "second": {"path": "b.csv"},
        "exclude": ("id",), "domain": ("from", "second"), "target": "y"}  # fmt: skip
MODEL = {"model_key": "mlp", "hidden_layer_sizes": (64, 32), "alpha": 1e-4, "tol": -math.inf, "early_stopping": True}
MODEL_JOB = {"data": DATA, "model": MODEL, "settings": Settings(baselines=("linear",), trials=0)}
REMEDY = {"remedy": "bigger_network", "change": {"hidden_layer_sizes": (256,)}, "material": 0.01}
MORE = {RemedyTrialJob: REMEDY, TestOpeningJob: {"start": {}, "winner": MODEL, "dev_uses": 3, "owner": "ann"}}
FILLED = {
    "columns": ("a", "b"),
    "positive": "yes",
    "model": {"alpha": 0.1},
    "grid": (("alpha", ("0", "1")),),
    "toy": "",
}


def request_of(kind):
    given = {one.name: FILLED[one.name] if one.name in FILLED else one.type() for one in fields(kind)}
    return kind(**given)


ASKED = [one(**MODEL_JOB | MORE.get(one, {})) for one in JOBS if issubclass(one, ModelJob)]
ASKED += [CourseJob(data={"toy": "moons", "rows": 100}, request=request_of(kind)) for kind in REQUESTS]


@pytest.mark.parametrize("asked", ASKED, ids=lambda one: job_kind(getattr(one, "request", one)))
def test_a_job_of_every_kind_is_read_back_as_it_was_asked(asked):
    assert codec.from_bytes(codec.to_bytes(asked), any_job()) == asked


def test_every_row_of_the_tables_is_tried_here():
    assert {type(one) for one in ASKED} == {one for one in JOBS if one.__module__.startswith("dldiag.")}
    assert {type(one.request) for one in ASKED if isinstance(one, CourseJob)} == set(REQUESTS)


def test_a_run_that_was_changed_comes_with_its_curve_and_its_messages(home):
    errors = np.array([[0.2, np.nan]])
    curve = LearningCurve("mlp", np.array([10]), errors, errors)
    title = Message("{what} first", {"what": Message("Train longer")})
    parent = Parent("id", "more_epochs", title, {"max_iter": (10, 20)}, Estimate(0.2, -math.inf, 0.3), curve=curve)
    job = store.create(DiagnosisJob(**MODEL_JOB, parent=parent), new_token())
    found = store.request_of(job, DiagnosisJob).parent
    assert (found.title, found.change, found.before) == (parent.title, parent.change, parent.before)
    np.testing.assert_array_equal(found.curve.dev_errors, errors)
    assert found.curve.sizes.dtype == np.int64


@pytest.mark.parametrize(
    "more", [{"no_such": 1}, {"model": {"alpha": {"a": 1}}}, {"settings": {"seed": "x"}}, {"kind": "?"}]
)
def test_what_cannot_be_read_is_refused(more):
    plain = json.loads(codec.to_bytes(DiagnosisJob(**MODEL_JOB))) | more
    with pytest.raises(ValueError):
        codec.from_bytes(json.dumps(plain).encode(), any_job())


@pytest.mark.parametrize(
    "written",
    [
        {"kind": "diagnose", "arguments": {"data": {"sample": "iris"}}, "owner": "o", "server": "s", "created": 1.0},
        {"owner": "o", "server": "s", "created": 1.0, "job": {"kind": "gone", "data": {}}},
        {"owner": "o", "server": "s", "created": 1.0, "job": {"kind": "diagnose", "data": {}, "removed": 1}},
    ],
)
def test_a_stored_job_of_another_version_ends_in_one_plain_line(home, written):
    job = new_token()
    folder = private(private(store.app_home() / "jobs") / job)
    write_whole(folder / "spec.json", json.dumps(written).encode())
    with pytest.raises(DataError, match="another version of dldiag"):
        store.request_of(job, DiagnosisJob)
    ending = perform(job)
    assert ending.state == "refused"
    assert "another version of dldiag" in str(ending.message)


def test_a_stored_result_of_another_version_is_refused_too(home):
    job = store.create(ErrorRowsJob(data={}), new_token())
    store.write_result(job, {"remedy": "bigger_network"})
    with pytest.raises(DataError, match="another version of dldiag"):
        store.result_of(job, Trial)
    store.write_result(job, None)
    assert store.result_of(job, Trial) is None


def test_numbers_that_are_keys_come_back_as_numbers():
    tags = {3: ("blurred",), 14: ()}
    assert codec.from_bytes(codec.to_bytes(tags), dict[int, tuple[str, ...]]) == tags

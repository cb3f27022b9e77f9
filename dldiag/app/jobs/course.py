"""COURSE_JOBS: the computations of the course as jobs; each is a function of a dataset in its lesson's folder."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import msgspec

from dldiag.core.types import Progress

Arguments = dict[str, Any]
_ROOM = "dldiag.course"
FUNCTIONS = {  # kind: module and function; imported by the worker only, because pages import this table too
    "course_scale": "took_off.jobs.scale_job",
    "course_hand_work": "took_off.jobs.hand_work_job",
    "course_race": "took_off.jobs.race_job",
    "course_widening": "logistic.jobs.widen_job",
    "course_deep_linear": "activations.jobs.deep_linear_job",
    "course_flow": "activations.jobs.flow_job",
    "course_dead_units": "activations.jobs.dead_units_job",
    "course_starts": "initialization.jobs.starts_job",
    "course_selection": "splits.jobs.select_job",
    "course_validation": "hyperparameters.jobs.validate_job",
    "course_searches": "hyperparameters.jobs.searches_job",
    "course_categories": "wrong_rows.jobs.categories_job",
    "course_wrong_labels": "wrong_rows.jobs.wrong_labels_job",
    "course_batches": "optimization.jobs.batches_job",
    "course_optimizers": "optimization.jobs.optimizers_job",
    "course_penalty": "regularization.jobs.penalty_job",
    "course_dropout": "regularization.jobs.dropout_job",
    "course_sweep": "bias_variance.jobs.sweep_job",
}


def course_job(name: str) -> Callable[[Arguments, Callable[[Progress], None], Callable[[], bool]], Any]:
    """Return a course function as a job on the rows that its argument "data" names; results go out as plain JSON."""

    def job(arguments: Arguments, on_progress: Callable[[Progress], None], should_stop: Callable[[], bool]) -> Any:
        from dldiag.app.state.data_ref import load_dataset

        module, _, function = name.rpartition(".")
        compute = getattr(import_module(f"{_ROOM}.{module}"), function)
        return msgspec.to_builtins(compute(load_dataset(arguments["data"]), arguments, on_progress, should_stop))

    return job


COURSE_JOBS = {kind: course_job(name) for kind, name in FUNCTIONS.items()}

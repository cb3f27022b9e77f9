"""REQUESTS: the course's experiments that run in a worker, each a function in its lesson's folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dldiag.app.jobs.diagnosis import JobProgress, JobStop
from dldiag.app.jobs.job_kinds import CourseJob
from dldiag.app.storage.data_ref import load_dataset
from dldiag.course.activations import jobs as activations
from dldiag.course.bias_variance import jobs as bias_variance
from dldiag.course.hyperparameters import jobs as hyperparameters
from dldiag.course.initialization import jobs as initialization
from dldiag.course.logistic import jobs as logistic
from dldiag.course.optimization import jobs as optimization
from dldiag.course.regularization import jobs as regularization
from dldiag.course.shared.request import LessonRequest
from dldiag.course.splits import jobs as splits
from dldiag.course.took_off import jobs as took_off
from dldiag.course.wrong_rows import jobs as wrong_rows

REQUESTS: dict[type[LessonRequest], Callable[..., Any]] = {
    took_off.ScaleRequest: took_off.scale_job,
    took_off.PreprocessingRequest: took_off.preprocessing_job,
    took_off.RaceRequest: took_off.race_job,
    logistic.WideningRequest: logistic.widen_job,
    activations.DeepLinearRequest: activations.deep_linear_job,
    activations.FlowRequest: activations.flow_job,
    activations.DeadUnitsRequest: activations.dead_units_job,
    initialization.StartsRequest: initialization.starts_job,
    splits.SelectionRequest: splits.select_job,
    hyperparameters.ValidationRequest: hyperparameters.validate_job,
    hyperparameters.SearchesRequest: hyperparameters.searches_job,
    bias_variance.SweepRequest: bias_variance.sweep_job,
    bias_variance.CapacityRequest: bias_variance.capacity_job,
    wrong_rows.CategoriesRequest: wrong_rows.categories_job,
    wrong_rows.WrongLabelsRequest: wrong_rows.wrong_labels_job,
    optimization.BatchesRequest: optimization.batches_job,
    optimization.OptimizersRequest: optimization.optimizers_job,
    regularization.PenaltyRequest: regularization.regularize_job,
    regularization.DropoutRequest: regularization.regularize_job,
}


def course_job(job: CourseJob[LessonRequest], on_progress: JobProgress, should_stop: JobStop) -> Any:
    """Run a lesson's experiment on the rows that the job names."""
    return REQUESTS[type(job.request)](load_dataset(job.data), job.request, on_progress, should_stop)

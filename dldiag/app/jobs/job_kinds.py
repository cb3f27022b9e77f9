"""The kinds of jobs that a page can start, one frozen struct each; `registry` joins them into one tagged union."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from dldiag.app.storage.data_ref import Reference
from dldiag.core.settings import Settings
from dldiag.core.types import Estimate, Parent

PlainSetting = bool | int | float | str | None | tuple[bool | int | float | str | None, ...]
JobParameters = dict[str, PlainSetting]  # A model as `chosen_model` reads it, or the settings a fix changes.
R = TypeVar("R")


class Job(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """A job as a page asks for it; the tag of its class names its kind."""


class DataJob(Job, frozen=True, kw_only=True):
    """A job on a table. In a worker the reference also holds the path of an upload."""

    data: Reference


class ModelJob(DataJob, frozen=True, kw_only=True):
    """A job that trains a model on a table with the settings of a diagnosis."""

    model: JobParameters = {}
    settings: Settings = Settings()


class DiagnosisJob(ModelJob, frozen=True, kw_only=True, tag="diagnose"):
    """Diagnose the model; the result is a `Report`.

    start: the model that a chain of changes began with; dev_uses: settings compared on the dev rows before;
    parent: the run that the model was changed from.
    """

    start: JobParameters | None = None
    dev_uses: int = 0
    parent: Parent | None = None

    @property
    def first_model(self) -> JobParameters:
        """The model that the chain of changes began with."""
        return self.model if self.start is None else self.start


class ModelExportJob(ModelJob, frozen=True, kw_only=True, tag="model"):
    """Train the model on all rows that are not sealed: gives a `ModelFile`."""


class ErrorRowsJob(ModelJob, frozen=True, kw_only=True, tag="error_rows"):
    """Predict the dev rows again and list the wrong ones; the result is `ErrorLists`, or None without predictions.

    looked_at: rows of the eyeball part before the model was changed, which stay its eyeball part.
    """

    looked_at: int | None = None


class LabelTrialJob(ModelJob, frozen=True, kw_only=True, tag="label_trial"):
    """Train without the suspicious labels, and without as many random rows; the result is a `LabelTrial`, or None."""


class RemedyTrialJob(ModelJob, frozen=True, kw_only=True, tag="try"):
    """Test one fix against the current model; the result is a `Trial`.

    seen, expected: the effect the fix was chosen by, before and after correction for the choice.
    """

    remedy: str
    change: JobParameters
    material: float
    seen: Estimate | None = None
    expected: Estimate | None = None


class ImprovementJob(ModelJob, frozen=True, kw_only=True, tag="improve"):
    """Apply the best fix and diagnose again until nothing helps; the result is a `FoundPath`. known: the report to start from, as JSON."""

    known: str = ""


class TestOpeningJob(ModelJob, frozen=True, kw_only=True, tag="open"):
    """Open the sealed test set for the first and the current model; the result is a `TestResult`."""

    __test__ = False  # Tells pytest that this is not a test case.

    start: JobParameters
    winner: JobParameters
    dev_uses: int
    owner: str


class CourseJob(DataJob, Generic[R], frozen=True, kw_only=True, tag="course"):
    """Run the experiment of a lesson; the result is what the lesson's function returns."""

    request: R


def job_kind(job: msgspec.Struct | type[msgspec.Struct]) -> str:
    """Return the tag that names a kind of job, or of a lesson's request."""
    return str(job.__struct_config__.tag)

"""What a page may ask of a worker: one frozen struct per kind of job. Together they are one tagged union, see `registry`."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from dldiag.app.state.data_ref import Reference
from dldiag.core.settings import Settings
from dldiag.core.types import Estimate, Parent

Setting = bool | int | float | str | None | tuple[bool | int | float | str | None, ...]
Parameters = dict[str, Setting]  # a choice of a model, as `chosen_model` reads it, or settings that a fix changes
R = TypeVar("R")


class Job(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """A computation that is asked for; the tag of its class names its kind."""


class DataJob(Job, frozen=True, kw_only=True):
    """A computation on a table. In a worker the reference also holds the path of an upload."""

    data: Reference


class ModelJob(DataJob, frozen=True, kw_only=True):
    """A computation with a model of a table's rows, under the settings of a diagnosis."""

    model: Parameters = {}
    settings: Settings = Settings()


class DiagnosisJob(ModelJob, frozen=True, kw_only=True, tag="diagnose"):
    """Diagnose the model: gives a `Report`.

    start: the model that a chain of changes began with; dev_uses: how many settings the dev rows had judged before;
    parent: the run that the model was changed from.
    """

    start: Parameters | None = None
    dev_uses: int = 0
    parent: Parent | None = None

    @property
    def first_model(self) -> Parameters:
        """The model that the chain of changes began with."""
        return self.model if self.start is None else self.start


class ErrorRowsJob(ModelJob, frozen=True, kw_only=True, tag="error_rows"):
    """Predict the dev rows again and list the wrong ones: gives `ErrorLists`, None where nothing is predicted."""


class LabelTrialJob(ModelJob, frozen=True, kw_only=True, tag="label_trial"):
    """Train without the suspicious labels, and without as many random rows: gives a `LabelTrial`, None without suspects."""


class RemedyTrialJob(ModelJob, frozen=True, kw_only=True, tag="try"):
    """Test one fix against the model as it is: gives a `Trial`.

    seen, expected: the effect that the fix was picked by, before and after its correction for the choice.
    """

    remedy: str
    change: Parameters
    material: float
    seen: Estimate | None = None
    expected: Estimate | None = None


class ImprovementJob(ModelJob, frozen=True, kw_only=True, tag="improve"):
    """Apply what helps and diagnose again, until nothing does: gives a `FoundPath`. known: the report to start from, as JSON."""

    known: str = ""


class TestOpeningJob(ModelJob, frozen=True, kw_only=True, tag="open"):
    """Open the sealed test set for the first and the present model: gives a `TestResult`."""

    __test__ = False  # not a test case

    start: Parameters
    winner: Parameters
    dev_uses: int
    owner: str


class CourseJob(DataJob, Generic[R], frozen=True, kw_only=True, tag="course"):
    """Compute the experiment of a lesson: gives what the lesson's function returns."""

    request: R


def kind_of(asked: msgspec.Struct | type[msgspec.Struct]) -> str:
    """Return the tag that names a kind of job, or of a lesson's request."""
    return str(asked.__struct_config__.tag)

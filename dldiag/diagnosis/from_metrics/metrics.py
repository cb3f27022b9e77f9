"""What a person knows of a model: errors, and on how many rows each was measured."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from dldiag.core.i18n import Message, english, tr, translate
from dldiag.core.params import SettingError, check_all, check_shares, param, params_of
from dldiag.core.settings import Settings
from dldiag.core.types import ErrorUnit, LearningCurve
from dldiag.diagnosis.from_metrics.given_metrics import AUTO, GIVEN_METRICS, OWN_UNIT, GivenMetric, metric_of
from dldiag.diagnosis.from_metrics.history import TrainingHistory

NOT_GIVEN = "not given"  # Shown in an empty field: no value is worked out for it.
_TASKS = {"classification": "classification", "regression": "regression"}
_AUTO_METRIC = {AUTO: "share of wrong rows, or RMSE for a numeric target"}
MEMORIZING = "memorizes"
_MODEL_KINDS = {
    "other": "any other model",
    MEMORIZING: "random forest, extra trees or 1-nearest-neighbor (training error near 0 by design)",
}


def _error(label: str, help: str) -> float | None:
    error: float | None = param(None, label, help, kind=float, optional=True, group="errors", empty=NOT_GIVEN)
    return error


def _rows(label: str, help: str) -> int | None:
    rows: int | None = param(
        None, label, help, kind=int, low=1, high=10**9, optional=True, group="rows behind them", empty=NOT_GIVEN
    )
    return rows


@dataclass(frozen=True)
class GivenNumbers:
    """What a person knows of a model: errors, or values of another metric, and on how many rows each was measured."""

    train_error: float | None = _error("Training error", "Error on the rows the model learned from; 0.02 is 2%.")
    dev_error: float | None = _error("Dev error", "Error on rows the model has not seen, of the kind that matters.")
    human_error: float | None = _error(
        "Human-level error", "What people reach, or the best error you know of. Empty: 0 is assumed, and said."
    )
    training_dev_error: float | None = _error(
        "Training-dev error",
        "Error on unseen rows like the training rows; only when the dev rows come from elsewhere.",
    )
    test_error: float | None = _error("Test error", "Error on the test rows, if they were opened.")
    train_rows: int | None = _rows("Training rows", "How many rows the model learned from.")
    dev_rows: int | None = _rows("Dev rows", "How many rows the dev error was measured on; decides how sure it is.")
    training_dev_rows: int | None = _rows("Training-dev rows", "How many rows the training-dev error was measured on.")
    test_rows: int | None = _rows("Test rows", "How many rows the test error was measured on.")
    task: str = param(
        "classification", "Task", "Follows from the metric where only one task has it.", choices=_TASKS,
        group="how to read them",
    )  # fmt: skip
    model: str = param(
        "other",
        "Model",
        "What made the errors: with some models the training error says nothing.",
        choices=_MODEL_KINDS,
        group="how to read them",
    )
    material: float = param(
        Settings.material, "Smallest difference that matters", "Differences below this, or a tenth of the dev error, count as nothing.",
        low=0.0, high=1.0, group="how to read them",
    )  # fmt: skip
    metric: str = param(
        AUTO, "Metric", "What the numbers above are, such as accuracy, ROC AUC, RMSE or R². An RMSE without the target's standard deviation "
        "is read as RMSE / standard deviation.",
        choices=_AUTO_METRIC | {name: english(row.label) for name, row in GIVEN_METRICS.items()}, group="how to read them",
    )  # fmt: skip
    spread: float | None = param(
        None, "Standard deviation of the target", "In the target's own unit, as RMSE and mean absolute error are.",
        kind=float, low=1e-300, optional=True, empty=NOT_GIVEN, group="how to read them",
    )  # fmt: skip

    @property
    def given_metric(self) -> GivenMetric:
        """The metric of every number."""
        return metric_of(self.metric, self.task, self.spread, self.train_error)

    @property
    def unit(self) -> ErrorUnit:
        """The unit of every error."""
        return self.given_metric.unit_of_errors(self.spread)

    @property
    def least(self) -> float:
        """The smallest difference that matters, whatever the error; a tenth of the error alone where its unit is any."""
        return 0.0 if self.unit == OWN_UNIT else self.material


USUAL = ("error", "nrmse")  # The metrics that AUTO stands for.
_ERRORS = ("train_error", "dev_error", "human_error", "training_dev_error", "test_error")


def as_errors(numbers: GivenNumbers) -> GivenNumbers:
    """Return the numbers as errors, of which lower is better, in `numbers.unit`."""
    metric = numbers.given_metric
    measured_errors: dict[str, Any] = {name: value for name in _ERRORS if (value := getattr(numbers, name)) is not None}
    errors: dict[str, Any] = {name: metric.error(value, numbers.spread) for name, value in measured_errors.items()}
    return replace(numbers, task=metric.task, metric=AUTO if metric.name in USUAL else metric.name, **errors)


def check_numbers(numbers: GivenNumbers, curve: LearningCurve | TrainingHistory | None = None) -> None:
    """Raise SettingError when there is too little, or a number cannot be a value of its metric."""
    check_all(numbers)
    if curve is None and (numbers.train_error is None or numbers.dev_error is None):
        raise SettingError(tr("Give a training error and a dev error, or a learning curve that holds them."))
    if numbers.given_metric.name == "error":
        check_shares(numbers, _ERRORS)
    for name in _ERRORS:
        _check_value(numbers, name)
    if isinstance(curve, LearningCurve) and curve.unit != numbers.unit:
        raise SettingError(tr("The learning curve and the task have different error units: choose the curve's task."))


def _check_value(numbers: GivenNumbers, name: str) -> None:
    value, metric = getattr(numbers, name), numbers.given_metric
    label = translate(params_of(numbers)[name].label)
    if value is not None and value < metric.low:
        text = "{name} = {value} is below its lowest value {low}."
        raise SettingError(tr(text, name=label, value=f"{value:g}", low=f"{metric.low:g}"))
    if value is not None and value > metric.high:
        text = "{name} = {value} is too large: {metric} is at most {high} (write 0.85 for 85%)."
        raise SettingError(tr(text, name=label, value=f"{value:g}", metric=metric.label, high=f"{metric.high:g}"))


# Ng's pairs, and one with a training-dev error.
EXAMPLES: dict[str, tuple[Message, GivenNumbers]] = {
    "variance": (Message("1% and 11%"), GivenNumbers(0.01, 0.11)),
    "bias": (Message("15% and 16%"), GivenNumbers(0.15, 0.16)),
    "both": (Message("15% and 30%"), GivenNumbers(0.15, 0.30)),
    "neither": (Message("0.5% and 1%"), GivenNumbers(0.005, 0.01)),
    "noisy": (Message("15% and 16%, people 15%"), GivenNumbers(0.15, 0.16, 0.15)),
    "mismatch": (
        Message("2% and 15%, training-dev 3%"),
        GivenNumbers(0.02, 0.15, 0.01, 0.03, train_rows=50_000, dev_rows=5_000, training_dev_rows=5_000),
    ),
}

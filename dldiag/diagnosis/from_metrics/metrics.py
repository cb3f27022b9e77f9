"""What a person knows of a model: errors, and on how many rows each was measured."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from dldiag.core.i18n import Message, tr
from dldiag.core.params import SettingError, check_all, check_shares, param
from dldiag.core.settings import Settings
from dldiag.core.types import ErrorUnit, LearningCurve, error_unit

NOT_GIVEN = "not given"  # what an empty field means here: nobody works it out
_TASKS = {
    "classification": "classification (share of wrong rows)",
    "regression": "regression (RMSE / std of the target)",
}
MEMORIZING = "memorizes"
_MODEL_KINDS = {
    "other": "any other model",
    MEMORIZING: "random forest, extra trees or 1-nearest-neighbor (training error near 0 by design)",
}


def _error(label: str, help: str) -> float | None:
    error: float | None = param(None, label, help, kind=float, low=0.0, optional=True, group="errors", empty=NOT_GIVEN)
    return error


def _rows(label: str, help: str) -> int | None:
    rows: int | None = param(
        None, label, help, kind=int, low=1, high=10**9, optional=True, group="rows behind them", empty=NOT_GIVEN
    )
    return rows


@dataclass(frozen=True)
class GivenNumbers:
    """What a person knows of a model: errors in the error unit, and on how many rows each was measured."""

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
        "classification", "Task", "What the errors are: their unit.", choices=_TASKS, group="how to read them"
    )
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

    @property
    def unit(self) -> ErrorUnit:
        """The unit of every error."""
        return error_unit(self.task)  # type: ignore[arg-type]  # a parameter of choices is a text


def check_numbers(numbers: GivenNumbers, curve: LearningCurve | None = None) -> None:
    """Raise SettingError when there is too little, or an error is none."""
    check_all(numbers)
    if curve is None and (numbers.train_error is None or numbers.dev_error is None):
        raise SettingError(tr("Give a training error and a dev error, or a learning curve that holds them."))
    if numbers.unit == "rate":
        check_shares(numbers, (name for name in asdict(numbers) if name.endswith("_error")))
    if curve is not None and curve.unit != numbers.unit:
        raise SettingError(tr("The learning curve and the task have different error units: choose the curve's task."))


EXAMPLES: dict[str, tuple[Message, GivenNumbers]] = {  # Ng's pairs, and one with a training-dev error
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

"""Choose the metric of a diagnosis: the one asked for, or the one that suits the classes, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dldiag.core.i18n import Message
from dldiag.core.settings import AUTO_METRIC, Settings
from dldiag.core.types import DataError, Dataset, ErrorUnit, Task
from dldiag.experiments.costs import read_costs
from dldiag.experiments.judged import LEVEL, Judged, Values
from dldiag.experiments.metrics import COSTS, METRICS, NONNEGATIVE, POSITIVE, PROBABILITIES, Metric

_RARE = 0.2  # Share of a class's even share (1 / classes), below which the error rate hardly reflects the class.
_PLAIN: dict[Task, str] = {"classification": "error", "regression": "rmse"}
SAID_YES = {"1", "true", "yes", "y", "t", "positive", "pos", "bad", "fraud", "default", "churn", "churned", "+"}
TWO = 2  # With this many classes, one can be called positive without asking.


@dataclass(frozen=True)
class MetricChoice:
    """A metric with what it needs: the positive class by code, the costs of mistakes, the level that it holds.

    chosen: "user" where it was asked for, "auto" where the table decided; why says so.
    """

    name: str
    positive: int | None = None
    costs: tuple[tuple[float, ...], ...] | None = None
    level: float = LEVEL
    chosen: str = "auto"
    why: Message | None = None

    @property
    def metric(self) -> Metric:
        """The row of METRICS."""
        return METRICS[self.name]

    @property
    def unit(self) -> ErrorUnit:
        """The unit of every error that is measured by it."""
        return self.metric.unit

    @property
    def needs_probabilities(self) -> bool:
        """Whether a model must give class probabilities."""
        return PROBABILITIES in self.metric.needs

    def judged(
        self, y: NDArray[Any], predicted: NDArray[Any], proba: NDArray[Any] | None = None, **more: Any
    ) -> Judged:
        """Return what the metric reads, with this choice's positive class, costs and level."""
        return Judged(y, predicted, proba, self.positive, self.cost_table, self.level, **more)

    @property
    def cost_table(self) -> Values | None:
        """The costs as (K, K)."""
        return None if self.costs is None else np.array(self.costs)


SHARE_WRONG = MetricChoice("error")


def plain_choice(task: Task) -> MetricChoice:
    """Return the metric of a task where nobody asks for another: share of wrong rows, or RMSE."""
    return MetricChoice(_PLAIN[task])


def choose_metric(dataset: Dataset, settings: Settings) -> MetricChoice:
    """Return the metric that the settings ask for, or the one that suits the classes; DataError where it cannot be used."""
    is_auto = settings.metric == AUTO_METRIC
    name, why = _suggested(dataset, settings) if is_auto else (settings.metric, Message("You chose it."))
    _check_task(METRICS[name], dataset)
    positive, costs = positive_class(dataset, settings), None
    if settings.cost:
        _check_is_classification(dataset, "cost")
        costs = read_costs(settings.cost, dataset.classes, positive)
    _check_needs(METRICS[name], dataset, positive, costs is not None)
    chosen = "auto" if is_auto and not settings.cost else "user"
    return MetricChoice(name, positive, costs, settings.metric_level, chosen, why)


def _suggested(dataset: Dataset, settings: Settings) -> tuple[str, Message]:
    if dataset.task == "regression":
        return "rmse", Message("The usual measure for a numeric target.")
    if settings.cost:
        return "cost", Message("You said what each mistake costs.")
    shares = np.bincount(dataset.y, minlength=len(dataset.classes)) / dataset.n_rows
    rarest = int(np.argmin(np.where(shares > 0, shares, np.inf)))
    values: dict[str, Any] = {"label": dataset.classes[rarest], "share": float(shares[rarest])}
    if shares[rarest] < _RARE / int((shares > 0).sum()):
        return "balanced_error", Message(
            'Only {share:.1%} of the rows are "{label}": a model that never finds one would still be wrong on few rows. '
            "So each class counts the same.",
            values,
        )
    return "error", Message(
        'The classes are not too uneven: "{label}", the smallest, has {share:.1%} of the rows.', values
    )


def positive_class(dataset: Dataset, settings: Settings) -> int | None:
    """Return the code of the positive class: the one asked for, else of two classes the likelier; None for more."""
    if settings.positive:
        _check_is_classification(dataset, "positive")
        return _code_of(settings.positive, dataset)
    if dataset.task != "classification" or len(dataset.classes) != TWO:
        return None
    said_yes = [i for i, name in enumerate(dataset.classes) if name.strip().lower() in SAID_YES]
    if len(said_yes) == 1:
        return said_yes[0]
    return int(np.argmin(np.bincount(dataset.y, minlength=TWO)))


def _code_of(label: str, dataset: Dataset) -> int:
    if label not in dataset.classes:
        raise DataError(
            Message("There is no class {label} in {target}.", {"label": f'"{label}"', "target": dataset.target}),
            Message("Its classes are {classes}.", {"classes": ", ".join(dataset.classes[:20])}),
        )
    return dataset.classes.index(label)


def _check_is_classification(dataset: Dataset, setting: str) -> None:
    if dataset.task != "classification":
        raise DataError(
            Message(
                "{setting} is for classes, and {target} is numeric.", {"setting": setting, "target": dataset.target}
            ),
            Message("Leave it out."),
        )


def _check_task(metric: Metric, dataset: Dataset) -> None:
    if dataset.task not in metric.tasks:
        possible = ", ".join(name for name, row in METRICS.items() if dataset.task in row.tasks)
        raise DataError(
            Message("The metric {metric} is not for {task}.", {"metric": metric.name, "task": Message(dataset.task)}),
            Message("Possible here: {metrics}.", {"metrics": possible}),
        )


def _check_needs(metric: Metric, dataset: Dataset, positive: int | None, has_costs: bool) -> None:
    if POSITIVE in metric.needs and positive is None:
        raise DataError(
            Message("The metric {metric} needs a positive class.", {"metric": metric.name}),
            Message("Say which: {classes}.", {"classes": ", ".join(dataset.classes[:20])}),
        )
    if COSTS in metric.needs and not has_costs:
        raise DataError(
            Message("The metric {metric} needs the cost of each mistake.", {"metric": metric.name}),
            Message(
                "Give it as fn=500,fp=10, or as a table of the costs (rows: true class, columns: predicted class)."
            ),
        )
    if NONNEGATIVE in metric.needs and float(np.min(dataset.y)) < 0:
        raise DataError(
            Message("The metric {metric} is for values of at least 0.", {"metric": metric.name}),
            Message("{target} has negative ones: choose mae or rmse.", {"target": dataset.target}),
        )


def check_judged(choice: MetricChoice, y_dev: NDArray[Any], classes: tuple[str, ...]) -> None:
    """Refuse dev rows without a positive one where the metric asks about those."""
    missing = choice.positive is not None and not (y_dev == choice.positive).any()
    about_positives = POSITIVE in choice.metric.needs or choice.name in ("roc_auc", "average_precision")
    if missing and about_positives and choice.positive is not None:
        raise DataError(
            Message('Too few rows are "{label}": a dev set has none.', {"label": classes[choice.positive]}),
            Message("Add rows of this class, or choose balanced_error or error as the metric."),
        )

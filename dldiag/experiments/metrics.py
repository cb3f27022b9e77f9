"""METRICS: one row per metric; every error, interval, curve and verdict of a diagnosis is made from one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dldiag.core.i18n import Message
from dldiag.core.types import ErrorUnit, Task
from dldiag.experiments import class_losses, ranking_losses, value_losses
from dldiag.experiments.class_losses import LossAndInfluence, positive_share, rarest_share
from dldiag.experiments.judged import Judged, Values, judge_classes, judge_values

PROBABILITIES, POSITIVE, COSTS, NONNEGATIVE = "probabilities", "positive", "costs", "nonnegative"
CLASSES: tuple[Task, ...] = ("classification",)
VALUES: tuple[Task, ...] = ("regression",)

# The best constant for rows with these targets: a code with the probabilities of all classes, or a value.
ConstantClass = Callable[[Judged, int], tuple[int, Values]]
ConstantValue = Callable[[Judged], float]


@dataclass(frozen=True)
class Metric:
    """One metric. Inside the package a loss, lower is better, stands for it; a person reads `shown`.

    loss: Judged -> the loss and each row's influence on it, whose variance / n is the loss's sampling variance.
    baseline: the best constant prediction. needs: what the model, the user or the target must give. scarce: the share of
    the rows that a rate of mistakes rests on; None for a loss to which a single row may add any value. in_ratio: its intervals
    are as far above it in ratio as below, which covers where few rows decide; the plain metrics keep plain ones. optimism: by how
    much a loss is likely too low that chooses a threshold on the rows that it is measured on.
    """

    name: str
    label: Message
    unit: ErrorUnit
    tasks: tuple[Task, ...]
    loss: Callable[[Judged], LossAndInfluence]
    baseline: Callable[..., Any]
    meaning: Message
    higher_is_better: bool = False
    needs: tuple[str, ...] = ()
    scarce: Callable[[Judged], float] | None = None
    in_ratio: bool = True
    optimism: Callable[[Judged], float] | None = None
    holds_level: bool = False  # Whether the user may set its precision, recall or quantile.
    spread_powers: int = 0  # 1 for a metric in the target's own unit, which is divided by the target's spread inside.

    def __repr__(self) -> str:
        """Return the metric in one line."""
        return f"<Metric {self.name!r}: {self.meaning}>"

    def value(self, y: ArrayLike, prediction: ArrayLike, **options: Any) -> float:
        """Return the metric as the field writes it (AUC 0.958). options: as `judge_classes` or `judge_values`."""
        return self.shown(self.loss(self._judged(y, prediction, options))[0])

    def influence(self, y: ArrayLike, prediction: ArrayLike, **options: Any) -> NDArray[np.float64]:
        """Return (n,) by how much each row moves the metric; their variance / n is its sampling variance."""
        influences = self.loss(self._judged(y, prediction, options))[1]
        return 1 - influences if self.higher_is_better else influences

    @property
    def highest(self) -> float:
        """The highest loss there is: 1 for rates and for scores between 0 and 1."""
        return 1.0 if self.unit == "rate" or (self.unit == "score" and self.tasks == CLASSES) else float("inf")

    def shown(self, loss: float) -> float:
        """Turn a loss into the metric's own direction."""
        return 1 - loss if self.higher_is_better else loss

    def _judged(self, y: ArrayLike, prediction: ArrayLike, options: dict[str, Any]) -> Judged:
        if self.tasks == VALUES:
            return judge_values(y, prediction, **options)
        judged = judge_classes(y, prediction, **options)
        values = {PROBABILITIES: judged.proba, POSITIVE: judged.positive, COSTS: judged.costs}
        missing = [need for need in self.needs if values[need] is None]
        if missing:
            raise ValueError(f"{self.name} needs {missing[0]}.")
        return judged


def _shares(judged: Judged, n_classes: int) -> Values:
    return np.bincount(judged.y, minlength=n_classes) / len(judged.y)


def _commonest(judged: Judged, n_classes: int) -> tuple[int, Values]:
    """Predict the commonest class; as probabilities, the share of each class."""
    return int(np.bincount(judged.y).argmax()), _shares(judged, n_classes)


def _positive(judged: Judged, n_classes: int) -> tuple[int, Values]:
    assert judged.positive is not None
    return judged.positive, _shares(judged, n_classes)


def _best_for_f1_macro(judged: Judged, n_classes: int) -> tuple[int, Values]:
    """Predict the commonest class: a constant has an F1 above 0 only for the class that it predicts."""
    return _commonest(judged, n_classes)


def _cheapest(judged: Judged, n_classes: int) -> tuple[int, Values]:
    shares = _shares(judged, n_classes)
    assert judged.costs is not None
    return int(np.argmin(shares @ judged.costs)), shares


def _per_costliest(judged: Judged) -> float:
    """Return 1 / the cost of the costliest mistake."""
    assert judged.costs is not None
    return 1 / max(float(judged.costs.max()), 1e-12)


def _mean(judged: Judged) -> float:
    return float(judged.y.mean())


def _median(judged: Judged) -> float:
    return float(np.median(judged.y))


def _quantile(judged: Judged) -> float:
    return float(np.quantile(judged.y, judged.level))


def _middle_of_densest_half(judged: Judged) -> float:
    """Return the middle of the shortest interval that holds half of the values: none has a lower median distance."""
    values = np.sort(judged.y)
    half = len(values) // 2
    widths = values[half:] - values[: len(values) - half]
    first = int(np.argmin(widths))
    return float((values[first] + values[first + half]) / 2)


def _mean_of_logs(judged: Judged) -> float:
    return float(np.expm1(np.log1p(judged.y).mean()))


METRICS: dict[str, Metric] = {
    row.name: row
    for row in (
        Metric(
            "error", Message("Error rate"), "rate", CLASSES, class_losses.share_wrong, _commonest,
            Message("share of rows whose class is wrong"), scarce=lambda _: 1.0, in_ratio=False,
        ),
        Metric(
            "balanced_error", Message("Balanced error"), "rate", CLASSES, class_losses.balanced_error, _commonest,
            Message("mean over the classes of their share of wrong rows: each class counts the same"), scarce=rarest_share,
        ),
        Metric(
            "log_loss", Message("Log loss"), "loss", CLASSES, class_losses.log_loss, _commonest,
            Message("mean −log of the probability given to the true class"), needs=(PROBABILITIES,),
        ),
        Metric(
            "brier", Message("Brier score"), "loss", CLASSES, class_losses.brier, _commonest,
            Message("mean squared error of the probabilities"), needs=(PROBABILITIES,),
        ),
        Metric(
            "f1", Message("F1"), "score", CLASSES, class_losses.f1, _positive,
            Message("harmonic mean of precision and recall of the positive class"),
            higher_is_better=True, needs=(POSITIVE,), scarce=positive_share,
        ),
        Metric(
            "f1_macro", Message("Macro F1"), "score", CLASSES, class_losses.f1_macro, _best_for_f1_macro,
            Message("mean of the classes' F1"), higher_is_better=True, scarce=rarest_share,
        ),
        Metric(
            "roc_auc", Message("ROC AUC"), "score", CLASSES, ranking_losses.roc_auc, _commonest,
            Message("how often a positive row gets a higher probability than a negative one"),
            higher_is_better=True, needs=(PROBABILITIES,), scarce=ranking_losses.ranked_share,
        ),
        Metric(
            "average_precision", Message("Average precision"), "score", CLASSES, ranking_losses.average_precision, _commonest,
            Message("mean precision over the ranks of the positive rows"),
            higher_is_better=True, needs=(PROBABILITIES,), scarce=positive_share,
        ),
        Metric(
            "recall_at_precision", Message("Recall at a precision"), "score", CLASSES,
            ranking_losses.recall_at_precision, _commonest,
            Message("highest share of positive rows found while the precision is at least the level"),
            higher_is_better=True, needs=(PROBABILITIES, POSITIVE), scarce=positive_share, holds_level=True,
            optimism=ranking_losses.recall_optimism,
        ),
        Metric(
            "precision_at_recall", Message("Precision at a recall"), "score", CLASSES,
            ranking_losses.precision_at_recall, _commonest,
            Message("highest share of right positives while the recall is at least the level"),
            higher_is_better=True, needs=(PROBABILITIES, POSITIVE), scarce=positive_share, holds_level=True,
        ),
        Metric(
            "cost", Message("Cost per row"), "cost", CLASSES, class_losses.cost, _cheapest,
            Message("mean cost of a row, by the table of what each mistake costs"), needs=(COSTS,), scarce=_per_costliest,
        ),
        Metric(
            "rmse", Message("RMSE"), "sd", VALUES, value_losses.rmse, _mean,
            Message("root mean square error"), spread_powers=1, in_ratio=False,
        ),
        Metric(
            "mae", Message("MAE"), "sd", VALUES, value_losses.mae, _median,
            Message("mean absolute error"), spread_powers=1,
        ),
        Metric(
            "r2", Message("R²"), "score", VALUES, value_losses.r2, _mean,
            Message("share of the target's variance that is explained"), higher_is_better=True,
        ),
        Metric(
            "median_ae", Message("Median absolute error"), "sd", VALUES, value_losses.median_ae, _middle_of_densest_half,
            Message("half of the rows have a smaller error, half a larger one"), spread_powers=1,
        ),
        Metric(
            "pinball", Message("Pinball loss"), "sd", VALUES, value_losses.pinball, _quantile,
            Message("mean loss of a predicted quantile"), spread_powers=1, holds_level=True,
        ),
        Metric(
            "rmsle", Message("RMSLE"), "loss", VALUES, value_losses.rmsle, _mean_of_logs,
            Message("root mean square error of log(1 + value): relative errors count"), needs=(NONNEGATIVE,),
        ),
    )
}  # fmt: skip

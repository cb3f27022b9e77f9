"""EPOCH_RULES: what the shape of a training history says. They read the signals of `history`, relative to the losses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from dldiag.core.i18n import Message, Value, format_error
from dldiag.core.types import Estimate, Floats, exactly
from dldiag.diagnosis.evidence import Evidence
from dldiag.diagnosis.from_metrics.given_metrics import GIVEN_METRICS, LOSS
from dldiag.diagnosis.from_metrics.history import EpochSignals, TrainingHistory
from dldiag.diagnosis.from_metrics.metrics import GivenNumbers
from dldiag.diagnosis.rules.rule import Example, Headline, Rule, Threshold

CLIMB = Threshold(
    "CLIMB", 0.25, "share of the fall of the training loss", "own choice; a converged loss stays near its minimum"
)
DESCENT = Threshold(
    "DESCENT", 0.95, "share of the first loss that is left", "own choice; AUTOTRAINER calls 3% no learning"
)
RISE = Threshold("RISE", 0.10, "share of the lowest dev loss", "as δ: a tenth of the error matters")
FALL = Threshold("FALL", 0.03, "share of the dev loss, over the last quarter of the epochs", "own choice")
SCATTER = Threshold("SCATTER", 0.10, "share of the dev loss", "as δ: a tenth of the error matters")
# A training error rate below it is no sign of a network that does not learn (own choice).
FITTED = 0.10


def _signal(name: str) -> Callable[[Evidence], Estimate | None]:
    return lambda evidence: evidence.others.get(name)


def _both_scatter(evidence: Evidence) -> Message | None:
    """Tell whether the training loss scatters as well; rule E5 covers that."""
    train = evidence.others.get("train_scatter")
    if train is not None and train.surely_above > SCATTER.at(evidence):
        return Message("The training loss scatters as well.")
    return None


def _fits(evidence: Evidence) -> Message | None:
    if evidence.unit == "rate" and evidence.train_error is not None and evidence.train_error.value < FITTED:
        return Message("The training error is low anyway.")
    return None


def only_probabilities_worsen(evidence: Evidence) -> Message | None:
    """A dev loss may rise while the dev error does not: the model becomes too sure of itself, not more often wrong."""
    rise = evidence.others.get("error_rise")
    if rise is not None and rise.value <= evidence.delta / 2:
        return Message("The dev loss may have risen, but the dev error did not.")
    return None


def _example(outcome: str, name: str, value: float, **more: float) -> Example:
    others = {key: exactly(one) for key, one in {name: value, **more}.items()}
    names: Mapping[str, Value] = {
        "best": "0.30",
        "end": "0.45",
        "best_epoch": "6",
        "last_epoch": "30",
        "epochs": 30,
        "lost": "",
        "watched": Message("dev loss"),
    }
    return Example(Evidence(others=others, names=names), outcome)  # type: ignore[arg-type]


EPOCH_RULES: tuple[Rule, ...] = (
    Rule(
        "E1", "training", Message("Does the training loss fall?"),
        signal=_signal("climb"), threshold=CLIMB,
        fired="Training diverges: the training loss {lost}.",
        passed="The training loss ends near its lowest value.",
        hint="Use a learning rate 10 times smaller, clip the gradient, and check the inputs for NaN and unscaled columns.",
        problem="divergence", silences=("E2", "E3", "E4", "E5", "E6"), silences_levels=("bias_variance",),
        headlines=(Headline(Message("Training diverges: the training loss {lost}."), instead_of=lambda bias, variance: True),),
        examples=(_example("fired", "climb", 0.6), _example("passed", "climb", 0.02)),
    ),
    Rule(
        "E2", "training", Message("Does the network learn at all?"),
        signal=_signal("left"), threshold=DESCENT,
        fired="The training loss hardly moves: after {epochs} epochs {signal:.0%} of its first value is left.",
        passed="The training loss fell to {signal:.0%} of its first value.",
        hint="Test learning rates 10 times larger and smaller, scale the inputs, and check that labels and loss belong together.",
        problem="wrong_step", unless=_fits, silences=("E4", "E5", "E6"), silences_levels=("bias_variance",),
        headlines=(
            Headline(
                Message("The network hardly learns: after {epochs} epochs the training loss is almost where it began."),
                instead_of=lambda bias, variance: True,
            ),
        ),
        examples=(_example("fired", "left", 0.99), _example("passed", "left", 0.2)),
    ),
    Rule(
        "E3", "training", Message("Did training go on too long?"),
        signal=_signal("rise"), threshold=RISE,
        fired="The {watched} was lowest at epoch {best_epoch} ({best}); at epoch {last_epoch} it is {end}, {signal:.0%} higher.",
        passed="The {watched} ends at its lowest value, or close to it.",
        hint="Stop at epoch {best_epoch} and keep those weights (early stopping that restores the best ones).",
        problem="past_minimum", unless=only_probabilities_worsen, silences=("E4",),
        headlines=(
            Headline(
                Message("Trained too long: the {watched} was lowest at epoch {best_epoch} ({best}); at epoch {last_epoch} it is {end}."),
            ),
        ),
        examples=(
            _example("fired", "rise", 0.5), _example("passed", "rise", 0.01), _example("not_applicable", "rise", 0.5, error_rise=-0.01),
        ),
    ),
    Rule(
        "E4", "training", Message("Was training long enough?"),
        signal=_signal("fall"), threshold=FALL,
        fired="The {watched} still falls: by {signal:.0%} over the last quarter of {epochs} epochs.",
        passed="The {watched} has settled: over the last quarter of the epochs it fell by {signal:.1%}.",
        hint="Train twice as long, then look again.",
        problem="short_training", silences=("N1", "V2"),
        headlines=(
            Headline(
                Message("Stopped too early: the {watched} was still falling at epoch {last_epoch} (now {end}). Train longer before you "
                        "judge the model."),
            ),
        ),
        examples=(_example("fired", "fall", 0.2), _example("passed", "fall", 0.0)),
    ),
    Rule(
        "E5", "training", Message("Does the training loss jump?"),
        signal=_signal("train_scatter"), threshold=SCATTER,
        fired="The training loss jumps by {signal:.0%} from epoch to epoch.",
        passed="The training loss is smooth ({signal:.1%} from epoch to epoch).",
        hint="Use a smaller learning rate, or larger batches.",
        problem="wrong_step",
        remark=Message("The training loss jumps from epoch to epoch: a smaller learning rate makes it smooth."),
        examples=(_example("fired", "train_scatter", 0.3), _example("passed", "train_scatter", 0.01)),
    ),
    Rule(
        "E6", "training", Message("Does the dev loss jump?"),
        signal=_signal("scatter"), threshold=SCATTER,
        fired="The {watched} jumps by {signal:.0%} from epoch to epoch, though the training loss is smooth.",
        passed="The {watched} is smooth ({signal:.1%} from epoch to epoch).",
        hint="Don't pick an epoch by its luck: use more dev rows, or average over epochs.",
        problem=None, unless=_both_scatter,
        remark=Message("The {watched} jumps from epoch to epoch: more dev rows would steady it."),
        examples=(_example("fired", "scatter", 0.3), _example("passed", "scatter", 0.01)),
    ),
)  # fmt: skip
SOFTER = Message(
    "Since epoch {best_epoch} the dev loss rises, but the dev error does not ({error_at_best} then, {error_at_end} "
    "now). The model becomes too sure of itself, not more often wrong. If you use its probabilities, stop there or "
    "calibrate them."
)


def at_last_epoch(errors: GivenNumbers, history: TrainingHistory) -> GivenNumbers:
    """Return the numbers with the errors of the last epoch where none was typed, in the history's unit."""
    metric = GIVEN_METRICS[history.metric or LOSS]
    divisor = errors.spread if errors.spread is not None and metric.spread_unit is not None else 1.0
    last = {"train_error": _last(history.train_error), "dev_error": _last(history.dev_error)}
    missing = {name: value for name, value in last.items() if value is not None and getattr(errors, name) is None}
    values: dict[str, Any] = {name: value / divisor for name, value in missing.items()}
    return replace(errors, metric=metric.name, task=metric.task, **values)


def with_epochs(evidence: Evidence, history: TrainingHistory, epochs: EpochSignals) -> Evidence:
    """Return the evidence with what the epochs say; numbers that only sentences need go to `names`."""
    climb = exactly(1.0) if epochs.lost_at is not None else epochs.climb
    left = None if epochs.descent is None else -_less_one(epochs.descent)
    signals = {
        "climb": climb, "left": left, "rise": epochs.rise, "fall": epochs.fall, "scatter": epochs.scatter,
        "train_scatter": epochs.train_scatter, "error_rise": _error_rise(history, epochs),
    }  # fmt: skip
    present = {name: signal for name, signal in signals.items() if signal is not None}
    return replace(evidence, names={**evidence.names, **_names(history, epochs)}, others={**evidence.others, **present})


def _error_rise(history: TrainingHistory, signals: EpochSignals) -> Estimate | None:
    """Return by how much the dev error rose since the dev loss was lowest; None where no metric stands beside the loss."""
    end = _last(history.dev_error)
    if history.metric == "" or not history.has_loss or signals.error_at_best is None or end is None:
        return None
    return exactly(end - signals.error_at_best)


def _less_one(estimate: Estimate) -> Estimate:
    """Return the share that fell, less 1: its negative is what is left."""
    return Estimate(
        estimate.value - 1, estimate.low - 1, estimate.high - 1, estimate.surely_above - 1, estimate.surely_below - 1
    )


def _names(history: TrainingHistory, signals: EpochSignals) -> dict[str, Value]:
    of_loss = history.has_loss or history.metric == ""
    unit = "loss" if of_loss else history.unit

    return {
        "watched": Message("dev loss") if of_loss else Message("dev error"),
        "best": _text(signals.best, unit),
        "end": _text(signals.end, unit),
        "best_epoch": _epoch(signals.best_epoch),
        "last_epoch": _epoch(signals.last_epoch),
        "epochs": signals.epochs,
        "lost": Message("is not finite from epoch {epoch} on", {"epoch": _epoch(signals.lost_at)})
        if signals.lost_at is not None
        else Message("climbs back up"),
        "error_at_best": _text(signals.error_at_best, history.unit),
        "error_at_end": _text(_last(history.dev_error), history.unit),
    }


def _text(value: float | None, unit: str) -> str:
    """Write a loss or an error; small losses with three digits that count."""
    if value is None:
        return ""
    return format_error(value, unit) if unit == "rate" or abs(value) >= 0.1 else f"{value:.3g}"


def _epoch(epoch: float | None) -> str:
    return "" if epoch is None else f"{epoch:g}"


def _last(series: Floats) -> float | None:
    """Return the last finite value."""
    finite = series[np.isfinite(series)]
    return float(finite[-1]) if len(finite) else None

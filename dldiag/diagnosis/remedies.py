"""REMEDIES: one row per remedy; its one change is both what is recommended and what a trial runs."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from dldiag.core.i18n import Message
from dldiag.core.params import SettingError
from dldiag.core.types import Change, Column_
from dldiag.diagnosis import metric_changes as by_metric
from dldiag.diagnosis.data_changes import (
    DataChange,
    ErrorContext,
    curves_in_pipeline,
    curves_of_linear,
    idle_columns_dropped,
    missing_features,
    no_change,
    other_kind_weighted,
)
from dldiag.diagnosis.ladders import OTHER_VALUE, TREES, ladders
from dldiag.experiments.metric_choice import MetricChoice
from dldiag.experiments.models import Model, changed, is_network

_WIDER = 4  # Times the units of each hidden layer, at most MOST_UNITS.
MOST_UNITS = 256
LONGER = 5  # Times the epochs.
# A weak L2 penalty, and strong ones: scikit-learn's alpha, which is divided by the number of rows.
SMALLEST_ALPHA, ALPHAS = 1e-4, (1.0, 10.0)
DROPOUTS = (0.3,)
_STEPS = (10.0, 0.1)  # Factors on the step size; the first makes it larger.
BEST_STEPS = (1e-3, 1e-2)  # Adaptive methods usually do well with these step sizes.


def suits_everything(y: NDArray[Any], choice: MetricChoice) -> bool:
    """Say that a remedy suits every target and metric."""
    return True


@dataclass(frozen=True)
class Remedy:
    """One remedy: its column in the remedy table, the problems it treats, and the settings it would change.

    treats: the problems, the one that this remedy is made for first. textbook: its place in the remedy table of the
    textbook (Ng), which orders what nothing measured; None for what is not in it. part: the evidence, a part of the
    dev error, that it works on in that table.
    changes: model -> the settings to try, likeliest first; () when the remedy cannot be applied to this model.
    from_errors: the errors on dev rows -> the changes of the data to try, for a remedy that depends on them.
    suits: target values and metric -> whether a run is worth it. any_model: `changes` knows models other than our network.
    worth: usual share of the dev error it removes where its problem was found; orders what could not be probed.
    """

    key: str
    title: Message
    column: Column_
    treats: tuple[str, ...]
    changes: Callable[[Model], tuple[Change, ...]]
    worth: float
    why: Message
    textbook: int | None = None
    part: str = ""
    suits: Callable[[NDArray[Any], MetricChoice], bool] = suits_everything
    any_model: bool = False
    from_errors: Callable[[ErrorContext], tuple[DataChange, ...]] = no_change

    @property
    def specific(self) -> str:
        """The problem that this remedy is made for."""
        return self.treats[0]

    @property
    def is_a_setting(self) -> bool:
        """Whether it changes settings of a model at all."""
        return self.changes is not _never or self.from_errors is not no_change


def _never(model: Model) -> tuple[Change, ...]:
    return ()


def _bigger(model: Model) -> tuple[Change, ...]:
    layers = tuple(model.parameters["hidden_layer_sizes"])
    wide = tuple(max(units, min(MOST_UNITS, max(64, _WIDER * units))) for units in layers) or (64,)
    deep = (*wide, wide[-1])
    return tuple({"hidden_layer_sizes": sizes} for sizes in (wide, deep) if sizes != layers)


def _smaller(model: Model) -> tuple[Change, ...]:
    layers = tuple(model.parameters["hidden_layer_sizes"])
    small = tuple(min(units, max(4, units // _WIDER)) for units in layers)
    return ({"hidden_layer_sizes": small},) if small != layers else ()


def _longer(model: Model) -> tuple[Change, ...]:
    epochs = max(200, LONGER * int(model.parameters["max_iter"]))
    return ({"max_iter": epochs, "tol": 0.0, "n_iter_no_change": max(50, int(model.parameters["n_iter_no_change"]))},)


def _optimizer(model: Model) -> tuple[Change, ...]:
    full_batches: Change = {"solver": "lbfgs"}
    if model.parameters["early_stopping"]:
        # Full batches have no epochs to stop at, so the change says what is dropped.
        full_batches = {**full_batches, "early_stopping": False}
    others: tuple[Change, ...] = ({"solver": "adam", "learning_rate_init": BEST_STEPS[0]}, full_batches)
    return tuple(change for change in others if change["solver"] != model.parameters["solver"])


def _step(model: Model) -> tuple[Change, ...]:
    if model.parameters["solver"] == "lbfgs":
        return ()
    now = float(model.parameters["learning_rate_init"])
    steps = [now * factor for factor in _STEPS] + [step for step in BEST_STEPS if not 0.09 < step / now < 11]
    return tuple({"learning_rate_init": step} for step in steps if 1e-6 <= step <= 1.0)


def _weaker(model: Model) -> tuple[Change, ...]:
    strong = {
        name: weak
        for name, weak in (("alpha", SMALLEST_ALPHA), ("dropout", 0.0), ("l1", 0.0))
        if float(model.parameters.get(name) or 0.0) > weak
    }
    return (strong,) if strong else ()


def _stronger(model: Model) -> tuple[Change, ...]:
    alpha, dropout = float(model.parameters["alpha"]), float(model.parameters.get("dropout") or 0.0)
    by_alpha = tuple({"alpha": strong} for strong in ALPHAS if strong > alpha)
    if not model.parameters["hidden_layer_sizes"]:
        return by_alpha
    return by_alpha + tuple({"dropout": share} for share in DROPOUTS if share > dropout)


def _initialization(model: Model) -> tuple[Change, ...]:
    return ({"init": "auto"},) if model.parameters.get("init", "auto") != "auto" else ()


def _activation(model: Model) -> tuple[Change, ...]:
    if not model.parameters["hidden_layer_sizes"]:
        return ()
    if model.parameters["activation"] == "relu":
        return ({"activation": "tanh"},)
    change: dict[str, Any] = {"activation": "relu"}
    if model.parameters.get("init", "auto") != "auto":
        change["init"] = "auto"
    return (change,)


def _scale(model: Model) -> tuple[Change, ...]:
    return () if model.scale_inputs else ({"scale_inputs": True},)


def _stop_early(model: Model) -> tuple[Change, ...]:
    cannot = model.parameters["early_stopping"] or model.parameters["solver"] == "lbfgs"
    return () if cannot else ({"early_stopping": True},)


CURVED = "curved_features"
OF_OTHERS = (OTHER_VALUE, CURVED)  # Remedies that no network is offered.
# Remedies that only a network has; other models are offered none of them.
OF_NETWORKS = (
    "bigger_network",
    "smaller_network",
    "other_initialization",
    "other_activation",
    "other_optimizer",
    "search_settings",
)
# No trial can run these remedies: a forecast stands for them.
MORE_DATA, RARE_ROWS = "more_data", "more_rare_rows"
FORECAST = (MORE_DATA, RARE_ROWS)  # What these do is read off the learning curve; nothing is trained for it.
LARGER_DEV_SET = "more_dev_rows"  # What it would decide is forecast from the measured noise.
LEAVE_IT, OTHER_MODEL = "leave_it", "other_model"
SEARCH = "search_settings"  # Its trial finds the change of this remedy.

REMEDIES: dict[str, Remedy] = {
    row.key: row
    for row in (
        # Remedies that get a network training.
        Remedy(
            "scale_inputs", Message("Scale the inputs"), "training", ("unscaled_inputs",), _scale, 0.5,
            Message("On very different scales, gradient descent is slow, and a distance sees the largest feature only."),
        ),
        Remedy(
            "step_size", Message("Another learning rate"), "training", ("divergence", "wrong_step", "uneven_start"), _step, 0.4,
            Message("Too small a learning rate gets nowhere in the given epochs; too large a one overshoots "
                    "the minimum."),
        ),
        Remedy(
            "other_initialization", Message("Another initialization"), "training", ("bad_initialization", "uneven_start"), _initialization, 0.5,
            Message("Equal initial weights keep units identical; oversized ones saturate them."),
        ),
        Remedy(
            "other_activation", Message("Another activation function"), "training", ("bad_activation", "uneven_start"), _activation, 0.4,
            Message("A saturated unit passes no gradient on; a linear one adds nothing to a linear model."),
        ),
        # high bias
        Remedy(
            "bigger_network", Message("A bigger network"), "bias", ("small_network", "high_bias"), _bigger, 0.3,
            Message("More units can fit the training rows more closely."),
            textbook=1, part="avoidable_bias",
        ),
        Remedy(
            "train_longer", Message("Train longer"), "bias", ("short_training", "uneven_start", "high_bias"), _longer, 0.25,
            Message("Training may have stopped before it was done."),
            textbook=2, part="avoidable_bias",
        ),
        Remedy(
            "other_optimizer", Message("Another optimization method"), "bias", ("slow_optimizer", "uneven_start", "high_bias"), _optimizer, 0.2,
            Message("Another optimizer can reach a lower training error with the same network."),
            textbook=3, part="avoidable_bias",
        ),
        Remedy(
            "weaker_regularization", Message("Weaker regularization"), "bias", ("over_regularized", "high_bias"), _weaker, 0.35,
            Message("The penalty keeps the model simpler than the data need."),
            textbook=4, part="avoidable_bias",
        ),
        Remedy(
            CURVED, Message("Spline or polynomial features"), "bias", ("only_straight", "high_bias"), curves_in_pipeline, 0.3,
            Message("A linear model bends only where its features do."),
            any_model=True, from_errors=curves_of_linear,
        ),
        # high variance
        Remedy(
            "regularization", Message("Regularization"), "variance", ("under_regularized", "high_variance"), _stronger, 0.15,
            Message("Regularization keeps the model from fitting the noise in its training rows."),
            textbook=5, part="variance",
        ),
        Remedy(
            MORE_DATA, Message("More training data"), "variance", ("few_rows", "high_variance"), _never, 0.2,
            Message("With more rows there is less to memorize."),
            textbook=6, part="variance",
        ),
        Remedy(
            "early_stopping", Message("Early stopping"), "variance", ("past_minimum",), _stop_early, 0.1,
            Message("The dev error may be lower before the last epochs fit the noise."),
        ),
        Remedy(
            "smaller_network", Message("A smaller network"), "variance", ("large_network",), _smaller, 0.05,
            Message("Fewer weights can memorize less."),
        ),
        # what the metric or the target asks for
        Remedy(
            "class_weights", Message("Class weights"), "data", ("rare_class_missed", "classes_weighed_alike"), by_metric.balanced_weights, 0.0,
            Message("Rare classes weigh as much as common ones, so that the model does not give them up."),
            suits=by_metric.uneven_classes, any_model=True,
        ),
        Remedy(
            "threshold", Message("Move the threshold"), "data", ("classes_weighed_alike",), by_metric.moved_threshold, 0.0,
            Message("The same model decides at the probability where the metric is best; fitted inside the training rows."),
            suits=by_metric.threshold_can_help, any_model=True,
        ),
        Remedy(
            "calibration", Message("Calibrate the probabilities"), "data", ("metric_asks",), by_metric.calibrated_probabilities, 0.0,
            Message("Probabilities that are too sure, or not sure enough, are brought to how often they come true."),
            suits=by_metric.by_probabilities, any_model=True,
        ),
        Remedy(
            "robust_loss", Message("A robust loss"), "data", ("metric_asks",), by_metric.robust_losses, 0.0,
            Message("A loss that does not square large errors lets typical rows count."),
            suits=by_metric.by_typical_errors, any_model=True,
        ),
        Remedy(
            "log_target", Message("Learn the logarithm of the target"), "data", ("skewed_target",), by_metric.log_of_target, 0.0,
            Message("The target spans powers of ten: by its logarithm, relative errors count the same everywhere."),
            suits=by_metric.skewed_target, any_model=True,
        ),
        Remedy(
            OTHER_VALUE, Message("Another value of a setting"), "data", ("unsuited_value",), _never, 0.0,
            Message("The model says in which limits this setting may lie; another value may suit these rows better."),
        ),
        # the data
        Remedy(
            "new_features", Message("Add features"), "data", ("missing_features",), _never, 0.0,
            Message("An interaction, a ratio or a bend that the errors on dev rows still go together with."),
            from_errors=missing_features, any_model=True,
        ),
        Remedy(
            "drop_columns", Message("Drop columns"), "data", ("idle_columns",), _never, 0.0,
            Message("Columns that the model does not need only give it more to memorize."),
            from_errors=idle_columns_dropped, any_model=True,
        ),
        Remedy(
            "reweight_rows", Message("Weigh training rows of the other kind less"), "data", ("mismatch",), _never, 0.0,
            Message("Training rows unlike the dev rows can pull the model away from them; a weight of 0 leaves them out."),
            from_errors=other_kind_weighted, any_model=True,
        ),
        Remedy(
            "repair_table", Message("Fix the data setup"), "data", ("leak", "misleading_split"), _never, 0.0,
            Message("Until then every error looks too good and can't be trusted."),
        ),
        Remedy(
            LARGER_DEV_SET, Message("A larger dev set"), "data", ("dev_overused", "few_dev_rows"), _never, 0.0,
            Message("With a small dev set, chance decides which of two models looks better."),
            textbook=8, part="test_gap",
        ),
        Remedy(
            RARE_ROWS, Message("More rows of the rare class"), "data", ("few_rare_rows", "few_rare_dev_rows"), _never, 0.0,
            Message("Few rows of the rare class decide the metric: more of them help more than any others."),
        ),
        Remedy(
            "better_features", Message("Better features"), "data", ("no_signal", "little_signal", "noise"), _never, 0.0,
            Message("No setting can find what the features don't contain."),
        ),
        Remedy(
            "matching_data",
            Message("Training data that matches the dev set"),
            "data",
            ("mismatch",),
            _never,
            0.0,
            Message("The model does well on unseen rows like its training rows; add training rows that look "
                    "like the dev rows."),
            textbook=7, part="mismatch",
        ),
        Remedy(
            "clean_labels", Message("Cleaner labels"), "data", ("conflicting_labels",), _never, 0.0,
            Message("Wrong labels set a floor that no model gets below."),
        ),
        Remedy(
            OTHER_MODEL, Message("Another model"), "data", ("reference_wins", "simple_model_wins"), _never, 0.0,
            Message("A reference model does better on the same rows: use it, or improve this one until it "
                    "wins."),
        ),
        Remedy(
            SEARCH, Message("Random search"), "data", ("noise", "harmless_gap", "reference_wins", "high_variance", "high_bias"), _never, 0.0,
            Message("Try random combinations of settings; test the best against your model."),
        ),
        Remedy(
            LEAVE_IT, Message("Keep the model as it is"), "data", ("nothing", "noise", "harmless_gap"), _never, 0.0,
            Message("None of the fixes we tested lowers the dev error enough to matter, with 90% confidence."),
        ),
    )
}  # fmt: skip


def applicable(model: Model, keys: Collection[str] | None = None) -> list[tuple[str, Change]]:
    """List (remedy, change) for every setting that a remedy could try on this model."""
    if not is_network(model):
        general = [(row.key, change) for row in REMEDIES.values() if row.any_model for change in row.changes(model)]
        changes = [*_of_inputs(model), *ladders(model.estimator), *general]
        return [change for change in changes if keys is None or change[0] in keys]
    rows = (row for row in REMEDIES.values() if keys is None or row.key in keys)
    return [(row.key, change) for row in rows for change in row.changes(model) if _is_possible(model, change)]


def _of_inputs(model: Model) -> list[tuple[str, Change]]:
    """Offer scaled inputs to a model that gets raw ones and depends on their scale; trees do not."""
    minds = not type(model.estimator).__module__.startswith(TREES)
    return [("scale_inputs", {"scale_inputs": True})] if minds and not model.raw and not model.scale_inputs else []


def _is_possible(model: Model, change: Change) -> bool:
    """Tell whether the changed settings go together: L-BFGS with dropout, for one, does not."""
    try:
        changed(model, change)
    except SettingError:
        return False
    return True

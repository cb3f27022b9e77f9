"""MODELS: our network and scikit-learn's baselines, and a model as a value with its settings."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from sklearn.base import BaseEstimator, clone, is_classifier, is_regressor

from dldiag import nn
from dldiag.core.i18n import Message, tr
from dldiag.core.params import Param, SettingError, check, check_choice
from dldiag.core.types import Task
from dldiag.experiments.curved_inputs import CURVES_PARAM, can_be_curved, is_pipeline, sklearn_module, with_curves
from dldiag.experiments.model_params import BOOSTING_PARAMS, FOREST_PARAMS, LINEAR_PARAMS, NEIGHBOR_PARAMS, SVM_PARAMS

SETUP_ROWS = 300  # Starting a fit costs about as much as training on this many rows.
USUAL_INPUTS, USUAL_UNITS, USUAL_EPOCHS = 20, 100, 200

# Half as many trees with twice the learning rate of scikit-learn's defaults: half the time, and over twelve tables at
# 300 and 3,000 rows a dev error 0.5% higher in mean (`python -m bench.boosting`). It is a reference, not a contestant.
QUICK_BOOSTING = MappingProxyType({"learning_rate": 0.2, "max_iter": 50, "early_stopping": False})

# Scikit-learn has 255. Most of the time on many columns goes into comparing bins; with a quarter of them the dev error over
# the twelve tables of bench.boosting is 2% lower in mean, and 0.2% higher in the median.
FEW_BINS = MappingProxyType({"max_bins": 64})
NARROW = 100  # Columns of a table up to which nothing is cut for its width.

SCALE = "scale_inputs"  # A setting of our Model, not of its estimator.
SCALE_PARAM = Param(
    True,
    bool,
    "Scale inputs",
    "Bring every number column to mean 0 and standard deviation 1, refitted on each training subset.",
    group="data",
)
ADJUST_PARAM = Param(
    "",
    str,
    "Decision threshold",
    "Move the threshold to where the metric is best, or calibrate the probabilities; both are fitted inside the training rows.",
    choices={
        "": "default",
        "threshold": "best for the metric",
        "calibration": "on calibrated probabilities",
    },
    group="loss",
)
LOG_TARGET_PARAM = Param(
    False,
    bool,
    "Learn the logarithm of the target",
    "For targets above 0 that span powers of ten; errors stay those of the target itself.",
    group="loss",
)
NEW_FEATURES_PARAM = Param(
    (),
    tuple,
    "Added features",
    "Made from the columns, separated by semicolons: a * b, a / b, spline(a), cycle(a), frequency(a), target(a).",
    group="data",
    separator=";",
)
DROP_COLUMNS_PARAM = Param(
    (),
    tuple,
    "Dropped columns",
    "Columns the model does not get, separated by semicolons.",
    group="data",
    separator=";",
)
REWEIGHT_PARAM = Param(
    1.0,
    float,
    "Weight of rows of the other kind",
    "Where dev rows are of one kind: 1 counts all training rows the same, 0 leaves the other kind out.",
    low=0,
    high=1,
    group="data",
)
AROUND = {  # Settings that are fields of Model.
    "scale_inputs": SCALE_PARAM,
    "adjust": ADJUST_PARAM,
    "log_target": LOG_TARGET_PARAM,
    "new_features": NEW_FEATURES_PARAM,
    "drop_columns": DROP_COLUMNS_PARAM,
    "reweight_rows": REWEIGHT_PARAM,
}
SURROUNDINGS = {name: one.default for name, one in AROUND.items() if name != SCALE}  # Values where a report names none.
INPUT_CURVES = "input_curves"  # A setting of a user's whole pipeline, of which it becomes a step.
OF_INPUTS = ("new_features", "drop_columns")  # A model that prepares the table itself cannot have these.


@dataclass(frozen=True)
class Model:
    """An unfitted estimator with the name it goes by and how its inputs are prepared.

    adjust: how its decisions are adjusted inside the training rows, a row of ADJUSTMENTS; "" for not at all. log_target: it
    learns the logarithm of the target and is judged by the target. raw: the estimator prepares the table itself (a user's pipeline, or what holds one) and gets the typed frame.
    new_features, drop_columns: features added to and columns taken from its inputs. reweight_rows: weight of the training
    rows whose kind is not that of the dev rows.
    """

    key: str
    label: Message
    estimator: BaseEstimator
    scale_inputs: bool = True
    raw: bool = False
    adjust: str = ""
    log_target: bool = False
    new_features: tuple[str, ...] = ()
    drop_columns: tuple[str, ...] = ()
    reweight_rows: float = 1.0

    @cached_property
    def identity(self) -> str:
        """Text that is equal for two models exactly when they would learn the same."""
        settings = sorted(self.estimator.get_params().items())
        own = f"{self.adjust}{':log' if self.log_target else ''}{self._of_data}"
        return f"{self.key}:{self.scale_inputs}{own}:{type(self.estimator).__name__}:{settings}"

    @property
    def _of_data(self) -> str:
        changed = (self.new_features, self.drop_columns, self.reweight_rows)
        return "" if changed == ((), (), 1.0) else f":{changed}"

    @property
    def inputs_key(self) -> Hashable:
        """Key of its preparation: models with the same key share prepared inputs on the same rows."""
        return self.scale_inputs, self.new_features, self.drop_columns

    @property
    def is_baseline(self) -> bool:
        """Whether it is the baseline, which always predicts the best constant by the metric."""
        return self.key == "guess"

    @property
    def standardizes_target(self) -> bool:
        """Whether it learns numbers brought to mean 0 and spread 1: rows of MODELS do, a user's own model does not."""
        return self.key in MODELS and not self.raw

    @property
    def parameters(self) -> dict[str, Any]:
        """The settings a person may change, with their present values."""
        values = self.estimator.get_params(deep=False)
        around = {name: getattr(self, name) for name in AROUND}  # Settings of what surrounds the estimator.
        used = {name: value for name, value in around.items() if value != AROUND[name].default}
        if self.key not in MODELS:
            own = {name: value for name, value in values.items() if isinstance(value, int | float | str | bool)}
            return own | self._of_own(used)
        if is_network(self):
            values["hidden_layer_sizes"] = self.estimator.hidden_layers()  # Scikit-learn also takes a single number.
        if is_network(self):
            return {name: (values | around)[name] for name in params_of_model(self)} | used
        own = {name: values[name] for name in params_of_model(self) if name in values}
        return own | self._other_changes(values) | used

    def _of_own(self, used: Mapping[str, Any]) -> dict[str, Any]:
        """Return what surrounds a user's own estimator: it gets its inputs as they are, unless scaling was asked for."""
        settings = {name: value for name, value in used.items() if name != SCALE}
        return settings | ({SCALE: True} if self.scale_inputs else {})

    def _other_changes(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return settings without a parameter that differ from those of the row, such as class weights."""
        usual = MODELS[self.key].make[_task_of(self)]().get_params(deep=False)
        plain = (bool, int, float, str, tuple, type(None))
        return {
            name: value
            for name, value in values.items()
            if name != "random_state" and isinstance(value, plain) and value != usual.get(name)
        }


@dataclass(frozen=True)
class ModelRow:
    """One row of MODELS: how to make the estimator for either task."""

    label: Message
    make: Mapping[Task, Callable[[], BaseEstimator]]
    params: Mapping[str, Param] = field(default_factory=dict)
    task_params: Mapping[Task, Mapping[str, Param]] = field(default_factory=dict)
    cost: float = 1.0  # Time of a fit relative to the linear model at 1,000 rows, to tell the time left.
    one_tree_below: float = 0.0  # Times the least rows of a leaf; with fewer rows no tree splits, and all are the same.
    when_wide: Mapping[str, Any] = field(default_factory=dict)  # Settings of the reference on more than NARROW columns.


def _from(place: str, **settings: Any) -> Callable[[], BaseEstimator]:
    """Return what makes an estimator of scikit-learn; its module is loaded then, which keeps start-up short."""
    module, _, name = place.rpartition(".")

    def make() -> BaseEstimator:
        return getattr(sklearn_module(module), name)(**settings)

    return make


MODELS: dict[str, ModelRow] = {
    "mlp": ModelRow(
        Message("Neural network"),
        {"classification": nn.MLPClassifier, "regression": nn.MLPRegressor},
        {
            **nn.MLP_PARAMS,
            "scale_inputs": SCALE_PARAM,
            "new_features": NEW_FEATURES_PARAM,
            "drop_columns": DROP_COLUMNS_PARAM,
        },
        {
            "classification": {**nn.CLASSIFIER_PARAMS, "adjust": ADJUST_PARAM},
            "regression": {**nn.REGRESSOR_PARAMS, "log_target": LOG_TARGET_PARAM},
        },
        cost=20,
    ),
    "guess": ModelRow(
        Message("Baseline"),
        {"classification": _from("dummy.DummyClassifier"), "regression": _from("dummy.DummyRegressor")},
        cost=0.1,
    ),
    "linear": ModelRow(
        Message("Linear model"),
        {
            "classification": _from("linear_model.LogisticRegression", max_iter=500),
            "regression": _from("linear_model.Ridge"),
        },
        task_params=LINEAR_PARAMS,
    ),
    "boosting": ModelRow(
        Message("Gradient boosting"),
        {
            "classification": _from("ensemble.HistGradientBoostingClassifier", **QUICK_BOOSTING),
            "regression": _from("ensemble.HistGradientBoostingRegressor", **QUICK_BOOSTING),
        },
        BOOSTING_PARAMS,
        cost=10,
        one_tree_below=2.0,
        when_wide=FEW_BINS,
    ),
    "forest": ModelRow(
        Message("Random forest"),
        {
            "classification": _from("ensemble.RandomForestClassifier"),
            "regression": _from("ensemble.RandomForestRegressor"),
        },
        FOREST_PARAMS,
        cost=10,
    ),
    "svm": ModelRow(
        Message("Support vector machine"),
        {"classification": _from("svm.SVC"), "regression": _from("svm.SVR")},
        SVM_PARAMS,
        cost=10,
    ),
    "neighbors": ModelRow(
        Message("k nearest neighbors"),
        {
            "classification": _from("neighbors.KNeighborsClassifier"),
            "regression": _from("neighbors.KNeighborsRegressor"),
        },
        NEIGHBOR_PARAMS,
    ),
}


COUNT_LOSSES, COUNT_KINDS = ("poisson", "gamma"), ("PoissonRegressor", "GammaRegressor", "TweedieRegressor")


def build_model(task: Task, parameters: Mapping[str, Any] | None = None, key: str = "mlp") -> Model:
    """Make a row of MODELS for a task, with some settings changed; SettingError names what cannot be set."""
    check_choice("key", key, MODELS)
    check_choice("task", task, MODELS[key].make)
    model = Model(key, MODELS[key].label, MODELS[key].make[task]())
    return changed(model, parameters or {})


def reference_model(task: Task, key: str, n_columns: int) -> Model:
    """Make the row of MODELS that others are compared with on a table of this many columns."""
    return build_model(task, MODELS[key].when_wide if n_columns > NARROW else None, key)


def changed(model: Model, parameters: Mapping[str, Any]) -> Model:
    """Return the model with some settings changed, each checked against its parameter, and a network's also together."""
    params, estimator_params = {**AROUND, **params_of_model(model)}, model.estimator.get_params()
    for name, value in parameters.items():
        if name in params:
            check(name, params[name], value)
        elif name == INPUT_CURVES and can_be_curved(model.estimator):
            check(name, CURVES_PARAM, value)
        elif name not in estimator_params:
            raise SettingError(tr("{model} has no setting {name}.", model=model.label, name=repr(name)))
        if model.raw and name in (SCALE, *OF_INPUTS):
            raise SettingError(
                tr("{model} prepares the table itself: {name} cannot be set.", model=model.label, name=name)
            )
    own = {name: value for name, value in parameters.items() if name not in (*AROUND, INPUT_CURVES)}
    estimator = clone(model.estimator).set_params(**own)
    if parameters.get(INPUT_CURVES):
        estimator = with_curves(estimator, parameters[INPUT_CURVES])
    if is_network(model):
        estimator.check_settings()
    around = {name: value for name, value in parameters.items() if name in AROUND}
    # JSON has lists where settings have tuples.
    lists = {name: tuple(value) for name, value in around.items() if isinstance(value, list)}
    return replace(model, estimator=estimator, **around | lists)


def as_model(estimator: Any) -> Model:
    """Take an unfitted scikit-learn estimator as a model; a pipeline, or what holds one, prepares its own inputs."""
    if isinstance(estimator, Model):
        return estimator
    if isinstance(estimator, nn.MLPClassifier | nn.MLPRegressor):
        return Model("mlp", MODELS["mlp"].label, estimator)
    _check_estimator(estimator)
    label = Message("{name}", {"name": type(estimator).__name__})
    parts = [estimator, *estimator.get_params().values()]
    raw = any(map(is_pipeline, parts))
    return Model("own", label, estimator, scale_inputs=False, raw=raw)  # A user's model is scored exactly as given.


def _check_estimator(estimator: Any) -> None:
    if isinstance(estimator, type):
        raise TypeError(f"The model is the class {estimator.__name__}; give an instance of it, {estimator.__name__}().")
    missing = [name for name in ("fit", "predict", "get_params", "set_params") if not hasattr(estimator, name)]
    if missing == ["predict"] and (is_classifier(estimator) or is_regressor(estimator)):
        return  # A stack or a search of models shows predict() only once it is fitted.
    if missing:
        what = type(estimator).__name__
        raise TypeError(f"The model must be an unfitted scikit-learn estimator; {what} has no {missing[0]}.")


def params_of_model(model: Model) -> Mapping[str, Param]:
    """Return the settings of a model that have a parameter."""
    return params_for(model.key, (_task_of(model),)) if model.key in MODELS else {}


def _task_of(model: Model) -> Task:
    return "classification" if is_classifier(model.estimator) else "regression"


def params_for(key: str, tasks: Iterable[Task] = ()) -> Mapping[str, Param]:
    """Return the parameters of a row of MODELS: those of any task, and those that only some tasks have."""
    row = MODELS[key]
    own = (row.task_params.get(task, {}) for task in tasks)
    return {**row.params, **{name: param for params in own for name, param in params.items()}}


def is_of_counts(model: Model) -> bool:
    """Tell whether a model takes no negative targets: it, or a step of it, has a Poisson or gamma loss."""
    steps = [model.estimator, *model.estimator.get_params().values()]
    return any(getattr(step, "loss", None) in COUNT_LOSSES or _is_of_count_kind(step) for step in steps)


def _is_of_count_kind(estimator: Any) -> bool:
    normal = getattr(estimator, "power", 1) < 1  # Tweedie's power 0, its default, is the normal distribution.
    return type(estimator).__name__ in COUNT_KINDS and not normal


def trees_that_split(model: Model, n_rows: int) -> dict[str, int]:
    """Return the settings of a fit on so few rows that no tree can split: one tree in place of many that change nothing.

    Only where all rows weigh the same and the loss is the usual one: otherwise rounding may decide between two classes.
    """
    times = MODELS[model.key].one_tree_below if model.key in MODELS else 0.0
    if not times or model.reweight_rows != 1.0 or n_rows >= times * model.estimator.min_samples_leaf:
        return {}
    is_usual = model.estimator.loss in ("log_loss", "squared_error") and not getattr(
        model.estimator, "class_weight", None
    )
    return {"max_iter": 1} if is_usual else {}


def is_network(model: Model) -> bool:
    """Tell whether the model is our own network, which can be stacked and watched from the inside."""
    return isinstance(model.estimator, nn.MLPClassifier | nn.MLPRegressor)


def fit_cost(model: Model, n_rows: int) -> float:
    """Return about how long one fit takes, in rows of the linear model."""
    cost = MODELS[model.key].cost if model.key in MODELS else 1.0
    return cost * _size_cost(model) * _epochs_cost(model) * (n_rows + SETUP_ROWS)


def _size_cost(model: Model) -> float:
    """Return how much longer a network takes than one of the usual size: about as the root of its weights."""
    if not is_network(model):
        return 1.0
    layers = [USUAL_INPUTS, *model.parameters["hidden_layer_sizes"]]
    return math.sqrt(sum(a * b for a, b in pairwise(layers)) / (USUAL_INPUTS * USUAL_UNITS) or 1.0)


def _epochs_cost(model: Model) -> float:
    """Return how much longer a network takes that goes on to its last epoch; others mostly stop within the usual ones."""
    if not is_network(model) or model.estimator.tol > 0:
        return 1.0
    return max(1.0, float(model.estimator.max_iter) / USUAL_EPOCHS)

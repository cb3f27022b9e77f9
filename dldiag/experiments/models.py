"""The models that are compared: our network, scikit-learn's baselines, and what a training subset teaches them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC, SVR

from dldiag import nn
from dldiag.core.i18n import Message, tr
from dldiag.core.params import Param, SettingError, check
from dldiag.core.types import Task
from dldiag.data.encode import Matrix
from dldiag.experiments.model_params import BOOSTING_PARAMS, FOREST_PARAMS, LINEAR_PARAMS, NEIGHBOR_PARAMS, SVM_PARAMS

_FARTHEST = 20.0  # standard deviations; values beyond are cut, so that one wild cell cannot blow up a network

SETUP_ROWS = 300  # a fit costs about as much as this many rows even when it has hardly any
USUAL_INPUTS, USUAL_UNITS = 20, 100

REMEMBERED = 2**20  # bytes of prepared inputs; training on more takes far longer than preparing them again

# Half as many trees with twice the learning rate of scikit-learn's defaults: half the time, and over twelve tables at
# 300 and 3,000 rows a dev error 0.5 % higher in mean (`python -m bench.boosting`). It is a reference, not a contestant.
QUICK_BOOSTING = MappingProxyType({"learning_rate": 0.2, "max_iter": 50, "early_stopping": False})

SCALE = "scale_inputs"  # a setting of the model here, not of its estimator
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
        "": "the model's own",
        "threshold": "where the metric is best",
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
AROUND = {"scale_inputs": SCALE_PARAM, "adjust": ADJUST_PARAM, "log_target": LOG_TARGET_PARAM}  # fields of Model


@dataclass(frozen=True)
class Model:
    """An unfitted estimator with the name it goes by and how its inputs are prepared.

    adjust: how its decisions are adjusted inside the training rows, a row of ADJUSTMENTS; "" for not at all. log_target: it
    learns the logarithm of the target and is judged by the target. raw: the estimator prepares the table itself (a user's pipeline, or what holds one) and gets the typed frame.
    """

    key: str
    label: Message
    estimator: BaseEstimator
    scale_inputs: bool = True
    raw: bool = False
    adjust: str = ""
    log_target: bool = False

    @cached_property
    def identity(self) -> str:
        """Text that is equal for two models exactly when they would learn the same."""
        settings = sorted(self.estimator.get_params().items())
        own = f"{self.adjust}{':log' if self.log_target else ''}"
        return f"{self.key}:{self.scale_inputs}{own}:{type(self.estimator).__name__}:{settings}"

    @property
    def is_baseline(self) -> bool:
        """Whether it is the baseline: whatever it learns, the best constant by the metric is what it predicts."""
        return self.key == "guess"

    @property
    def standardizes_target(self) -> bool:
        """Whether it learns numbers brought to mean 0 and spread 1: rows of MODELS do, a user's own model does not."""
        return self.key in MODELS and not self.raw

    @property
    def parameters(self) -> dict[str, Any]:
        """The settings a person may change, with their present values."""
        values = self.estimator.get_params(deep=False)
        if self.key not in MODELS:
            return {name: value for name, value in values.items() if isinstance(value, int | float | str | bool)}
        if is_network(self):
            values["hidden_layer_sizes"] = self.estimator.hidden_layers()  # scikit-learn takes one number, too
        around = {name: getattr(self, name) for name in AROUND}  # settings of what surrounds the estimator
        if is_network(self):
            return {name: (values | around)[name] for name in params_of_model(self)}
        used = {name: value for name, value in around.items() if value != AROUND[name].default}
        return {name: values[name] for name in params_of_model(self) if name in values} | used


@dataclass(frozen=True)
class ModelRow:
    """One row of MODELS: how to make the estimator for either task."""

    label: Message
    make: Mapping[Task, Callable[[], BaseEstimator]]
    params: Mapping[str, Param] = field(default_factory=dict)
    task_params: Mapping[Task, Mapping[str, Param]] = field(default_factory=dict)
    cost: float = 1.0  # time of one fit, relative to the linear model at 1,000 rows (for the remaining time only)


MODELS: dict[str, ModelRow] = {
    "mlp": ModelRow(
        Message("Neural network (NumPy)"),
        {"classification": nn.MLPClassifier, "regression": nn.MLPRegressor},
        {**nn.MLP_PARAMS, "scale_inputs": SCALE_PARAM},
        {
            "classification": {**nn.CLASSIFIER_PARAMS, "adjust": ADJUST_PARAM},
            "regression": {**nn.REGRESSOR_PARAMS, "log_target": LOG_TARGET_PARAM},
        },
        cost=20,
    ),
    "guess": ModelRow(Message("Baseline"), {"classification": DummyClassifier, "regression": DummyRegressor}, cost=0.1),
    "linear": ModelRow(
        Message("Linear model"),
        {"classification": partial(LogisticRegression, max_iter=500), "regression": Ridge},
        task_params=LINEAR_PARAMS,
    ),
    "boosting": ModelRow(
        Message("Gradient boosting"),
        {
            "classification": partial(HistGradientBoostingClassifier, **QUICK_BOOSTING),
            "regression": partial(HistGradientBoostingRegressor, **QUICK_BOOSTING),
        },
        BOOSTING_PARAMS,
        cost=10,
    ),
    "forest": ModelRow(
        Message("Random forest"),
        {"classification": RandomForestClassifier, "regression": RandomForestRegressor},
        FOREST_PARAMS,
        cost=10,
    ),
    "svm": ModelRow(Message("Support vector machine"), {"classification": SVC, "regression": SVR}, SVM_PARAMS, cost=10),
    "neighbors": ModelRow(
        Message("k nearest neighbors"),
        {"classification": KNeighborsClassifier, "regression": KNeighborsRegressor},
        NEIGHBOR_PARAMS,
    ),
}


COUNT_LOSSES, COUNT_KINDS = ("poisson", "gamma"), ("PoissonRegressor", "GammaRegressor", "TweedieRegressor")


def build_model(task: Task, parameters: Mapping[str, Any] | None = None, key: str = "mlp") -> Model:
    """Make a row of MODELS for a task, with some settings changed; SettingError names what cannot be set."""
    if key not in MODELS:
        raise SettingError(
            tr("There is no model {key}; there are {choices}.", key=repr(key), choices=", ".join(MODELS))
        )
    model = Model(key, MODELS[key].label, MODELS[key].make[task]())
    return changed(model, parameters or {})


def changed(model: Model, parameters: Mapping[str, Any]) -> Model:
    """Return the model with some settings changed, each checked against its parameter, and a network's also together."""
    params, known = {**AROUND, **params_of_model(model)}, model.estimator.get_params()
    for name, value in parameters.items():
        if name in params:
            check(name, params[name], value)
        elif name not in known and (name != SCALE or model.raw):
            raise SettingError(tr("{model} has no setting {name}.", model=model.label, name=repr(name)))
    own = {name: value for name, value in parameters.items() if name not in AROUND}
    estimator = clone(model.estimator).set_params(**own)
    if is_network(model):
        estimator.check_settings()
    return replace(model, estimator=estimator, **{name: value for name, value in parameters.items() if name in AROUND})


def as_model(estimator: Any) -> Model:
    """Take an unfitted scikit-learn estimator as a model; a pipeline, or what holds one, prepares its own inputs."""
    if isinstance(estimator, Model):
        return estimator
    if isinstance(estimator, nn.MLPClassifier | nn.MLPRegressor):
        return Model("mlp", MODELS["mlp"].label, estimator)
    _check_estimator(estimator)
    label = Message("{name}", {"name": type(estimator).__name__})
    parts = [estimator, *estimator.get_params().values()]
    raw = any(isinstance(part, Pipeline) for part in parts)
    return Model("own", label, estimator, scale_inputs=False, raw=raw)  # it is judged as it was given


def _check_estimator(estimator: Any) -> None:
    if isinstance(estimator, type):
        raise TypeError(f"The model is the class {estimator.__name__}; give an instance of it, {estimator.__name__}().")
    missing = [name for name in ("fit", "predict", "get_params", "set_params") if not hasattr(estimator, name)]
    if missing:
        what = type(estimator).__name__
        raise TypeError(f"The model must be an unfitted scikit-learn estimator; {what} has no {missing[0]}.")


def params_of_model(model: Model) -> Mapping[str, Param]:
    """Return the settings of a model that have a parameter."""
    if model.key not in MODELS:
        return {}
    return params_for(model.key, ("classification" if is_classifier(model.estimator) else "regression",))


def params_for(key: str, tasks: Iterable[Task] = ()) -> Mapping[str, Param]:
    """Return the parameters of a row of MODELS: those of any task, and those that only some tasks have."""
    row = MODELS[key]
    own = (row.task_params.get(task, {}) for task in tasks)
    return {**row.params, **{name: param for params in own for name, param in params.items()}}


def is_of_counts(model: Model) -> bool:
    """Tell whether a model takes no negative targets: it, or a step of it, has a Poisson or gamma loss."""
    steps = [model.estimator, *model.estimator.get_params().values()]
    return any(getattr(one, "loss", None) in COUNT_LOSSES or _is_of_count_kind(one) for one in steps)


def _is_of_count_kind(estimator: Any) -> bool:
    normal = getattr(estimator, "power", 1) < 1  # Tweedie's power 0, its default, is the normal distribution
    return type(estimator).__name__ in COUNT_KINDS and not normal


def is_network(model: Model) -> bool:
    """Tell whether the model is our own network, which can be stacked and watched from the inside."""
    return isinstance(model.estimator, nn.MLPClassifier | nn.MLPRegressor)


def fit_cost(model: Model, n_rows: int) -> float:
    """Return about how long one fit takes, in rows of the linear model."""
    cost = MODELS[model.key].cost if model.key in MODELS else 1.0
    return cost * _size_cost(model) * (n_rows + SETUP_ROWS)


def _size_cost(model: Model) -> float:
    """Return how much longer a network takes than one of the usual size: about as the root of its weights."""
    if not is_network(model):
        return 1.0
    layers = [USUAL_INPUTS, *model.parameters["hidden_layer_sizes"]]
    return math.sqrt(sum(a * b for a, b in pairwise(layers)) / (USUAL_INPUTS * USUAL_UNITS) or 1.0)


class Preparation:
    """What one training subset teaches about the inputs: medians for gaps, means and spreads for scale.

    Remembers what it prepared while that is small: every remedy is tried on the same rows, and on few of them a network
    takes little longer to train than its inputs to prepare.
    """

    def __init__(self, matrix: Matrix, train_rows: NDArray[np.int64], *, scale: bool) -> None:
        self._matrix = matrix
        self._prepared: dict[bytes, NDArray[np.float32]] = {}
        steps = [SimpleImputer(strategy="median", keep_empty_features=True)]
        if scale:
            steps += [StandardScaler(), FunctionTransformer(np.clip, kw_args={"a_min": -_FARTHEST, "a_max": _FARTHEST})]
        self._measured: Pipeline = make_pipeline(*steps)
        if matrix.measured.any():
            self._measured.fit(matrix.values[np.ix_(train_rows, matrix.measured)])

    def inputs(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the prepared inputs of some rows: (rows, features) float32, not to be written to."""
        key = rows.tobytes()
        if key in self._prepared:
            return self._prepared[key]
        found = self._prepare(rows)
        found.flags.writeable = False
        if found.nbytes <= REMEMBERED:
            self._prepared[key] = found
        return found

    def _prepare(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        values = self._matrix.values[rows]
        if self._matrix.measured.any():
            values[:, self._matrix.measured] = self._measured.transform(values[:, self._matrix.measured])
        return np.asarray(np.nan_to_num(values, posinf=3e38, neginf=-3e38), dtype=np.float32)

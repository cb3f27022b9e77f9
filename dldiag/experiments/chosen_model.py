"""A model by name and plain settings: a row of MODELS, or any scikit-learn estimator, never executed code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from inspect import Parameter, signature
from typing import Any

from sklearn.utils import all_estimators

from dldiag.core.i18n import tr
from dldiag.core.params import SettingError
from dldiag.core.types import Task
from dldiag.experiments.models import AROUND, MODELS, SCALE, Model, as_model, build_model, changed

_KEY, _NAME = "model_key", "estimator"  # Keys of a choice, beside the model's own settings.
_SKLEARN = "sklearn"  # The key of an estimator chosen by its class name.
_PLAIN = (int, float, str, bool, type(None), tuple)


def chosen_model(task: Task, choice: Mapping[str, Any]) -> Model:
    """Return the model of a choice {"model_key", "estimator", setting: value, …}; SettingError says what is wrong."""
    settings = dict(choice)
    key, name = settings.pop(_KEY, "mlp"), settings.pop(_NAME, "")
    return named_estimator(task, name, settings) if key == _SKLEARN else build_model(task, settings, key)


def named_estimator(task: Task, name: str, settings: Mapping[str, Any]) -> Model:
    """Return a scikit-learn estimator by its class name with plain settings."""
    estimators = estimators_of(task)
    if name not in estimators:
        raise SettingError(
            tr("scikit-learn has no {task} model {name}. Examples: {examples}.", task=task, name=repr(name),
               examples=", ".join(sorted(estimators)[:3]))
        )  # fmt: skip
    params = estimators[name]().get_params()
    around = {setting: value for setting, value in settings.items() if setting in AROUND and setting not in params}
    own = {setting: value for setting, value in settings.items() if setting not in around}
    for setting, value in own.items():
        if setting not in params:
            raise SettingError(tr("{model} has no setting {name}.", model=name, name=repr(setting)))
        if not isinstance(value, _PLAIN):
            raise SettingError(tr("{name}: only numbers, texts, true, false and null are read.", name=setting))
    return changed(as_model(estimators[name](**own)), around)


@cache
def estimators_of(task: Task) -> dict[str, Any]:
    """Return scikit-learn's estimators of a task that need no other estimator, by class name."""
    kind = "classifier" if task == "classification" else "regressor"
    return {name: one for name, one in all_estimators(type_filter=kind) if not getattr(one, "_required_parameters", ())
            and _makes_itself(one)}  # fmt: skip


def _makes_itself(one: Any) -> bool:
    return all(each.default is not Parameter.empty for each in signature(one).parameters.values())


def choice_of(model: Model) -> dict[str, Any]:
    """Return the choice that describes a model; {} for a model that plain settings cannot describe."""
    if model.key in MODELS:
        return {**({} if model.key == "mlp" else {_KEY: model.key}), **model.parameters}
    name = type(model.estimator).__name__
    if name not in estimators_of("classification") | estimators_of("regression"):
        return {}
    usual = type(model.estimator)().get_params()
    differing = {name: value for name, value in model.estimator.get_params().items() if value != usual.get(name)}
    own = {name: value for name, value in differing.items() if isinstance(value, _PLAIN)}
    around = {name: getattr(model, name) for name in AROUND if name != SCALE}
    used = {name: value for name, value in around.items() if value != AROUND[name].default}
    scaled = {SCALE: True} if model.scale_inputs else {}  # A user's own model gets its inputs as they are.
    return {_KEY: _SKLEARN, _NAME: name, **own, **used, **scaled}

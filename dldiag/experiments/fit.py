"""fit_all, which does all training: every learning curve, probe and trial is a list of fits passed to it."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.dummy import DummyClassifier

from dldiag import nn
from dldiag.core.cluster import Cluster
from dldiag.core.i18n import Message
from dldiag.core.parallel import ALONE, Processes, one_thread, portable
from dldiag.core.statistics import mean_variance
from dldiag.core.types import Clusters, ErrorUnit, ShouldStop
from dldiag.experiments.adjust import ADJUSTMENTS, Decision, decide, held_probabilities
from dldiag.experiments.model_outputs import (
    KeptOutputs,
    ModelOutputs,
    check_predictions,
    class_probabilities,
    is_constant,
    kept_outputs,
    model_outputs,
    predictions_by,
)
from dldiag.experiments.models import MODELS, fit_cost, is_network, trees_that_split
from dldiag.experiments.scoring import baseline_outputs, floor_of, loss_by_row, optimism_of, stopping_score, without_log
from dldiag.experiments.tasks import Encoded, FitTask, Inputs, prepare_inputs
from dldiag.nn.health import Health
from dldiag.nn.training import stop_if_asked

# Errors that our own estimators raise on rows that they cannot learn from; a user's estimator may raise anything.
REFUSALS = (ValueError, TypeError, ArithmeticError, MemoryError, np.linalg.LinAlgError)
NO_PROBABILITIES = Message("the model gives no class probabilities, which the metric needs")
PAIRED_ROWS = 20_000  # Most training rows whose losses are kept; with more rows the gap is known well without them.
LARGEST_STACK = 32  # Networks trained in lock-step at most; more only take memory.
STACK_BYTES = 256 << 20  # Bytes of the inputs of one stack, from which mini-batches are gathered.


@dataclass(frozen=True, eq=False)
class FitResult:
    """What one fit gave; errors are losses by the metric of the diagnosis, lower is better.

    influence: (dev rows,) how much each dev row adds to the error; its variance / rows is the sampling variance of
    dev_error. useful_error, useful_influence: of this model or, where it errs more than the baseline (the commonest
    class, or the mean, of the training rows), of the baseline, which one would use instead. Two models on the same rows are
    compared through them. kept: what was predicted for the dev rows, where the task asks for it. floor: variance that dev
    rows leave where they show no mistake, in units of what as many rows leave to a rate; None: that of the largest influence.
    in_ratio, optimism: of the metric's interval, as in METRICS and `statistics.in_ratio`; highest: the highest loss there is.
    train_influence: (training rows,) the same of the training error, where predictions are kept and the rows are not too many.
    dev_times: intervals are those that as many times the dev rows would leave.
    is_constant: whether every row is predicted alike, as in `model_outputs.is_constant`: then nothing was memorized.
    """

    task: FitTask
    train_error: float
    dev_error: float
    train_variance: float
    influence: NDArray[np.float64]
    seconds: float
    guess_error: float
    useful_influence: NDArray[np.float64]
    unit: ErrorUnit = "rate"
    train_clusters: Clusters | None = None  # Of each training row where its loss is kept, else one row of each.
    dev_clusters: Clusters | None = None
    health: Health | None = None
    failed: str = ""
    kept: KeptOutputs | None = None
    floor: float | None = 1.0
    in_ratio: bool = False
    optimism: float = 0.0
    highest: float = float("inf")
    train_influence: NDArray[np.float32] | None = None
    dev_times: float = 1.0
    is_constant: bool = False

    @property
    def useful_error(self) -> float:
        """The lower of the dev errors of this model and the baseline."""
        return min(self.dev_error, self.guess_error)


def import_models() -> None:
    """Import the libraries of the built-in models, which takes seconds, before the first fit needs them."""
    for module in ("sklearn.ensemble", "sklearn.linear_model"):
        import_module(module)


def fit_all(
    tasks: Sequence[FitTask],
    encoded: Encoded,
    *,
    processes: Processes | Cluster = ALONE,
    should_stop: ShouldStop = None,
) -> Iterator[FitResult]:
    """Fit every task and yield results as they come: networks of one shape as one stack, stacks side by side.

    A result does not depend on who else is in its stack, or on where it is fitted; the order does. Raises Stopped when
    should_stop() says so; other processes ask it where it can be pickled.
    """
    stacks = list(group_by_shape(tasks, encoded))
    if processes.count > 1:
        stacks = _costliest_last(stacks, processes.count)
    while stacks and not processes.ready:
        stop_if_asked(should_stop)
        yield from fit_one_stack(stacks.pop(0), encoded, should_stop)
    if isinstance(processes, Cluster):
        for results in processes.run_shared(fit_one_stack, reversed(stacks), encoded, should_stop):
            yield from results
    elif stacks:
        portable_stop = portable(should_stop)
        work = ((stack, prepare_inputs(stack, encoded), portable_stop) for stack in reversed(stacks))
        for results in processes.run(fit_prepared, work):
            stop_if_asked(should_stop)
            yield from results


def _costliest_last(stacks: Sequence[list[FitTask]], n_jobs: int) -> list[list[FitTask]]:
    """Cut stacks into pieces of at most what each process has to do, and sort them by their cost.

    The costliest are to be begun first, so that no process waits long for another's last piece. Smaller pieces would
    fill gaps better, but a network alone takes nearly twice as long as one of ten in a stack.
    """
    most = sum(_cost(stack) for stack in stacks) / n_jobs
    pieces = list[list[FitTask]]()
    for stack in stacks:
        n = min(len(stack), math.ceil(_cost(stack) / most))
        pieces += [stack[i::n] for i in range(n)]
    return sorted(pieces, key=_cost)


def _cost(stack: Sequence[FitTask]) -> float:
    return sum(fit_cost(task.model, len(task.train_rows)) for task in stack)


def group_by_shape(tasks: Iterable[FitTask], encoded: Encoded) -> Iterator[list[FitTask]]:
    """Collect the tasks whose networks can be trained as one stack; every other task stands alone."""
    stacks: dict[Hashable, list[FitTask]] = {}
    for number, task in enumerate(tasks):
        shape = _shape(task, encoded) if is_network(task.model) else number
        stacks.setdefault(shape, []).append(task)
    for stack in stacks.values():
        bytes_each = len(stack[0].train_rows) * max(1, encoded.matrix.n_features) * np.dtype(np.float32).itemsize
        most = max(1, min(LARGEST_STACK, STACK_BYTES // bytes_each))
        yield from (stack[i : i + most] for i in range(0, len(stack), most))


def _shape(task: FitTask, encoded: Encoded) -> Hashable:
    n_outputs = len(np.unique(task.targets(encoded.dataset.y))) if encoded.dataset.task == "classification" else 1
    key = nn.stack_key(task.model.estimator, len(task.train_rows), encoded.n_features(task), n_outputs)
    return key, task.watched, task.model.adjust


def fit_one_stack(stack: Sequence[FitTask], encoded: Encoded, should_stop: ShouldStop = None) -> list[FitResult]:
    """Fit tasks of one shape together and score each on its own rows; the time is shared out evenly."""
    return fit_prepared(stack, prepare_inputs(stack, encoded), should_stop)


def fit_prepared(
    stack: Sequence[FitTask], prepared: Sequence[Inputs], should_stop: ShouldStop = None
) -> list[FitResult]:
    """Fit tasks whose inputs are prepared, in this process or another.

    Where one is refused, each is fitted alone: what fails does not depend on who shares the stack.
    """
    started = time.perf_counter()
    stop_if_asked(should_stop)
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Non-convergence is reported as a finding, not as a warning in the terminal.
        if not is_network(stack[0].model):
            return [_fit_alone(stack[0], prepared[0])]
        try:
            return _fit_networks(stack, prepared, should_stop)
        except REFUSALS as error:
            if len(stack) == 1:
                return [_refused(stack[0], time.perf_counter() - started, error)]
    return [fit_prepared([task], [inputs], should_stop)[0] for task, inputs in zip(stack, prepared, strict=True)]


def _fit_networks(stack: Sequence[FitTask], prepared: Sequence[Inputs], should_stop: ShouldStop) -> list[FitResult]:
    started = time.perf_counter()
    models = [_by_metric(_seeded(task), task, p) for task, p in zip(stack, prepared, strict=True)]
    dev = [(p.X_dev, p.y_dev) for p in prepared] if stack[0].watched else None
    weights = [p.weights for p in prepared]
    nn.fit_stack(
        models,
        [p.X for p in prepared],
        [p.y for p in prepared],
        dev=dev,
        sample_weights=weights,
        should_stop=should_stop,
    )
    outputs = [_outputs(m, task, p, p.labels) for m, task, p in zip(models, stack, prepared, strict=True)]
    if stack[0].model.adjust:
        held = held_probabilities(stack, prepared, _seeded)
        outputs = [decide(o, h, p, stack[0].model.adjust) for o, h, p in zip(outputs, held, prepared, strict=True)]
    seconds = (time.perf_counter() - started) / len(stack)
    return [errors_of(m, task, p, seconds, o) for m, task, p, o in zip(models, stack, prepared, outputs, strict=True)]


def _seeded(task: FitTask) -> BaseEstimator:
    estimator = clone(task.model.estimator)
    seeds = {
        name: task.seed
        for name, value in estimator.get_params().items()
        if name.split("__")[-1] == "random_state" and (task.reseeded or value is None)
    }
    if is_network(task.model):
        seeds["record_health"] = task.watched
    return estimator.set_params(**seeds, **trees_that_split(task.model, len(task.train_rows)))


def _by_metric(estimator: BaseEstimator, task: FitTask, inputs: Inputs) -> BaseEstimator:
    """Make a network's early stopping use the metric of the diagnosis, unless scikit-learn's score ranks epochs the same."""
    params = estimator.get_params()
    if not params["early_stopping"] or params["validation_score"] or task.model.log_target:
        return estimator
    return estimator.set_params(validation_score=stopping_score(inputs))


def _fit_alone(task: FitTask, inputs: Inputs) -> FitResult:
    """Fit an estimator that is not ours; one that refuses this subset gives a result without numbers and says why."""
    started = time.perf_counter()
    of_one_class = inputs.y.dtype.kind in "iu" and len(np.unique(inputs.y)) == 1
    one_class = of_one_class and not task.as_given  # Otherwise the estimator itself refuses the rows.
    refusals = REFUSALS if task.model.key in MODELS else (Exception,)
    try:
        # A tiny subset may hold one class only: all that can be learned is that class.
        model = DummyClassifier() if one_class else _seeded(task)
        outputs = _trained(model, task, inputs, refusals)
        if task.model.adjust and not one_class:
            (held,) = held_probabilities([task], [inputs], _seeded)
            outputs = decide(outputs, held, inputs, task.model.adjust)
        check_predictions(outputs)
    except refusals as error:
        return _refused(task, time.perf_counter() - started, error)
    return errors_of(model, task, inputs, time.perf_counter() - started, outputs)


def _outputs(model: Any, task: FitTask, inputs: Inputs, labels: NDArray[Any] | None) -> ModelOutputs:
    needed = inputs.choice.needs_probabilities or bool(task.model.adjust)
    outputs = model_outputs(model, inputs, labels, on_train=needed, on_dev=needed or task.kept)
    if task.model.is_baseline:
        dev, proba = baseline_outputs(inputs)
        outputs = replace(outputs, dev=dev, dev_proba=proba)
    if needed and (outputs.train_proba is None or outputs.dev_proba is None):
        raise ValueError(str(NO_PROBABILITIES))
    return outputs


def _trained(
    model: BaseEstimator, task: FitTask, inputs: Inputs, refusals: tuple[type[Exception], ...]
) -> ModelOutputs:
    """Fit and predict; a classifier that refuses the labels gets numbers 0 … k−1 in their place, as XGBoost asks for.

    Not where a setting may name labels (weights by class): it would then speak of other classes.
    """
    try:
        return _outputs(_fitted(model, inputs, inputs.labels), task, inputs, inputs.labels)
    except refusals as error:
        weighs_by_name = any(isinstance(value, Mapping) for value in model.get_params().values())
        if inputs.labels is None or weighs_by_name:
            raise
        numbers = _numbered(inputs.y, len(inputs.labels))
        try:
            return _outputs(_fitted(clone(model), inputs, numbers), task, inputs, numbers)
        except refusals:
            raise error from None


@dataclass(frozen=True, eq=False)
class FittedModel:
    """A fitted model that predicts for prepared inputs."""

    model: Any
    inputs: Inputs
    labels: NDArray[Any] | None

    def predict(self, X: Any) -> NDArray[Any]:
        """Return class codes, or values as inputs.y has them."""
        with one_thread():
            return predictions_by(self.model, X, self.inputs.y[:1].repeat(len(X)), self.labels)

    def probabilities(self, X: Any) -> NDArray[Any] | None:
        """Return the probability of each class (rows, K); None where the model gives none."""
        with one_thread():
            return class_probabilities(self.model, X, self.inputs.n_classes, self.labels)


def fitted_model(task: FitTask, inputs: Inputs) -> FittedModel:
    """Fit the model of one task; raises what the estimator raises."""
    model, labels = fitted_estimator(task, inputs)
    return FittedModel(model, inputs, labels)


def fitted_estimator(task: FitTask, inputs: Inputs) -> tuple[Any, NDArray[Any] | None]:
    """Fit one task and return its estimator, with the labels that it has in the place of codes (None: the codes).

    Raises what the estimator raises.
    """
    model, labels = _seeded(task), inputs.labels
    if is_network(task.model):
        model = _by_metric(model, task, inputs)
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if is_network(task.model):
            nn.fit_stack([model], [inputs.X], [inputs.y], sample_weights=[inputs.weights])
            return model, None
        try:
            return _fitted(model, inputs, labels), labels
        except REFUSALS:
            if labels is None:
                raise
            numbers = _numbered(inputs.y, len(labels))
            return _fitted(clone(model), inputs, numbers), numbers


def learned_decision(task: FitTask, inputs: Inputs) -> Decision:
    """Return how a fit's decisions are adjusted, from out-of-fold probabilities of its training rows."""
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (held,) = held_probabilities([task], [inputs], _seeded)
        return ADJUSTMENTS[task.model.adjust](inputs.y, held, inputs.choice)


def _fitted(model: Any, inputs: Inputs, labels: NDArray[Any] | None) -> Any:
    weights = {} if inputs.weights is None else {"sample_weight": inputs.weights}
    return model.fit(inputs.X, inputs.y if labels is None else labels[inputs.y], **weights)


def _numbered(y: NDArray[Any], n_classes: int) -> NDArray[np.int64]:
    """Return a number for every class: 0 … k−1 for the k that are in y, in their order, then the others."""
    absent = np.ones(n_classes, dtype=bool)
    absent[y] = False
    return np.argsort(np.argsort(absent, kind="stable"))


def _refused(task: FitTask, seconds: float, error: BaseException) -> FitResult:
    nothing = np.full(len(task.dev_rows), np.nan)
    message = str(error) if isinstance(error, REFUSALS) else f"{type(error).__name__}: {error}"
    return FitResult(task, np.nan, np.nan, np.nan, nothing, seconds, np.nan, nothing, failed=message or repr(error))


def errors_of(model: Any, task: FitTask, inputs: Inputs, seconds: float, outputs: ModelOutputs) -> FitResult:
    """Measure what a fitted model predicted for its training and dev rows, by the metric of the diagnosis."""
    health = getattr(model, "health_", None)
    if task.model.log_target:
        outputs, inputs = without_log(outputs, inputs)
        # These curves are errors of the logarithm, not of the target.
        health = health and replace(health, train_error=(), dev_error=None)
    train_error, train_rows = loss_by_row(inputs.y, outputs.train, outputs.train_proba, inputs)
    dev_error, influence = loss_by_row(inputs.y_dev, outputs.dev, outputs.dev_proba, inputs)
    train_variance = mean_variance(train_rows, inputs.clusters[0])
    guess_error, guess_influence = loss_by_row(inputs.y_dev, *baseline_outputs(inputs), inputs)
    useful = influence if dev_error <= guess_error else guess_influence
    kept_losses = _kept_losses(task, train_rows)
    return FitResult(
        task, train_error, dev_error, train_variance, influence, seconds, guess_error, useful, inputs.choice.unit,
        *_kept(inputs, kept_losses is not None), _in_unit(health, inputs),
        kept=kept_outputs(outputs, inputs) if task.kept else None, floor=floor_of(inputs.y_dev, inputs),
        in_ratio=inputs.choice.metric.in_ratio, highest=inputs.choice.metric.highest, optimism=optimism_of(outputs.dev, outputs.dev_proba, inputs),
        train_influence=kept_losses, is_constant=is_constant(outputs, inputs.y),
    )  # fmt: skip


def _kept_losses(task: FitTask, train_rows: NDArray[np.float64]) -> NDArray[np.float32] | None:
    """Return the influence of each training row where it is kept; None where the rows are too many to need it, or not those given."""
    is_kept = task.kept and len(train_rows) == len(task.train_rows) <= PAIRED_ROWS
    return train_rows.astype(np.float32) if is_kept else None


def _in_unit(health: Health | None, inputs: Inputs) -> Health | None:
    """Bring the errors of a watched training to the unit of all errors: std(y) of the table, not of a training subset."""
    if health is None or inputs.y.dtype.kind in "iu":
        return health
    factor = health.unit * inputs.y_spread / inputs.y_scale
    return replace(
        health,
        train_error=tuple(error * factor for error in health.train_error),
        dev_error=health.dev_error and tuple(None if error is None else error * factor for error in health.dev_error),
        initial_error=health.initial_error * factor,
        unit=inputs.y_scale,
    )


def _kept(inputs: Inputs, of_each: bool) -> tuple[Clusters | None, Clusters | None]:
    """Return the clusters of the training rows, of each or one row of each cluster, and of every dev row."""
    train, dev = inputs.clusters
    return train if train is None or of_each else replace(train, labels=np.unique(train.labels)), dev

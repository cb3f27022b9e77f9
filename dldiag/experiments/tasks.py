"""What a fit needs: a dataset encoded once, one task per fit, and the task's prepared inputs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from dldiag.core.i18n import Message
from dldiag.core.types import Clusters, DataError, Dataset, Floats, Rows, Split
from dldiag.data.encode import Matrix, encode
from dldiag.experiments.metric_choice import SHARE_WRONG, MetricChoice, plain_choice
from dldiag.experiments.models import MODELS, Model, is_network, is_of_counts
from dldiag.experiments.preparation import Preparation, learn_preparation

_KEY_BYTES = 1 << 16  # Up to this many bytes the row numbers are the key; beyond, their hash is.


@dataclass(frozen=True, eq=False)
class Encoded:
    """A dataset with its encoded features, shared by every fit on it.

    y_scale: std(y), the unit of RMSE. given: what a raw model gets rows of; by default the dataset's typed frame.
    clusters: of the rows that do not count each for itself. labels: of the classes, as a user's own model gets them.
    choice: the metric that errors are measured by.
    """

    dataset: Dataset
    matrix: Matrix
    y_scale: float
    given: Any = None
    clusters: Clusters | None = None
    labels: NDArray[Any] | None = None
    choice: MetricChoice = SHARE_WRONG
    _preparations: dict[Hashable, Preparation] = field(default_factory=dict)

    def preparation(self, train_rows: Rows, model: Model) -> Preparation:
        """Return imputation, scaling and encoding of a model's inputs, from these training rows; computed once per subset."""
        key = (rows_key(train_rows), model.inputs_key)
        if key not in self._preparations:
            self._preparations[key] = learn_preparation(self.matrix, self.dataset, train_rows, model)
        return self._preparations[key]

    def n_features(self, task: FitTask) -> int:
        """Return the number of features that a task's model gets."""
        if not (task.model.new_features or task.model.drop_columns):
            return self.matrix.n_features
        return self.preparation(task.train_rows, task.model).n_features

    def training_rows(self, model: Model, rows: Rows) -> Rows:
        """Return which of these rows a model learns from: without those of the other kind where they weigh nothing."""
        domain = self.dataset.domain
        return rows[domain[rows]] if model.reweight_rows == 0 and domain is not None else rows

    def weights(self, model: Model, rows: Rows) -> Floats | None:
        """Return the weight of each training row; None where all count the same."""
        domain = self.dataset.domain
        if domain is None or model.reweight_rows in (0.0, 1.0):
            return None
        return np.where(domain[rows], 1.0, model.reweight_rows)

    def given_rows(self, rows: Rows) -> Any:
        """Return rows of what raw models get."""
        frame = self.given
        if frame is None:
            frame = self.dataset.X if self.dataset.given is None else self.dataset.given
        return frame.iloc[rows] if hasattr(frame, "iloc") else frame[rows]


def rows_key(rows: Rows) -> bytes:
    """Return a key of these rows, in a few bytes however many they are."""
    return rows.tobytes() if rows.nbytes <= _KEY_BYTES else hashlib.blake2b(rows.tobytes(), digest_size=32).digest()


def encode_dataset(dataset: Dataset, split: Split, choice: MetricChoice | None = None) -> Encoded:
    """Encode a dataset; the unit of regression errors comes from the rows that are not sealed.

    choice: the metric to measure errors by; the plain one of the task where none is given.
    """
    chosen = choice or plain_choice(dataset.task)
    if dataset.task == "classification":
        labels = class_labels(dataset.classes)
        return Encoded(dataset, encode(dataset), 1.0, clusters=split.clusters, labels=labels, choice=chosen)
    open_rows = np.setdiff1d(np.arange(dataset.n_rows), split.test_rows)
    scale = float(np.std(dataset.y[open_rows])) or 1.0
    return Encoded(dataset, encode(dataset), scale, clusters=split.clusters, choice=chosen)


def class_labels(classes: Sequence[str]) -> NDArray[Any]:
    """Return class names as pandas would read them, which is how a user's own settings name them.

    Whole numbers, true and false, else the names: scikit-learn takes no other numbers for classes.

    >>> class_labels(["1", "2"]).tolist(), class_labels(["False", "True"]).tolist(), class_labels(["01", "2"]).tolist()
    ([1, 2], [False, True], ['01', '2'])
    """
    if {name.lower() for name in classes} <= {"true", "false"}:
        return np.array([name.lower() == "true" for name in classes])
    return np.array(classes, dtype=np.int64 if all(map(_WHOLE.fullmatch, classes)) else None)


_WHOLE = re.compile(r"0|-?[1-9]\d{0,17}")  # Whole numbers as they are written, within 64 bits.


def with_codes(model: Model, labels: NDArray[Any] | None) -> Model:
    """Return the model with class weights for the codes that our network learns in the place of the labels they name.

    Raises DataError where they name an unknown class.
    """
    weights = getattr(model.estimator, "class_weight", None)
    if labels is None or not is_network(model) or not isinstance(weights, Mapping):
        return model
    codes = {label: code for code, label in enumerate(labels.tolist())}
    unknown = [label for label in weights if label not in codes]
    if unknown:
        names = ", ".join(map(str, codes))
        raise DataError(
            Message("class_weight names the class {label}, which is not in the target.", {"label": str(unknown[0])}),
            Message("The classes are {names}.", {"names": names}),
        )
    coded = {codes[label]: weight for label, weight in weights.items()}
    return replace(model, estimator=clone(model.estimator).set_params(class_weight=coded))


@dataclass(frozen=True, eq=False)
class FitTask:
    """One fit: a model, its training rows, its dev rows, its seed, and a key that identifies it.

    reseeded: every random_state gets the seed, so that repeats are paired; else only one that is None.
    """

    key: tuple[str, int, int]
    model: Model
    train_rows: Rows
    dev_rows: Rows
    seed: int
    watched: bool = False  # Whether health signals and the dev error of every epoch are recorded.
    reseeded: bool = True
    kept: bool = False  # Whether the prediction for each dev row is kept.
    as_given: bool = False  # Whether nothing is done that scikit-learn would not do.
    relabelled: NDArray[Any] | None = None  # Targets of the training rows, where they differ from the table's.

    def targets(self, y: NDArray[Any]) -> NDArray[Any]:
        """Return the targets of the training rows, from those of the table."""
        return y[self.train_rows] if self.relabelled is None else self.relabelled


@dataclass(frozen=True, eq=False)
class Inputs:
    """Prepared inputs of one task; targets are less y_center, in units of y_spread; y_scale is the unit of errors."""

    X: Any
    y: NDArray[Any]
    X_dev: Any
    y_dev: NDArray[Any]
    y_spread: float
    y_scale: float
    clusters: tuple[Clusters | None, Clusters | None]  # Clusters of the training rows and of the dev rows.
    labels: NDArray[Any] | None = None  # Labels behind the codes in y, for a user's own model.
    y_center: float = 0.0
    n_classes: int = 0
    choice: MetricChoice = SHARE_WRONG
    weights: Floats | None = None  # Weights of the training rows.

    @classmethod
    def of(cls, task: FitTask, encoded: Encoded) -> Inputs:
        """Prepare the inputs of one task."""
        y, y_dev = task.targets(encoded.dataset.y), encoded.dataset.y[task.dev_rows]
        center, spread = 0.0, 1.0
        if encoded.dataset.task == "regression":
            if task.model.log_target:
                y, y_dev = np.log(y), np.log(y_dev)
            center, spread = _standard(y, task.model)
            y, y_dev = (y - center) / spread, (y_dev - center) / spread
        X: Any
        X_dev: Any
        if task.model.raw:
            X, X_dev = encoded.given_rows(task.train_rows), encoded.given_rows(task.dev_rows)
        else:
            preparation = encoded.preparation(task.train_rows, task.model)
            X, X_dev = preparation.inputs(task.train_rows), preparation.inputs(task.dev_rows)
        every = encoded.clusters
        clusters = (None, None) if every is None else (every.of(task.train_rows), every.of(task.dev_rows))
        labels = None if task.model.key in MODELS else encoded.labels
        n_classes = len(encoded.dataset.classes)
        weights = encoded.weights(task.model, task.train_rows)
        return cls(
            X, y, X_dev, y_dev, spread, encoded.y_scale, clusters, labels, center, n_classes, encoded.choice, weights
        )


def prepare_inputs(stack: Sequence[FitTask], encoded: Encoded) -> list[Inputs]:
    """Prepare the inputs of every task, once for those on the same rows: networks that share theirs hold them once."""
    by_task: dict[Hashable, Inputs] = {}
    inputs = []
    for task in stack:
        model = task.model
        key = (
            rows_key(task.train_rows),
            rows_key(task.dev_rows),
            model.inputs_key,
            model.log_target,
            model.reweight_rows,
            b"" if task.relabelled is None else task.relabelled.tobytes(),
        )
        by_task[key] = by_task.get(key) or Inputs.of(task, encoded)
        inputs.append(by_task[key])
    return inputs


def _standard(y: NDArray[Any], model: Model) -> tuple[float, float]:
    """Return what the targets of a training subset are centered on and divided by.

    A user's own model gets them as they are: with others, its penalties and its transformation of the target would be
    those of another model. Counts keep their zero: they are divided by their mean.
    """
    if not model.standardizes_target:
        return 0.0, 1.0
    mean, spread = float(np.mean(y)), float(np.std(y)) or 1.0
    return (0.0, abs(mean) or 1.0) if is_of_counts(model) else (mean, spread)

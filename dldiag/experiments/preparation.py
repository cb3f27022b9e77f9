"""Preprocessing learned from a training subset: added features, medians for gaps, means and spreads."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from dldiag.core.types import Dataset, Floats, Rows
from dldiag.data.encode import Matrix
from dldiag.experiments.added_features import InputColumns, TableRows, input_columns
from dldiag.experiments.models import Model

_FARTHEST = 20.0  # In standard deviations; values beyond are clipped, so that one wild cell cannot blow up a network.
REMEMBERED = 2**20  # In bytes of prepared inputs; training on more takes far longer than preparing them again.


@dataclass(frozen=True, eq=False)
class Preparation:
    """The preparation of inputs learned from one training subset.

    Remembers what it prepared while that is small: every remedy is tried on the same rows, and on few of them a network
    takes little longer to train than its inputs to prepare.
    """

    matrix: Matrix
    dataset: Dataset
    columns: InputColumns
    measured: NDArray[np.bool_]  # Which of the model's features are measured numbers.
    steps: Pipeline
    _prepared: dict[bytes, NDArray[np.float32]] = field(default_factory=dict)

    @property
    def n_features(self) -> int:
        """Number of features that the model gets."""
        return len(self.measured)

    def inputs(self, rows: Rows) -> NDArray[np.float32]:
        """Return the prepared inputs of some rows: (rows, features) float32, not to be written to."""
        key = rows.tobytes()
        if key in self._prepared:
            return self._prepared[key]
        values = self.inputs_of(TableRows(self.matrix, self.dataset, rows))
        values.flags.writeable = False
        if values.nbytes <= REMEMBERED:
            self._prepared[key] = values
        return values

    def moved_inputs(self, rows: TableRows, prepared: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the prepared inputs of rows of which some columns are shuffled; `prepared`: theirs before the shuffle.

        Gaps and scales are a matter of single cells, so shuffled inputs need no preparing again. Added features do: they
        may be made of a shuffled column and of others.
        """
        if self.columns.makers or rows.order is None:
            return self.inputs_of(rows)
        columns = np.flatnonzero(np.isin(np.array(self.matrix.source)[self.columns.kept], rows.moved))
        values = prepared.copy()
        values[:, columns] = prepared[rows.order[:, None], columns]
        return values

    def inputs_of(self, rows: TableRows) -> NDArray[np.float32]:
        """Return the prepared inputs of rows whose columns may be shuffled: (rows, features) float32."""
        return prepared_values(self.columns.of(rows), self.measured, self.steps)


def prepared_values(values: Floats, measured: NDArray[np.bool_], steps: Pipeline) -> NDArray[np.float32]:
    """Return features as a model gets them: gaps filled and, if asked for, scaled. Writes to `values`."""
    if measured.any():
        values[:, measured] = steps.transform(values[:, measured])
    return np.asarray(np.nan_to_num(values, posinf=3e38, neginf=-3e38), dtype=np.float32)


def learn_preparation(matrix: Matrix, dataset: Dataset, train_rows: Rows, model: Model) -> Preparation:
    """Learn from the training rows how the inputs of a model are prepared; DataError for features that cannot be made."""
    columns = input_columns(matrix, dataset, train_rows, model.new_features, model.drop_columns)
    return fitted_preparation(matrix, dataset, columns, train_rows, scale=model.scale_inputs)


def fitted_preparation(
    matrix: Matrix, dataset: Dataset, columns: InputColumns, train_rows: Rows, *, scale: bool
) -> Preparation:
    """Learn medians, means and spreads of the features that have a scale."""
    steps = [SimpleImputer(strategy="median", keep_empty_features=True)]
    if scale:
        steps += [StandardScaler(), FunctionTransformer(np.clip, kw_args={"a_min": -_FARTHEST, "a_max": _FARTHEST})]
    pipeline: Pipeline = make_pipeline(*steps)
    values: Floats = columns.of(TableRows(matrix, dataset, train_rows))
    kept = matrix.measured[columns.kept]
    measured = np.concatenate([kept, np.ones(values.shape[1] - len(kept), dtype=bool)])
    if measured.any():
        pipeline.fit(values[:, measured])
    return Preparation(matrix, dataset, columns, measured, pipeline)

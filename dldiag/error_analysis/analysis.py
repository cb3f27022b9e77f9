"""error_analysis: from predictions to slices, worst rows, label suspects and bias per row. Start reading here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from dldiag.core.error_findings import ColumnImportance, ErrorFindings, LabelSuspects, Slice
from dldiag.core.estimate import Estimate
from dldiag.core.i18n import Message
from dldiag.core.statistics import Z_TWO_SIDED, rate_estimate
from dldiag.core.types import Floats
from dldiag.error_analysis.bias_per_row import bias_and_variance, decompose
from dldiag.error_analysis.conditions import rows_where
from dldiag.error_analysis.given_predictions import as_table, error_case
from dldiag.error_analysis.importance import column_groups, permutation_importance, shuffled
from dldiag.error_analysis.label_suspects import SuspectRows, share_of_suspects, suspect_rows, why_no_suspects
from dldiag.error_analysis.row_losses import ErrorCase, RowLosses, losses_of, row_losses
from dldiag.error_analysis.slices import LEAST_TABLE_ROWS, find_slices

WORST_ROWS = 10  # Number of the worst rows shown.
IMPORTANCE_ROWS = 5_000  # Importance is measured on at most this many rows.


@dataclass(frozen=True, eq=False)
class ErrorAnalysis:
    """The result of an error analysis: `findings` holds numbers only, the tables hold the user's rows.

    idle: columns that the model does not seem to need, each alone and all together.
    """

    case: ErrorCase
    losses: RowLosses
    findings: ErrorFindings
    suspicious: SuspectRows | None = None
    idle: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Return what was found in one line, without the rows."""
        return f"<ErrorAnalysis: {self.findings!r}>"

    def worst(self, n: int = WORST_ROWS) -> pd.DataFrame:
        """Return the n rows with the highest loss, with label, prediction, probability and how often they were wrong."""
        return self._table(np.argsort(-self.losses.severity, kind="stable")[:n])

    def suspects(self) -> pd.DataFrame:
        """Return the rows whose label is suspect, the likeliest mistakes first, with what the model expects."""
        if self.suspicious is None:
            return self._table(np.zeros(0, dtype=np.int64))
        positions = self.suspicious.positions
        table = self._table(positions)
        expected = self.suspicious.suggested[positions]
        table.insert(2, "suggested", [self._name(one) for one in expected])
        table.insert(3, "label score", self.suspicious.score[positions].round(3))
        return table

    def rows_at(self, positions: Sequence[int]) -> pd.DataFrame:
        """Return judged rows by their positions."""
        return self._table(np.array(positions, dtype=np.int64))

    def rows_of(self, one: Slice) -> pd.DataFrame:
        """Return the judged rows of a slice, those with the highest loss first."""
        inside = np.flatnonzero(rows_where(one.rule, self._judged))
        return self._table(inside[np.argsort(-self.losses.severity[inside], kind="stable")])

    @cached_property
    def _judged(self) -> pd.DataFrame:
        table: pd.DataFrame = self.case.X.iloc[self.losses.rows].reset_index(drop=True)
        return table

    def _name(self, value: Any) -> Any:
        if self.case.task == "regression":
            return float(value)
        return self.case.classes[int(value)] if value >= 0 else ""

    def _table(self, positions: Any) -> pd.DataFrame:
        """Return some judged rows: row number from 1, label, prediction, counts over repeats, the columns, then losses."""
        losses_of_rows = self.losses
        columns: dict[str, Any] = {
            "row": losses_of_rows.rows[positions] + 1,
            "label": [self._name(one) for one in losses_of_rows.y[positions]],
            "prediction": [self._name(one) for one in losses_of_rows.predicted[positions]],
        }
        if self.case.task == "classification":
            if losses_of_rows.proba is not None:
                columns["probability of the label"] = losses_of_rows.proba[
                    positions, losses_of_rows.y[positions]
                ].round(4)
            columns["wrong"] = losses_of_rows.wrong[positions]
        columns["predictions"] = losses_of_rows.times[positions]
        bias, variance = bias_and_variance(self.case, losses_of_rows)
        losses = {"loss": losses_of_rows.severity, "bias": bias, "variance": variance}
        losses = {name: values[positions].round(4) for name, values in losses.items()}
        own = self._judged.iloc[positions].reset_index(drop=True)
        others = own[[name for name in own.columns if name not in {*columns, *losses}]]
        table: pd.DataFrame = pd.concat([pd.DataFrame(columns), others, pd.DataFrame(losses)], axis=1)
        return table


def error_analysis(
    y_true: Any,
    y_pred: Any,
    X: Any = None,
    proba: Any = None,
    *,
    classes: Sequence[Any] | None = None,
    predict: Callable[[Any], Any] | None = None,
    seed: int = 0,
) -> ErrorAnalysis:
    """Say where the predictions of any model are wrong; nothing is fitted.

    y_true, y_pred: (rows,) labels or numbers. X: (rows, columns) that slices may be defined by, the model's or others.
    proba: (rows, classes) in the order of `classes` (sorted labels when None), or (rows,) of the second of two. predict:
    a fitted model's, for the importance of the columns of X. Out-of-sample predictions are meant: on its training rows a
    model is wrong in other places. Raises DataError for what cannot be read.

    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"age": rng.integers(18, 80, 2000), "city": rng.choice(["A", "B"], 2000)})
    >>> y = rng.integers(0, 2, 2000)
    >>> wrong = rng.random(2000) < np.where((X.age > 60) & (X.city == "B"), 0.5, 0.1)
    >>> found = error_analysis(y, np.where(wrong, 1 - y, y), X)
    >>> [(c.column, c.op, c.value) for c in found.findings.confirmed[0].rule]
    [('city', '==', 'B'), ('age', '>', 61.0)]
    """
    case = replace(error_case(y_true, y_pred, X, proba, classes=classes), seed=seed)
    analysis = analyze(case)
    findings = replace(
        analysis.findings,
        left_out=len(case.X) - len(analysis.losses),
        spread=case.scale if case.task == "regression" else None,
    )
    if predict is not None and X is not None:
        findings = replace(findings, importance=tuple(_importance(case, X, predict)))
    return replace(analysis, findings=findings)


def analyze(case: ErrorCase) -> ErrorAnalysis:
    """Analyze the errors of a case: everything that needs no fit."""
    folded = row_losses(case)
    clusters = None if case.clusters is None else case.clusters[folded.rows]
    table = case.X.iloc[folded.rows].reset_index(drop=True) if len(folded) < len(case.X) else case.X
    is_root = case.task == "regression"
    slices = find_slices(table, folded.loss, clusters=clusters, is_root=is_root, seed=case.seed)
    suspicious = suspect_rows(case, folded)
    why_none = why_no_suspects(case, folded, suspicious)
    suspicious = None if why_none else suspicious
    decomposition = decompose(case, folded)
    findings = ErrorFindings(
        len(folded),
        case.unit,
        _error(case, folded.loss),
        slices,
        None if suspicious is None else _suspects(case, folded, suspicious),
        decomposition=decomposition,
        empty=_why_empty(case, folded, slices) | ({"suspects": why_none} if why_none else {}),
        unknown=int((case.predictions.predicted < 0).sum()) if case.task == "classification" else 0,
    )
    return ErrorAnalysis(case, folded, findings, suspicious)


def _suspects(case: ErrorCase, folded: RowLosses, suspects: SuspectRows) -> LabelSuspects:
    """Return the share of suspects, and the error on the rows that are none (Ng, ch. 16)."""
    share = share_of_suspects(suspects)
    others = np.delete(folded.loss, suspects.positions)
    return replace(share, error_without=_error(case, others) if len(others) and share.rows else None)


def _error(case: ErrorCase, loss: Floats) -> Estimate:
    mean, n = float(loss.mean()), len(loss)
    if case.task == "classification":
        return rate_estimate(mean, n)
    half = Z_TWO_SIDED * float(loss.std()) / np.sqrt(n)
    return Estimate(float(np.sqrt(mean)), float(np.sqrt(max(0.0, mean - half))), float(np.sqrt(mean + half)))


def _why_empty(case: ErrorCase, folded: RowLosses, slices: Sequence[Slice]) -> dict[str, Message]:
    """Say why sections have nothing to show."""
    empty: dict[str, Message] = {}
    if not any(part.confirmed for part in slices):
        empty["slices"] = _why_no_slices(case, folded)
    if case.one_training_set:
        empty["decomposition"] = Message(
            "Every repeat trains on the same rows, so what another training set changes is not seen."
        )
    elif folded.times.max() < 2:
        empty["decomposition"] = Message("Bias and variance of a row need predictions of several models for it.")
    return empty


def _why_no_slices(case: ErrorCase, folded: RowLosses) -> Message:
    n = len(folded)
    if case.X.shape[1] == 0:
        return Message("There are no columns to describe rows by.")
    if n < LEAST_TABLE_ROWS:
        return Message(
            "{rows} rows are too few to find slices; {least} are needed.", {"rows": n, "least": LEAST_TABLE_ROWS}
        )
    if folded.loss.max() == 0:
        return Message("No row is wrong: there is nothing to find.")
    if case.task == "classification" and folded.loss.min() == 1:
        return Message("Every row is wrong: no slice is worse than the rest.")
    return Message("No slice of the rows has clearly more errors than the rest.")


def _importance(case: ErrorCase, X: Any, predict: Callable[[Any], Any]) -> list[ColumnImportance]:
    """Shuffle columns of X and predict again."""
    rows = case.predictions.rows
    sample = np.sort(np.random.default_rng(case.seed).permutation(len(rows))[:IMPORTANCE_ROWS])
    table = as_table(X, len(case.X)).iloc[rows[sample]]
    truth = case.predictions.y[sample]

    def losses(group: Sequence[int], time: int) -> Any:
        table_shuffled = shuffled(table, group, (case.seed, time))
        predicted = predict(table_shuffled if isinstance(X, pd.DataFrame) else table_shuffled.to_numpy())
        again = error_case(_plain_labels(case, truth), predicted, classes=case.classes or None, task=case.task)
        return losses_of(
            replace(case.predictions.take(sample), predicted=again.predictions.predicted), case.task, case.scale
        )

    names = [str(name) for name in table.columns]
    return permutation_importance(column_groups(table), names, losses, is_root=case.task == "regression")


def _plain_labels(case: ErrorCase, truth: Any) -> Any:
    return np.array(case.classes, dtype=object)[truth] if case.task == "classification" else truth

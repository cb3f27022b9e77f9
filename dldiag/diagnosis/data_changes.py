"""Changes of the data that a model gets, found by looking at its errors: added features, dropped columns, weighted rows.

A cheap look proposes them; a run on the same rows as every other remedy decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import numpy as np
from sklearn.utils.validation import has_fit_parameter

from dldiag.core.types import Change, Column
from dldiag.diagnosis.winners_curse import luck_of_passing
from dldiag.experiments.curved_inputs import CURVES, can_be_curved, is_linear
from dldiag.experiments.models import INPUT_CURVES, Model, build_model

if TYPE_CHECKING:
    from dldiag.error_analysis.analysis import ErrorAnalysis
    from dldiag.error_analysis.feature_screen import FoundFeature
    from dldiag.experiments.fit_cache import FitCache

MANY_LEVELS = 10  # Levels of a category above which one number may do better than as many columns.
ROWS_PER_LEVEL = 100  # Training rows per level; with more, a column per level is learned well enough.
IDLE_SHARE = 0.25  # Share of the columns that must seem useless before a run without all of them is worth its time.
MOST_BENT, MOST_CROSSED = 30, 8  # Numeric features that get splines (5 each), and products (36 of 8).
OTHER_KIND = (0.0, 0.3)  # Weights of the training rows whose kind is not that of the dev rows.


@dataclass(frozen=True)
class DataChange:
    """A change to try. luck: how many standard errors its effect looks too good, because a screen on the same rows chose it."""

    change: Change
    luck: float = 0.0


@dataclass(frozen=True, eq=False)
class ErrorContext:
    """The fits of a model and the analysis of its errors, from which changes of the data are proposed.

    least_gain: nothing is recommended for less (δ/2).
    """

    fits: FitCache
    model: Model
    found: ErrorAnalysis
    least_gain: float = 0.0

    @property
    def gap(self) -> float:
        """Dev error − training error at full size."""
        fits = self.fits.get(self.model, self.fits.split.n_train, range(len(self.fits.split.measuring)))
        return float(np.mean([fit.useful_error - fit.train_error for fit in fits]))


def missing_features(context: ErrorContext) -> tuple[DataChange, ...]:
    """Propose interactions, ratios, splines and cycles that the residuals suggest, and target encoding of many levels."""
    if context.model.raw:
        return ()
    features = _screened(context)
    old = context.model.new_features
    texts = [feature.text for feature in features if feature.text not in old]
    sets = dict.fromkeys((tuple(texts[:1]), tuple(texts)))
    luck = luck_of_passing(features[0].z, features[0].cut) if features else 0.0
    return (*(DataChange({"new_features": (*old, *one)}, luck) for one in sets if one), *_encoded_levels(context))


def _screened(context: ErrorContext) -> list[FoundFeature]:
    """Screen the model's residuals; where nothing is clear, those of the linear model for what this one has not learned either."""
    from dldiag.error_analysis.feature_screen import screen_features  # keeps start-up short
    from dldiag.error_analysis.of_fits import case_of_fits  # keeps start-up short
    from dldiag.error_analysis.row_losses import row_losses  # keeps start-up short

    matrix = context.fits.encoded.matrix
    features = screen_features(context.found.case, context.found.losses, matrix)
    linear = build_model(context.fits.dataset.task, key="linear")
    if features or linear.identity == context.model.identity:
        return features
    reference = case_of_fits(context.fits, linear, context.found.case.seed)
    losses = None if reference is None else row_losses(reference)
    if reference is None or losses is None or not np.array_equal(losses.rows, context.found.losses.rows):
        return []
    return screen_features(reference, losses, matrix, learner=(context.found.case, context.found.losses))


def _encoded_levels(context: ErrorContext) -> tuple[DataChange, ...]:
    """Return one change: every category with many levels becomes its mean target and its frequency."""
    from dldiag.experiments.added_features import ADDED  # keeps start-up short

    dropped = set(context.model.drop_columns)
    rare = MANY_LEVELS, context.fits.split.n_train / ROWS_PER_LEVEL
    names = [
        column.name
        for column in context.fits.dataset.columns
        if column.kind == "category" and len(column.levels) >= max(rare) and column.name not in dropped
    ]
    if not names:
        return ()
    features = [ADDED[kind].written(name) for name in names for kind in ("target", "frequency")]
    change = {
        "new_features": (*context.model.new_features, *features),
        "drop_columns": (*context.model.drop_columns, *names),
    }
    return (DataChange(change),)


def curves_of_linear(context: ErrorContext) -> tuple[DataChange, ...]:
    """Return splines of every number, and products of every two, for a linear model that gets its inputs prepared by us.

    Their size asks for scaled inputs: without them the model gets these, too.
    """
    model, matrix = context.model, context.fits.encoded.matrix
    if model.raw or not is_linear(model.estimator):
        return ()
    from dldiag.experiments.added_features import ADDED  # keeps start-up short

    numbers = [name for name, has_scale in zip(matrix.names, matrix.measured, strict=True) if has_scale]
    splines = [ADDED["spline"].written(name) for name in numbers]
    pairs = [ADDED["product"].written(a, b) for a, b in combinations_with_replacement(numbers, 2)]
    scaled: Change = {} if model.scale_inputs else {"scale_inputs": True}
    sets = ((splines, MOST_BENT), (pairs, MOST_CROSSED))
    return tuple(
        DataChange({"new_features": (*model.new_features, *features), **scaled})
        for features, most in sets
        if 0 < len(numbers) <= most and not set(features) & set(model.new_features)
    )


def curves_in_pipeline(model: Model) -> tuple[Change, ...]:
    """Return the curves to try on a user's pipeline that ends in a linear model."""
    if not model.raw or not can_be_curved(model.estimator):
        return ()
    return tuple({INPUT_CURVES: kind} for kind in CURVES)


def idle_columns_dropped(context: ErrorContext) -> tuple[DataChange, ...]:
    """Return changes that leave columns out: all idle ones together, and the most misleading group of correlated ones alone.

    Columns are idle if shuffling them does not raise the dev error with 90% confidence, and misleading if that lowers it so.
    All that leaving columns out can gain is the gap to the training error.
    """
    columns = context.fits.dataset.columns
    if context.model.raw or context.gap <= context.least_gain:
        return ()
    dropped = context.model.drop_columns
    groups = [
        (column.increase, [name for name in column.columns or (column.column,) if name not in dropped])
        for column in context.found.findings.importance
    ]
    idle = [name for name in context.found.idle if name not in dropped]
    columns_to_drop = [idle] if len(idle) >= IDLE_SHARE * len(columns) else []
    columns_to_drop += [names for increase, names in groups[-1:] if increase.high < 0]
    sets = dict.fromkeys(tuple(_in_order(names, columns)) for names in columns_to_drop)
    return tuple(
        DataChange({"drop_columns": (*dropped, *names)})
        for names in sets
        if 0 < len(names) < len(columns) - len(dropped)
    )


def _in_order(names: list[str], columns: tuple[Column, ...]) -> list[str]:
    return [column.name for column in columns if column.name in names]


def other_kind_weighted(context: ErrorContext) -> tuple[DataChange, ...]:
    """Return the weights to try for training rows whose kind is not that of the dev rows; 0 leaves them out (Ng, ch. 37 to 39)."""
    domain = context.fits.dataset.domain
    if domain is None or bool(domain.all()):
        return ()
    takes_weights = has_fit_parameter(context.model.estimator, "sample_weight") and not context.model.raw
    tried = [one for one in OTHER_KIND if one != context.model.reweight_rows and (takes_weights or one == 0)]
    return tuple(DataChange({"reweight_rows": setting}) for setting in tried)


def no_change(context: ErrorContext) -> tuple[DataChange, ...]:
    """Return no change, for a remedy that does not change the data or that no run can try."""
    return ()

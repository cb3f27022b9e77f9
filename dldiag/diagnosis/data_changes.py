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
MOST_LEFT_OUT = 2  # Sets of columns that are each left out: networks of other inputs are not fitted beside the others.
MOST_BENT, MOST_CROSSED = 30, 8  # Numeric features that get splines (5 each), and products (36 of 8).
OTHER_KIND = (0.0, 0.3)  # Weights of the training rows whose kind is not that of the dev rows.


@dataclass(frozen=True)
class DataChange:
    """A change to try; luck: by how many standard errors its effect looks too good, because a screen on the same rows chose it."""

    change: Change
    luck: float = 0.0


@dataclass(frozen=True, eq=False)
class Looked:
    """What a change of the data is found from: the fits, the model, and the analysis of its errors."""

    fits: FitCache
    model: Model
    found: ErrorAnalysis

    @property
    def gap(self) -> float:
        """Dev error − training error at full size."""
        fits = self.fits.get(self.model, self.fits.split.n_train, range(len(self.fits.split.measuring)))
        return float(np.mean([one.useful_error - one.train_error for one in fits]))


def missing_features(looked: Looked) -> tuple[DataChange, ...]:
    """Return interactions, ratios, bends and cycles that the residuals ask for, and numbers in the place of many levels."""
    if looked.model.raw:
        return ()
    found = _screened(looked)
    old = looked.model.new_features
    texts = [one.text for one in found if one.text not in old]
    sets = dict.fromkeys((tuple(texts[:1]), tuple(texts)))
    luck = luck_of_passing(found[0].z, found[0].cut) if found else 0.0
    return (*(DataChange({"new_features": (*old, *one)}, luck) for one in sets if one), *_encoded_levels(looked))


def _screened(looked: Looked) -> list[FoundFeature]:
    """Screen the model's residuals, or else those of the linear model: what only that lacks may still be learned from fewer rows."""
    from dldiag.error_analysis.feature_screen import screen_features  # keeps start-up short
    from dldiag.error_analysis.of_fits import case_of_fits  # keeps start-up short
    from dldiag.error_analysis.row_losses import row_losses  # keeps start-up short

    matrix = looked.fits.encoded.matrix
    found = screen_features(looked.found.case, looked.found.losses, matrix)
    linear = build_model(looked.fits.dataset.task, key="linear")
    if found or linear.identity == looked.model.identity:
        return found
    reference = case_of_fits(looked.fits, linear, looked.found.case.seed)
    return [] if reference is None else screen_features(reference, row_losses(reference), matrix, only_pairs=True)


def _encoded_levels(looked: Looked) -> tuple[DataChange, ...]:
    """Return one change: every category with many levels becomes its mean target and its frequency."""
    from dldiag.experiments.added_features import ADDED  # keeps start-up short

    dropped = set(looked.model.drop_columns)
    rare = MANY_LEVELS, looked.fits.split.n_train / ROWS_PER_LEVEL
    names = [
        one.name
        for one in looked.fits.dataset.columns
        if one.kind == "category" and len(one.levels) >= max(rare) and one.name not in dropped
    ]
    if not names:
        return ()
    made = [ADDED[kind].written(name) for name in names for kind in ("target", "frequency")]
    change = {
        "new_features": (*looked.model.new_features, *made),
        "drop_columns": (*looked.model.drop_columns, *names),
    }
    return (DataChange(change),)


def curves_of_linear(looked: Looked) -> tuple[DataChange, ...]:
    """Return splines of every number, and products of every two, for a linear model that gets its inputs prepared by us.

    Their size asks for scaled inputs: without them the model gets these, too.
    """
    model, matrix = looked.model, looked.fits.encoded.matrix
    if model.raw or not is_linear(model.estimator):
        return ()
    from dldiag.experiments.added_features import ADDED  # keeps start-up short

    numbers = [name for name, has_scale in zip(matrix.names, matrix.measured, strict=True) if has_scale]
    splines = [ADDED["spline"].written(name) for name in numbers]
    pairs = [ADDED["product"].written(a, b) for a, b in combinations_with_replacement(numbers, 2)]
    scaled: Change = {} if model.scale_inputs else {"scale_inputs": True}
    sets = ((splines, MOST_BENT), (pairs, MOST_CROSSED))
    return tuple(
        DataChange({"new_features": (*model.new_features, *made), **scaled})
        for made, most in sets
        if 0 < len(numbers) <= most and not set(made) & set(model.new_features)
    )


def curves_in_pipeline(model: Model) -> tuple[Change, ...]:
    """Return the curves to try on a user's pipeline that ends in a linear model."""
    if not model.raw or not can_be_curved(model.estimator):
        return ()
    return tuple({INPUT_CURVES: kind} for kind in CURVES)


def idle_columns_dropped(looked: Looked) -> tuple[DataChange, ...]:
    """Return changes that leave columns out: all idle ones together, and the most misleading groups of correlated ones alone.

    Idle is what does not raise the dev error with 90% confidence when it is shuffled; misleading, what lowers it.
    """
    columns, importance = looked.fits.dataset.columns, looked.found.findings.importance
    if looked.model.raw or not importance or looked.gap <= 0:
        return ()
    dropped = looked.model.drop_columns
    groups = [
        (one.increase, [name for name in one.columns or (one.column,) if name not in dropped]) for one in importance
    ]
    idle = [name for increase, names in groups if increase.low <= 0 for name in names]
    found = [idle] if len(idle) >= IDLE_SHARE * len(columns) else []
    found += [names for increase, names in reversed(groups) if increase.value < 0]
    sets = list(dict.fromkeys(tuple(_in_order(names, columns)) for names in found))[:MOST_LEFT_OUT]
    return tuple(
        DataChange({"drop_columns": (*dropped, *names)})
        for names in sets
        if 0 < len(names) < len(columns) - len(dropped)
    )


def _in_order(names: list[str], columns: tuple[Column, ...]) -> list[str]:
    return [one.name for one in columns if one.name in names]


def other_kind_weighted(looked: Looked) -> tuple[DataChange, ...]:
    """Return the weights to try for training rows whose kind is not that of the dev rows; 0 leaves them out (Ng, ch. 37 to 39)."""
    domain = looked.fits.dataset.domain
    if domain is None or bool(domain.all()):
        return ()
    takes_weights = has_fit_parameter(looked.model.estimator, "sample_weight") and not looked.model.raw
    tried = [one for one in OTHER_KIND if one != looked.model.reweight_rows and (takes_weights or one == 0)]
    return tuple(DataChange({"reweight_rows": one}) for one in tried)


def no_change(looked: Looked) -> tuple[DataChange, ...]:
    """Return no change: the remedy does not change the data, or no run can try it."""
    return ()

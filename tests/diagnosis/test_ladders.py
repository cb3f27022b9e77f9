"""Ladders of scikit-learn's models: what is tried on which, and that every rung can be fitted."""

import numpy as np
import pytest
from sklearn.cross_decomposition import PLSRegression
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from dldiag.diagnosis.remedies import applicable
from dldiag.experiments.models import as_model, changed


def values(estimator, name):
    return {change[name] for _, change in applicable(as_model(estimator)) if name in change}


@pytest.mark.parametrize(
    ("estimator", "name", "wanted"),
    [
        (SVC(C=0.001), "C", {0.01, 1.0, 10.0}),
        (Ridge(alpha=1e5), "alpha", {1e4, 1.0, 0.1}),
        (DecisionTreeClassifier(max_depth=2), "max_depth", {4, None, 1}),
        (DecisionTreeClassifier(), "max_depth", {6, 3}),
        (DecisionTreeClassifier(), "min_samples_leaf", {5}),
        (KNeighborsClassifier(n_neighbors=60), "n_neighbors", {20, 5}),
        (KNeighborsClassifier(), "weights", {"distance"}),
        (GradientBoostingClassifier(n_estimators=5), "n_estimators", {20, 100, 400}),
        (GradientBoostingClassifier(learning_rate=0.001), "learning_rate", {0.003, 0.1, 0.3}),
        (GradientBoostingClassifier(), "n_iter_no_change", {10}),
        (HistGradientBoostingClassifier(), "early_stopping", {True}),
        (HistGradientBoostingClassifier(), "l2_regularization", {1.0, 10.0}),
        (RandomForestClassifier(), "max_features", {1.0}),
        (make_pipeline(StandardScaler(), SVC(C=0.001)), "svc__C", {0.01, 1.0, 10.0}),
    ],
    ids=str,
)
def test_a_ladder_goes_both_ways_to_the_default_and_beyond(estimator, name, wanted):
    assert wanted <= values(estimator, name)


def test_the_quantile_of_gradient_boosting_is_no_penalty():
    assert not values(GradientBoostingRegressor(), "alpha")


def test_what_gets_its_inputs_as_they_are_can_be_advised_to_scale_them_and_trees_cannot():
    assert ("scale_inputs", {"scale_inputs": True}) in applicable(as_model(SVC()))
    for other in (RandomForestClassifier(), DecisionTreeClassifier(), make_pipeline(StandardScaler(), SVC())):
        assert not values(other, "scale_inputs")


def test_a_tree_is_offered_nothing_of_a_network():
    remedies = {remedy for remedy, _ in applicable(as_model(RandomForestClassifier()))}
    assert not remedies & {
        "bigger_network",
        "smaller_network",
        "other_activation",
        "other_initialization",
        "other_optimizer",
    }


@pytest.mark.parametrize(
    "estimator",
    [SVC(), KNeighborsClassifier(), DecisionTreeClassifier(), LogisticRegression(), GradientBoostingClassifier(n_estimators=5),
     HistGradientBoostingClassifier(max_iter=5), RandomForestClassifier(n_estimators=3)],
    ids=str,
)  # fmt: skip
def test_every_rung_differs_and_can_be_fitted(estimator):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(80, 3)), rng.integers(2, size=80)
    model = as_model(estimator)
    changes = applicable(model)
    assert changes
    for remedy, change in changes:
        after = changed(model, change)
        assert after.identity != model.identity, (remedy, change)
        assert after.estimator.fit(X, y).predict(X).shape == (80,)


def test_a_pipeline_has_rungs_of_every_step():
    pipe = make_pipeline(PolynomialFeatures(2), PCA(4), Ridge())
    assert values(pipe, "polynomialfeatures__degree") == {1, 3}
    assert values(pipe, "pca__n_components") == {2, 8, None}
    assert values(pipe, "ridge__alpha") == {0.1, 10.0}
    looser = [change for remedy, change in applicable(as_model(pipe)) if remedy == "weaker_regularization"]
    assert {"polynomialfeatures__degree": 3} in looser
    assert {"pca__n_components": 8} in looser


def test_an_estimator_without_a_ladder_gets_values_inside_its_own_limits():
    found = dict(applicable(as_model(GaussianNB())))
    assert "other_value" in found
    assert values(QuadraticDiscriminantAnalysis(), "reg_param") == {0.01, 0.1, 0.5}
    assert values(PLSRegression(), "n_components") == {1, 4}
    assert not values(GaussianNB(), "priors"), "no number"
    assert not values(SVC(), "coef0"), "where a ladder is known, only its rungs are tried"
    assert values(make_pipeline(StandardScaler(), GaussianNB()), "gaussiannb__var_smoothing") == {1e-8, 1e-6, 1e-10}

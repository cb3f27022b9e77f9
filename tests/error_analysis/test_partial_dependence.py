"""Partial dependence against scikit-learn's; of several classes the one that moves most."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes, load_iris
from sklearn.inspection import partial_dependence
from sklearn.linear_model import LogisticRegression, Ridge

from dldiag.error_analysis.partial_dependence import dependence


def along(frame, column, means, labels):
    def inputs_with(row):
        return frame.assign(**{column: frame[column].iloc[row]})

    return dependence(frame[column].round(2), inputs_with, (means, labels))


@pytest.fixture(scope="module")
def iris():
    frame, classes = load_iris(return_X_y=True, as_frame=True)
    frame.columns = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    return frame.round(2), LogisticRegression(max_iter=1000).fit(frame, classes)


@pytest.mark.parametrize("column", ["petal_length", "petal_width", "sepal_width"])
def test_of_three_classes_it_is_the_one_that_moves_most_with_the_values_of_scikit_learn(iris, column):
    frame, model = iris
    means = {}
    curve = along(frame, column, lambda X: model.predict_proba(X).mean(axis=0), ("setosa", "versicolor", "virginica"))
    for number in range(3):
        grid = {column: np.array(curve.values)}
        found = partial_dependence(model, frame, [column], custom_values=grid, method="brute")
        means[number] = found["average"][number]
    expected = max(means, key=lambda number: np.ptp(means[number]))
    np.testing.assert_allclose(curve.predictions, means[expected], atol=1e-12)
    assert curve.label == ("setosa", "versicolor", "virginica")[expected]


def test_of_a_number_it_is_the_mean_prediction():
    frame, target = load_diabetes(return_X_y=True, as_frame=True)
    frame = (frame * 10).round(2)
    model = Ridge().fit(frame, target)
    curve = along(frame, "bmi", lambda X: np.mean(model.predict(X), keepdims=True), ("",))
    found = partial_dependence(model, frame, ["bmi"], custom_values={"bmi": np.array(curve.values)}, method="brute")
    np.testing.assert_allclose(curve.predictions, found["average"][0], rtol=1e-12)
    assert curve.label == ""


def test_a_column_of_one_value_has_none():
    frame = pd.DataFrame({"constant": [1.0, 1.0, 1.0]})
    assert along(frame, "constant", lambda X: np.zeros(1), ("",)) is None

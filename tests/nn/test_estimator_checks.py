import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from dldiag.nn import MLPClassifier, MLPRegressor


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks([MLPClassifier(), MLPRegressor()])
def test_scikit_learn_accepts_the_estimator(estimator, check):
    check(estimator)

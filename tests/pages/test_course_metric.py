"""Lessons judge by the metric that the visitor chose for their own table, and say which."""

import numpy as np
import pandas as pd
import pytest

from tests.pages.lessons import QUICK, charts, claims, plain, start, until_done, with_table

JUDGED = ("few", "sizes", "choice", "values", "capacity", "l2", "dropout")


def rare_yes():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 3))
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    return frame.assign(y=np.where(X[:, 0] + rng.normal(0, 0.5, 400) > 1.2, "yes", "no")), "y"


def judged_by(key, **settings):
    app = until_done(with_table(start(key, values=QUICK | {"settings": settings}), *rare_yes()))
    assert claims(app) and charts(app) and not app.error
    return [plain(one.value) for one in app.caption if "Judged by" in one.value]


@pytest.mark.parametrize("key", JUDGED)
def test_a_lesson_judges_by_the_metric_chosen_and_names_it(key):
    assert judged_by(key, metric="roc_auc") == ["Judged by: ROC AUC."]


@pytest.mark.parametrize("key", ["scale", "few", "choice", "values", "loop"])
def test_the_axis_of_errors_names_the_metric_chosen(key):
    app = until_done(with_table(start(key, values=QUICK | {"settings": {"metric": "balanced_error"}}), *rare_yes()))
    drawn = [one.proto.spec for one in charts(app)]
    assert any("Balanced error" in one for one in drawn)
    assert not any("share of wrong rows" in one for one in drawn)


@pytest.mark.parametrize("key", ["sizes", "l2"])
def test_the_plain_metric_is_not_named(key):
    assert judged_by(key, metric="error") == []


def test_guesses_and_a_log_loss_go_together():
    quick = QUICK | {"choice": {"models": 4, "kind": "guesses"}, "settings": {"metric": "log_loss"}}
    app = until_done(with_table(start("choice", values=quick), *rare_yes()))
    assert claims(app) and not app.error

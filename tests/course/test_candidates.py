"""Claims about choosing among real models on a real table: the effect is there, and the sealed rows are not used."""

import numpy as np
import pytest

from dldiag.core.types import Stopped
from dldiag.course.shared.toys import toy
from dldiag.course.splits.candidates import SelectionSettings, select_on_test
from dldiag.course.splits.selection import Selection, describe_selection
from dldiag.data import SAMPLES, load_sample
from dldiag.data.dataset import make_dataset
from dldiag.data.split import make_split
from dldiag.experiments.fit import fit_all
from dldiag.experiments.models import build_model

QUICK = {"max_iter": 20, "hidden_layer_sizes": (8,)}


@pytest.fixture(scope="module")
def credit():
    return make_dataset(load_sample("german_credit"), SAMPLES["german_credit"].target)


def select(dataset, **asked):
    return select_on_test(dataset, build_model(dataset.task, QUICK), SelectionSettings(**asked))


def test_guesses_on_a_real_table_promise_what_the_closed_form_expects(credit):
    result = select(credit, kind="guesses", models=64, test_rows=60)
    assert result.gap[-1] == pytest.approx(result.expected[-1], rel=0.25)
    assert result.gap[-1] > 0.05
    assert np.all(np.diff(result.gap) > -0.005)
    assert "luck" in str(describe_selection(result))


@pytest.mark.parametrize("kind", ["seeds", "settings"])
def test_networks_chosen_on_the_test_set_break_their_promise(credit, kind):
    result = select(credit, kind=kind, models=16, test_rows=60)
    assert isinstance(result, Selection) and result.ks == (1, 2, 4, 8, 16)
    assert result.gap[-1] > 3 * result.standard_error[-1] > abs(result.gap[0]) / 2
    assert result.promised[-1] < result.promised[0]


def test_a_regression_is_measured_in_standard_deviations():
    result = select(toy("wave", 400), kind="seeds", models=8, test_rows=40)
    assert result.unit == "sd"
    assert 0 < result.fresh[-1] < 2


def test_the_sealed_rows_are_neither_trained_on_nor_judged_with(credit, monkeypatch):
    seen = []

    def spy(tasks, encoded, **more):
        seen.extend(np.concatenate([one.train_rows, one.dev_rows]) for one in tasks)
        return fit_all(tasks, encoded, **more)

    monkeypatch.setattr("dldiag.course.splits.candidates.fit_all", spy)
    select(credit, kind="seeds", models=2, seed=5)
    sealed = make_split(credit, 1, 5).test_rows
    assert seen and not np.isin(sealed, np.concatenate(seen)).any()


def test_the_test_set_shrinks_with_a_small_table_and_leaves_fresh_rows():
    result = select(toy("moons", 60), kind="guesses", models=4, test_rows=1000)
    assert result.n_test + result.n_fresh <= 30 and result.n_fresh >= result.n_test


def test_selection_stops_when_asked(credit):
    with pytest.raises(Stopped):
        select_on_test(credit, build_model("classification"), SelectionSettings(), should_stop=lambda: True)

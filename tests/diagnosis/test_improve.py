import re

import pytest
from sklearn.neighbors import KNeighborsClassifier

from dldiag.core.i18n import Message
from dldiag.core.settings import Settings
from dldiag.core.types import DataError, Estimate, Recommendation, Stopped, Trial
from dldiag.diagnosis.case import prepare_case
from dldiag.diagnosis.diagnose import diagnose
from dldiag.diagnosis.effort import diagnosis_split
from dldiag.diagnosis.improve import best_trial, finish, improve, improve_case
from dldiag.diagnosis.openings import FILE, Opener, check_sealed, note_opening
from dldiag.diagnosis.test_set import check_unopened, open_test
from dldiag.experiments.models import as_model, build_model
from dldiag.report import from_json, path_to_text, to_json
from tests.problems import checkerboard, line, two_blobs

SETTINGS = Settings(budget="quick", sizes=2, repeats=3)
WEAK = build_model("classification", {"hidden_layer_sizes": (1,), "max_iter": 60})
LOOP = pytest.mark.xdist_group("loop")  # One process: they share a path.


@pytest.fixture(scope="module")
def repaired():
    """Return a table, its first diagnosis, the path of one step from there, and the stages that were reported on the way."""
    data, seen = checkerboard(), []
    known = from_json(to_json(diagnose(data, WEAK, SETTINGS)))
    path = improve_case(prepare_case(data, WEAK, SETTINGS), known, most_steps=1, on_progress=seen.append)
    return data, known, path, [str(one.stage) for one in seen]


@LOOP
def test_the_loop_repairs_a_weak_network_and_the_test_set_confirms_it_once(repaired):
    data, _, path, _ = repaired
    assert path.steps
    assert path.steps[0].effect.high < 0
    assert path.winner != path.start
    assert path.dev_uses >= len(path.steps)
    opened = finish(data, SETTINGS, path)
    assert opened.test.difference.value < 0
    assert opened.report.test == opened.test
    assert not opened.report.split.sealed, "a report that shows the test rows' error does not call them sealed"
    with pytest.raises(ValueError, match="already"):
        finish(data, SETTINGS, opened)


def test_a_loop_that_is_stopped_keeps_what_it_had_adopted():
    turns = []

    def follow(progress):
        turns.append("Turn 2" in str(progress.stage))

    path = improve(checkerboard(), WEAK, SETTINGS, on_progress=follow, should_stop=lambda: any(turns))
    assert path.stopped
    assert len(path.steps) == 1
    assert path.winner.parameters != path.start.parameters
    assert path.dev_uses >= 2
    assert path.total is None, "what all steps did together was not measured"
    assert "In all" not in path_to_text(path)
    with pytest.raises(Stopped):
        improve(checkerboard(), WEAK, SETTINGS, should_stop=lambda: True)


@LOOP
def test_the_loop_starts_from_a_diagnosis_that_is_there_and_fits_nothing_of_it_again(repaired):
    data, known, path, stages = repaired
    assert not any("Turn 1" in stage for stage in stages), "the first diagnosis is there"
    assert path.steps[0].change == best_trial(known.recommendations).trial.settings
    assert path.dev_uses > known.compared
    with pytest.raises(DataError, match="another"):
        improve_case(prepare_case(data, build_model("classification"), SETTINGS), known)
    with pytest.raises(DataError, match="another"):
        improve_case(prepare_case(two_blobs(), WEAK, SETTINGS), known)
    assert_total_adds_up(path)


def assert_total_adds_up(path):
    """The path says what all steps did together, in numbers that add up as they are written."""
    assert path.total.change.high < 0
    assert path.total.change.value >= path.steps[0].effect.value - path.total.before.value
    text = path_to_text(path)
    line = text[text.index("In all") :].replace("\n", " ")
    before, after, change = (float(number) for number in re.findall(r"[\d.]+(?=%| points)", line)[:3])
    assert round(before - change, 1) == after


def test_every_setting_that_the_dev_rows_judged_is_counted():
    start = build_model("classification", {"hidden_layer_sizes": (4,), "max_iter": 20})
    path = improve(two_blobs(n=150), start, SETTINGS, most_steps=0)
    report = path.report
    tried = {str(sorted(one.trial.settings.items())) for one in report.recommendations if one.trial is not None}
    assert path.dev_uses > 1 + len(tried), "short runs of other settings are comparisons, too"


def test_the_winner_of_a_model_that_is_not_ours_is_what_the_test_set_judges():
    data, start = checkerboard(), as_model(KNeighborsClassifier(n_neighbors=200))
    path = improve(data, start, SETTINGS, most_steps=3)
    assert path.change["n_neighbors"] == path.winner.estimator.n_neighbors < 200
    opened = finish(data, SETTINGS, path)
    assert opened.test.winner.value < opened.test.start.value
    assert f"n_neighbors={path.change['n_neighbors']}" in path_to_text(path)
    assert "--set n_neighbors" not in path_to_text(path), "the command line has no such setting"


class KnowsItsRows(KNeighborsClassifier):
    """Refuses rows that it has not been shown before, as an encoder without handle_unknown does."""

    def __init__(self, allowed=None, n_neighbors=5):
        super().__init__(n_neighbors=n_neighbors)
        self.allowed = allowed

    def predict(self, X):
        if len(X) == self.allowed:
            raise ValueError("Found unknown categories")
        return super().predict(X)


def test_a_model_that_refuses_the_test_rows_is_told_in_plain_words():
    data, settings = two_blobs(n=300), Settings(budget="quick", repeats=3)
    refuses = as_model(KnowsItsRows(len(diagnosis_split(data, settings).test_rows)))
    with pytest.raises(DataError, match="on the test rows: Found unknown categories"):
        open_test(data, refuses, build_model("classification", key="linear"), settings)


def test_the_same_test_rows_are_opened_once_whatever_the_seed():
    data, linear = two_blobs(n=200), build_model("classification", key="linear")
    open_test(data, linear, linear, Settings(budget="quick", repeats=3))
    with pytest.raises(DataError, match=r"opened on 20.*\(library\)"):
        open_test(data, linear, linear, Settings(budget="quick", repeats=3, seed=5))
    with pytest.raises(DataError, match="opened on"):
        check_unopened(data, Settings(seed=7), Opener("command line"))
    open_test(two_blobs(n=220), linear, linear, Settings(budget="quick", repeats=3))


def test_a_visitor_of_the_dashboard_does_not_close_the_test_rows_of_another(tmp_path):
    note_opening("rows", Opener("dashboard", "one"), tmp_path)
    check_sealed("rows", Opener("dashboard", "two"), tmp_path)
    for opener in (Opener("dashboard", "one"), Opener("command line")):
        with pytest.raises(DataError, match="dashboard"):
            check_sealed("rows", opener, tmp_path)
    assert b"one" not in (tmp_path / FILE).read_bytes(), "a visitor's token is not kept"


def test_test_rows_that_no_model_could_be_judged_on_stay_sealed():
    data, settings = two_blobs(n=300), Settings(budget="quick", repeats=3)
    refuses = as_model(KnowsItsRows(len(diagnosis_split(data, settings).test_rows)))
    with pytest.raises(DataError):
        open_test(data, refuses, refuses, settings)
    check_unopened(data, settings)


def tried(remedy, verdict, value, low, high):
    trial = Trial(remedy, verdict, Estimate(value, low, high), 5, 1.0, {"alpha": 1.0})
    return Recommendation(1, remedy, Message(remedy), "variance", Message(""), "high_variance", trial=trial)


def test_the_loop_adopts_what_helped_most_or_likely_helped_and_nothing_that_chance_may_have_done():
    likely = tried("regularization", "undecided", -0.03, -0.05, -0.01)
    by_chance = tried("bigger_network", "undecided", -0.05, -0.11, 0.01)
    too_little = tried("train_longer", "no_effect", -0.004, -0.006, -0.002)
    assert best_trial([by_chance, likely, too_little]) is likely
    assert best_trial([by_chance, too_little]) is None
    assert best_trial([likely, helped := tried("step_size", "helped", -0.08, -0.09, -0.07)]) is helped


def test_on_the_test_set_the_difference_is_that_of_the_two_errors_even_of_a_model_worse_than_guessing():
    data, wild = line(), build_model("regression", {"learning_rate_init": 1.0, "max_iter": 1, "init": "large_random"})
    found = open_test(data, wild, build_model("regression"), Settings(budget="quick", repeats=3))
    assert found.start.value > 1.2, "worse than the mean, whose error is about 1"
    assert found.difference.value == pytest.approx(found.winner.value - found.start.value)

"""The library's door: a model with X and y as in scikit-learn, and results that show themselves."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.datasets import load_diabetes, load_iris
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import HistGradientBoostingClassifier, StackingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import dldiag
from dldiag.report.library import dataset_of
from tests.reports import make_report

MOST_IN_A_NOTEBOOK = 200_000  # characters of a cell's output: scripts and charts would be two million
LONGEST_PRINTED = 400  # characters of a repr: a paragraph
QUICK = dldiag.Settings(budget="quick", sizes=2, repeats=3, trials=0, baselines=())


@pytest.fixture(scope="module")
def arrays():
    return load_iris(return_X_y=True)


def test_a_model_with_arrays_is_diagnosed_like_a_dataset_of_them(arrays):
    X, y = arrays
    by_arrays = dldiag.diagnose(LogisticRegression(max_iter=500), X, y, settings=QUICK)
    by_dataset = dldiag.diagnose(dataset_of(X, y), LogisticRegression(max_iter=500), QUICK)
    assert by_arrays.evidence["dev_error"] == by_dataset.evidence["dev_error"]
    assert by_arrays.dataset.features == 4


def test_a_frame_and_a_series_keep_their_names(arrays):
    frame, y = load_iris(return_X_y=True, as_frame=True)
    dataset = dataset_of(frame, y)
    assert dataset.target == "target"
    assert [column.name for column in dataset.columns] == list(frame.columns)


def test_a_column_named_like_the_target_stays():
    rows = np.arange(40.0)
    frame = pd.DataFrame({"target": rows % 7, "b": rows})
    assert dataset_of(frame, (rows > 20).astype(int)).target == "target_"


def test_a_sparse_matrix_and_a_column_of_labels_are_rows_like_any_other(arrays):
    X, y = arrays
    dataset = dataset_of(csr_matrix(X), y[:, None])
    assert dataset.fingerprint == dataset_of(X, y).fingerprint


def test_a_stack_of_models_shows_no_predict_before_it_is_fitted():
    X, y = load_diabetes(return_X_y=True)
    stack = StackingRegressor([("ridge", Ridge()), ("mean", DummyRegressor())])
    report = dldiag.diagnose(stack, X, y, settings=QUICK)
    assert report.evidence["dev_error"].value < 0.9


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (np.zeros((5, 2)), np.zeros(4)),
        (np.zeros(5), np.zeros(5)),
        (csr_matrix((10_000, 10_000)), np.zeros(10_000)),
    ],
)
def test_arrays_that_do_not_fit_are_refused(X, y):
    with pytest.raises(ValueError, match="X"):
        dldiag.diagnose(LogisticRegression(), X, y)


def test_several_targets_at_once_are_refused():
    with pytest.raises(ValueError, match="one target at a time"):
        dldiag.diagnose(Ridge(), np.zeros((9, 2)), np.zeros((9, 2)))


def test_results_show_themselves_in_a_line_and_as_a_page():
    report = make_report()
    dldiag.Report  # noqa: B018 — the first use attaches the displays
    assert repr(report).startswith("<Report of 'customers.csv', target 'churned', dev error 0.183")
    assert len(repr(report)) < 300
    assert len(repr(report.curves[0])) < 120
    page = report._repr_html_()
    assert page.startswith("<iframe srcdoc=")
    assert "&lt;script" not in page
    assert len(page) < MOST_IN_A_NOTEBOOK


@pytest.fixture(scope="module")
def printed(arrays):
    """What a user of the library may print, by name."""
    X, y = arrays
    frame = pd.DataFrame(X, columns=[f"x{k}" for k in range(X.shape[1])]).assign(label=y)
    dataset, model = dldiag.make_dataset(frame, "label"), LogisticRegression(max_iter=500)
    report = dldiag.diagnose(dataset, model, QUICK)
    nouns = {
        "table": dldiag.read_table(frame.to_csv(index=False).encode(), name="customers.csv"),
        "dataset": dataset,
        "repeat": dldiag.dev_repeats(dataset, QUICK)[0],
        "fitted": dldiag.fitted(dataset, model, QUICK),
        "model": dldiag.build_model("classification"),
        "settings": dldiag.Settings(),
        "errors": dldiag.error_analysis(y, np.roll(y, 1), X=frame[["x0", "x1"]]),
        "curve": dldiag.learning_curve(model, X, y, cv=3),
        "report": report,
    }
    metrics = {f"metric {name}": one for name, one in dldiag.METRICS.items()}
    parts = {name: getattr(report, name) for name in report.__dataclass_fields__}
    singles = {name: one for name, one in parts.items() if not isinstance(one, tuple | dict)}
    return (
        nouns
        | metrics
        | {f"report.{name}": one for name, one in singles.items()}
        | {f"performance {one.model}": one for one in report.performance}
    )


def test_what_a_user_prints_is_a_short_line(printed):
    long = {name: text for name, one in printed.items() if len(text := repr(one)) > LONGEST_PRINTED or "\n" in text}
    assert not long
    assert repr(printed["table"]) == f"<Table 'customers.csv': {len(printed['dataset'].y)} rows × 5 columns>"
    assert "rows × 4 features, target 'label' (classification, 3 classes)>" in repr(printed["dataset"])


def test_results_draw_themselves():
    report = make_report()
    dldiag.Report  # noqa: B018 — the first use attaches the displays
    for display in (report.plot(), report.plot("error_budget"), report.curves[0].plot()):
        assert display.figure_.data
        assert display.data == display.figure_.data
        assert display.plot(theme="dark").layout.font.color != display.layout.font.color
        assert repr(display).startswith("<FigureDisplay")
        assert "Figure(" not in repr(display)
    with pytest.raises(ValueError, match="learning_curves"):
        report.plot("nothing")


def test_results_hold_plain_numbers(arrays):
    X, y = arrays
    report = dldiag.diagnose(LogisticRegression(max_iter=500), X, y, settings=QUICK)
    texts = [repr(report.evidence), repr(report.findings), repr(report.recommendations), repr(report.verdict)]
    assert not [text for text in texts if "np." in text]


def towns(rows=400):
    rng = np.random.default_rng(0)
    town, votes = rng.integers(0, 12, rows), rng.permutation(np.repeat([0, 1], 6))
    X = pd.DataFrame({"town": pd.Categorical([f"t{k}" for k in town]), "age": rng.normal(size=rows)})
    y = np.where(rng.random(rows) < 0.05, 1 - votes[town], votes[town])
    return X, np.where(y == 1, "yes", "no")


@pytest.mark.parametrize("features", [["town"], "from_dtype", None])
def test_an_estimator_gets_the_frame_with_its_categories_as_scikit_learn_gives_it(features):
    X, y = towns()
    model = HistGradientBoostingClassifier(max_iter=8, categorical_features=features, random_state=0)
    if features is None:  # texts as categories are no numbers: scikit-learn refuses them, and ours are encoded
        with pytest.raises(ValueError, match="could not convert"):
            model.fit(X, y)
    seen = []

    class Watched(HistGradientBoostingClassifier):
        def fit(self, X, y):
            seen.append((X, y))
            return super().fit(X, y)

    watched = Watched(max_iter=8, categorical_features=features, random_state=0)
    report = dldiag.diagnose(watched, X, y, settings=QUICK, n_jobs=1)
    assert {type(one) for one, _ in seen[1:]} == ({np.ndarray} if features is None else {pd.DataFrame})
    if features is not None:
        assert all(one["town"].dtype == X["town"].dtype and set(labels) <= {"yes", "no"} for one, labels in seen)
        scores = [1 - one for one in dldiag.learning_curve(model, X, y, cv=3).dev_errors[-1]]
        assert report.evidence["dev_error"].value == pytest.approx(1 - np.mean(scores), abs=0.05)


def test_rows_without_a_target_are_left_out_of_the_given_frame_too():
    X, y = towns()
    y = np.array(y, dtype=object)
    y[:5] = None
    model = HistGradientBoostingClassifier(max_iter=5, categorical_features=["town"])
    report = dldiag.diagnose(model, X, y, settings=QUICK)
    assert report.dataset.rows == 395


class OfNoLimits(ClassifierMixin, BaseEstimator):
    """A classifier of a user: it declares no constraints of its parameters."""

    def __init__(self, alpha=1.0, answer=None):
        self.alpha = alpha
        self.answer = answer

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.repeat(self.classes_[0] if self.answer is None else self.answer, len(X))


class NoNumbers(RegressorMixin, BaseEstimator):
    """A regressor whose predictions are no numbers."""

    def fit(self, X, y):
        self.is_fitted_ = True
        return self

    def predict(self, X):
        return np.full(len(X), np.nan)


@pytest.mark.parametrize(
    "model",
    [OfNoLimits(), make_pipeline(StandardScaler(), dldiag.MLPClassifier((4,), max_iter=3))],
    ids=["own class", "our network in a pipeline"],
)
def test_estimators_without_declared_constraints_are_diagnosed(arrays, model):
    assert dldiag.diagnose(model, *arrays, settings=QUICK).evidence["dev_error"].value > 0


def test_predictions_that_are_no_labels_or_no_numbers_are_refused(arrays):
    with pytest.raises(dldiag.DataError, match="no label of the target"):
        dldiag.diagnose(OfNoLimits(answer=7), *arrays, settings=QUICK)
    X, y = load_diabetes(return_X_y=True)
    with pytest.raises(dldiag.DataError, match="predict returned NaN"):
        dldiag.diagnose(NoNumbers(), X, y, settings=QUICK)


def test_tables_of_other_libraries_and_masked_cells_are_read():
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0] * 10, "b": ["x", "y", "x"] * 10, "y": ["no", "yes"] * 15})
    dataset = dldiag.make_dataset(pa.Table.from_pandas(frame), "y")
    assert [column.name for column in dataset.columns] == ["a", "b"]
    by_parts = dataset_of(pa.Table.from_pandas(frame[["a", "b"]]), frame.y)
    assert [column.name for column in by_parts.columns] == ["a", "b"]
    masked = np.ma.masked_equal(frame[["a"]].to_numpy(), 2.0)
    assert dataset_of(masked, frame.y).X.isna().sum().sum() == 10

"""Every number of the evidence has one row, and is measured by whom its row names."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from dldiag.core.settings import Settings
from dldiag.core.types import LearningCurve, exactly
from dldiag.diagnosis.case import Case, prepare_case
from dldiag.diagnosis.diagnose import measurements_of
from dldiag.diagnosis.evidence import EVIDENCE, Evidence, EvidenceRow
from dldiag.diagnosis.evidence.gather import MEASURERS, fits_by_construction, gather
from dldiag.experiments.estimates import paired_change
from tests.problems import two_blobs

LATER = {
    "metric",
    "parts",
    "class_weights",
    "rare_rows",
    "test_set",
}  # from other evidence, a short run, more fits, or the opened test set


@pytest.fixture(scope="module")
def measured():
    case: Case = prepare_case(two_blobs(), None, Settings(budget="quick", repeats=3, sizes=2))
    models = [case.guess, case.model, *case.references]
    for size in case.sizes:
        case.fits.fit(models, [size], case.repeats_at(size), watched=size == case.sizes[-1])
    return measurements_of(case, case.references, {})


def test_every_measurer_finds_what_names_it_and_nothing_else(measured):
    for key, measure in MEASURERS.items():
        found = set(measure(measured, Settings()))
        assert found == {name for name, row in EVIDENCE.items() if row.measured_by == key}, key
    assert {row.measured_by for row in EVIDENCE.values()} == set(MEASURERS) | LATER


def test_a_row_added_at_run_time_is_measured_and_counted(measured, monkeypatch):
    monkeypatch.setitem(EVIDENCE, "epochs_run", EvidenceRow("Epochs", "number", "epochs"))
    monkeypatch.setitem(
        MEASURERS, "epochs", lambda measured, settings: {"epochs_run": exactly(measured.current[0].health.epochs)}
    )
    evidence = gather(measured, Settings())
    assert evidence.get("epochs_run") == evidence.estimates()["epochs_run"]
    assert evidence.get("epochs_run").value > 1
    assert replace(evidence, others={}).get("epochs_run") is None


def test_evidence_without_a_row_is_a_mistake_and_no_missing_number():
    with pytest.raises(AttributeError):
        Evidence().get("no_such_number")


def test_the_curve_of_a_model_no_better_than_the_baseline_promises_nothing(measured):
    sizes = np.array([50, 100, 200, 400, 800])
    dev = np.repeat((0.02 + 2.0 * sizes**-0.45)[:, None], 5, axis=1)
    falling = replace(measured, curve=LearningCurve("mlp", sizes, np.zeros((5, 5)), dev))
    swapped = replace(falling, current=measured.guess, guess=measured.current)
    assert MEASURERS["curve"](falling, Settings())["more_data_gain"].value > 0.01
    assert MEASURERS["curve"](swapped, Settings())["more_data_gain"] is None


@pytest.mark.parametrize(("rows", "rose"), [(6_400, True), (1_000_000, False)])
def test_a_rise_counts_where_the_curve_is_and_not_where_only_an_early_verdict_looked(measured, rows, rose):
    sizes = np.array([625, 1_250, rows // 2, rows])
    errors = np.array([0.12, 0.14, 0.10, 0.03])[:, None] + np.array([0.0, 0.001, 0.002])
    rise = gather(replace(measured, curve=LearningCurve("mlp", sizes, errors, errors)), Settings()).curve_rise
    assert (rise.surely_above > 0) == rose


def test_the_lead_of_the_best_of_several_references_is_corrected_for_the_choice_and_that_of_one_is_not(measured):
    gather_references = MEASURERS["references"]
    linear = {"linear": measured.references["linear"]}
    one = gather_references(replace(measured, references=linear), Settings())
    assert one["reference_lead"] == one["simple_lead"]
    several = gather_references(measured, Settings())["reference_lead"]
    best = min(measured.references.values(), key=lambda results: np.mean([r.dev_error for r in results]))
    plain = paired_change(best, measured.current)
    assert len(measured.references) > 1
    assert several.value <= plain.value
    assert several.low <= plain.low


def test_models_that_fit_any_training_rows_are_known():
    full = [
        RandomForestClassifier(),
        DecisionTreeClassifier(),
        KNeighborsClassifier(1),
        KNeighborsClassifier(weights="distance"),
    ]
    held = [
        RandomForestClassifier(max_depth=3),
        DecisionTreeClassifier(min_samples_leaf=5),
        KNeighborsClassifier(),
        LogisticRegression(),
    ]
    assert all(fits_by_construction(one) for one in full)
    assert fits_by_construction(make_pipeline(StandardScaler(), KNeighborsClassifier(1)))
    assert not any(fits_by_construction(one) for one in held)

"""A larger dev set is described by what it would decide: its forecast holds on simulated fits, and only row noise shrinks."""

from dataclasses import replace

import numpy as np
import pytest

from dldiag.core.settings import Settings
from dldiag.core.types import Estimate, Recommendation
from dldiag.diagnosis.case import prepare_case
from dldiag.diagnosis.diagnose import measurements_of, verdict_on
from dldiag.diagnosis.larger_dev_set import TIMES, forecast_from_half, with_larger_dev_set
from dldiag.diagnosis.recommend import FEW_DEV_ROWS
from dldiag.diagnosis.remedies import LARGER_DEV_SET, REMEDIES
from dldiag.experiments.estimates import dev_error
from dldiag.experiments.fit import FitResult
from dldiag.experiments.models import build_model, changed
from dldiag.experiments.tasks import FitTask
from dldiag.report import view
from dldiag.report.json_schema import from_json, to_json
from tests.problems import two_blobs
from tests.reports import make_report

MODEL = build_model("classification", key="linear")


def simulated(rows, spread, seed, repeats=8):
    """Return fits whose error rates differ by `spread`, each judged on dev rows of its own."""
    rng = np.random.default_rng(seed)
    found = []
    for j in range(repeats):
        wrong = (rng.random(rows) < np.clip(0.25 + spread * rng.normal(), 0.02, 0.9)).astype(float)
        task = FitTask(("linear", 10, j), MODEL, np.arange(10), 1_000 + np.arange(j * rows, (j + 1) * rows), j)
        found.append(FitResult(task, 0.1, float(wrong.mean()), 0.0, wrong, 0.0, 0.5, wrong))
    return found


def half_width(results, times=1.0):
    one = dev_error([replace(result, dev_times=times) for result in results])
    return one.high - one.value


@pytest.mark.parametrize("spread", [0.0, 0.02, 0.08])
def test_the_forecast_for_four_times_the_dev_rows_is_what_four_times_the_dev_rows_have(spread):
    forecast = np.median([half_width(simulated(60, spread, seed), times=4) for seed in range(150)])
    real = np.median([half_width(simulated(240, spread, 1_000 + seed)) for seed in range(150)])
    assert forecast == pytest.approx(real, rel=0.1)


def test_what_training_sets_make_does_not_shrink_with_more_dev_rows():
    alike = [replace(one, dev_error=0.25) for one in simulated(5_000, 0.0, 0)]
    assert half_width(alike, 10) == pytest.approx(half_width(alike) / 10**0.5)
    scattered = simulated(5_000, 0.1, 0)
    assert half_width(scattered, 10) > 0.95 * half_width(scattered)


def test_half_of_the_dev_rows_forecast_the_interval_of_all_of_them():
    forecast = np.median([forecast_from_half(simulated(80, 0.03, seed), seed) for seed in range(150)])
    real = np.median([half_width(simulated(80, 0.03, seed)) for seed in range(150)])
    assert forecast == pytest.approx(real, rel=0.1)
    assert forecast_from_half(simulated(4, 0.0, 0), 0) is None


@pytest.fixture(scope="module")
def undecided():
    """A diagnosis in which overfitting is undecided, with the fits behind it."""
    case = prepare_case(two_blobs(), MODEL, Settings(budget="quick", repeats=3, sizes=2, baselines=()))
    for size in case.sizes:
        case.fits.fit([case.guess, case.model], [size], case.repeats_at(size))
    gap = verdict_on(case, (), {}, 0.0)[1].variance
    case = replace(case, settings=replace(case.settings, material=gap.value + 0.8 * (gap.surely_below - gap.value)))
    report, _ = verdict_on(case, (), {}, 0.0)
    assert report.verdict.variance == "undecided"
    return case, report


def outlook_of(case, report):
    return with_larger_dev_set(report, measurements_of(case, (), {}), case.fits, case.model, case.settings)


def listed(report):
    row = REMEDIES[LARGER_DEV_SET]
    one = Recommendation(9, row.key, row.title, "data", row.why, FEW_DEV_ROWS[0])
    others = tuple(each for each in report.recommendations if each.remedy != LARGER_DEV_SET)
    return replace(report, recommendations=(*others, one))


def test_the_fix_says_which_question_a_larger_dev_set_would_decide(undecided):
    case, report = undecided
    report = outlook_of(case, listed(report))
    found = report.larger_dev_set
    assert "variance" in found.open
    assert [one.rows for one in found.sizes] == [times * found.rows for times in TIMES]
    widths = [found.half_width, *(one.half_width for one in found.sizes)]
    assert widths == sorted(widths, reverse=True)
    assert "variance" in found.sizes[-1].decided
    fix = next(one for one in view.fixes(report) if one.remedy == LARGER_DEV_SET)
    assert fix.change == f"dev rows {found.rows:,} → {2 * found.rows:,}"
    assert "whether overfitting matters" in fix.note
    assert fix.words.startswith("dev error known to ±")
    assert from_json(to_json(report)).larger_dev_set == found


def test_where_no_larger_dev_set_is_recommended_and_no_test_is_open_nothing_is_told(undecided):
    case, report = undecided
    others = tuple(one for one in report.recommendations if one.remedy != LARGER_DEV_SET)
    assert outlook_of(case, replace(report, recommendations=others)).larger_dev_set is None


def test_an_open_test_that_more_dev_rows_would_decide_brings_the_fix_into_the_list(undecided):
    case, report = undecided
    other = {"scale_inputs": False}
    repeats, size = range(3), case.fits.split.n_train
    case.fits.fit([changed(case.model, other)], [size], repeats)
    small = replace(report.findings[0], code="D1", outcome="fired", problem=FEW_DEV_ROWS[0])
    given = make_report().recommendations[0]
    open_test = replace(
        given.trial, verdict="undecided", change=Estimate(-0.05, -0.09, -0.001), repeats=3, settings=other
    )
    given = replace(report, findings=(small,), recommendations=(replace(given, trial=open_test),))
    found = outlook_of(case, given)
    assert found.larger_dev_set.open == (given.recommendations[0].remedy,)


def test_a_larger_dev_set_that_would_neither_decide_nor_narrow_anything_is_not_listed(undecided):
    case, report = undecided
    measured = replace(measurements_of(case, (), {}), current=simulated(5_000, 0.1, 0))
    given = listed(
        replace(report, findings=(), recommendations=(replace(make_report().recommendations[0], trial=None),))
    )
    found = with_larger_dev_set(given, measured, case.fits, case.model, case.settings)
    assert found.larger_dev_set is None
    assert LARGER_DEV_SET not in [one.remedy for one in found.recommendations]
    assert [one.rank for one in found.recommendations] == list(range(1, len(found.recommendations) + 1))

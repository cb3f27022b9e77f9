"""Error analysis in the course: counts add up, ceilings are shares, and wrong labels are found where they were put."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score

from dldiag.course.shared.toys import toy
from dldiag.course.wrong_rows.categories import EyeballSettings, analyze_open_rows, count_categories
from dldiag.course.wrong_rows.figures import categories_moving, category_rows, labels_moving, reliability_figure
from dldiag.course.wrong_rows.lessons import ceiling_outcomes, eyeball_outcomes, label_outcomes
from dldiag.course.wrong_rows.wrong_labels import LabelSettings, mislabel
from dldiag.experiments.metric_choice import MetricChoice
from dldiag.experiments.models import build_model

SMALL = {"hidden_layer_sizes": (8,), "max_iter": 20}


@pytest.fixture(scope="module", params=["blobs", "wave"])
def analysis(request):
    dataset = toy(request.param, 600)
    return analyze_open_rows(dataset, build_model(dataset.task, SMALL), 0)


def test_every_share_is_that_of_all_rows_once_all_were_looked_at(analysis):
    found = count_categories(analysis, EyeballSettings(rows=500))
    assert found.looked == found.wrong
    for one in found.categories:
        assert one.after(found.looked).value == pytest.approx(one.share)
    assert [one.share for one in found.categories] == sorted((one.share for one in found.categories), reverse=True)


def test_more_rows_name_the_largest_category_more_often(analysis):
    found = count_categories(analysis, EyeballSettings())
    shares = [share for _, share in found.right]
    assert shares[-1] >= shares[0]
    assert all(0 <= share <= 1 for share in shares)


def test_it_is_counted_as_far_as_there_are_wrong_rows_and_few_of_them_decide_nothing(analysis):
    found = count_categories(analysis, EyeballSettings())
    assert all(n <= max(5, found.wrong) for n, _ in found.right)
    outcomes = eyeball_outcomes(replace(found, wrong=32, right=((5, 0.56), (20, 0.7))))
    assert "only 32 wrong rows" in str(outcomes.claims[0].says)
    assert (outcomes.claims[0].verdict, outcomes.answer) == ("not_shown", "")


def test_a_growing_share_of_wrong_labels_makes_a_growing_error(analysis):
    found = mislabel(analysis, LabelSettings(share=0.2))
    assert found.shares[0].blamed == 0 and found.shares[0].counted == found.shares[0].own
    wrong = [one.wrong for one in found.shares]
    assert wrong == sorted(wrong)
    assert found.chosen.wrong == round(0.2 * found.rows)
    assert np.all(np.diff([one.blamed for one in found.shares]) >= 0)


def test_suspects_are_richer_in_wrong_labels_than_the_rows():
    dataset = toy("blobs", 600)
    one = mislabel(analyze_open_rows(dataset, build_model(dataset.task, {}), 0), LabelSettings(share=0.1)).chosen
    assert one.caught / one.suspects > 0.2


def test_claims_and_pictures_are_there_for_classes_and_numbers(analysis):
    found, labels = count_categories(analysis, EyeballSettings()), mislabel(analysis, LabelSettings())
    assert all(str(one.claims[0].says) for one in (ceiling_outcomes(found), eyeball_outcomes(found)))
    assert label_outcomes(labels).answer in ("few", "third", "most")
    assert len(categories_moving(found).frames) <= 41
    assert len(reliability_figure(found, theme="dark").data) == 1
    assert len(labels_moving(labels).frames) == len(labels.shares)
    assert len(category_rows(found)) == len(found.categories)


def test_by_another_metric_fixing_the_largest_category_gains_what_scikit_learn_measures():
    dataset = toy("blobs", 600)
    found = analyze_open_rows(dataset, build_model(dataset.task, SMALL), 0)
    counted = count_categories(found, EyeballSettings(), MetricChoice("balanced_error"))
    y, answer = found.losses.y, found.losses.predicted
    assert counted.gain.before == pytest.approx(1 - balanced_accuracy_score(y, answer))
    (condition,) = counted.categories[0].rule
    assert condition.op == "<="
    inside = found.rows_at(range(len(y)))[condition.column].to_numpy() <= condition.value
    assert counted.gain.after == pytest.approx(1 - balanced_accuracy_score(y, np.where(inside, y, answer)))
    assert "Balanced" in str(ceiling_outcomes(counted).claims[0].says)
    assert count_categories(found, EyeballSettings(), MetricChoice("error")).gain is None

"""The public JSON: its keys, plain English texts, and an exact way back."""

import json
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from dldiag.core.i18n import Message, speaking
from dldiag.core.settings import Settings
from dldiag.core.types import DataError, Estimate, Notice, TrainingCurve
from dldiag.diagnosis.diagnose import diagnose
from dldiag.report import from_json, to_json
from tests.problems import two_blobs
from tests.reports import make_curves, make_report, make_test_result

CASES = ["bias", "variance", "neither", "undecided"]


def same(left: object, right: object) -> bool:
    """Compare two nouns field by field; arrays by value, NaN equal to NaN."""
    if isinstance(left, np.ndarray):
        return left.dtype == right.dtype and np.array_equal(left, right, equal_nan=left.dtype.kind == "f")
    if is_dataclass(left):
        return type(left) is type(right) and all(
            same(getattr(left, f.name), getattr(right, f.name)) for f in fields(left)
        )
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, tuple):
        return isinstance(right, tuple) and len(left) == len(right) and all(map(same, left, right))
    return left == right


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("task", ["classification", "regression"])
def test_a_report_comes_back_from_json_exactly(case, task):
    report = make_report(case, task=task, test=make_test_result())
    assert same(from_json(to_json(report)), report)


def test_writing_again_gives_the_same_text():
    text = to_json(from_json(to_json(make_report())))
    assert to_json(from_json(text)) == text


def test_the_comparison_of_these_tests_sees_a_change():
    report = make_report()
    assert not same(report, replace(report, seconds=1.0))
    assert not same(report, make_report("variance"))


PROMISED = [  # DESIGN.md, section 4: where in the report, and the keys that must be there
    ([], "schema dataset split model settings curves evidence findings recommendations verdict"),
    ([], "forecast test seconds versions"),
    (["dataset"], "rows features task target classes fingerprint notices"),
    (["split"], "train dev test sealed"),
    (["curves", 0], "model sizes train_errors dev_errors"),
    (["evidence", "dev_error"], "value low high source"),
    (["findings", 0], "code level title problem outcome message hint"),
    (["recommendations", 0], "rank remedy title column because expected trial"),
    (["recommendations", 0, "trial"], "verdict change repeats seconds"),
    (["recommendations", 0, "trial", "change"], "value low high"),
    (["verdict"], "headline bias variance stability"),
    (["forecast", 0], "rows value low high"),
]


@pytest.mark.parametrize(("path", "keys"), PROMISED)
def test_the_public_keys_are_those_of_the_design(path, keys):
    part = json.loads(to_json(make_report()))
    for step in path:
        part = part[step]
    assert set(keys.split()) <= set(part)


def test_the_schema_is_named_first():
    assert to_json(make_report()).startswith('{\n  "schema": "dldiag-report/1",')


def test_an_untried_recommendation_has_a_null_trial():
    plain = json.loads(to_json(make_report(trials=False)))
    assert [one["trial"] for one in plain["recommendations"]] == [None, None, None]


def test_texts_are_english_whatever_the_language_of_the_reader():
    english = to_json(make_report())
    with speaking("zh"):
        assert to_json(make_report()) == english
    plain = json.loads(english)
    assert plain["verdict"]["headline"].startswith("High bias: the model makes 17.1% errors")
    assert plain["evidence"]["dev_error"]["source"] == "5 repeats at 1,200 rows"


def test_what_was_not_computed_is_null():
    plain = json.loads(to_json(make_report()))
    assert plain["curves"][2]["dev_errors"][-1][-1] is None


def test_an_abstaining_forecast_says_why():
    plain = json.loads(to_json(make_report("undecided")))
    assert plain["forecast"] == []
    assert plain["forecast_abstains"] == "The curve is not well behaved."


def test_infinities_survive():
    curves = make_curves("bias", "sd")
    curves[0].dev_errors[0, 0] = np.inf
    report = make_report(
        curves=curves,
        evidence={"ratio": Estimate(2.0, -np.inf, np.inf)},
        training_curve=TrainingCurve((1, 2), (np.inf, 1.0), (None, 0.5), (None, None)),
        verdict=replace(make_report().verdict, headline=Message("{x}", {"x": np.inf})),
    )
    text = to_json(report)
    assert "Infinity" not in text
    plain = json.loads(text)
    assert plain["evidence"]["ratio"]["low"] is None
    assert plain["training_curve"]["loss"] == [None, 1.0]
    back = from_json(text)
    assert same(back.curves, report.curves)
    assert back.evidence == report.evidence
    assert back.training_curve == report.training_curve


def test_nested_messages_survive():
    headline = Message("{what} now", {"what": Message("{n} rows", {"n": 5})})
    report = make_report(verdict=replace(make_report().verdict, headline=headline))
    assert json.loads(to_json(report))["verdict"]["headline"] == "5 rows now"
    assert from_json(to_json(report)).verdict.headline == headline


def test_a_message_among_the_model_settings_survives():
    report = make_report(model={"key": "mlp", "label": Message("Neural network"), "parameters": {"layers": (4,)}})
    assert json.loads(to_json(report))["model"]["label"] == "Neural network"
    assert same(from_json(to_json(report)), report)


@given(st.text(), st.dictionaries(st.text(), st.none() | st.booleans() | st.integers(-9, 9) | st.text()))
def test_any_text_of_a_user_survives(text, settings):
    base = make_report()
    notice = Notice("any", Message("{text}", {"text": text}), example=text)
    report = replace(base, settings=settings, dataset=replace(base.dataset, target=text, notices=(notice,)))
    assert same(from_json(to_json(report)), report)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"schema": "dldiag-report/2"}', b"\xff\xfe", '{"schema": 1}'])
def test_anything_else_is_refused_in_plain_words(text):
    with pytest.raises(DataError):
        from_json(text)


def test_a_report_with_a_missing_part_is_refused():
    plain = json.loads(to_json(make_report()))
    del plain["verdict"]
    with pytest.raises(DataError, match="verdict"):
        from_json(json.dumps(plain))


def test_a_report_of_a_diagnosis_is_written_again_as_it_was():
    asked = Settings(budget="quick", trials=0, sizes=2, repeats=3, baselines=("linear",))
    text = to_json(diagnose(two_blobs(), None, asked))
    assert to_json(from_json(text)) == text

"""One row adds one thing: each test adds a row at run time and finds it in form, command line, check, docs and walks."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
from streamlit.testing.v1 import AppTest

from dldiag.app.jobs.course import REQUESTS, course_job
from dldiag.app.jobs.job_kinds import CourseJob
from dldiag.app.jobs.registry import any_job
from dldiag.app.storage import codec
from dldiag.cli import flags
from dldiag.cli.main import main
from dldiag.core.i18n import Message
from dldiag.core.params import SettingError, check
from dldiag.core.settings import Settings
from dldiag.core.types import Estimate, exactly
from dldiag.course.contents import TOPICS, all_lessons, next_topic
from dldiag.course.shared.request import LessonRequest
from dldiag.data.samples import SAMPLES, load_sample
from dldiag.diagnosis.diagnose import diagnose
from dldiag.diagnosis.evidence import EVIDENCE, Evidence, EvidenceRow, Probe
from dldiag.diagnosis.evidence.gather import MEASURERS
from dldiag.diagnosis.recommend import recommend
from dldiag.diagnosis.remedies import REMEDIES, Remedy, applicable
from dldiag.diagnosis.rules import PROBLEMS, RULES, Example, Headline, Rule, Threshold, apply_rule, check_rules
from dldiag.diagnosis.verdict import conclude
from dldiag.experiments.models import MODELS, ModelRow, build_model
from dldiag.nn import MLP_PARAMS, MLPClassifier
from dldiag.nn.activations import ACTIVATIONS, Activation
from dldiag.nn.regularizers import REGULARIZERS, Regularizer
from dldiag.report import from_json, to_json, to_text, view
from dldiag.report.view import evidence_label
from docs import generate
from tests.data import test_samples
from tests.diagnosis import test_remedies
from tests.experiments import test_chosen_model
from tests.nn import test_regularizers, test_tables
from tests.pages import test_course_lessons
from tests.problems import two_blobs
from tests.reports import make_report

QUICK = Settings(budget="quick", sizes=2, repeats=3, trials=0, baselines=("linear",))


def options_of(field):
    """The choices that the form of the network offers for one of its settings."""

    def form():
        from dldiag.app.ui.forms import ask_params
        from dldiag.nn import MLP_PARAMS

        ask_params(MLP_PARAMS, "t")

    app = AppTest.from_function(form, default_timeout=30).run()
    assert not app.exception
    return next(one.options for one in app.selectbox if one.key.startswith(f"t.{field}."))


def test_an_activation_is_one_row(monkeypatch):
    def squared(z, a, slope):
        np.multiply(np.maximum(z, 0), z, out=a)

    def squared_back(delta, z, a, scratch, slope):
        np.multiply(np.maximum(z, 0), 2, out=scratch)
        delta *= scratch

    examples = ((-1.0, 0.0), (0.0, 0.0), (3.0, 9.0))
    row = Activation(
        "relu_squared", "Squared ReLU", "g(z)", "g'(z)", "So et al. 2021", examples, squared, squared_back, True
    )
    monkeypatch.setitem(ACTIVATIONS, row.name, row)

    assert "Squared ReLU" in options_of("activation")
    assert flags.read_parameters("mlp", ["activation=relu_squared"]) == {"activation": "relu_squared"}
    check("activation", MLP_PARAMS["activation"], row.name)
    assert row.name in generate.text_of("cli.md")
    test_tables.test_activation_gives_its_examples(row)
    test_tables.test_activation_derivative_matches_finite_differences(row, None)
    model = MLPClassifier((8,), row.name, max_iter=300, learning_rate_init=0.01, random_state=0)
    X = np.random.default_rng(0).standard_normal((200, 2))
    assert model.fit(X, X[:, 0] > 0).score(X, X[:, 0] > 0) > 0.95


def test_a_regularizer_is_one_row(monkeypatch):
    def pull(p, strength, out):
        np.multiply(np.tanh(p), strength, out=out)

    def cost(p, strength, pulled):
        return (strength * np.log(np.cosh(p))).sum(axis=1)

    row = Regularizer("log_cosh", "Log cosh", "R", "dR", "made for this test", pull, cost)
    monkeypatch.setitem(REGULARIZERS, row.name, row)

    assert "Log cosh" in options_of("penalty")
    assert flags.read_parameters("mlp", ["penalty=log_cosh"]) == {"penalty": "log_cosh"}
    check("penalty", MLP_PARAMS["penalty"], row.name)
    assert row.name in generate.text_of("cli.md")
    test_regularizers.test_penalty_pulls_by_the_derivative_of_what_it_costs(row)
    test_regularizers.test_penalty_makes_the_fitted_weights_smaller(row, "adam")


def test_without_its_row_a_choice_is_refused():
    with pytest.raises(SettingError, match="relu_squared"):
        check("activation", MLP_PARAMS["activation"], "relu_squared")
    with pytest.raises(SettingError, match="log_cosh"):
        build_model("classification", {"penalty": "log_cosh"})


def rule_on_epochs():
    return Rule(
        "T99", "training", Message("Epochs"),
        signal=lambda e: e.get("epochs_run"), threshold=Threshold("MANY", 1.0, "epochs", "made for this test"),
        fired="It ran for {signal:.0f} epochs.", passed="It ran for one epoch.", hint="Nothing.",
        problem="short_training", needs=("epochs_run",),
        headlines=(Headline(Message("Many epochs were run.")),),
        examples=(
            Example(Evidence(others={"epochs_run": exactly(5)}), "fired"),
            Example(Evidence(others={"epochs_run": exactly(1)}), "passed"),
            Example(Evidence(), "not_applicable"),
        ),
    )  # fmt: skip


def test_a_rule_on_new_evidence_is_two_rows(monkeypatch):
    def epochs(measured, settings):
        return {"epochs_run": exactly(measured.current[0].health.epochs)}

    monkeypatch.setitem(EVIDENCE, "epochs_run", EvidenceRow(Message("Epochs run"), "number", "epochs"))
    monkeypatch.setitem(MEASURERS, "epochs", epochs)
    rule = rule_on_epochs()
    monkeypatch.setattr("dldiag.diagnosis.rules.RULES", RULES)
    RULES.append(rule)
    try:
        for example in rule.examples:
            assert apply_rule(rule, example.evidence).outcome == example.outcome
        assert flags.read_settings(flags_of("--muted", "T99")).muted == ("T99",)
        assert "### T99 Epochs" in generate.text_of("rules.md")
        assert evidence_label("epochs_run") == "Epochs run"
        report = diagnose(two_blobs(n=200), None, QUICK)
        assert "Epochs" in [row["About"] for row in view.findings(report)]
        assert "Many epochs were run." in to_text(report)
        assert from_json(to_json(report)).evidence == report.evidence
        (found,) = [one for one in report.findings if one.code == "T99"]
        assert (found.outcome, str(report.verdict.headline)) == ("fired", "Many epochs were run.")
        assert report.evidence["epochs_run"].value > 1
        muted = diagnose(two_blobs(n=200), None, replace(QUICK, muted=("T99",)))
        assert "Many epochs" not in str(muted.verdict.headline)
    finally:
        RULES.remove(rule)


def flags_of(*texts):
    parser = flags.Parser()
    flags.add_settings(parser)
    return parser.parse_args(texts)


def test_a_remedy_is_one_row(monkeypatch):
    def smaller_batches(model):
        return ({"batch_size": 16},) if model.parameters["batch_size"] != 16 else ()

    row = Remedy(
        "smaller_batches", Message("Smaller batches"), "training", ("wrong_step",), smaller_batches, 0.1,
        Message("More steps in an epoch."),
    )  # fmt: skip
    monkeypatch.setitem(REMEDIES, row.key, row)

    model = build_model("classification")
    assert row.specific in PROBLEMS
    assert (row.key, {"batch_size": 16}) in applicable(model)
    probe = Probe(Estimate(-0.1, -0.12, -0.08), exactly(0.0), {"batch_size": 16}, repeats=5)
    found = Evidence(material=exactly(0.01), dev_error=exactly(0.3), train_error=exactly(0.2), probes={row.key: probe})
    first = recommend(check_rules(found, RULES), found, model)[0]
    assert (first.remedy, first.change) == ("smaller_batches", {"batch_size": 16})
    report = replace(make_report(trials=False), recommendations=(first,))
    (fix,) = view.fixes(report)
    assert (fix.title, fix.change, fix.can_test, fix.can_apply) == (
        "Smaller batches",
        "Batch size automatic → 16",
        True,
        True,
    )
    assert "Smaller batches" in to_text(report)
    assert "`smaller_batches`" in generate.text_of("remedies.md")
    test_remedies.test_every_remedy_treats_problems_that_exist_and_every_fireable_problem_has_a_remedy_or_a_hint()
    test_remedies.test_every_change_of_every_remedy_makes_a_model_that_differs("classification")
    assert evidence_label("probe_smaller_batches") == "Short run of Smaller batches: change of the dev error"


def test_a_baseline_is_one_row(monkeypatch):
    make = {"classification": ExtraTreesClassifier, "regression": ExtraTreesRegressor}
    monkeypatch.setitem(MODELS, "extra_trees", ModelRow(Message("Extra trees"), make, MODELS["forest"].params))

    def form():
        from dldiag.app.views.diagnosis import _ask_settings

        _ask_settings()

    app = AppTest.from_function(form, default_timeout=30).run()
    assert not app.exception
    assert "Extra trees" in app.multiselect[0].options
    assert flags.read_settings(flags_of("--baselines", "extra_trees")).baselines == ("extra_trees",)
    assert flags.read_parameters("extra_trees", ["n_estimators=7"]) == {"n_estimators": 7}
    with pytest.raises(SettingError, match="n_estimators"):
        build_model("classification", {"n_estimators": 0}, "extra_trees")
    assert "### --model extra_trees" in generate.text_of("cli.md")
    for task in make:
        test_chosen_model.test_the_defaults_of_a_form_are_those_of_the_model("extra_trees", task)
    report = diagnose(two_blobs(n=200), None, replace(QUICK, baselines=("extra_trees",)))
    assert [curve.model for curve in report.curves] == ["mlp", "extra_trees"]


def test_a_sample_is_one_row(monkeypatch, capsys):
    row = replace(SAMPLES["iris"], key="flowers", title=Message("Flowers"))
    monkeypatch.setitem(SAMPLES, row.key, row)

    def buttons():
        from dldiag.app.views.upload import _sample_buttons

        _sample_buttons()

    app = AppTest.from_function(buttons, default_timeout=30).run()
    assert not app.exception
    assert "sample.flowers" in [one.key for one in app.button]
    assert main(["samples"]) == 0
    assert "flowers" in capsys.readouterr().out
    assert row.target in load_sample("flowers").frame.columns
    assert "| `sample:flowers` | Flowers |" in generate.text_of("cli.md")
    test_samples.test_a_sample_is_read_and_is_the_task_it_says(row)
    test_samples.test_a_sample_is_small_licensed_and_attributed(row)


def test_an_experiment_of_the_course_is_one_lesson(monkeypatch, without_workers):
    topic = TOPICS["took_off"]
    lesson = replace(topic.lessons[0], key="new_lesson", title=Message("A new lesson"))
    monkeypatch.setitem(TOPICS, "took_off", replace(topic, lessons=(*topic.lessons, lesson)))

    def page():
        from dldiag.app.course.lesson import show_topic
        from dldiag.course.contents import TOPICS

        show_topic("took_off", {one.key: lambda lesson: None for one in TOPICS["took_off"].lessons})

    app = AppTest.from_function(page, default_timeout=30)
    app.query_params["lesson"] = "new_lesson"
    app.run()
    assert not app.exception
    assert "A new lesson" in [one.value for one in app.header]
    assert (TOPICS["took_off"], lesson) in list(all_lessons())
    assert next_topic(TOPICS["took_off"]) is TOPICS["logistic"]
    assert "A new lesson" in generate.text_of("course.md")
    test_course_lessons.test_every_topic_names_a_page_and_every_lesson_is_named_once()


class RowsRequest(LessonRequest, frozen=True, kw_only=True, tag="rows_of_this_test"):
    """Count the rows."""

    times: int = 1


def test_what_a_lesson_computes_is_one_request(monkeypatch):
    def count_rows(dataset, given, on_progress, should_stop):
        return given.times * dataset.n_rows

    monkeypatch.setitem(REQUESTS, RowsRequest, count_rows)
    job = CourseJob(data={"toy": "moons", "rows": 100}, request=RowsRequest(times=2))
    again = codec.from_bytes(codec.to_bytes(job), any_job())
    assert again == job
    assert course_job(again, lambda progress: None, lambda: False) == 200


def test_the_verdict_follows_the_rows_it_is_given():
    found = Evidence(others={"epochs_run": exactly(5)})
    rules = [rule_on_epochs()]
    assert str(conclude(check_rules(found, rules), found, "y", rules=rules).headline) == "Many epochs were run."

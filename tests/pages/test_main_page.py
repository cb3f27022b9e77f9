"""The main page through Streamlit's own test runner: from the empty state to the report, on real tables."""

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dldiag.app.jobs import store
from dldiag.app.jobs.job_kinds import DiagnosisJob
from dldiag.app.storage import data_ref, uploads
from dldiag.app.ui import page as navigation
from dldiag.core.home import dashboard_folder
from tests.waiting import until_ended

MAIN = str(dashboard_folder() / navigation.MAIN)
QUICK = {"budget": "quick", "sizes": 2, "repeats": 3, "trials": 0, "baselines": ("linear",)}


def start(**query):
    app = AppTest.from_file(MAIN, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def sample(app, key="iris"):
    return app.button(key=f"sample.{key}").click().run()


def texts(app):
    parts = [*app.markdown, *app.caption, *app.warning, *app.info, *app.header, *app.subheader]
    return " ".join(one.value for one in parts).replace("\\", "")


def upload(app, content, name="table.csv"):
    memory = app.session_state["dldiag"]
    memory["data"] = {"upload": uploads.keep(memory["owner"], content), "name": name}
    return app.run()


def test_the_empty_page_says_what_it_does_and_offers_samples():
    app = start()
    assert not app.exception
    assert "what is wrong with your model" in texts(app)
    assert {one.key for one in app.button} >= {"sample.iris", "sample.concrete", "sample.spirals"}


def test_names_that_are_the_same_where_they_are_cut_short_are_shown_apart():
    name = "how often in the last twelve months did you visit a place of this kind, on average, "
    rows = "".join(f"{i},{i * 2},{i % 2}\n" for i in range(40))
    app = upload(start(), f'"{name}a","{name}b",label\n{rows}'.encode())
    assert not app.exception
    shown = app.dataframe[0].value
    assert shown.shape == (5, 3)
    assert len(set(shown.columns)) == 3


def test_no_target_is_chosen_silently():
    app = sample(start())
    assert next(one for one in app.selectbox if one.key and one.key.startswith("target.")).value is None
    assert "Suggestion" in texts(app)
    assert not [one for one in app.button if one.key == "diagnose"]


def test_the_suggestion_is_one_click():
    app = sample(start())
    app.button(key="suggestion").click().run()
    assert app.session_state["dldiag"]["data"]["target"] == "target"
    assert [one for one in app.button if one.key == "diagnose"]


def test_a_diagnosis_runs_to_its_report_and_survives_f5():
    app = sample(start())
    app.button(key="suggestion").click().run()
    app.session_state["dldiag"]["values"]["settings"] = dict(QUICK)
    app.session_state["dldiag"]["visit"] += 1
    app.run()
    app.button(key="diagnose").click().run()
    job = app.query_params["job"]
    until_ended(app)
    assert not app.exception
    assert store.ending_of(job).state == "finished"
    assert app.header, "the verdict is there"
    headline = app.header[0].value
    again = start(job=job)
    assert again.header[0].value == headline
    assert again.session_state["dldiag"]["data"]["sample"] == "iris"
    in_chinese = start(job=job, lang="zh")
    assert in_chinese.header[0].value != headline


def test_change_settings_keeps_table_and_target():
    app = sample(start())
    app.button(key="suggestion").click().run()
    app.button(key="diagnose").click().run()
    app.button(key="change").click().run()
    assert "job" not in app.query_params
    assert app.session_state["dldiag"]["data"]["target"] == "target"
    assert [one for one in app.button if one.key == "diagnose"]


def test_an_unknown_job_in_the_url_is_explained():
    app = start(job="there-never-was-such-a-job-1234")
    assert not app.exception
    assert "not here any more" in texts(app)


BAD = {
    "empty": b"",
    "header only": b"a,b,c\n",
    "one row": b"a,b,c\n1,2,3\n",
    "one column": b"a\n1\n2\n3\n4\n",
    "one class": b"a,b\n1,x\n2,x\n3,x\n4,x\n",
    "binary": bytes(range(256)) * 20,
    "zip with nothing in it": b"PK\x05\x06" + b"\x00" * 18,
    "no values in the target": b"a,b\n1,\n2,\n3,\n4,\n",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_gives_a_message_and_the_page_stays_usable(name):
    app = upload(start(), BAD[name])
    assert not app.exception
    targets = [one for one in app.selectbox if one.key and one.key.startswith("target.")]
    if not app.warning and targets and targets[0].options:
        targets[0].set_value(targets[0].options[-1]).run()
    assert not app.exception
    assert app.warning, "something is said"
    app.button(key="another").click().run()
    assert {one.key for one in app.button} >= {"sample.iris"}


@pytest.mark.parametrize(("name", "words"), [("header only", "no rows below its header"), ("one column", "one column")])
def test_a_table_without_rows_or_features_is_refused_before_a_target_is_asked_for(name, words):
    app = upload(start(), BAD[name])
    assert any(words in one.value for one in app.warning)
    assert not [one for one in app.selectbox if one.key and one.key.startswith("target.")]


def test_two_visitors_do_not_see_each_others_tables():
    ann, bob = start(), start()
    upload(ann, b"secret,b\n1,2\n3,4\n5,6\n", "ann.csv")
    bob.run()
    assert "ann.csv" in texts(ann)
    assert "ann.csv" not in texts(bob)
    assert "No table yet" in texts(bob)
    theft = {"upload": ann.session_state["dldiag"]["data"]["upload"], "name": "stolen.csv"}
    bob.session_state["dldiag"]["data"] = theft
    bob.run()
    assert not bob.exception
    assert "secret" not in " ".join(str(one.value) for one in bob.dataframe)


def test_a_hostile_column_name_is_shown_as_text():
    name = "![x](http://evil.example/p.png)<script>alert(1)</script>"
    app = upload(start(), f'"{name}",b\n'.encode() + b"1,x\n2,y\n3,x\n4,y\n5,x\n6,y\n")
    assert not app.exception
    everything = " ".join(one.value for one in [*app.markdown, *app.caption, *app.info, *app.warning])
    assert "![x](http" not in everything
    assert "<script>" not in everything


def test_the_language_switches_every_word_and_stays():
    app = start(lang="zh")
    assert app.query_params["lang"] == "zh"
    assert app.title[0].value != "Diagnose a model"
    sample(app)
    assert "Suggestion" not in texts(app)


def test_a_kind_changed_by_hand_is_kept_in_the_reference():
    table = data_ref.load_table({"sample": "iris"})
    first = table.columns[0].name
    again = data_ref.load_table({"sample": "iris", "kinds": {first: "category"}})
    assert again.column(first).kind == "category"


def with_a_leak(rows=300):
    """Return a CSV whose column "paid" is the answer under another name, and whose honest columns know a little."""
    random = np.random.default_rng(0)
    x = random.normal(size=(rows, 3)).round(4)
    won = (x[:, 0] + random.normal(size=rows) > 0).astype(int)
    frame = pd.DataFrame(x, columns=["a", "b", "c"]).assign(paid=np.where(won, 7, 3), won=np.where(won, "yes", "no"))
    return frame.to_csv(index=False).encode()


def repair_button(app):
    return next(one for one in app.button if one.key and one.key.startswith("repair."))


def choose_target(app, name):
    return next(one for one in app.selectbox if one.key and one.key.startswith("target.")).set_value(name).run()


def test_a_column_that_gives_the_answer_away_is_left_out_by_one_click_and_the_click_can_be_undone():
    app = choose_target(upload(start(), with_a_leak()), "won")
    assert "Leave out paid" in texts(app)
    repair_button(app).click().run()
    assert list(app.session_state["dldiag"]["data"]["exclude"]) == ["paid"]
    assert "Leave out paid" not in texts(app)
    left_out = next(one for one in app.multiselect if one.value == ["paid"])
    assert left_out.value == ["paid"]
    left_out.set_value([]).run()
    assert "Leave out paid" in texts(app)
    assert not app.exception


def test_a_report_offers_the_repair_and_diagnoses_again_with_it():
    app = choose_target(upload(start(), with_a_leak()), "won")
    app.session_state["dldiag"]["values"]["settings"] = dict(QUICK)
    app.session_state["dldiag"]["visit"] += 1
    app.run()
    app.button(key="diagnose").click().run()
    until_ended(app)
    assert "leak the target" in app.header[0].value
    repair_button(app).click().run()
    until_ended(app)
    assert not app.exception
    assert "leak the target" not in app.header[0].value
    assert list(app.session_state["dldiag"]["data"]["exclude"]) == ["paid"]


def test_a_long_tailed_amount_is_put_on_a_logarithm_by_one_click():
    random = np.random.default_rng(0)
    x = random.normal(size=(400, 2)).round(4)
    price = np.exp(2 * x[:, 0] + random.normal(size=400)).round(4)
    content = pd.DataFrame(x, columns=["a", "b"]).assign(price=price).to_csv(index=False).encode()
    app = choose_target(upload(start(), content), "price")
    assert "Learn the logarithm of price" in texts(app)
    repair_button(app).click().run()
    assert [one for one in app.toggle if one.value is True and "ogarithm" in one.label]
    assert "Learn the logarithm of price?" not in texts(app)
    assert not app.exception


def test_a_second_file_marks_the_rows_that_count_and_can_be_removed():
    app = choose_target(upload(start(), with_a_leak()), "won")
    memory = app.session_state["dldiag"]
    memory["data"]["second"] = {"upload": uploads.keep(memory["owner"], with_a_leak(200)), "name": "phone.csv"}
    app.run()
    assert not app.exception
    assert "phone.csv" in texts(app)
    assert "500 rows" in texts(app)
    app.button(key="second.remove").click().run()
    assert "300 rows" in texts(app)


def test_a_column_and_its_value_mark_the_rows_that_count():
    content = with_a_leak().decode().replace("a,b,c", "site,b,c", 1)
    lines = content.splitlines()
    marked = [
        lines[0],
        *(f"{'north' if i % 3 else 'south'},{line.split(',', 1)[1]}" for i, line in enumerate(lines[1:])),
    ]
    app = choose_target(upload(start(), "\n".join(marked).encode()), "won")
    next(one for one in app.selectbox if "marks rows" in one.label).set_value("site").run()
    next(one for one in app.selectbox if one.key and one.key.startswith("domain.")).set_value("south").run()
    assert not app.exception
    assert app.session_state["dldiag"]["data"]["domain"] == ["site", "south"]


def test_a_sample_opens_its_finished_report_and_can_be_run_oneself():
    app = start()
    app.button(key="report.iris").click().run()
    assert not app.exception
    assert app.query_params["sample"] == "iris"
    assert app.header, "the verdict is there without any computing"
    app.button(key="run.sample").click().run()
    assert "sample" not in app.query_params
    assert app.session_state["dldiag"]["data"]["target"] == "target"
    assert [one for one in app.button if one.key == "diagnose"]


def test_another_kind_of_model_is_diagnosed_with_its_own_settings():
    app = sample(start(**{"choice.key": "forest", "forest.n_estimators": "7"}))
    app.button(key="suggestion").click().run()
    app.session_state["dldiag"]["values"]["settings"] = dict(QUICK)
    app.session_state["dldiag"]["visit"] += 1
    app.run()
    app.button(key="diagnose").click().run()
    job = app.query_params["job"]
    assert store.request_of(job, DiagnosisJob).model == {"model_key": "forest", "n_estimators": 7}
    until_ended(app)
    assert not app.exception
    assert "Random forest" in texts(app)


def ring(rows=300):
    x = np.random.default_rng(0).normal(size=(rows, 2)).round(3)
    where = np.where((x**2).sum(axis=1) < 1.4, "inside", "outside")
    return pd.DataFrame(x, columns=["a", "b"]).assign(where=where).to_csv(index=False).encode()


def test_a_change_of_the_model_says_before_and_after_and_can_be_undone():
    app = start(**{"choice.key": "forest", "forest.n_estimators": "5", "forest.max_depth": "1"})
    app = with_target(upload(app, ring()), "where")
    app.session_state["dldiag"]["values"]["settings"] = dict(QUICK, trials=1)
    app.session_state["dldiag"]["visit"] += 1
    app.run()
    app.button(key="diagnose").click().run()
    first = app.query_params["job"]
    until_ended(app)
    changes = [one for one in app.button if one.key and (one.key == "apply" or one.key.startswith("adopt."))]
    changes[0].click().run()
    assert app.query_params["job"] != first
    until_ended(app)
    assert not app.exception
    assert "Applied:" in texts(app)
    app.button(key="undo").click().run()
    assert app.query_params["job"] == first
    assert "Applied:" not in texts(app)


def test_a_model_that_scikit_learn_does_not_have_is_refused_in_one_line():
    app = sample(start(**{"choice.key": "sklearn", "sklearn.name": "os.system"}))
    app.button(key="suggestion").click().run()
    assert not app.exception
    assert "scikit-learn has no" in texts(app)
    assert app.button(key="diagnose").disabled


def rare(share=0.05, rows=400):
    labels = ["fraud" if k < share * rows else "fine" for k in range(rows)]
    return ("x,kind\n" + "".join(f"{k % 37},{label}\n" for k, label in enumerate(labels))).encode()


def field(app, name):
    return next(one for one in app.selectbox if one.key and one.key.startswith(f"settings.{name}."))


def with_target(app, target):
    app.selectbox[0].select(target).run()
    assert not app.exception
    return app


def test_the_metric_stands_in_the_open_with_its_reason_and_the_suggested_positive_class():
    app = with_target(upload(start(), rare()), "kind")
    assert "Judged by: Balanced error. Only 5.0% of the rows are" in texts(app)
    assert field(app, "metric").options[0] == "automatic: Balanced error"
    assert field(app, "positive").options == ["automatic: “fraud”", "“fine”", "“fraud”"]
    assert "RMSE" not in field(app, "metric").options, "a metric of numbers is not offered for classes"
    field(app, "metric").select("roc_auc").run()
    assert "Judged by: ROC AUC, how often a positive row gets a higher probability" in texts(app)


def test_a_metric_that_lacks_something_says_what_and_the_page_stays_usable():
    app = with_target(upload(start(), rare()), "kind")
    field(app, "metric").select("cost").run()
    assert not app.exception
    assert "needs the cost of each mistake" in texts(app)
    assert app.button(key="diagnose").disabled
    cost = next(one for one in app.text_input if one.key.startswith("settings.cost."))
    cost.set_value("0,1,2;3,4,5;6,7,8").run()
    assert not app.exception
    assert "must be 2 × 2 numbers" in texts(app).replace("\u00a0", " ")
    assert app.button(key="diagnose").disabled
    cost = next(one for one in app.text_input if one.key.startswith("settings.cost."))
    cost.set_value("fn=500,fp=10").run()
    assert "needs the cost" not in texts(app)
    assert not app.button(key="diagnose").disabled


def test_a_numeric_target_has_metrics_of_numbers_and_no_positive_class():
    table = b"x,y\n" + b"".join(b"%d,%d\n" % (k, k * 7 % 101) for k in range(200))
    app = with_target(upload(start(), table), "y")
    assert "Judged by: RMSE" in texts(app)
    assert "F1" not in field(app, "metric").options
    assert not [one for one in app.selectbox if one.key and one.key.startswith("settings.positive")]

"""The last three course pages through Streamlit's own test runner, on toys, samples and difficult tables."""

import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dldiag.app.state import history
from dldiag.core.i18n import speaking
from tests.pages.test_course_1_4 import TABLES, buttons_to_use, charts, lines_to_look_at, until_done, with_table

ROOT = Path(__file__).parents[2]
PAGES = {
    15: ("15_Train_dev_and_test_sets.py", 2),
    16: ("16_Hyperparameters_and_the_loop.py", 1),
    17: ("17_Bias_and_variance.py", 2),
}
QUICK = {
    "choice": {"models": 4},
    "search": {"first": "alpha", "first_values": "0 1"},
    "validation": {"repeats": 2, "train_rows": 60},
    "sweep": {"draws": 5},
    "model": {"hidden_layer_sizes": (8,), "max_iter": 20},
}


def start(number, values=None, **query):
    app = AppTest.from_file(str(ROOT / "pages" / PAGES[number][0]), default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    app.session_state["dldiag"] = {"owner": "b" * 43, "visit": 0, "values": dict(values or QUICK), "slots": {}}
    return app


def button(app, words):
    return next(one for one in app.button if words in one.label)


@pytest.mark.parametrize("number", PAGES)
def test_a_page_works_without_any_upload_and_shows_its_computed_lines(number):
    app = until_done(start(number))
    assert len(lines_to_look_at(app)) >= PAGES[number][1]
    assert charts(app)
    assert len(app.latex) >= 1
    assert not app.warning


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("number", PAGES)
def test_a_page_works_on_difficult_tables(number, name):
    frame, target = TABLES[name](np.random.default_rng(0))
    app = until_done(with_table(start(number), frame, target))
    assert not app.warning, [one.value for one in app.warning]
    assert len(lines_to_look_at(app)) >= PAGES[number][1]


@pytest.mark.parametrize("number", PAGES)
def test_a_page_speaks_chinese_and_leaves_no_english_sentence(number):
    with speaking("zh"):  # the runner asks for the words of options outside the page
        app = until_done(start(number, lang="zh"))
    main = app.main
    texts = [*main.markdown, *main.caption, *main.info, *main.title, *main.subheader]
    shown = [re.sub(r"\\(.)", r"\1", one.value) for one in texts]
    english = [text for text in shown if re.search(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,} [a-z]{2,}", text)]
    assert not english


@pytest.mark.parametrize(
    ("number", "query", "shown"),
    [
        (15, {"size.rows": "1000000"}, "98/1/1"),
        (16, {"search.first": "dropout", "search.first_values": "0 0.5"}, "dropout"),
        (17, {"pairs.dev_rows": "100"}, "leave"),
    ],
)
def test_the_permalink_restores_settings_and_the_computed_line_follows(number, query, shown):
    quick = {name: values for name, values in QUICK.items() if name != next(iter(query)).split(".")[0]}
    app = until_done(start(number, quick, **query))
    assert any(shown in re.sub(r"\\(.)", r"\1", line) for line in lines_to_look_at(app))


def test_two_hyperparameters_draw_a_map():
    values = QUICK | {
        "search": {"first": "alpha", "first_values": "0 1", "second": "dropout", "second_values": "0 0.5"}
    }
    app = until_done(start(16, values))
    assert len(charts(app)) == 2


def test_using_the_best_value_sets_the_model_and_writes_the_record():
    bad = {"model": {"hidden_layer_sizes": (8,), "max_iter": 20, "alpha": 1000.0, "learning_rate_init": 0.01}}
    asked = {"first": "alpha", "first_values": "0 1 1000"}
    values = QUICK | bad | {"search": asked, "validation": {"repeats": 3, "train_rows": 300}}
    app = until_done(start(16, values, **{"hyperparameters.data": "toy:moons"}))
    best = button(app, "Use this in my model")
    app = best.click().run()
    assert "alpha" in app.session_state["dldiag"]["values"]["model"]
    assert any("1" in one.value or "One experiment" in one.value for one in app.markdown)


def test_without_a_sure_gain_no_value_is_recommended():
    app = until_done(start(16))
    assert not buttons_to_use(app)


def test_an_impossible_value_is_refused_with_its_reason_and_the_page_stays():
    values = QUICK | {"search": {"first": "dropout", "first_values": "2"}}
    app = until_done(start(16, values))
    assert any("above its highest" in re.sub(r"\\(.)", r"\1", one.value) for one in app.warning)
    assert app.title


def test_the_difference_asked_for_becomes_the_material_one_of_the_diagnosis_where_it_can_be_seen():
    assert not buttons_to_use(until_done(start(15)))
    app = until_done(start(15, **{"size.difference": "0.2"}))
    app = button(app, "Use this in my model").click().run()
    assert app.session_state["dldiag"]["values"]["settings"]["material"] == 0.2


def test_the_expected_error_is_that_of_the_table_and_too_many_test_rows_are_said():
    app = until_done(start(15, QUICK | {"choice": {"models": 4, "test_rows": 10_000}}))
    captions = [one.value.replace("\\", "") for one in app.caption]
    assert any("quick linear model" in text for text in captions)
    assert any("10,000 test rows were asked for" in text for text in captions)


def test_records_are_the_visitors_own():
    assert history.History().experiments("nobody") == ()

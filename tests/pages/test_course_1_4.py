"""The first four course pages through Streamlit's own test runner, on toys, samples and difficult tables of a visitor."""

import copy
import re
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dldiag.app.state import session, uploads
from dldiag.core.i18n import speaking

ROOT = Path(__file__).parents[2]
PAGES = {
    11: ("11_Why_deep_learning_took_off.py", 2),
    12: ("12_Logistic_regression.py", 1),
    14: ("14_Weight_initialization.py", 1),
}
QUICK = {
    "scale": {"learners": ("medium", "linear", "neighbors"), "sizes": 3, "repeats": 3, "train_rows": 200},
    "race": {"steps": 50, "seeds": 3, "hidden_layers": 2},
    "linear": {"depth": 3, "steps": 50, "repeats": 3},
    "flow": {"functions": ("logistic", "relu"), "hidden_layers": 2, "steps": 50, "seeds": 3},
    "sleepers": {"steps": 50, "seeds": 3},
    "starts": {"steps": 20, "seeds": 3, "hidden_layers": 2},
}


def start(number, values=None, **query):
    app = AppTest.from_file(str(ROOT / "pages" / PAGES[number][0]), default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    app.session_state["dldiag"] = {"owner": "a" * 43, "visit": 0, "values": copy.deepcopy(values or QUICK), "slots": {}}
    return app


def until_done(app, seconds=150):
    app.run()
    deadline = time.monotonic() + seconds
    while any(one.key and one.key.startswith("cancel.") for one in app.button):
        assert time.monotonic() < deadline, "the page takes too long"
        time.sleep(0.3)
        app.run()
    assert not app.exception, app.exception
    return app


def lines_to_look_at(app):
    return [one.value.replace("\\", "") for one in app.info if "What to look at" in one.value]


def charts(app):
    return app.get("plotly_chart")


def with_table(app, frame, target):
    memory = app.session_state["dldiag"]
    content = frame.to_csv(index=False).encode()
    memory["data"] = {"upload": uploads.keep(memory["owner"], content), "name": "table.csv", "target": target}
    return app


def two_columns(rng):
    x = rng.normal(size=300)
    return pd.DataFrame({"x": x, "y": np.where(x + rng.normal(0, 0.5, 300) > 0, "high", "low")}), "y"


def wide(rng):
    frame = pd.DataFrame(rng.normal(size=(200, 800)), columns=[f"c{j}" for j in range(800)])
    return frame.assign(y=np.where(frame["c7"] > 0, "a", "b")), "y"


def many_classes(rng):
    label = np.repeat(np.arange(100), 8)
    frame = pd.DataFrame({"u": label + rng.normal(0, 5, 800), "v": rng.normal(size=800)})
    return frame.assign(y=[f"class {k}" for k in label]), "y"


def regression(rng):
    frame = pd.DataFrame(rng.normal(size=(300, 3)), columns=["a", "b", "c"])
    return frame.assign(price=1000 * frame["a"] + rng.normal(0, 100, 300).round(2)), "price"


def markup(rng):
    frame, _ = two_columns(rng)
    evil = "![x](http://a.b/c.png) <b>$\\frac{1}{2}$</b>"
    return frame.rename(columns={"x": evil}), "y"


TABLES = {one.__name__: one for one in (two_columns, wide, many_classes, regression, markup)}


@pytest.mark.parametrize("number", PAGES)
def test_a_page_works_without_any_upload_and_shows_its_computed_lines(number):
    app = until_done(start(number))
    assert len(lines_to_look_at(app)) >= PAGES[number][1]
    assert charts(app)
    assert len(app.latex) >= 1


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
    texts = [*app.markdown, *app.caption, *app.info, *app.title, *app.subheader]
    shown = [re.sub(r"\\(.)", r"\1", one.value) for one in texts]
    english = [text for text in shown if re.search(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,} [a-z]{2,}", text)]
    assert not english


@pytest.mark.parametrize("number, query", [(12, {"unit.learning_rate": "50"}), (14, {"starts.activation": "relu"})])
def test_the_permalink_restores_a_setting(number, query):
    app = until_done(start(number, values={}, **query))
    (name, value), *_ = query.items()
    shown = [*app.number_input, *app.selectbox]
    assert any(one.key.startswith(name) and str(one.value).startswith(value) for one in shown)


def test_the_line_to_look_at_follows_the_setting():
    app = until_done(start(12))
    assert "never rose" in lines_to_look_at(app)[0]
    app = until_done(start(12, **{"unit.learning_rate": "500"}))
    assert "overshoots" in lines_to_look_at(app)[0]


def buttons_to_use(app):
    return [one for one in app.button if "Use this in my model" in one.label]


def test_a_reload_without_the_own_table_says_so_and_drops_its_columns_from_the_link():
    query = {"logistic.data": "own", "plane.own.across": "salary", "unit.step": "3"}
    app = until_done(start(12, **query))
    assert any("not open any more" in one.value for one in app.info)
    assert "plane.own.across" not in app.query_params and "unit.step" in app.query_params
    app.run()
    assert any("not open any more" in one.value for one in app.info), "it stays until a table is open"
    frame, target = two_columns(np.random.default_rng(0))
    app = until_done(with_table(start(12, **query), frame, target))
    assert not any("not open any more" in one.value for one in app.info)
    assert app.query_params["logistic.data"] in ("own", ["own"])


def test_a_canceled_page_does_not_claim_to_keep_what_it_does_not_show():
    slow = {"starts": {"steps": 1000, "seeds": 20, "hidden_layers": 10, "units": 64}}
    app = start(14, slow).run()
    session.pool().cancel(app.session_state["dldiag"]["slots"]["course_starts"])
    app = until_done(app)
    assert any("Canceled before there was a result" in one.value for one in app.info)
    assert not charts(app)


def test_use_this_puts_the_setting_into_the_model():
    # With ReLU the starts that are not made to measure blow up or do not learn, whatever the last digits.
    app = until_done(start(14, {"starts": {"activation": "relu"}}, **{"initialization.data": "toy:circles"}))
    app = buttons_to_use(app)[0].click().run()
    assert app.session_state["dldiag"]["values"]["model"]["init"] in ("he_normal", "glorot_normal")


def test_where_nothing_was_learnt_nothing_is_recommended():
    app = until_done(start(14, **{"starts.learning_rate": "0.0001"}))
    assert "does not show" in lines_to_look_at(app)[1]
    assert not buttons_to_use(app)

"""Every lesson of the course through Streamlit's own test runner: its statements, its claims, both languages."""

import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dldiag.core.i18n import speaking
from dldiag.course.contents import TOPICS, all_lessons, all_statements
from tests.pages.test_course_1_4 import QUICK as QUICK_1_4
from tests.pages.test_course_1_4 import TABLES, until_done, with_table

ROOT = Path(__file__).parents[2]
QUICK = QUICK_1_4 | {"flow": {"functions": ("logistic", "tanh", "relu"), "hidden_layers": 2, "steps": 50, "seeds": 3}}
LESSONS = {lesson.key: (topic, lesson) for topic, lesson in all_lessons()}
ENGLISH = re.compile(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,} [a-z]{2,}")
VERDICTS = ("Seen on this data", "Not seen in this run", "This run contradicts the notes")


def start(key, *, guess="skip", values=None, owner="c", **query):
    topic, _ = LESSONS[key]
    app = AppTest.from_file(str(ROOT / topic.file), default_timeout=120)
    for name, value in {"lesson": key, **query}.items():
        app.query_params[name] = value
    course = {"guesses": {key: guess} if guess else {}, "seen": {}}
    memory = {"owner": owner * 43, "visit": 0, "values": dict(QUICK if values is None else values), "slots": {}}
    app.session_state["dldiag"] = memory | {"course": course}
    return app


def plain(text):
    return re.sub(r"\\(.)", r"\1", text)


def claims(app):
    shown = [plain(one.value) for kind in (app.success, app.info, app.warning) for one in kind]
    return [one for one in shown if any(words in one for words in VERDICTS)]


def texts(app):
    main = app.main
    kinds = (
        main.markdown,
        main.caption,
        main.info,
        main.success,
        main.warning,
        main.title,
        main.header,
        main.subheader,
    )
    return [plain(one.value) for kind in kinds for one in kind]


def widget_keys(app):
    kinds = (
        "slider",
        "select_slider",
        "number_input",
        "selectbox",
        "multiselect",
        "text_input",
        "toggle",
        "radio",
        "button",
    )
    return [one.key for kind in kinds for one in app.get(kind) if one.key]


@pytest.mark.parametrize("key", LESSONS)
def test_a_lesson_shows_its_statements_and_a_computed_claim_for_each(key):
    app = until_done(start(key))
    _, lesson = LESSONS[key]
    shown, said = " ".join(texts(app)), claims(app)
    for one in lesson.statements:
        assert str(one.says) in shown
        assert any(f"({one.number})" in claim if one.number else True for claim in said), said
        assert any(name.startswith(f"{one.widget}.") for name in widget_keys(app)), (one.widget, widget_keys(app))
    assert str(lesson.remember) in shown
    assert len(said) >= len(lesson.statements)
    assert app.get("plotly_chart"), "a lesson draws what it measured"


@pytest.mark.parametrize("key", LESSONS)
def test_a_lesson_speaks_chinese_and_leaves_no_english_sentence(key):
    with speaking("zh"):  # the runner asks for the words of options outside the page
        app = until_done(start(key, lang="zh"))
        _, lesson = LESSONS[key]
        shown = texts(app)
        assert all(str(one.says) in " ".join(shown) for one in lesson.statements)
    assert not [text for text in shown if ENGLISH.search(text)]


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("key", LESSONS)
def test_a_lesson_works_on_difficult_tables(key, name):
    frame, target = TABLES[name](np.random.default_rng(0))
    app = until_done(with_table(start(key), frame, target))
    assert claims(app)


def test_thirty_statements_are_numbered_in_the_order_of_the_notes():
    numbers = [one.number for _, _, one in all_statements()]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] <= 30


def test_every_topic_names_a_page_and_every_lesson_is_named_once():
    assert all((ROOT / topic.file).is_file() for topic in TOPICS.values())
    keys = [lesson.key for _, lesson in all_lessons()]
    assert len(keys) == len(set(keys))


def test_nothing_is_shown_before_a_guess_and_the_guess_is_answered():
    app = until_done(start("slopes", guess=None, owner="d"))
    assert not claims(app)
    app = app.radio[0].set_value("thousandth").run()
    assert claims(app)
    assert any("Your guess was right" in text for text in texts(app))
    app = app.radio[0].set_value("tenth").run()
    assert any("You guessed otherwise" in text for text in texts(app))


def test_progress_is_kept_for_the_next_visit():
    app = until_done(start("slopes", guess=None, owner="e"))
    app.radio[0].set_value("thousandth").run()
    again = start("slopes", guess=None, owner="e")
    del again.session_state["dldiag"]["course"]  # another session of the same visitor
    again = until_done(again)
    assert claims(again)
    assert again.radio[0].value == "thousandth"


def test_next_leads_to_the_next_lesson_of_the_page():
    app = until_done(start("bend", owner="f"))
    app = next(one for one in app.button if one.key == "next").click().run()
    assert app.query_params["lesson"] in ("slopes", ["slopes"])

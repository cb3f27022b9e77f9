"""Every lesson of the course through Streamlit's own test runner: its statements, its claims, both languages."""

import json
import re

import numpy as np
import pytest

from dldiag.core.i18n import speaking
from dldiag.course.contents import TOPICS, all_lessons, all_statements
from tests.pages.lessons import (
    LESSONS,
    MOVING,
    ROOT,
    TABLES,
    charts,
    claims,
    moves,
    start,
    texts,
    until_done,
    with_table,
)

ENGLISH = re.compile(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,} [a-z]{2,}")
# Codes of rules, settings by their names in code, hyphens for minus signs, exponents as a program writes them.
JARGON = re.compile(
    r"\(?\b[BDNPTV]\d+[a-z]?\b[:)]|hidden_layer_sizes|learning_rate_init|max_iter|\balpha = |(?<![\w.+])-\d|\de[-+]\d"
)
DIFFICULT = (
    "likelihood",
    "layer",
    "backprop",
    "bend",
    "flow",
    "scale",
    "few",
    "small",
    "sizes",
    "choice",
    "values",
    "loop",
)


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
    assert not [text for text in (*texts(app), *(one.label for one in app.button)) if JARGON.search(text)]
    assert charts(app), "a lesson draws what it measured"
    assert moves(app) == (key in MOVING), "the browser plays every moving picture"


@pytest.mark.parametrize("key", LESSONS)
def test_a_lesson_speaks_chinese_and_leaves_no_english_sentence(key):
    with speaking("zh"):  # the runner asks for the words of options outside the page
        app = until_done(start(key, lang="zh"))
        _, lesson = LESSONS[key]
        shown = texts(app)
        assert all(str(one.says) in " ".join(shown) for one in lesson.statements)
    said = " ".join(one.value.replace("\\", "") for kind in (app.success, app.info, app.warning) for one in kind)
    assert said and all(f"({one.number})" in said for one in lesson.statements if one.number)
    assert not [text for text in shown if ENGLISH.search(text)]


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("key", DIFFICULT)
def test_a_lesson_works_on_difficult_tables(key, name):
    frame, target = TABLES[name](np.random.default_rng(0))
    app = until_done(with_table(start(key), frame, target))
    assert claims(app)


def test_thirty_statements_are_numbered_in_the_order_of_the_notes():
    numbers = [one.number for _, _, one in all_statements()]
    assert numbers == list(range(1, 31))
    pages = [list(TOPICS.values()).index(topic) for topic, _, _ in all_statements()]
    assert pages == sorted(pages), "page after page"


def test_the_docs_hold_a_computed_line_for_every_statement():
    lines = json.loads((ROOT / "docs/course_lines.json").read_text("utf-8"))["lines"]
    for _, lesson in all_lessons():
        for one in lesson.statements:
            assert [line for line in lines[lesson.key] if line["number"] == (str(one.number) if one.number else "")]


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

"""The summary page: what was seen of every statement, own data first, in both languages, and its file."""

from streamlit.testing.v1 import AppTest

from dldiag.core.i18n import Message, speaking
from dldiag.course.contents import all_statements
from dldiag.course.shared.lesson import Claim
from dldiag.course.summary import Seen, seen_statements, summary_html
from tests.pages.lessons import ROOT, plain, start, texts, until_done

FILE = ROOT / "pages/21_What_you_have_seen.py"


def summary(owner, **query):
    app = AppTest.from_file(str(FILE), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.session_state["dldiag"] = {"owner": owner * 43, "visit": 0, "values": {}, "slots": {}}
    app.run()
    assert not app.exception, app.exception
    return app


def test_every_statement_is_listed_as_not_yet_for_a_new_visitor():
    shown = " ".join(texts(summary("s")))
    assert all(f"{one.number}. {one.says}" in shown for _, _, one in all_statements())
    assert shown.count("Not yet.") >= 27


def test_what_a_lesson_found_is_on_the_summary_with_its_computed_line_in_both_languages():
    until_done(start("slopes", owner="t"))
    shown = " ".join(texts(summary("t")))
    assert "Seen on this data." in shown
    assert "5 layers" in shown
    chinese = " ".join(texts(summary("t", lang="zh")))
    assert "5 layers" not in chinese
    assert "Not yet." not in chinese


def test_a_run_on_a_sample_does_not_take_the_place_of_one_on_an_own_table():
    app = start("slopes", owner="u")
    claim = {"statement": 11, "verdict": "shown", "says": {"template": "Mine.", "values": {}}}
    row = {"claims": [claim], "right": None, "data": "table.csv", "own": True, "at": "2026-01-01"}
    app.session_state["dldiag"]["course"]["seen"] = {"slopes": row}
    until_done(app)
    assert app.session_state["dldiag"]["course"]["seen"]["slopes"]["data"] == "table.csv"


def test_forgetting_begins_anew():
    until_done(start("slopes", owner="v"))
    app = summary("v")
    next(one for one in app.button if one.key == "summary.forget").click().run()
    assert "Seen on this data." not in " ".join(plain(text) for text in texts(app))


def test_the_file_holds_every_statement_and_no_markup_from_a_name():
    claim = Claim(11, "shown", Message("Mine."))
    seen = {"slopes": Seen((claim,), None, "<b>x</b>", own=True, at="2026-01-01")}
    with speaking("zh"):
        made = summary_html(seen_statements(seen), {})
    assert "&lt;b&gt;x" in made and "<b>" not in made
    assert made.count("<strong>") == len(seen_statements({}))

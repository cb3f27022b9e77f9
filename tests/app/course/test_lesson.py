"""One lesson a screen: a guess opens the experiment, and what a preview shows decides nothing."""

import pytest

from dldiag.course.contents import TOPICS
from tests.app.drawing import drawn, said, sound

pytestmark = pytest.mark.usefixtures("without_workers")
FIRST = TOPICS["splits"].lessons[0]


def page(preview):
    from dldiag.app.course.lesson import show_outcomes, show_topic
    from dldiag.app.state import session
    from dldiag.core.i18n import Message
    from dldiag.course.contents import TOPICS
    from dldiag.course.shared.lesson import Lesson, one_claim

    def experiment(lesson):
        session.state()["shows preview"] = preview
        shown = Lesson(**{**vars(lesson), "claims": lambda: one_claim(1, "shown", Message("As the notes say."), "")})
        show_outcomes(shown, {"toy": "moons"})

    session.state().setdefault("course", {"guesses": {}, "seen": {}})
    show_topic("splits", {one.key: experiment for one in TOPICS["splits"].lessons})


def test_nothing_is_computed_before_a_guess():
    app = drawn(page, False)
    assert "What came out" not in said(app)
    sound(app.radio[0].set_value(next(iter(FIRST.answers))).run())
    assert "What came out" in said(app)


def test_who_does_not_want_to_guess_is_shown_at_once():
    app = drawn(page, False)
    sound(app.button(f"skip.{FIRST.key}").click().run())
    assert "As the notes say." in said(app)
    assert "Seen on this data." in said(app)
    assert len(app.session_state["dldiag"]["course"]["seen"]) == 1


def test_a_preview_has_no_verdict_and_is_not_kept():
    app = drawn(page, True)
    sound(app.button(f"skip.{FIRST.key}").click().run())
    assert "As the notes say." in said(app)
    assert "Seen on this data." not in said(app)
    assert app.session_state["dldiag"]["course"]["seen"] == {}


def test_the_next_lesson_of_a_page_is_a_click_away():
    app = drawn(page, False)
    first = app.header[0].value
    sound(app.button("next").click().run())
    assert app.header[0].value != first

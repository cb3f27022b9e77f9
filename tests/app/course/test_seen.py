"""The summary of the course: every statement with an icon, and a fresh start once something was seen."""

from dldiag.course.contents import all_statements
from tests.app.drawing import drawn, keys, said, sound


def page(seen):
    from dldiag.app.course.seen import show_summary
    from dldiag.app.state import session

    session.state().setdefault("course", {"guesses": {}, "seen": seen})
    show_summary()


def seen(verdict):
    claim = {"statement": 11, "verdict": verdict, "says": {"template": "ReLU was *faster*.", "values": {}}}
    return {"slopes": {"claims": [claim], "right": True, "data": "toy:moons", "own": False, "at": "2026-01-01"}}


def test_a_newcomer_sees_all_that_there_is_to_see():
    app = drawn(page, {})
    assert said(app).count("Not yet.") >= len(all_statements())
    assert "summary.forget" not in keys(app)


def test_what_was_seen_names_its_data_and_can_be_forgotten():
    app = drawn(page, seen("contradicted"))
    assert "This run contradicts the notes." in said(app)
    assert "ReLU was *faster*." in said(app)
    assert "Two moons · 2026-01-01" in said(app)
    sound(app.button("summary.forget").click().run())
    assert "Two moons" not in said(app)


def test_what_another_version_wrote_is_left_out():
    broken = {"slopes": {"claims": "of another version"}}
    assert said(drawn(page, broken)).count("Not yet.") >= len(all_statements())

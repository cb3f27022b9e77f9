"""The list of past reports: of this visitor alone, and one that was altered cannot be named."""

import sqlite3
from contextlib import closing

from dldiag.report.history import History
from tests.app.drawing import drawn, keys, said, sound
from tests.reports import make_report


def page():
    from dldiag.app.state import session
    from dldiag.app.views.past import show_past

    session.state()
    show_past()


def listed(*cases):
    """Return the list of a visitor with these reports, and their ids."""
    app = drawn(page)
    ids = [History().add(make_report(case), owner=app.session_state["dldiag"]["owner"]) for case in cases]
    return sound(app.run()), ids


def test_one_report_has_nothing_to_be_compared_with():
    one, _ = listed("bias")
    assert "compare.go" not in keys(one)
    several, _ = listed("bias", "variance")
    assert "compare.go" in keys(several)


def test_a_removed_report_leaves_the_list():
    app, (key,) = listed("bias")
    app.button(f"remove.{key}").click().run()
    assert "Nothing here yet" in said(sound(app))


def test_an_altered_report_cannot_be_named():
    app, (key,) = listed("bias")
    assert any(one.key == f"name.{key}" for one in app.text_input)
    with closing(sqlite3.connect(History().path)) as database:
        database.execute("UPDATE reports SET target = 'x' WHERE id = ?", (key,))
        database.commit()
    assert not sound(app.run()).text_input

"""The eyeball page by keyboard: the form stays in its place, since a form that moved would lose the cursor."""

from streamlit.testing.v1 import AppTest

from tests.html_tables import tables


def _page():
    import pandas as pd
    import streamlit as st

    from dldiag.app.state import eyeball, session
    from dldiag.app.views.eyeball import review_rows
    from dldiag.core.estimate import Estimate
    from dldiag.error_analysis.eyeball import EyeballSet

    tags = st.session_state.setdefault("tags", {})
    eyeball.tags_of = lambda job: dict(tags)
    eyeball.keep_tags = lambda job, given: (tags.clear(), tags.update(given))
    session.state = lambda: {"visit": 1}
    rows = pd.DataFrame(
        {"row": range(1, 9), "label": list("abababab"), "age": [30.0, *range(2, 8), 8.5], "size": 68296.23221070031}
    )
    error = Estimate(0.2, 0.15, 0.25)
    review_rows("job", eyeball.ErrorRows(rows, rows, rows, EyeballSet(tuple(range(8)), 40, error, 40, error)))


def place_of_form(app):
    return next(at for at, one in app.main.children.items() if one.type == "form")


def test_the_form_stays_in_its_place_when_the_first_category_is_named(monkeypatch):
    for name in ("tags_of", "keep_tags"):
        monkeypatch.setattr(f"dldiag.app.state.eyeball.{name}", None)  # Restored after the page has replaced it.
    monkeypatch.setattr("dldiag.app.state.session.state", None)
    app = AppTest.from_function(_page, default_timeout=30).run()
    assert "30" in tables(app)[0]["Value"].tolist(), "a whole number is no 30.0"
    assert "68296.2" in tables(app)[0]["Value"].tolist(), "nobody reads sixteen digits"
    before = place_of_form(app)
    app.text_input[0].input("dark, cut off")
    app.button[0].click().run()
    assert not app.exception
    assert app.session_state["tags"] == {1: ("dark", "cut off")}
    assert place_of_form(app) == before

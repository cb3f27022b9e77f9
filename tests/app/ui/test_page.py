"""Every page begins alike: title, sidebar, language, and the table at hand without reading it."""

import pytest

from dldiag.app.ui.page import FIRST_OF_COURSE, MAIN, pages
from tests.app.drawing import drawn, sound

pytestmark = pytest.mark.usefixtures("without_workers")
UNREAD = {"upload": "0" * 64, "name": "mine.csv", "target": "sales"}


def page(reference):
    import streamlit as st

    from dldiag.app.state import session
    from dldiag.app.ui.page import page

    if session.current_reference() is None:
        session.state()["data"] = reference
    st.session_state["refreshed"] = session.state()["visit"]
    page("History", "What was found before.")


def test_pages_come_in_the_order_of_their_numbers_the_main_page_first():
    assert pages()[0].file == MAIN
    numbers = [int(one.file.split("/")[1].split("_")[0]) for one in pages()[1:]]
    assert numbers == sorted(numbers)
    assert [one.course for one in pages()[1:]] == [number >= FIRST_OF_COURSE for number in numbers]


def test_the_sidebar_names_the_table_and_its_target():
    app = drawn(page, UNREAD)
    assert app.title[0].value == "History"
    beside = " ".join(one.value for one in app.sidebar.markdown).replace("\\", "")
    assert "mine.csv" in beside
    assert "Target: sales" in beside
    assert "rows" not in beside, "it has not been read"


def test_another_language_stays_in_the_link_and_draws_the_forms_anew():
    app = drawn(page, UNREAD)
    before = app.session_state["refreshed"]
    sound(app.sidebar.button_group[0].set_value("zh").run())
    assert app.query_params["lang"] in ("zh", ["zh"])
    assert app.title[0].value != "History"
    assert app.session_state["refreshed"] > before

"""What was read: said in one line, and every choice of it editable."""

import pytest

from dldiag.app.views.table_preview import _header_fields, plan_text
from dldiag.core.types import ReadPlan
from tests.app.drawing import IRIS, drawn, said, sound


def page(reference):
    import streamlit as st

    from dldiag.app.state import session
    from dldiag.app.views.table_preview import show_reading

    if session.current_reference() is None:
        session.use_data(reference)
    table = show_reading()
    st.session_state["columns"] = None if table is None else [one.name for one in table.columns]


def test_the_plan_is_said_in_one_line():
    plan = ReadPlan(delimiter=";", decimal=",", encoding="cp1252")
    assert plan_text(plan) == "separated by semicolon, CP1252, header in line 1, decimal comma (1,5)"
    assert "no header line" in plan_text(ReadPlan(header_row=None))


@pytest.mark.parametrize(
    ("line", "fields"),
    [(1, {}), (0, {"header_row": None, "first_row": 0}), (3, {"header_row": 2, "first_row": 3})],
)
def test_the_rows_begin_below_the_header(line, fields):
    assert _header_fields(line, ReadPlan(header_row=0, first_row=1)) == fields


def test_a_table_is_shown_with_its_size_and_its_kinds():
    app = drawn(page, IRIS)
    assert "150 rows, 5 columns" in said(app)
    assert "4 × number" in said(app)
    assert app.session_state["columns"][-1] == "target"


def test_a_table_can_be_read_another_way():
    app = drawn(page, IRIS)
    app.selectbox[0].set_value(";")
    next(one for one in app.button if one.form_id).click().run()
    assert sound(app).session_state["dldiag"]["data"]["plan"] == {"delimiter": ";"}


def test_a_file_that_is_gone_is_explained_and_can_still_be_read_another_way():
    app = drawn(page, {"upload": "0" * 64, "name": "gone.csv"})
    assert "not there any more" in said(app)
    assert app.session_state["columns"] is None
    assert app.expander[0].label == "Read it another way"

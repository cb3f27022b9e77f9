"""Tables of texts: written as HTML that holds a visitor's texts harmlessly, and says in each cell which column it is of."""

from streamlit.testing.v1 import AppTest

from tests.html_tables import tables

HOSTILE = '<img src=x onerror="alert(1)">'


def _page():
    from dldiag.app.ui.widgets import show_rows

    hostile = '<img src=x onerror="alert(1)">'
    show_rows([{"Metric": "Error", hostile: hostile, "After": "35.2% (32.6 to 38.0)"}, {"Metric": None}], alt="x")


def test_a_table_holds_texts_as_they_are_and_keeps_an_interval_on_one_line():
    app = AppTest.from_function(_page, default_timeout=30).run()
    assert not app.exception
    assert "<img" not in app.get("html")[0].proto.body
    assert app.get("html")[0].proto.body.count('data-label="After"') == 2
    (table,) = tables(app)
    assert table.columns.tolist() == ["Metric", HOSTILE, "After"]
    assert table.iloc[0].tolist() == ["Error", HOSTILE, "35.2% (32.6\u00a0to\u00a038.0)"]
    assert table.iloc[1, 0] == ""

"""What pages show: tables whole or to scroll, texts of a user made harmless, errors with advice, pictures with keys."""

from dldiag.app.ui.widgets import KEYS
from tests.app.drawing import drawn, said
from tests.html_tables import tables


def rows(count):
    from dldiag.app.ui.widgets import show_rows

    show_rows([{"*name*": f"[link](x) {i}", "none": None} for i in range(count)], alt="rows")


def frame():
    import pandas as pd

    from dldiag.app.ui.widgets import show_frame

    long = "a very long question that begins like another one and goes on for more than eighty characters, "
    show_frame(pd.DataFrame([[1, "x\u202e"]], columns=[f"{long}a", f"{long}b"]), alt="frame")


def uneven_rows():
    from dldiag.app.ui.widgets import show_rows

    show_rows([{"name": "x", "test": "1"}, {"name": "y"}], alt="rows")


def file():
    import streamlit as st

    from dldiag import read_table
    from dldiag.app.ui.widgets import show_notices, table_size
    from dldiag.core.i18n import Message
    from dldiag.core.types import Notice

    st.markdown(table_size(read_table(b"a\n1.5\n2.5\n")))
    show_notices(
        [Notice("left_out_identifier", Message("Not used (ID columns): {columns}.", {"columns": "a"}), 1, "a")]
    )


def failing(stops):
    import streamlit as st

    from dldiag.app.ui.widgets import explained, warned
    from dldiag.core.i18n import Message
    from dldiag.core.types import DataError

    with explained() if stops else warned():
        raise DataError(Message("It is *broken*."), Message("Mend it."))
    st.success("what follows")


def picture():
    import plotly.graph_objects as go

    from dldiag.app.ui.widgets import show_moving

    show_moving(go.Figure(), 'A "picture"', key="moving")


def scripts(app):
    return " ".join(str(one.proto) for one in app.get("html"))


def test_a_short_table_is_whole_and_a_long_one_scrolls():
    assert len(tables(drawn(rows, 12))) == 1
    (long,) = [one.proto.body for one in drawn(rows, 13).get("html")]
    assert 'class="rows-box tall" tabindex="0"' in long, "its sentences are not cut, and keys can scroll it"
    assert len(drawn(rows, 201).dataframe) == 1
    assert "nothing to show" in said(drawn(rows, 0))


def test_texts_of_a_user_are_shown_as_they_are():
    (shown,) = tables(drawn(rows, 1))
    assert shown.columns[0] == "*name*"
    assert shown.iloc[0, 0] == "[link](x) 0"
    assert list(shown.columns) == ["*name*"], "a column in which nothing is said is none"


def test_rows_that_lack_a_column_are_blank_there():
    (shown,) = tables(drawn(uneven_rows))
    assert shown.to_numpy().tolist() == [["x", "1"], ["y", ""]]


def test_the_size_of_a_table_and_a_notice_are_said_plainly():
    app = drawn(file)
    assert "2 rows, 1 column" in said(app)
    assert "Example" not in said(app)


def test_names_that_are_equal_when_cut_short_are_told_apart():
    shown = drawn(frame).dataframe[0].value
    assert len(set(shown.columns)) == 2
    assert "\u202e" not in shown.iloc[0, 1]


def test_an_error_says_what_to_do_and_ends_the_run_or_not():
    stopped, gone_on = drawn(failing, True), drawn(failing, False)
    assert "It is *broken*." in said(stopped)
    assert "Mend it." in said(stopped)
    assert not stopped.success
    assert gone_on.success


def test_the_keys_come_with_the_picture_and_name_themselves():
    app = drawn(picture)
    assert len(app.get("plotly_chart")) == 1
    assert "Step through the picture with the arrow keys" in scripts(app)
    assert "dldiagSlider" in KEYS.read_text("utf-8"), "the script reads what the page says"

"""The finished report of a sample, and the way from it to a run of one's own."""

from tests.app.drawing import drawn, keys, said


def page():
    import streamlit as st

    from dldiag.app.state import session
    from dldiag.app.views.samples import current_sample, show_sample

    key = current_sample()
    st.session_state["found"] = (key, session.current_reference())
    if key is not None:
        show_sample(key)


def test_only_a_sample_with_a_finished_report_is_opened():
    assert drawn(page).session_state["found"][0] is None
    assert drawn(page, sample="../secret").session_state["found"][0] is None


def test_a_sample_shows_its_report_and_can_be_run():
    app = drawn(page, sample="iris")
    assert "A finished report of the sample" in said(app)
    assert keys(app) >= {"run.sample", "another"}
    app.button("run.sample").click().run()
    assert "sample" not in app.query_params
    assert app.session_state["found"] == (None, app.session_state["dldiag"]["data"])
    assert app.session_state["dldiag"]["data"]["target"] == "target"

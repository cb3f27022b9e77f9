"""The experiment of a lesson: a preview is named as one, and gives way to the result."""

from tests.app.drawing import drawn


def page():
    import streamlit as st

    from dldiag.app.course.experiment import forget_preview, is_preview
    from dldiag.app.state import session

    before = is_preview()
    session.state()["shows preview"] = True
    during = is_preview()
    forget_preview()
    st.session_state["found"] = (before, during, is_preview())


def previewed(kind):
    import streamlit as st

    from dldiag.app.course import experiment
    from dldiag.app.jobs.job_kinds import CourseJob
    from dldiag.course.initialization.jobs import StartsRequest
    from dldiag.course.initialization.starts import StartSettings

    asked = StartsRequest(settings=StartSettings(steps=5, seeds=3, hidden_layers=1))
    job = CourseJob(data={"toy": kind, "rows": 60}, request=asked)
    st.session_state["found"] = (experiment._preview(job), experiment._preview(job))


def test_a_page_begins_without_a_preview():
    assert drawn(page).session_state["found"] == (False, True, False)


def test_a_preview_is_computed_once_and_nothing_where_the_rows_allow_none():
    first, second = drawn(previewed, "moons").session_state["found"]
    assert first is not None
    assert first is second

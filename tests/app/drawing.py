"""Draws a part of a page alone: a function, through Streamlit's own test runner."""

from streamlit.testing.v1 import AppTest

from dldiag.app.jobs import store
from dldiag.app.jobs.job_kinds import DiagnosisJob
from dldiag.app.storage.paths import new_token

IRIS = {"sample": "iris", "name": "iris.csv", "target": "target", "task": "classification"}


def drawn(draw, *arguments, **query):
    """Return the page that a function draws, after its first run; it must not fail."""
    app = AppTest.from_function(draw, args=arguments, default_timeout=60)
    for name, value in {"lang": "en", **query}.items():
        app.query_params[name] = value
    return sound(app.run())


def sound(app):
    """Return the page; it must not have failed."""
    assert not app.exception, app.exception
    return app


def said(app):
    """Return all that a page says, as a reader sees it."""
    parts = [*app.header, *app.subheader, *app.markdown, *app.caption, *app.info, *app.warning, *app.success]
    return " ".join(one.value for one in parts).replace("\\", "").replace("\u00a0", " ")


def keys(app):
    """Return the keys of the buttons on a page."""
    return {one.key for one in app.button}


def a_diagnosis(**more):
    """Return the id of a diagnosis of iris that was asked for and never run."""
    return store.create(DiagnosisJob(data=IRIS, **more), new_token())

"""Where the home cannot be written, every page says so in our own words, and what needs no writing works."""

import pytest
from streamlit.testing.v1 import AppTest

from dldiag.app.state import session
from dldiag.app.ui import page as navigation
from dldiag.core.home import dashboard_folder
from dldiag.report.history import History
from tests.reports import make_report

SENTENCE = "cannot write to its folder"


@pytest.fixture
def no_home(tmp_path, monkeypatch):
    """Point the home below a file: nothing can be made there, whoever runs the test."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DLDIAG_HOME", str(tmp_path / "file" / "home"))
    session.pool.clear()
    yield
    session.pool.clear()


def start(file):
    return AppTest.from_file(str(dashboard_folder() / file), default_timeout=60)


def warnings(app):
    return " ".join(one.value for one in [*app.error, *app.warning]).replace("\\", "")


@pytest.mark.parametrize("file", [one.file for one in navigation.pages()])
def test_every_page_says_that_the_home_cannot_be_written(no_home, file):
    app = start(file).run()
    assert not app.exception
    assert SENTENCE in warnings(app)
    assert app.title, "the rest of the page is there"


def test_the_numbers_of_a_model_are_diagnosed_without_a_home(no_home):
    app = start("pages/4_Only_numbers.py").run()
    app.button[0].click().run()
    assert not app.exception
    assert app.header, "a verdict"


def test_a_sample_that_is_to_be_diagnosed_is_refused_in_words(no_home):
    app = start(navigation.MAIN).run()
    app.button(key="sample.iris").click().run()
    app.button(key="suggestion").click().run()
    app.button(key="diagnose").click().run()
    assert not app.exception
    assert SENTENCE in warnings(app)


def test_a_disk_that_fills_up_later_is_told_on_the_page_that_writes(monkeypatch):
    app = start(navigation.MAIN).run()
    app.button(key="sample.iris").click().run()
    app.button(key="suggestion").click().run()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    for place in ("store", "uploads"):
        module = "dldiag.app.jobs.store" if place == "store" else "dldiag.app.storage.uploads"
        monkeypatch.setattr(f"{module}.write_whole", full)
    app.button(key="diagnose").click().run()
    assert not app.exception
    assert "No space left on device" in warnings(app)


def test_a_history_is_read_where_jobs_cannot_be_written(monkeypatch):
    app = start("pages/3_History.py").run()
    owner = app.session_state["dldiag"]["owner"]
    History().add(make_report(), owner=owner)
    session.pool.clear()

    def read_only(*_, **__):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("dldiag.app.jobs.lease.private", read_only)
    app.run()
    assert not app.exception
    assert SENTENCE in warnings(app)
    assert [one for one in app.button if one.key and one.key.startswith("open.")], "its reports are listed"
    session.pool.clear()

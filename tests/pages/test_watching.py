"""A page that watches a job costs the server next to nothing: it reads no table and collects no garbage after every look."""

import gc
import sys
import tomllib

import pytest
from streamlit.testing.v1 import AppTest

from dldiag.app.jobs.job_kinds import DiagnosisJob
from dldiag.app.state import server, session
from dldiag.app.storage import data_ref
from dldiag.app.storage.paths import new_token
from dldiag.app.ui import page as navigation
from dldiag.core.home import dashboard_folder

DATA = {"sample": "credit_card_default", "name": "credit.csv", "target": "default"}


@pytest.fixture
def running():
    pool = session.pool()
    job = pool.submit(DiagnosisJob(data=DATA), new_token())
    yield job
    pool.cancel(job)


def test_a_page_that_watches_reads_no_table(running, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("the server read a table to show a job")

    monkeypatch.setattr(data_ref, "load_table", refuse)
    app = AppTest.from_file(str(dashboard_folder() / navigation.MAIN), default_timeout=60)
    app.query_params["job"] = running
    app.run()
    assert not app.exception
    assert [one for one in app.button if one.key == f"cancel.{running}"]
    assert "credit.csv" in " ".join(one.value for one in app.sidebar.markdown).replace("\\", "")


def test_streamlit_collects_no_garbage_after_every_run():
    settings = tomllib.loads((dashboard_folder() / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["runner"]["postScriptGC"] is False


def test_what_was_imported_is_left_out_of_later_collections():
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.005)  # Python's own; another page of this process may have settled before
    try:
        server.settle()
        assert gc.get_freeze_count() > 10_000
        assert sys.getswitchinterval() < 0.005
    finally:
        gc.unfreeze()
        sys.setswitchinterval(before)


def test_few_reports_are_drawn_at_once():
    taken = [server.drawing.acquire(blocking=False) for _ in range(server.DRAWN_AT_ONCE + 1)]
    for one in taken:
        if one:
            server.drawing.release()
    assert taken == [True] * server.DRAWN_AT_ONCE + [False]

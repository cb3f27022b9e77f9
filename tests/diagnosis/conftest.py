"""Every test has a home of its own: what one test opened, the next may open again."""

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DLDIAG_HOME", str(tmp_path))

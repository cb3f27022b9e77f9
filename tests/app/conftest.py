"""The app's tests keep their files in a folder of their own."""

import pytest

from dldiag.app.state import session
from tests.homes import home_of_a_folder as home

__all__ = ["home", "without_workers"]


@pytest.fixture
def without_workers(monkeypatch):
    """Draw pages without the server's pool, whose workers would outlive the folder of these tests."""
    monkeypatch.setattr(session, "pool", lambda: None)

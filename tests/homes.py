"""Where tests keep what the dashboard and the library write: never in the user's own home."""

import pytest


@pytest.fixture(scope="package", autouse=True)
def home_of_a_folder(tmp_path_factory):
    """Keep the files of a folder of tests in a folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLDIAG_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(autouse=True)
def home_of_a_test(tmp_path, monkeypatch):
    """Keep the files of each test in a folder of its own: what one test opened, the next may open again."""
    monkeypatch.setenv("DLDIAG_HOME", str(tmp_path))


@pytest.fixture
def without_workers(tmp_path, monkeypatch):
    """Draw pages in a home of their own, without the server's pool: its workers would look for later tests' jobs there."""
    monkeypatch.setenv("DLDIAG_HOME", str(tmp_path))
    monkeypatch.setattr("dldiag.app.state.session.pool", lambda: None)

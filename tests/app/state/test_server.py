"""Files of the server's machine are read by nobody unless the server was started with it, whatever a request claims."""

import sys
from types import SimpleNamespace

import pytest

from dldiag.app.state import server


def request(monkeypatch, host, *, hosts=(), address="127.0.0.1", **headers):
    options = {"server.allowedHosts": list(hosts), "server.address": address}
    context = SimpleNamespace(headers={"Host": host, **headers})
    monkeypatch.setattr(server, "st", SimpleNamespace(context=context, get_option=options.__getitem__))


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost:8501", "[::1]:8501", "example.org"])
def test_paths_are_off_unless_the_server_was_started_with_them(monkeypatch, host):
    monkeypatch.delenv("DLDIAG_ALLOW_PATHS", raising=False)
    request(monkeypatch, host, hosts=["example.org"])
    assert not server.may_read_paths()


@pytest.mark.parametrize("way", ["variable", "flag"])
def test_paths_are_on_where_the_server_was_started_with_them(monkeypatch, way):
    request(monkeypatch, "localhost:8501")
    if way == "variable":
        monkeypatch.setenv("DLDIAG_ALLOW_PATHS", "1")
    else:
        monkeypatch.setattr(sys, "argv", ["streamlit_app.py", "--allow-paths"])
    assert server.may_read_paths()


def test_a_foreign_name_reads_no_paths_unless_the_server_checks_names(monkeypatch):
    monkeypatch.setenv("DLDIAG_ALLOW_PATHS", "1")
    request(monkeypatch, "rebound.example:8501")
    assert not server.may_read_paths()
    request(monkeypatch, "dldiag.example.org", hosts=["dldiag.example.org"])
    assert server.may_read_paths()


@pytest.mark.parametrize(("address", "lines"), [("127.0.0.1", 0), ("0.0.0.0", 1), (None, 1)])
def test_a_server_that_others_reach_says_at_start_what_to_set(monkeypatch, caplog, address, lines):
    request(monkeypatch, "localhost", address=address)
    server.log_what_to_set()
    assert len(caplog.records) == lines
    assert all("allowedHosts" in one.getMessage() for one in caplog.records)

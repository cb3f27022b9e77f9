"""`dldiag dashboard` as a service manager runs it."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from dldiag.cli.main import main


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 0.5).close()
    except OSError:
        return False
    return True


def wait_until(holds, seconds):
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.2)
    return holds()


@pytest.mark.skipif(os.name == "nt", reason="Windows ends processes without a signal")
def test_the_server_ends_with_the_command_that_started_it(tmp_path):
    pytest.importorskip("streamlit")
    port = free_port()
    command = [sys.executable, "-m", "dldiag", "dashboard", "--port", str(port)]
    environment = {**os.environ, "DLDIAG_HOME": str(tmp_path), "STREAMLIT_SERVER_HEADLESS": "true"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as started:
        try:
            assert wait_until(lambda: answers(port), 60)
            time.sleep(1)
            started.send_signal(signal.SIGTERM)
            assert started.wait(20) == 0
            assert wait_until(lambda: not answers(port), 10)
        finally:
            started.kill()


@pytest.mark.parametrize("port", ["0", "65536", "-1", "x"])
def test_a_port_that_is_none_is_refused_in_one_line(port, capsys):
    assert main(["dashboard", "--port", port]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1

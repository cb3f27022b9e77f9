"""A server and a real browser for the tests of this folder; skipped with a reason where there is none."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# No sandbox: tests may run as root. The others keep Chromium from drawing by an emulated graphics card and from calling out.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser():
    named = os.environ.get("DLDIAG_CHROMIUM")
    return named or next((found for name in BROWSERS if (found := shutil.which(name))), None)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A dashboard of its own, with its own folder, ended by its process id."""

    def __init__(self, home, **environment):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = (home / "server.log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", f"--server.port={self.port}"],
            cwd=ROOT,
            env={
                **os.environ,
                "DLDIAG_HOME": str(home),
                "PYTHONPATH": str(ROOT),
                "STREAMLIT_SERVER_HEADLESS": "true",
                **environment,
            },
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.5).close()
                return
            except OSError:
                time.sleep(0.2)
        raise TimeoutError("the dashboard did not start")

    def close(self):
        self._process.terminate()
        self._process.wait(20)
        self._log.close()


@pytest.fixture(scope="session")
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = find_browser()
    if path is None:
        pytest.skip("no Chromium found; set DLDIAG_CHROMIUM to one")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory, chromium):
    """The dashboard as it is."""
    server = Server(tmp_path_factory.mktemp("home"))
    yield server
    server.close()


@pytest.fixture(scope="session")
def slow_server(tmp_path_factory, chromium):
    """The dashboard with a diagnosis of hand-made numbers that takes its time, for the running state."""
    server = Server(
        tmp_path_factory.mktemp("slow"), DLDIAG_JOB_MODULES="tests.app.slow_diagnosis", DLDIAG_TEST_SECONDS="12"
    )
    yield server
    server.close()


@pytest.fixture
def visit(chromium):
    """Open a page as a new visitor: visit(url, dark=…, width=…, language=…) -> a settled page."""
    contexts = []

    def open_page(url, *, dark=False, width=1280, height=900, language="en-US"):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", locale=language
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(url)
        settle(page)
        return page

    yield open_page
    for context in contexts:
        context.close()


def settle(page, milliseconds=600):
    """Wait until the script has run and the page has stood still for a moment."""
    for pause in (300, milliseconds):
        page.wait_for_timeout(pause)
        page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    # Widgets whose scripts have not come yet stand there as gray boxes.
    page.wait_for_function("() => !document.querySelector('[data-testid=\"stSkeleton\"]')")

"""How many visitors does one server bear? Prints a table, writes bench/results/load.json.

    python -m bench.load                     # 64 visitors who run or watch a job, 100 idle ones, 200 that come and go
    python -m bench.load --visitors 16 --idle 50 --churn 100 --seconds 20

Starts the dashboard on a free port with a home of its own and speaks Streamlit's own protocol to it: protobuf messages over
a WebSocket, as a browser does. A quarter of the visitors run a sample's diagnosis, the others open the link of one of these
and watch. Every visitor polls as often as the page asks a browser to. Figures are of the server's process alone.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "bench" / "results" / "load.json"
SAMPLE = "credit_card_default"  # its diagnosis takes longer than the others
HEALTH_SECONDS = 0.1  # between two requests of the health check
STEP_SECONDS = 120.0  # at most for one run of the page
SETTLE_SECONDS = 5.0  # before memory is read
KEPT_SECONDS = 125.0  # Streamlit keeps a closed session for two minutes


class Visitor:
    """One browser tab: what it knows of the page, and how long the server let it wait."""

    def __init__(self, port: int, query: str = "") -> None:
        self._url, self.query = f"ws://127.0.0.1:{port}/_stcore/stream", query
        self._connection: ClientConnection | None = None
        self.buttons: dict[str, str] = {}  # by key
        self.polls: dict[str, float] = {}  # seconds by fragment
        self.first_message: float | None = None
        self.run_seconds: list[float] = []
        self.runs = 0

    async def open(self) -> None:
        """Connect and run the page once."""
        begun = time.monotonic()
        self._connection = await connect(
            self._url, subprotocols=["streamlit"], max_size=None, open_timeout=STEP_SECONDS
        )
        await self.run(begun=begun)

    async def close(self) -> None:
        """Close the tab."""
        if self._connection is not None:
            await self._connection.close()

    async def run(self, click: str = "", fragment: str = "", begun: float | None = None) -> None:
        """Run the page, or a fragment of it, and take in what comes until it is drawn."""
        assert self._connection is not None
        begun = begun or time.monotonic()
        message = BackMsg()
        message.rerun_script.query_string = self.query
        if fragment:
            message.rerun_script.fragment_id, message.rerun_script.is_auto_rerun = fragment, True
        else:
            self.polls.clear()
        if click:
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = self.buttons[click], True
        await self._connection.send(message.SerializeToString())
        async with asyncio.timeout(STEP_SECONDS):
            while not await self._take_in(begun):
                pass
        self.run_seconds.append(time.monotonic() - begun)
        self.runs += 1

    async def _take_in(self, begun: float) -> bool:
        """Take one message in; True when the page is drawn."""
        assert self._connection is not None
        message = ForwardMsg()
        message.ParseFromString(await self._connection.recv(decode=False))
        if self.first_message is None:
            self.first_message = time.monotonic() - begun
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.new_element.WhichOneof("type") == "button":
            identity = message.delta.new_element.button.id
            self.buttons[identity.split("-")[-1]] = identity
        elif kind == "auto_rerun":
            self.polls[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        if kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self.polls.clear()  # the whole page is drawn anew
            return False
        return kind == "script_finished"

    async def watch(self, until: float) -> None:
        """Poll as the page asks to, until a moment."""
        while time.monotonic() < until:
            interval = min(self.polls.values(), default=1.0)
            await asyncio.sleep(interval)
            for fragment in list(self.polls):
                if fragment in self.polls:
                    await self.run(fragment=fragment)

    async def start_job(self) -> None:
        """Click through from a sample's finished report to a diagnosis of one's own."""
        for key in ("run.sample", "diagnose"):
            await self.run(click=key)

    @property
    def job(self) -> str:
        """The job that the address names."""
        return parse_qs(self.query).get("job", [""])[0]


# --- the server ---------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def served(home: str) -> Iterator[tuple[int, int]]:
    """Start the dashboard; yield its port and process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "served_app.py", "--server.headless", "true"]
    environment = os.environ | {"DLDIAG_HOME": home, "DLDIAG_QUEUE_LENGTH": "200"}
    server = subprocess.Popen(
        [*command, "--server.port", str(port)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + STEP_SECONDS
        while health(port) is None and time.monotonic() < deadline:
            time.sleep(0.2)
        yield port, server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def health(port: int) -> float | None:
    """Return the seconds that the health check takes, None when it fails."""
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=30):
            return time.monotonic() - begun
    except OSError:
        return None


def memory_and_descriptors(pid: int) -> tuple[float, int]:
    """Return the resident MB and the open descriptors of a process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    kilobytes = int(status.split("VmRSS:")[1].split()[0])
    return kilobytes / 1024, len(list(Path(f"/proc/{pid}/fd").iterdir()))


def processor_seconds(pid: int) -> float:
    """Return the processor seconds a process has used, without its workers."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# --- the measurements ---------------------------------------------------------------------------------------------


async def crowd(port: int, pid: int, visitors: int, seconds: float) -> dict[str, float]:
    """Let a quarter of the visitors run a job and the others watch one; measure what they and the health check wait."""
    runners = [Visitor(port, urlencode({"sample": SAMPLE})) for _ in range(max(1, visitors // 4))]
    waits: list[float | None] = []
    done = asyncio.Event()

    async def ask() -> None:
        while not done.is_set():
            waits.append(await asyncio.to_thread(health, port))
            await asyncio.sleep(HEALTH_SECONDS)

    asking = asyncio.create_task(ask())
    await asyncio.gather(*(one.open() for one in runners))
    await asyncio.gather(*(one.start_job() for one in runners))
    watchers = [
        Visitor(port, urlencode({"job": runners[k % len(runners)].job})) for k in range(visitors - len(runners))
    ]
    await asyncio.gather(*(one.open() for one in watchers))
    everyone, begun, used = [*runners, *watchers], time.monotonic(), processor_seconds(pid)
    polled = sum(one.runs for one in everyone)
    await asyncio.gather(*(one.watch(begun + seconds) for one in everyone))
    used, polled = processor_seconds(pid) - used, sum(one.runs for one in everyone) - polled
    done.set()
    await asking
    await asyncio.gather(*(one.close() for one in everyone))
    answered = [wait for wait in waits if wait is not None]
    firsts = [one.first_message or STEP_SECONDS for one in everyone]
    return {
        "visitors": visitors,
        "jobs_started": sum(bool(one.job) for one in runners),
        "health_p50": float(np.quantile(answered, 0.5)),
        "health_p99": float(np.quantile(answered, 0.99)),
        "health_max": max(answered),
        "health_failed": len(waits) - len(answered),
        "first_message_p95": float(np.quantile(firsts, 0.95)),
        "polls": polled,
        "processor_ms_per_poll": 1000 * used / max(1, polled),
        "processor_share": used / (time.monotonic() - begun),
    }


async def idle(port: int, pid: int, visitors: int) -> dict[str, float]:
    """Open tabs that do nothing, and say how much memory each takes."""
    first = Visitor(port)
    await first.open()
    await asyncio.sleep(SETTLE_SECONDS)
    before, _ = memory_and_descriptors(pid)
    tabs = [Visitor(port) for _ in range(visitors)]
    for one in tabs:
        await one.open()
    await asyncio.sleep(SETTLE_SECONDS)
    after, _ = memory_and_descriptors(pid)
    await asyncio.gather(*(one.close() for one in (first, *tabs)))
    return {"idle": visitors, "idle_megabytes_each": (after - before) / max(1, visitors)}


async def churn(port: int, pid: int, visitors: int, kept: float) -> dict[str, float]:
    """Open and close tabs, half of them before and half after memory is read for the first time."""
    found = []
    for _ in range(2):
        for _ in range(visitors // 2):
            one = Visitor(port)
            await one.open()
            await one.close()
        await asyncio.sleep(kept)
        found.append(memory_and_descriptors(pid))
    (first, open_first), (last, open_last) = found
    return {"churn": visitors, "churn_megabytes": last - first, "churn_descriptors": open_last - open_first}


async def measure(port: int, pid: int, given: argparse.Namespace) -> dict[str, float]:
    found = await idle(port, pid, given.idle)
    found |= await churn(port, pid, given.churn, given.kept)
    return found | await crowd(port, pid, given.visitors, given.seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=30.0, help="that they watch")
    parser.add_argument("--idle", type=int, default=100)
    parser.add_argument("--churn", type=int, default=200)
    parser.add_argument("--kept", type=float, default=KEPT_SECONDS, help="waited before memory is read after a churn")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, served(home) as (port, pid):
        found = asyncio.run(measure(port, pid, given))
    for name, value in found.items():
        print(f"{name:24}{value:12.3f}")
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

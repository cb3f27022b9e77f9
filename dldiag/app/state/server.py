"""How the server was started: what it allows, and what to say about that when it starts."""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading

import streamlit as st

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")
PATHS_FLAG, PATHS_VARIABLE = "--allow-paths", "DLDIAG_ALLOW_PATHS"
YES = ("1", "true", "yes", "on")
SWITCH_SECONDS = 0.0005  # how long a thread may hold the interpreter while others wait; Python's own 0.005 s add up
DRAWN_AT_ONCE = 2  # reports: more threads that compute would only make the one that answers wait

drawing = threading.BoundedSemaphore(DRAWN_AT_ONCE)


def settle() -> None:
    """Set the server up for many visitors, once all modules are there.

    What was imported is never looked at again by the garbage collector, and the thread that answers the browsers waits for
    a tenth of the usual time behind those that draw pages.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH_SECONDS)


def may_read_paths() -> bool:
    """Say whether visitors may name files of this machine: only where the server was started with it.

    Started with DLDIAG_ALLOW_PATHS=1, or `streamlit run streamlit_app.py -- --allow-paths`. No header of a request turns it
    on. One turns it off: a name that is neither this machine's own nor checked by server.allowedHosts may be a foreign
    page that had its name resolved anew.
    """
    if not (PATHS_FLAG in sys.argv or os.environ.get(PATHS_VARIABLE, "").lower() in YES):
        return False
    host = st.context.headers.get("Host", "").rsplit(":", 1)[0]
    return host in LOOPBACK or bool(st.get_option("server.allowedHosts"))


def is_open_to_others() -> bool:
    """Say whether other machines can reach the server."""
    return st.get_option("server.address") not in LOOPBACK


def log_what_to_set() -> None:
    """Write into the server's log what whoever runs it for others should know."""
    if is_open_to_others():
        logging.getLogger("dldiag").warning(
            "dldiag is open to other machines. Name it in server.allowedHosts, put HTTPS in front of it, and close "
            "/_stcore/metrics there; docs/server.md says how."
        )

"""How the server was started: what it allows, and what to log about that."""

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
# A thread releases the interpreter after this; Python's default of 0.005 s adds up over many threads.
SWITCH_SECONDS = 0.0005
DRAWN_AT_ONCE = 2  # Reports drawn in parallel; more would only delay the thread that answers browsers.

drawing = threading.BoundedSemaphore(DRAWN_AT_ONCE)


def settle() -> None:
    """Tune the process for many visitors once all modules are imported.

    The garbage collector ignores what was imported, and the thread that answers browsers waits less for threads that draw
    pages.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH_SECONDS)


def may_read_paths() -> bool:
    """Return whether visitors may read files of the server, which must be allowed when it is started.

    DLDIAG_ALLOW_PATHS=1 or `streamlit run streamlit_app.py -- --allow-paths` allows it; no request header does. A host name
    that is neither local nor checked by server.allowedHosts forbids it, since it may be a DNS rebinding attack.
    """
    if not (PATHS_FLAG in sys.argv or os.environ.get(PATHS_VARIABLE, "").lower() in YES):
        return False
    host = st.context.headers.get("Host", "").rsplit(":", 1)[0]
    return host in LOOPBACK or bool(st.get_option("server.allowedHosts"))


def is_open_to_others() -> bool:
    """Return whether other machines can reach the server."""
    return st.get_option("server.address") not in LOOPBACK


def log_what_to_set() -> None:
    """Log what an administrator should set on a server that others can reach."""
    if is_open_to_others():
        logging.getLogger("dldiag").warning(
            "dldiag is open to other machines. Name it in server.allowedHosts, put HTTPS in front of it, and close "
            "/_stcore/metrics there; docs/server.md says how."
        )

"""The state of one visitor: owner token, language, table and settings.

It is kept under a key that no widget uses, because Streamlit drops widget keys on a page switch.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, cast
from urllib.parse import urlsplit

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dldiag.app.jobs import store
from dldiag.app.jobs.job_kinds import DiagnosisJob, job_kind
from dldiag.app.jobs.pool import Pool
from dldiag.app.jobs.watchers import Watchers
from dldiag.app.state import auth, server
from dldiag.app.state.owner_cookie import COOKIE, cookie_of
from dldiag.app.state.table_cache import Memory
from dldiag.app.storage import data_ref, uploads
from dldiag.app.storage.limits import ServerLimits
from dldiag.app.storage.paths import is_token, new_token, storing
from dldiag.core.i18n import LANGUAGES, set_language
from dldiag.core.isolated import warm_isolated
from dldiag.core.params import from_environment
from dldiag.core.types import DataError, Dataset, Repair, Table
from dldiag.data.audit.repairs import applied
from dldiag.data.isolated_read import TABLE_TARGET
from dldiag.diagnosis.case import audit_open_rows

# The same keys as in experiments/chosen_model.py, which is slow to import.
KEY, NAME, SKLEARN = "model_key", "estimator", "sklearn"
_KEY = "dldiag"


@st.cache_resource(show_spinner=False)
def pool() -> Pool:
    """Return the pool of this server; its workers start at the first visit."""
    modules = os.environ.get("DLDIAG_JOB_MODULES", "").split()
    _prepare()
    with storing():
        return Pool(from_environment(ServerLimits), modules, Watchers(_this_session, _is_connected))


@st.cache_resource(show_spinner=False)
def _prepare() -> None:
    """Start the process that reads visitors' files, and log what to set, once per server; neither needs a writable home."""
    threading.Thread(target=_warm_up, daemon=True).start()
    server.log_what_to_set()


def _this_session() -> str:
    context = get_script_run_ctx(suppress_warning=True)
    return "" if context is None else context.session_id


def _is_connected(session: str) -> bool:
    """Return whether a session is connected to a browser."""
    return runtime.exists() and runtime.get_instance().is_active_session(session)


def _warm_up() -> None:
    """Start the process that reads visitors' files while the visitor looks at the first page."""
    with contextlib.suppress(OSError):  # The first file that needs it shows the error.
        warm_isolated(TABLE_TARGET)
    server.settle()


def state() -> dict[str, Any]:
    """Return this visitor's state; it survives page switches but not F5, which `?job=` is for."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = {"owner": _returning() or new_token(), "visit": 0, "values": {}, "slots": {}}
    return cast(dict[str, Any], st.session_state[_KEY])


def owner() -> str:
    """Return the token that owns this visitor's uploads and jobs: of their login, else of their browser."""
    return auth.owner_of_user() if auth.is_required() else cast(str, state()["owner"])


def remember_owner() -> None:
    """Store the owner's token in a cookie, so that uploads and history survive F5 and new tabs.

    `served_app.py` has set it with the page, hidden from scripts. Where the page's script was started alone, it is set here.
    """
    if not auth.is_required() and not _returning():
        cookie = cookie_of(owner(), urlsplit(st.context.url or "").scheme, http_only=False)
        st.html(f"<script>document.cookie = '{cookie}'</script>", unsafe_allow_javascript=True)


def _returning() -> str | None:
    token = str(st.context.cookies.get(COOKIE, ""))
    return token if is_token(token) else None


# --- language -----------------------------------------------------------------------------------------------------


def language() -> str:
    """Return the visitor's language: their choice, else the URL's, else the browser's."""
    code = state().get("language") or st.query_params.get("lang") or _of_browser()
    return code if code in LANGUAGES else "en"


def speak() -> str:
    """Use the visitor's language for the rest of this run, which is a thread of its own."""
    code = language()
    set_language(code)
    return code


def _of_browser() -> str:
    return str(st.context.locale or "en").split("-")[0]


# --- the table ----------------------------------------------------------------------------------------------------


def current_reference() -> data_ref.Reference | None:
    """Return the reference to the visitor's data, None before they chose any."""
    return cast("data_ref.Reference | None", state().get("data"))


def use_data(reference: data_ref.Reference | None) -> None:
    """Set the visitor's data, and forget forms and results of another table."""
    if current_reference() is not None:
        _forget_settings()
    state()["data"] = reference
    refresh_forms()


def _forget_settings() -> None:
    """Forget the model settings of another table; a link's settings apply to its first table only."""
    state()["values"] = {}
    for name in list(st.query_params):
        if "." in name:
            del st.query_params[name]


def change_data(**changes: Any) -> None:
    """Change choices about the visitor's data (plan, kinds, target, task, …); None removes one."""
    merged = {**(current_reference() or {}), **changes}
    state()["data"] = {key: value for key, value in merged.items() if value is not None}


def current_table() -> Table | None:
    """Return the visitor's table, read once and kept; DataError when it cannot be read as asked."""
    reference = current_reference()
    if reference is None or "toy" in reference:
        return None
    return cast(Table, _cached("table", reference, lambda: data_ref.load_table(own_reference(reference), apart=True)))


def table_at_hand() -> Table | None:
    """Return the visitor's table if it has been read, None otherwise; the sidebar never reads a file."""
    reference = current_reference()
    if reference is None:
        return None
    identity = data_ref.identity(reference, "table")
    return cast("Table | None", memory().held(_holder(reference, identity), "table", identity))


def current_dataset() -> Dataset | None:
    """Return the visitor's dataset; None before a target is chosen."""
    reference = current_reference()
    if reference is None or not ("toy" in reference or reference.get("target")):
        return None
    read = lambda: data_ref.load_dataset(own_reference(reference), current_table(), apart=True)  # noqa: E731
    return cast(Dataset, _cached("dataset", reference, read))


def suggested_repairs(dataset: Dataset) -> tuple[Repair, ...]:
    """Return the repairs suggested for a dataset, which is checked once."""
    cached = state().get("kept look")
    if cached is None or cached[0] != dataset.fingerprint:
        cached = state()["kept look"] = (dataset.fingerprint, audit_open_rows(dataset).repairs)
    return cast("tuple[Repair, ...]", cached[1])


def repair_data(repair: Repair) -> None:
    """Apply a repair to the data reference, where the form shows it and can undo it."""
    state()["data"] = applied(current_reference() or {}, (repair,))
    refresh_forms()


def own_reference(reference: data_ref.Reference) -> data_ref.Reference:
    """Return the reference with the paths of this visitor's uploads."""
    return data_ref.located(reference, owner())


def _cached(what: str, reference: data_ref.Reference, read: Callable[[], Any]) -> Any:
    """Read a table or dataset and cache the last one; uploads are never shared between visitors."""
    identity = data_ref.identity(reference, what)
    return memory().get(_holder(reference, identity), what, identity, read)


def _holder(reference: data_ref.Reference, identity: str) -> str:
    """Return the cache key of the holder: the session, or for samples one that all sessions share."""
    if ("sample" in reference or "toy" in reference) and "second" not in reference:
        return identity
    return cast(str, state().setdefault("session", new_token()))


@st.cache_resource(show_spinner=False)
def memory() -> Memory:
    """Return this server's cache of tables."""
    return Memory(from_environment(ServerLimits).tables_megabytes)


# --- forms and jobs -----------------------------------------------------------------------------------------------


def refresh_forms() -> None:
    """Redraw all forms from the remembered values, after these were changed outside of widgets."""
    state()["visit"] += 1


def follow_url() -> None:
    """Open the job that the URL names, once, if this session has no diagnosis yet (F5, another tab, a link)."""
    job = st.query_params.get("job", "")
    if job and job != state().get("followed") and "diagnose" not in state()["slots"]:
        state()["followed"] = job
        reopen(job)


def take_up_model(choice: Mapping[str, Any]) -> None:
    """Show a model in the form; each kind of model remembers its own settings."""
    rest, values = dict(choice), state()["values"]
    key, name = rest.pop(KEY, "mlp"), rest.pop(NAME, "")
    values["choice"] = {"key": key}
    own = {"name": name, "parameters": json.dumps(rest) if rest else ""}
    values.setdefault(prefix_of(key), {}).update(own if key == SKLEARN else rest)
    refresh_forms()


def prefix_of(key: str) -> str:
    """Return the form prefix of a kind of model; course pages share that of the network."""
    return "model" if key == "mlp" else key


def reopen(job: str) -> bool:
    """Open the job of a URL after F5 or in another tab, with its table and settings.

    Anyone with the unguessable id may open it. False when there is no such diagnosis, or when another version of dldiag
    wrote it.
    """
    try:
        spec = store.spec_of(job, DiagnosisJob)
    except (KeyError, FileNotFoundError, DataError):
        return False
    if _may_take_up(spec.job.data, spec.owner):
        state()["data"] = spec.job.data
    state()["values"]["settings"] = asdict(spec.job.settings)
    take_up_model(spec.job.model)
    state()["slots"][job_kind(DiagnosisJob)] = job
    refresh_forms()
    return True


def _may_take_up(data: data_ref.Reference, giver: str) -> bool:
    """Copy another owner's uploads to this visitor; False when they are gone or there is no room."""
    try:
        for one in (data, data.get("second", {})):
            if "upload" in one and giver != owner():
                uploads.share(giver, owner(), one["upload"])
    except (KeyError, DataError):
        return False
    return True

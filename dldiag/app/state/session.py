"""What belongs to one visitor: who they are to the job pool, their language, their table, their settings.

Kept under one key that no widget uses, because Streamlit forgets the keys of widgets on a page switch.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib import import_module
from typing import Any, cast
from urllib.parse import urlsplit

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dldiag.app.jobs import store
from dldiag.app.jobs.asked import DiagnosisJob, kind_of
from dldiag.app.jobs.pool import Pool
from dldiag.app.jobs.watchers import Watchers
from dldiag.app.state import auth, data_ref, server, uploads
from dldiag.app.state.limits import ServerLimits
from dldiag.app.state.paths import is_token, new_token, storing
from dldiag.app.state.table_cache import Memory
from dldiag.core.i18n import LANGUAGES, set_language
from dldiag.core.isolated import warm_isolated
from dldiag.core.params import from_environment
from dldiag.core.types import DataError, Dataset, Repair, Table

KEY, NAME, SKLEARN = "model_key", "estimator", "sklearn"  # as in experiments/chosen_model.py, which starts slowly
_KEY = "dldiag"
COOKIE = "dldiag_owner"
COOKIE_SECONDS = 180 * 86_400


@st.cache_resource(show_spinner=False)
def pool() -> Pool:
    """Return the one pool of this server, its workers warming up from the first visit on."""
    modules = os.environ.get("DLDIAG_JOB_MODULES", "").split()
    _prepare()
    with storing():
        return Pool(from_environment(ServerLimits), modules, Watchers(_this_session, _is_connected))


@st.cache_resource(show_spinner=False)
def _prepare() -> None:
    """Do once per server what does not need its home: import what pages will need, and say what to set."""
    threading.Thread(target=_warm_up, daemon=True).start()
    server.log_what_to_set()


def _this_session() -> str:
    context = get_script_run_ctx(suppress_warning=True)
    return "" if context is None else context.session_id


def _is_connected(session: str) -> bool:
    """Say whether a session's page is open in a browser."""
    return runtime.exists() and runtime.get_instance().is_active_session(session)


def _warm_up() -> None:
    """Import what the pages will need while the visitor reads the first one."""
    for module in (
        "dldiag.report.figures",
        "dldiag.report",
        "dldiag.experiments.models",
        "dldiag.data.read_table",
        "dldiag.report.history",
    ):
        import_module(module)
    with contextlib.suppress(OSError):  # the first file says so in words
        warm_isolated(import_module("dldiag.data.io.formats.bounded").READER_TARGET)
    server.settle()


def state() -> dict[str, Any]:
    """Return this visitor's memory; it survives page switches, not F5 (for that, see `?job=`)."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = {"owner": _returning() or new_token(), "visit": 0, "values": {}, "slots": {}}
    return cast(dict[str, Any], st.session_state[_KEY])


def owner() -> str:
    """Return the token under which this visitor's uploads and jobs are kept: of their login, else of their browser."""
    return auth.owner_of_user() if auth.is_required() else cast(str, state()["owner"])


def remember_owner() -> None:
    """Ask the browser to keep the owner's token, so that F5 and a new tab find uploads and history again.

    A script sets it, since Streamlit gives a page no response header: so it cannot be HttpOnly.
    """
    if not auth.is_required() and not _returning():
        secure = "; Secure" if urlsplit(st.context.url or "").scheme == "https" else ""
        cookie = f"{COOKIE}={owner()}; path=/; max-age={COOKIE_SECONDS}; SameSite=Strict{secure}"
        st.html(f"<script>document.cookie = '{cookie}'</script>", unsafe_allow_javascript=True)


def _returning() -> str | None:
    token = str(st.context.cookies.get(COOKIE, ""))
    return token if is_token(token) else None


# --- language -----------------------------------------------------------------------------------------------------


def language() -> str:
    """Return the visitor's language: what they chose, else the URL's, else the browser's."""
    chosen = state().get("language") or st.query_params.get("lang") or _of_browser()
    return chosen if chosen in LANGUAGES else "en"


def speak() -> str:
    """Use the visitor's language from here on in this run (every run is a thread of its own)."""
    code = language()
    set_language(code)
    return code


def _of_browser() -> str:
    return str(st.context.locale or "en").split("-")[0]


# --- the table ----------------------------------------------------------------------------------------------------


def current_reference() -> data_ref.Reference | None:
    """Return what names the visitor's data (see `data_ref`), None before they chose any."""
    return cast("data_ref.Reference | None", state().get("data"))


def use_data(reference: data_ref.Reference | None) -> None:
    """Make this the visitor's data; forms and results that belonged to another table are forgotten."""
    if current_reference() is not None:
        _forget_settings()
    state()["data"] = reference
    refresh_forms()


def _forget_settings() -> None:
    """Forget how the network of another table was set; a link that names settings keeps them for its first table."""
    state()["values"] = {}
    for name in list(st.query_params):
        if "." in name:
            del st.query_params[name]


def change_data(**changes: Any) -> None:
    """Change what is known of the visitor's data: plan, kinds, target, task, …; None forgets a choice."""
    merged = {**(current_reference() or {}), **changes}
    state()["data"] = {key: value for key, value in merged.items() if value is not None}


def current_table() -> Table | None:
    """Return the visitor's table, read once and kept; DataError when it cannot be read as asked."""
    reference = current_reference()
    if reference is None or "toy" in reference:
        return None
    return cast(Table, _kept("table", reference, lambda: data_ref.load_table(own_reference(reference))))


def table_at_hand() -> Table | None:
    """Return the visitor's table where it has been read already, None otherwise: for what every page shows beside itself."""
    reference = current_reference()
    if reference is None:
        return None
    identity = data_ref.identity(reference, "table")
    return cast("Table | None", memory().held(_holder(reference, identity), "table", identity))


def current_dataset() -> Dataset | None:
    """Return the visitor's rows ready to learn from; None before a target is chosen."""
    reference = current_reference()
    if reference is None or not ("toy" in reference or reference.get("target")):
        return None
    read = lambda: data_ref.load_dataset(own_reference(reference), current_table())  # noqa: E731
    return cast(Dataset, _kept("dataset", reference, read))


def found_before(dataset: Dataset) -> tuple[Repair, ...]:
    """Return the repairs that a look at the rows to be diagnosed offers; looked at once per dataset."""
    kept = state().get("kept look")
    if kept is None or kept[0] != dataset.fingerprint:
        from dldiag.diagnosis.diagnose import audit_open_rows

        kept = state()["kept look"] = (dataset.fingerprint, audit_open_rows(dataset).repairs)
    return cast("tuple[Repair, ...]", kept[1])


def repair_data(repair: Repair) -> None:
    """Make a repair: it becomes part of what names the visitor's data, where the form shows it and can undo it."""
    from dldiag.data.audit.repairs import applied

    state()["data"] = applied(current_reference() or {}, (repair,))
    refresh_forms()


def own_reference(reference: data_ref.Reference) -> data_ref.Reference:
    """Return the reference with the paths of this visitor's own uploads in it."""
    return data_ref.located(reference, owner())


def _kept(what: str, reference: data_ref.Reference, read: Callable[[], Any]) -> Any:
    """Read a table or dataset, and keep the last one; a visitor's own is never shared with another."""
    identity = data_ref.identity(reference, what)
    return memory().get(_holder(reference, identity), what, identity, read)


def _holder(reference: data_ref.Reference, identity: str) -> str:
    """Return who holds what was read: a sample, which everybody may see, is held once for all sessions."""
    if ("sample" in reference or "toy" in reference) and "second" not in reference:
        return identity
    return cast(str, state().setdefault("session", new_token()))


@st.cache_resource(show_spinner=False)
def memory() -> Memory:
    """Return what this server holds of visitors' tables."""
    return Memory(from_environment(ServerLimits).tables_megabytes)


# --- forms and jobs -----------------------------------------------------------------------------------------------


def refresh_forms() -> None:
    """Make every form show the remembered values again (after they were changed by something else than a widget)."""
    state()["visit"] += 1


def follow_url() -> None:
    """Take up the job that the URL names, once, if this session has no diagnosis yet (F5, another tab, a link)."""
    named = st.query_params.get("job", "")
    if named and named != state().get("followed") and "diagnose" not in state()["slots"]:
        state()["followed"] = named
        reopen(named)


def take_up_model(choice: Mapping[str, Any]) -> None:
    """Make the form of the model show a choice; each kind of model remembers its own settings."""
    rest, values = dict(choice), state()["values"]
    key, name = rest.pop(KEY, "mlp"), rest.pop(NAME, "")
    values["choice"] = {"key": key}
    own = {"name": name, "parameters": json.dumps(rest) if rest else ""}
    values.setdefault(prefix_of(key), {}).update(own if key == SKLEARN else rest)
    refresh_forms()


def prefix_of(key: str) -> str:
    """Return under which name the settings of a kind of model are remembered; the course pages share the network's."""
    return "model" if key == "mlp" else key


def reopen(job: str) -> bool:
    """Take up the job of a URL after F5 or in another tab: its table and settings become this visitor's.

    Who holds a job's unguessable id may see it and go on with it. False when there is no such diagnosis, or one that
    another version of dldiag wrote.
    """
    try:
        spec = store.spec_of(job, DiagnosisJob)
    except (KeyError, FileNotFoundError, DataError):
        return False
    if _may_take_up(spec.job.data, spec.owner):
        state()["data"] = spec.job.data
    state()["values"]["settings"] = asdict(spec.job.settings)
    take_up_model(spec.job.model)
    state()["slots"][kind_of(DiagnosisJob)] = job
    refresh_forms()
    return True


def _may_take_up(data: data_ref.Reference, giver: str) -> bool:
    """Put another owner's uploads on this visitor's shelf; False where they are gone, or there is no room for them."""
    try:
        for one in (data, data.get("second", {})):
            if "upload" in one and giver != owner():
                uploads.share(giver, owner(), one["upload"])
    except (KeyError, DataError):
        return False
    return True

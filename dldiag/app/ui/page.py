"""Every page begins here: its title, the sidebar with the other pages, the language, and the table at hand.

A page is a file in pages/; its docstring's first line is its title (up to the colon). Numbers below 10 belong to
the diagnosis, the others to the course. Nothing else has to be written down for a page to appear.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st
import streamlit.errors
from streamlit.errors import StreamlitPageNotFoundError

from dldiag.app.state import auth, session
from dldiag.app.state.last_table import note_table
from dldiag.app.storage.paths import storing
from dldiag.app.ui.theme import ICON, css
from dldiag.app.ui.widgets import show_error, show_message, table_size
from dldiag.core.home import dashboard_folder, require
from dldiag.core.i18n import LANGUAGES, Message, tr, translate
from dldiag.core.params import SettingError
from dldiag.core.sanitize import escape_markdown, legible
from dldiag.core.types import DataError

MAIN = "streamlit_app.py"
FIRST_OF_COURSE = 10
_NAME = "dldiag"
TO_TOP = """<script>document.querySelector('[data-testid="stMain"]').scrollTo(0, 0)</script>"""


@dataclass(frozen=True)
class Page:
    """A page: its file relative to the project, its English title, and whether it belongs to the course."""

    file: str
    title: str
    course: bool


@cache
def pages() -> tuple[Page, ...]:
    """Return all pages in the order of their numbers, the main page first."""
    all_pages = [Page(MAIN, "Diagnose a model", course=False)]
    numbered = ((int(path.name.split("_")[0]), path) for path in (dashboard_folder() / "pages").glob("[0-9]*.py"))
    for number, path in sorted(numbered):
        all_pages.append(Page(f"pages/{path.name}", _title(path), number >= FIRST_OF_COURSE))
    return tuple(all_pages)


def page(title: str | Message, claim: str | Message = "") -> None:
    """Set a page up: call it first. `title` and `claim` (the page's first sentence) are Messages or English templates."""
    code = session.speak()
    title, claim = (tr(one) if isinstance(one, str) else str(one) for one in (title, claim))
    st.set_page_config(f"{title} · {_NAME}", page_icon=str(ICON), layout="wide", initial_sidebar_state="auto")
    if auth.is_required() and not auth.is_logged_in():
        ask_login()
        st.stop()
    _note_visit(title)
    _begin()
    _keep_in_url("lang", code if code != "en" or "lang" in st.query_params else None)
    session.remember_owner()
    st.html(f"<style>{css()}</style>")
    with st.sidebar:
        _sidebar(code)
    st.title(title, anchor=False)
    if claim:
        st.markdown(escape_markdown(claim))
    if session.state().pop("to top", False):
        st.html(TO_TOP, unsafe_allow_javascript=True)


def ask_login() -> None:
    """Show the login, the only thing visible before it; explain when the server is not set up for it."""
    st.html(f"<style>{css()}</style>")
    st.title(_NAME, anchor=False)
    show_message(tr("Log in to diagnose a model. What you upload and what you find is kept for you alone."))
    if st.button(tr("Log in"), type="primary", key="login", icon=":material/login:"):
        try:
            require("authlib", "auth")
            st.login(auth.provider())
        except (SettingError, streamlit.errors.Error) as error:
            show_error(
                Message("The login is not set up: {reason}", {"reason": " ".join(str(error).split())}),
                Message("Whoever runs this server finds what to set in docs/server.md."),
            )


def _begin() -> None:
    """Open the job of the URL and start the workers; without a writable home, show why and go on."""
    try:
        with storing():
            session.follow_url()
            note_table()
            session.pool()  # Workers start while the visitor reads.
    except (DataError, SettingError) as error:
        show_error(error)


def _note_visit(title: str) -> None:
    """Notice a page switch, after which forms start from the remembered values."""
    memory = session.state()
    if memory.get("page") != title:
        memory["page"] = title
        session.refresh_forms()


def _sidebar(code: str) -> None:
    st.markdown(f"**{_NAME}**")
    _links(tr("Diagnose"), course=False)
    _links(tr("The course"), course=True)
    st.divider()
    if auth.is_required():
        _offer_logout()
    _table_at_hand()
    _language_switch(code)


def _offer_logout() -> None:
    st.caption(escape_markdown(tr("Logged in as {name}", name=legible(auth.display_name(), 60))))
    if st.button(tr("Log out"), key="logout", icon=":material/logout:"):
        st.logout()


def _links(heading: str, *, course: bool) -> None:
    links = [page for page in pages() if page.course == course]
    if not links:
        return
    st.caption(heading)
    for one in links:
        link_to(one.file, translate(one.title))


def link_to(file: str, label: str, *, icon: str | None = None) -> None:
    """Draw a link to a page, or only its name when the page runs alone, as in a test."""
    try:
        st.page_link(file, label=escape_markdown(label), icon=icon)
    except StreamlitPageNotFoundError:
        show_message(label)


def _table_at_hand() -> None:
    reference = session.current_reference()
    if reference is None:
        st.caption(tr("No table yet"))
        return
    st.caption(tr("Your table"))
    table = session.table_at_hand()  # A page that only watches a job reads no table.
    size = table_size(table) if table else ""
    st.markdown(f"**{escape_markdown(reference.get('name', ''), 60)}**  \n{escape_markdown(size)}")
    if reference.get("target"):
        st.markdown(escape_markdown(tr("Target: {name}", name=legible(reference["target"], 60))))


def _language_switch(code: str) -> None:
    language = st.segmented_control(
        "Language · 语言",
        list(LANGUAGES),
        default=code,
        format_func=lambda one: LANGUAGES[one],
        key=f"language.{session.state()['visit']}",
        required=True,
    )
    if language and language != code:
        session.state()["language"] = language
        st.query_params["lang"] = language
        session.refresh_forms()  # Options in the old language would not match the new ones.
        st.rerun()


def _keep_in_url(name: str, value: str | None) -> None:
    if value is not None and st.query_params.get(name) != value:
        st.query_params[name] = value


def _title(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or path.stem
    return docstring.splitlines()[0].split(":")[0].rstrip(".")

"""Choosing a table: an upload, a sample that ships with the project, or a file of this machine."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dldiag.app.state import server, session
from dldiag.app.storage import data_ref, uploads
from dldiag.app.ui.widgets import explained, show_message
from dldiag.app.views.samples import open_sample
from dldiag.core.i18n import tr
from dldiag.core.sanitize import escape_markdown, legible
from dldiag.data.samples import SAMPLES


def ask_table() -> None:
    """Draw the empty state: a place to drop a file, the samples as buttons, and a path where the server was started with that."""
    visit = session.state()["visit"]
    file = st.file_uploader(
        tr("Your table: CSV, TSV, Excel, Parquet or JSON lines"),
        key=f"upload.{visit}",
        help=tr("The file stays on the machine that runs dldiag."),
    )
    if file is not None:
        _use_upload(file)
    st.subheader(tr("No table at hand? Open a sample"), anchor=False)
    _sample_buttons()
    if server.may_read_paths():
        _ask_path()


def _use_upload(file: UploadedFile) -> None:
    with explained():
        digest = uploads.keep(session.owner(), file.getvalue())
    _use({"upload": digest, "name": legible(file.name, 120)})


def _use(reference: data_ref.Reference) -> None:
    session.use_data(reference)
    st.rerun()


def _sample_buttons() -> None:
    for row in _rows(list(SAMPLES.values()), 3):
        for column, sample in zip(st.columns(3), row, strict=False):
            with column.container(border=True, height="stretch"):
                title = escape_markdown(sample.title)
                if st.button(title, key=f"report.{sample.key}", width="stretch", help=tr("Open its finished report.")):
                    open_sample(sample.key)
                show_message(sample.story, kind="caption")
                if st.button(tr("Run it yourself"), key=f"sample.{sample.key}", type="tertiary"):
                    _use({"sample": sample.key, "name": sample.file})


def _rows(items: list[Any], width: int) -> list[list[Any]]:
    return [items[k : k + width] for k in range(0, len(items), width)]


def _ask_path() -> None:
    with st.expander(tr("A file on this machine")), st.form("path", border=False):
        text = st.text_input(
            tr("Path"),
            help=tr("Read without an upload, as it is now; useful for large files."),
            placeholder="/data/customers.csv",
        )
        if st.form_submit_button(tr("Read it")) and text.strip():
            with explained():
                reference = data_ref.path_reference(text)
            _use(reference)

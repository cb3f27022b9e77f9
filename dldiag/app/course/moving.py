"""Moving pictures on a page: shown like any figure, and their buttons and slider made usable by keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from dldiag.app.ui.widgets import show_figure
from dldiag.core.i18n import Message, tr

KEYS = Path(__file__).with_name("moving.js")


def show_moving(figure: Any, alt: str | Message, *, key: str) -> None:
    """Show a figure with frames; arrow keys step through it, Enter or Space on its buttons plays and pauses."""
    show_figure(figure, alt, key=key)
    words = tr("Step through the picture with the arrow keys").replace("\\", "").replace('"', "")
    st.html(
        f'<script>window.dldiagSlider = "{words}";\n{KEYS.read_text("utf-8")}</script>', unsafe_allow_javascript=True
    )

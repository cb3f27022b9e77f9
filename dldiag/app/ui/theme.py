"""How the dashboard looks beyond .streamlit/config.toml: the icon and a little CSS; colors by name, light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import streamlit as st

ICON = Path(__file__).with_name("icon.png")

# Only layout and what the theme cannot say; colors come from the theme's own variables or work on both grounds.
CSS = """
.block-container { max-width: 74rem; }
h1 { letter-spacing: -0.02em; }
.st-key-verdict h2 { font-size: 1.55rem; line-height: 1.3; padding: 0; }
[class*="st-key-lit-"] { border-left: 5px solid #2A8F96; }
.st-key-statements blockquote { opacity: 1; }
.st-key-statements blockquote * { color: inherit; opacity: 1; }
/* Who asked for less motion steps through a moving picture by its slider; it has nothing that plays. */
@media (prefers-reduced-motion: reduce) { .js-plotly-plot .updatemenu-container { display: none; } }
/* On a phone the columns stand under each other: what is recommended comes first. */
@media (max-width: 640px) {
  [data-testid="stColumn"]:has([class*="st-key-lit-"]) { order: -1; }
  [data-testid="stColumn"]:has([class*="st-key-lit-first-"]) { order: -2; }
}
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] * { color: inherit !important; }
[data-testid="stCaptionContainer"] { opacity: 0.78; }
button[data-testid*="rimary"]:not(:disabled) { background: #14757b; border-color: #14757b; color: #fff; }
button[data-testid*="rimary"]:not(:disabled):hover { background: #0f5e63; border-color: #0f5e63; color: #fff; }
[data-testid="stSidebar"] [data-testid="stCaptionContainer"] p {
  text-transform: uppercase; letter-spacing: 0.06em; font-size: 0.75rem; }
/* Streamlit keeps what was picked on one line and hides the rest: here every pick is seen. */
div:has(> [data-testid="stMultiSelectTagsContainer"]) { height: auto; max-height: none; min-height: 2.5rem; }
[data-testid="stMultiSelectTagsContainer"] { flex-wrap: wrap; height: auto; mask-image: none; }
@media (max-width: 640px) {
  .block-container { padding-left: 1rem; padding-right: 1rem; }
  h1 { font-size: 1.6rem; } }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; animation: none !important; } }
"""


def mode() -> Literal["light", "dark"]:
    """Return whether the visitor sees the light or the dark theme."""
    return "dark" if st.context.theme.type == "dark" else "light"

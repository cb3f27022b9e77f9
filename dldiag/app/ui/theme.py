"""How the dashboard looks beyond .streamlit/config.toml: the icon and a little CSS; colors by name, light and dark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import streamlit as st

from dldiag.core.i18n import tr

ICON = Path(__file__).with_name("icon.png")
BARS = Path(__file__).parents[2] / "report" / "interval_bars.css"

# Only layout and what the theme cannot say; colors come from the theme's own variables or work on both grounds.
CSS = """
/* Streamlit offers add-ons for developers of apps; visitors of this one are none. */
[data-testid="stSkillsNudge"] { display: none; }
/* The links under the verdict lead to headings; a heading needs no link to itself, with a name in English. */
[data-testid="stHeaderActionElements"] { display: none; }
.block-container { max-width: 74rem; }
/* On a phone a lesson is to be no longer than four screens. */
@media (max-width: 640px) { .stMain [data-testid="stVerticalBlock"] { gap: .7rem; } }
h1 { letter-spacing: -0.02em; }
.st-key-verdict h2 { font-size: 1.5rem; line-height: 1.3; padding: 0 0 .6rem; }
:root { --good: #00805c; --act: #0f5e63; --stop: #c35200; --open: #5b6675; }
[class*="st-key-kind-"] { border-left-width: 6px; }
.st-key-kind-good { border-left-color: var(--good); } .st-key-kind-act { border-left-color: var(--act); }
.st-key-kind-keep { border-left-color: var(--open); }
.st-key-kind-stop { border-left-color: var(--stop); } .st-key-kind-open { border-left-color: var(--open); }
.st-key-action { background: color-mix(in srgb, #2A8F96 13%, transparent); border-radius: .5rem; padding: .6rem .9rem; }
[class*="st-key-lit-"] { border-left: 5px solid #2A8F96; }
.st-key-statements blockquote { opacity: 1; }
.st-key-statements blockquote * { color: inherit; opacity: 1; }
/* Who asked for less motion steps through a moving picture by its slider; it has nothing that plays. */
@media (prefers-reduced-motion: reduce) { .js-plotly-plot .updatemenu-container { display: none; } }
/* A row of the list of fixes breaks where its parts would be narrower than their words. */
[class*="st-key-lit-"] [data-testid="stHorizontalBlock"], [class*="st-key-fix-"] [data-testid="stHorizontalBlock"],
.st-key-action [data-testid="stHorizontalBlock"], .st-key-heading [data-testid="stHorizontalBlock"] { flex-wrap: wrap; row-gap: .4rem; }
[class*="st-key-lit-"] [data-testid="stColumn"] [data-testid="stVerticalBlock"],
[class*="st-key-fix-"] [data-testid="stColumn"] [data-testid="stVerticalBlock"],
.st-key-action [data-testid="stVerticalBlock"] { gap: .2rem; }
[class*="st-key-lit-"] [data-testid="stColumn"]:last-child [data-testid="stVerticalBlock"],
[class*="st-key-fix-"] [data-testid="stColumn"]:last-child [data-testid="stVerticalBlock"] { gap: .5rem; }
[class*="st-key-lit-"] [data-testid="stColumn"], [class*="st-key-fix-"] [data-testid="stColumn"] { min-width: min(100%, 13rem); }
[class*="st-key-lit-"] [data-testid="stColumn"]:last-child, [class*="st-key-fix-"] [data-testid="stColumn"]:last-child {
  min-width: 7rem; }
/* On a phone, what belongs to one short run stands together. */
[class*="st-key-vain-"] [data-testid="stHorizontalBlock"] { row-gap: 0; }
/* The progress of a test keeps its height, so its parts stay beside each other. */
[class*="st-key-progress-"][class] [data-testid="stHorizontalBlock"] { flex-wrap: nowrap; }
[class*="st-key-progress-"][class] [data-testid="stColumn"][data-testid] { min-width: 0; }
.st-key-action [data-testid="stColumn"], .st-key-heading [data-testid="stColumn"] { min-width: min(100%, 8rem); }
.st-key-heading [data-testid="stColumn"]:first-child { min-width: min(100%, 22rem); }
.st-key-action [data-testid="stColumn"]:first-child { min-width: min(100%, 16rem); }
/* Tables of texts; in a narrow place each row is a card, and each cell says its column. */
.rows-box { container-type: inline-size; --line: color-mix(in srgb, currentColor 18%, transparent); }
.rows-box.tall { max-height: 27rem; overflow-y: auto; }
.rows { width: 100%; border-collapse: separate; border-spacing: 0; border: 1px solid var(--line); border-radius: .5rem;
  font-size: .875rem; font-variant-numeric: tabular-nums; }
.rows th, .rows td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
.rows tr:last-child td { border-bottom: 0; }
.rows th { font-weight: 400; opacity: .78; }
.rows:not(:has(th:nth-child(3))) { width: auto; min-width: min(100%, 32rem); }
@container (max-width: 36rem) { .rows:has(th:nth-child(3)) {
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  &, tbody, tr { display: block; }
  tr { padding: .45rem .75rem; border-bottom: 1px solid var(--line); }
  tr:last-child { border-bottom: 0; }
  td { display: grid; grid-template-columns: 40% 1fr; gap: .75rem; padding: .1rem 0; border: 0; }
  td:first-child { display: block; font-weight: 600; }
  td:first-child::before { content: attr(data-label) " · "; font-weight: 400; opacity: .78; }
  td:empty { display: none; }
  td:not(:first-child)::before { content: attr(data-label); opacity: .78; } } }
.remedy-table { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 1rem; }
.remedy-table h4 { margin: 0 0 .35rem; font-size: .95rem; }
.remedy-table ul { list-style: none; margin: 0; padding: 0; }
.remedy-table li { display: flex; flex-wrap: wrap; justify-content: space-between; padding: .35rem .7rem;
  border: 1px solid color-mix(in srgb, currentColor 22%, transparent); margin-bottom: -1px; }
.remedy-table li.lit { background: color-mix(in srgb, #2A8F96 22%, transparent); font-weight: 600;
  border-left: 5px solid #2A8F96; }
.remedy-table li.dim { opacity: .78; }
.remedy-table b { font-size: .85rem; }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] * { color: inherit !important; }
[data-testid="stCaptionContainer"] { opacity: 0.78; }
button[data-testid*="rimary"]:not(:disabled) { background: #14757b; border-color: #14757b; color: #fff; }
button[data-testid*="rimary"]:not(:disabled):hover { background: #0f5e63; border-color: #0f5e63; color: #fff; }
[data-testid="stSidebar"] [data-testid="stCaptionContainer"] p {
  text-transform: uppercase; letter-spacing: 0.06em; font-size: 0.75rem; }
/* Streamlit's hint beside a field is English only, and says what the Enter key is for. */
[data-testid="InputInstructions"] { display: none; }
/* The words of Streamlit's uploader are English only: the page's language stands in their place. */
[data-testid="stFileUploaderDropzone"] button p, [data-testid="stFileUploaderDropzoneInstructions"] span { font-size: 0; }
[data-testid="stFileUploaderDropzone"] button p::after { content: var(--upload); font-size: .875rem; }
[data-testid="stFileUploaderDropzoneInstructions"] span::after { content: var(--upload-limit); font-size: .875rem; }
/* Streamlit keeps what was picked on one line and hides the rest: here every pick is seen. */
div:has(> [data-testid="stMultiSelectTagsContainer"]) { height: auto; max-height: none; min-height: 2.5rem; }
[data-testid="stMultiSelectTagsContainer"] { flex-wrap: wrap; height: auto; mask-image: none; }
[data-testid="stMultiSelectTagsContainer"] [data-tag] { height: auto; min-height: 1.75rem; }
[data-testid="stMultiSelectTagsContainer"] [data-tag] span { white-space: normal; }
[data-testid="stMultiSelectTagsContainer"] [data-tag] * { color: var(--pick-ink); }
/* Lines longer than this are hard to read; figures and tables use the whole width. */
.stMain [data-testid="stMarkdownContainer"] > :is(p, ul, ol) { max-width: 52rem; }
/* A formula wider than its place goes on in the next line; the mark of a fraction's end stands 2 pixels outside. */
.katex-display { padding-right: 2px; }
.katex-display > .katex > .katex-html { white-space: normal; }
.katex-display .base { margin: .15em 0; }
@media (max-width: 640px) {
  .stMain .block-container { padding: 4.5rem 1rem 4rem; }
  h1 { font-size: 1.6rem; } }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; animation: none !important; } }
"""
# Styles of the interval bars, see report/interval_bars.py, and of what was picked: Streamlit writes it white on any ground.
BAR_COLORS: dict[Literal["light", "dark"], str] = {
    "light": "--bar-ground: #eef2f2; --bar-zero: #17252a; --bar-paper: #fff; --bar-better: #00805c; --bar-worse: #c35200; "
    "--bar-open: #5b6675; --pick-ink: #fff;",
    "dark": "--bar-ground: #1d2a2e; --bar-zero: #e7eeef; --bar-paper: #10181b; --bar-better: #3cc79b; --bar-worse: #f08a4b; "
    "--bar-open: #a7b0bd; --pick-ink: #10181b;",
}


def mode() -> Literal["light", "dark"]:
    """Return whether the visitor sees the light or the dark theme."""
    return "dark" if st.context.theme.type == "dark" else "light"


def css() -> str:
    """Return all CSS of a page in the visitor's theme."""
    return f"{CSS}{BARS.read_text(encoding='utf-8')}:root {{ {BAR_COLORS[mode()]} {_uploader_words()} }}"


def _uploader_words() -> str:
    limit = tr("up to {megabytes} MB per file", megabytes=st.get_option("server.maxUploadSize"))
    return f"--upload: {json.dumps(tr('Upload'), ensure_ascii=False)}; --upload-limit: {json.dumps(limit, ensure_ascii=False)};"

"""User texts are harmless: rendered by a real Markdown parser they give back exactly their characters."""

import re

import pytest
from hypothesis import given, strategies as st

from dldiag.core.sanitize import LONGEST, escape_markdown, legible

NASTY = [
    "![x](http://evil.example/pixel.png)",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "$\\frac{1}{2}$",
    ":red[danger] :material/delete: :smile:",
    "# heading",
    "| a | b |\n|---|---|",
    "`code` **bold** _it_ ~~no~~",
    "www.evil.example and http://evil.example and me@evil.example",
    "&lt;b&gt;",
    "1. list",
    "- list",
    "> quote",
]


@pytest.mark.parametrize("text", NASTY)
def test_every_character_with_a_meaning_is_escaped(text):
    unescaped = re.sub(r"\\.", "", escape_markdown(text))
    assert not re.search(r"[\[\]()*_`#<>$~|!&:]", unescaped)


@pytest.mark.parametrize("text", NASTY)
def test_nothing_is_lost_but_line_breaks(text):
    shown = re.sub(r"\\(.)", r"\1", escape_markdown(text)).replace("\u2060", "")
    assert shown == text.replace("\n", " ")


@given(st.text(max_size=200))
def test_no_text_keeps_control_or_direction_characters(text):
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", legible(text))


def test_a_huge_cell_is_cut():
    assert len(legible("x" * 5_000_000)) == LONGEST

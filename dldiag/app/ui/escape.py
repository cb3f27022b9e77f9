"""Texts that come from files, made harmless: nothing in a cell or a column name is ever markup, a link or a command."""

from __future__ import annotations

import re

LONGEST = 400  # characters of one user text on a page; a cell of 5 MB must not stop the browser

_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:<>&^=\"'/@])")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\u2028\u2029]")
_LINK = re.compile(r"(?i)(https?:|ftp:|mailto:|xmpp:|www(?=\.))")  # Markdown turns these into links by itself
_JOINER = "\u2060"  # of no width: it only breaks what would become a link


def escape_markdown(text: object, longest: int = LONGEST) -> str:
    """Return a text that Markdown, HTML and LaTeX all show as it is.

    >>> escape_markdown("![x](http://a.b/c.png)").count("![")
    0
    """
    kept = legible(text, longest)
    kept = _LINK.sub(lambda found: found.group(0) + _JOINER, kept).replace("@", "@" + _JOINER)
    return _PUNCTUATION.sub(r"\\\1", kept).replace("\n", " ")


def legible(text: object, longest: int = LONGEST) -> str:
    """Return a text for places that know no markup (cells, options): no control characters, not too long.

    >>> legible("abc\\u202etxt")
    'abc\ufffdtxt'
    """
    kept = _CONTROL.sub("\ufffd", _BIDI.sub("\ufffd", str(text)))
    return kept if len(kept) <= longest else kept[: longest - 1] + "…"

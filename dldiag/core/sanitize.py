"""The one sanitizer: a cell or column name is never shown as markup, a link, a formula or a command."""

from __future__ import annotations

import re

LONGEST = 400  # Characters shown of one user text; a cell of 5 MB must not stop the browser.

_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:<>&^=\"'/@])")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\u2028\u2029]")
_TERMINAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_LINK = re.compile(r"(?i)(https?:|ftp:|mailto:|xmpp:|www(?=\.))")  # Markdown turns these into links.
_JOINER = "\u2060"  # A zero-width character that breaks what would become a link.
# An interval in brackets, a number and its next value, a number and its unit, or a factor.
_ONE_THING = re.compile(r"\([−+]?\d[^()]{0,28}\)|\d → [−+]?\d|\d µs|× \d")


def escape_markdown(text: object, longest: int = LONGEST) -> str:
    """Return a text that Markdown, HTML and LaTeX all show as it is.

    >>> escape_markdown("![x](http://a.b/c.png)").count("![")
    0
    """
    clean = unbroken(legible(text, longest))
    clean = _LINK.sub(lambda found: found.group(0) + _JOINER, clean).replace("@", "@" + _JOINER)
    return _PUNCTUATION.sub(r"\\\1", clean).replace("\n", " ")


def legible(text: object, longest: int = LONGEST) -> str:
    """Return a text for places without markup (cells, options), without control characters and shortened.

    >>> legible("abc\\u202etxt")
    'abc\ufffdtxt'
    """
    clean = _CONTROL.sub("\ufffd", _BIDI.sub("\ufffd", str(text)))
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"


def unbroken(text: str) -> str:
    """Return a text whose intervals and changes of a number stay on one line.

    >>> unbroken("35.2% (32.6 to 38.0), 199 → 796 rows").count("\u00a0")
    4
    """
    return _ONE_THING.sub(lambda found: found[0].replace(" ", "\u00a0"), text)


def escape_plotly(text: object) -> str:
    """Return a text that plotly shows as it is: its own markup is not taken from names that users chose.

    >>> escape_plotly("a<b>$x$")
    'a&lt;b&gt;&#36;x&#36;'
    """
    escaped = str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("$", "&#36;")


def spreadsheet_safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    >>> spreadsheet_safe("=1+1"), spreadsheet_safe("plain")
    ("'=1+1", 'plain')
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def terminal_safe(text: str) -> str:
    """Return a text for a terminal, without control or direction characters.

    >>> terminal_safe("a\\x1b]0;owned\\x07 b")
    'a\ufffd]0;owned\ufffd b'
    """
    return _TERMINAL.sub("\ufffd", text)

"""What one cell looks like: number, date, word …; used to decide dialects, headers and repairs, never to convert."""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST_LOOKED_AT = 200  # A cell with more characters is prose.

_SIGN = r"[-+−]?"
_MONEY = r"[$€£¥₹￥元₽₺₴₫₪₩₱₦฿₡₲₸]?"
_NUMBER = re.compile(
    rf"\(?%?{_MONEY}\s?{_SIGN}\s?{_MONEY}\s?(?:\d{{1,3}}(?:[,.'’  ]\d{{3}})+(?:[.,]\d+)?|\d{{1,2}}(?:,\d{{2}})+,\d{{3}}(?:\.\d+)?|\d+(?:[.,]\d*)?|[.,]\d+)"
    rf"(?:[eEdD][-+]?\d+)?-?\s?(?:%|‰|{_MONEY[:-1]}|[A-Z]{{3}})?\)?|[-+]?(?:nan|inf(?:inity)?)|0x[0-9a-f]+",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[-+]?\d{1,20}(?:\.\d{0,20})?")  # Most numbers are found by it at a fraction of the time.
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s?[ap]\.?m\.?)?"
_DATE = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{4}-\d{2}|"
    rf"\d{{1,2}}[-\s./]{_MONTH}[-\s./,]*(?:\d{{4}}|\d{{2}})|{_MONTH}[-\s.]\d{{1,2}},?\s\d{{4}}|{_MONTH}[-\s.]\d{{2,4}})"
)
_ZONE = r"(?:\s?(?:Z|UTC|GMT|[-+]\d{2}:?\d{2}))?"
_WHEN = re.compile(rf"{_DATE}(?:[T\s]+{_TIME}{_ZONE})?|{_TIME}", re.IGNORECASE)
_LINK = re.compile(r"(?:https?|ftp)://\S+|www\.\S+|[^\s@,;|]+@[^\s@,;|]+\.[a-z]{2,}", re.IGNORECASE)
_MISSING = frozenset(
    {"na", "n/a", "null", "none", "nan", "-", "--", "?", ".", "..", "...", "missing", "#n/a", "nil", "\\n"}
)
_CODE = re.compile(r"[\w.#-]*\d[\w.#-]*|[A-Z]{1,4}")
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=65536)
def kind_of(cell: str) -> str:
    """Return empty, missing, number, when, link, code, word (has letters), or mark (neither letters nor digits).

    >>> [kind_of(c) for c in ("", "NA", "1.234,5 €", "2024-01-05 10:30", "B-12", "Total cost", "***")]
    ['empty', 'missing', 'number', 'when', 'code', 'word', 'mark']
    """
    if _PLAIN.fullmatch(cell):
        return "number"
    text = cell.strip()
    if not text:
        return "empty"
    if len(text) > LONGEST_LOOKED_AT:
        return "word"
    if text.lower() in _MISSING:
        return "missing"
    for kind, pattern in (("number", _NUMBER), ("when", _WHEN), ("link", _LINK), ("code", _CODE)):
        if pattern.fullmatch(text):
            return kind
    return "word" if _LETTERS.search(text) else "mark"


@lru_cache(maxsize=65536)
def shape_of(cell: str) -> str:
    """Return the cell with digits as 9 and letters as a, runs kept short: what the cells of one column share.

    >>> shape_of("18/02/2018"), shape_of("BH-9827"), shape_of("$74.69"), shape_of("Men's socks")
    ('99/99/9999', 'a-9999', '$99.99', "a'a a")
    """
    digits = _DIGITS.sub(lambda m: "9" * min(len(m.group()), 8), cell.strip()[:LONGEST_LOOKED_AT])
    return _LETTERS.sub("a", digits)

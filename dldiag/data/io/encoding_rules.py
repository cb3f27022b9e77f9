"""Encodings that are known by a rule: by their mark, where their zero bytes stand, their escapes, or as EBCDIC."""

from __future__ import annotations

import codecs
import re

SAMPLE_BYTES = 1 << 18
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ESCAPED = ((b"\x1b$B", "iso2022_jp"), (b"\x1b$@", "iso2022_jp"), (b"\x1b(J", "iso2022_jp"), (b"\x1b$)C", "iso2022_kr"))
_HIGH = re.compile(rb"[\x80-\xff]")
_NUL_RUN = re.compile(rb"\0{5,}")  # A torn file has this many zero bytes in a row, and no text in UTF-16 or UTF-32 has.
EBCDIC = ("cp037", "cp273")  # English and German pages; letters, digits and most marks are the same in all.
EBCDIC_SHARE = 0.95  # Bytes are EBCDIC where at least this share of the characters is plain.
EBCDIC_BLANK, EBCDIC_DIGITS = 0x40, range(0xF0, 0xFA)


def encoding_by_rule(data: bytes) -> str:
    """Return the encoding that a rule knows, or nothing."""
    for mark, encoding in MARKS:
        if data.startswith(mark) and not (encoding == "utf-32" and len(data) % 4):
            return encoding
    if wide := _wide(data):
        return wide
    for escape, encoding in _ESCAPED:
        if escape in data[:SAMPLE_BYTES] and not _HIGH.search(data[:SAMPLE_BYTES]):
            return encoding
    return _ebcdic(data[:SAMPLE_BYTES])


def _ebcdic(head: bytes) -> str:
    """Recognize EBCDIC: no line end or comma of ASCII, most bytes high, and plain text when decoded as such."""
    high = sum(len(run) for run in re.findall(rb"[\x80-\xff]+", head))
    if b"\n" in head or b"," in head or high < 0.5 * len(head) or not any(byte in EBCDIC_DIGITS for byte in head):
        return ""
    plain = {encoding: _plain_share(head.decode(encoding)) for encoding in EBCDIC}
    best = max(EBCDIC, key=lambda encoding: plain[encoding])
    has_lines = b"\x15" in head or b"\x25" in head
    return best if has_lines and plain[best] >= EBCDIC_SHARE else ""


def _plain_share(text: str) -> float:
    return sum((c.isascii() and (c.isprintable() or c in "\r\n\t")) or c == "\x85" for c in text) / max(1, len(text))


def _wide(data: bytes) -> str:
    """Recognize UTF-16 and UTF-32 without a mark by where their zero bytes stand, else by how they decode."""
    head = data[: SAMPLE_BYTES // 4 * 4]
    if _NUL_RUN.search(head):
        return ""
    if len(head) < 4 or (b"\0" not in head and not _looks_wide(head)):
        return ""
    zeros = [head[i::4].count(0) / max(1, len(head) // 4) for i in range(4)]
    if len(data) % 4 == 0 and min(zeros[2], zeros[3]) > 0.9 and zeros[0] < 0.5:
        return "utf-32-le"
    if len(data) % 4 == 0 and min(zeros[0], zeros[1]) > 0.9 and zeros[3] < 0.5:
        return "utf-32-be"
    scores = {e: _wide_score(head, e) for e in ("utf-16-le", "utf-16-be")}
    best = max(scores, key=lambda e: scores[e])
    return best if scores[best] > 0.8 and scores[best] > _narrow_score(head) else ""


def _looks_wide(head: bytes) -> bool:
    return any(mark in head for mark in (b"\n\0", b"\0\n"))


def _wide_score(head: bytes, encoding: str) -> float:
    try:
        text = head[: len(head) // 2 * 2].decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    if "\n" not in text and len(text) > 1000:
        return 0.0
    good = sum(c.isprintable() or c in "\r\n\t" for c in text) - 2 * text.count("\0")
    known = sum(ord(c) < 0x250 or 0x370 <= ord(c) < 0x700 or 0x3000 <= ord(c) < 0xD7B0 or c in "€“”‘’–—" for c in text)
    marks = any(c in text for c in "\n,;\t|")
    return min(good, known) / max(1, len(text)) if marks else 0.0


def _narrow_score(head: bytes) -> float:
    """Return how plausible the bytes are one by one: any NUL speaks against it."""
    return 0.0 if b"\0" in head else 1.0

"""Bytes -> text: rules first (marks, NUL patterns, strict UTF-8), then the votes of two detectors, weighed by the text."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import chardetng_py  # type: ignore[import-untyped]  # the package has no py.typed mark
import charset_normalizer
import numpy as np
import pyarrow as pa

from dldiag.data.io.encoding_rules import EBCDIC, SAMPLE_BYTES, encoding_by_rule
from dldiag.data.io.plausible_text import (
    CJK,
    SIGNS,
    all_usual,
    european_share,
    frequent_share,
    plausibility,
    within_latin_share,
)

PYTHON_NAMES = {
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "big5": "big5hkscs",
    "windows-874": "cp874",
}
_OTHERS = ("cp1252", "cp1250", "cp1251", "koi8_r", "cp866", "cp855", "mac_cyrillic", "cp1253", "cp1254", "johab")
CHINESE = "gb18030"
FEW_WORDS = 8  # Up to this many different words beyond ASCII, Chinese is always offered where it is possible.
UTF8_SHARE = 0.5  # From this share of UTF-8 among the lines beyond ASCII on, the other lines count as damage.
CLOSE = 0.12  # Two decodings are both offered where their plausibility differs by less.
FIRST_MARGIN = 0.12  # A multi-byte encoding overrules the first detector when it is more plausible by this.
SECOND_MARGIN = 0.03  # The second detector, which knows the older Cyrillic encodings, needs only this margin.
TWO_BYTES_END = 0x800  # From this character on UTF-8 takes three bytes.
SHORT_TEXT = 24  # Up to this many different characters beyond ASCII, bytes may be UTF-8 by accident.
ACCIDENT_SHARE = 0.6  # This share of frequent Chinese characters tells such an accident.
UNUSUAL = {
    "iso_8859_4",
    "iso_8859_10",
    "iso_8859_13",
    "iso_8859_14",
    "iso_8859_16",
    "iso_8859_3",
    "macintosh",
    "mac_roman",
}
SECOND_KNOWS = {"cp855", "mac_cyrillic", "johab"}
CYRILLIC_NAMES = {"cp1251", "koi8_r", "koi8_u", "cp866", "iso_8859_5", "mac_cyrillic"}
OTHER_SYSTEMS = ("cp850", "cp437", "cp852", "mac_roman", "mac_latin2")
DOUBTED_SHARE = 0.5  # A page of another system is tried if this share of the words is not European.
BELIEVED_SHARE = 0.9  # A page of another system is taken if this share of its words is European.
POOR = 0.7  # The second detector is heard when the first guess is less plausible than this.
_RARE = {"iso_8859_5": 0.1}  # Hardly any table is in this encoding, so it loses some plausibility.
SECOND_VOTE_BYTES = 1 << 14
PREVIEW_CHARS = 300
_C1_LEAD = b"\xc2"  # Every control character U+0080 … U+009F begins with it in UTF-8.
_HIGH = re.compile(rb"[\x80-\xff]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_BESIDE_LATIN = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[^\x00-\x7f](?=\d)")
_C1 = {i: bytes([i]).decode("cp1252", "replace").replace("�", "") or chr(i) for i in range(0x80, 0xA0)}


@dataclass(frozen=True)
class Decoded:
    """A text, how it was decoded, and what was lost or mixed on the way."""

    text: str
    encoding: str
    bad_characters: int = 0
    bad_example: str = ""
    other_encoding: str = ""  # The encoding of single lines in a file that is UTF-8 otherwise.
    other_lines: int = 0
    recovered: int = 0  # How many control characters stand for typographic marks of cp1252.


def decide_encoding(data: bytes) -> str:
    """Return Python's name of the encoding these bytes are most plausibly in."""
    if known := encoding_by_rule(data):
        return known
    if is_utf8(data):
        return "gb18030" if _utf8_by_accident(data) else "utf-8"
    if _mostly_utf8(data):
        return "utf-8"
    return _vote(_sample(data))


def decode_by_content(data: bytes) -> Decoded:
    """Decode bytes in the encoding that is decided for them; long UTF-8 is looked at once, by decoding it."""
    is_open = len(data) > SAMPLE_BYTES and not encoding_by_rule(data)
    text = _try(data, "utf-8") if is_open else None
    return decode(data, decide_encoding(data)) if text is None else _of_utf8(data, text)


def decode(data: bytes, encoding: str) -> Decoded:
    """Decode bytes; damaged lines of a UTF-8 file are read in another encoding where that is plausible."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        if encoding in {"utf-8", "utf-8-sig"}:
            return _decode_by_line(data, encoding)
        text = data.decode(encoding, errors="replace")
        at = text.find("�")
        return _with_c1(Decoded(text, encoding, text.count("�"), text[max(0, at - 30) : at + 30]))
    if encoding in EBCDIC:
        return Decoded(text.replace("\x85", "\n"), encoding)
    if encoding == "utf-8":
        return _of_utf8(data, text)
    return _with_c1(Decoded(text[1:] if text.startswith("\ufeff") else text, encoding))


def _of_utf8(data: bytes, text: str) -> Decoded:
    """Return a text as decoded; where its bytes may be control characters, these are replaced."""
    decoded = Decoded(text.removeprefix("\ufeff"), "utf-8")
    return _with_c1(decoded) if _C1_LEAD in data else decoded


def alternatives_of(data: bytes, chosen: str, *, known_utf8: bool = False) -> tuple[tuple[str, str], ...]:
    """Return (encoding, preview) of the other decodings that are about as plausible as the chosen one.

    `known_utf8` says that all bytes have been found to be UTF-8, so that they need no second look.
    """
    if chosen.startswith(("utf-16", "utf-32", "iso2022")) or chosen in EBCDIC:
        return ()
    sample = _sample(data)
    chinese = _few_chinese_words(sample)
    if known_utf8 or is_utf8(data):
        return ((CHINESE, _preview(chinese)),) if chinese and chosen != CHINESE and _are_short_words(data) else ()
    texts: dict[str, str] = {}
    for encoding in (chosen, *CJK, *_OTHERS):
        text = _try(sample, encoding)
        if text is not None and text not in texts.values():
            texts[encoding] = text
    if chosen not in texts:
        return ()
    least = plausibility(texts[chosen], chosen) - CLOSE
    close = [(e, plausibility(t, e)) for e, t in texts.items() if e != chosen]
    offered = {CHINESE} if chinese else set()
    ranked = sorted((c for c in close if c[1] >= least or c[0] in offered), key=lambda c: (c[0] not in offered, -c[1]))
    return tuple((e, _preview(texts[e])) for e, _ in ranked)


def _few_chinese_words(sample: bytes) -> str:
    """Return a sample as Chinese when it holds few different words, which are all made of usual characters; else nothing."""
    words = set(re.findall(rb"[\x80-\xff]+", sample))
    text = _try(sample, CHINESE) if 0 < len(words) <= FEW_WORDS else None
    return text if text is not None and all_usual(text, CHINESE) else ""


def _are_short_words(data: bytes) -> bool:
    """Tell whether all words beyond ASCII are one or two letters of two bytes that stand alone."""
    if _BESIDE_LATIN.search(data):
        return False
    for found in _HIGH_RUN.finditer(data):
        word = data[max(0, found.start() - 1) : found.end() + 1].decode()
        word = "".join(c for c in word if not c.isascii() or c.isalpha())
        if len(word) > 2 or not word.isalpha() or max(map(ord, word)) >= TWO_BYTES_END:
            return False
    return True


def is_utf8(data: bytes) -> bool:
    """Tell whether all bytes are UTF-8 (ASCII included)."""
    ends = pa.py_buffer(np.array([0, len(data)]))
    try:
        # Arrow checks the bytes where they are; a decoded text takes memory.
        pa.LargeStringArray.from_buffers(1, ends, pa.py_buffer(data)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _utf8_by_accident(data: bytes) -> bool:
    """Tell whether a few Chinese words in GB18030 happen to be UTF-8 too (as that for China Unicom does)."""
    if len(data) > SAMPLE_BYTES or data.isascii():
        return False
    return _is_chinese_by_accident(data.decode("utf-8"), _try(data, "gb18030"))


def _is_chinese_by_accident(text: str, chinese: str | None) -> bool:
    """Tell whether a text of two-byte characters makes little sense, and the same bytes as Chinese make much."""
    beyond = {c for c in text if ord(c) > 127}
    if not beyond or len(beyond) > SHORT_TEXT or max(map(ord, beyond)) >= TWO_BYTES_END or chinese is None:
        return False
    if re.search(r"[A-Za-z][^\x00-\x7f]|[^\x00-\x7f][A-Za-z]", text) or _BETWEEN_DIGITS.sub("", text).isascii():
        return False  # A letter among Latin ones, or a mark within numbers, as 3·5, is none of Chinese.
    scripts = {unicodedata.name(c, "?").split()[0] for c in beyond}
    lone = all(len(w) <= 2 for w in re.findall(r"[^\x00-\x7f]+", text))
    wide = [c for c in chinese if ord(c) > 127]
    if len(scripts) > 1 and all_usual(chinese, "gb18030"):
        return True
    return (len(scripts) > 1 or lone) and frequent_share(wide, "gb18030") >= ACCIDENT_SHARE


def _vote(sample: bytes) -> str:
    """Return the first detector's guess, unless another reading of the bytes is clearly more plausible."""
    first = _first_vote(sample)
    if first not in CJK and _only_symbols(sample):
        return "cp1252"
    votes = {first: _weigh(sample, first) - _RARE.get(first, 0.0)}
    for rival in _rivals(sample, first):
        votes[rival] = _weigh(sample, rival) - FIRST_MARGIN
    second = _second_vote(sample) if first in CYRILLIC_NAMES or votes[first] < POOR else ""
    if second and second not in votes:
        votes[second] = _weigh(sample, second) - SECOND_MARGIN
    best = max(votes, key=lambda e: votes[e])
    return _page_of_another_system(sample, best)


def _page_of_another_system(sample: bytes, chosen: str) -> str:
    """Return the page of DOS or of the old Macintosh in which the words become European, if in the chosen they do not."""
    text = _try(sample, chosen) or "�"
    doubted = within_latin_share(text) if chosen in CJK else 1 - european_share(text)
    if doubted < DOUBTED_SHARE or chosen in CYRILLIC_NAMES:
        return chosen
    decoded = {page: _try(sample, page) for page in OTHER_SYSTEMS}
    shares = {page: european_share(one) for page, one in decoded.items() if one is not None}
    best = max(shares, key=lambda page: shares[page], default="")
    return best if best and shares[best] >= BELIEVED_SHARE else chosen


def _only_symbols(sample: bytes) -> bool:
    """Tell whether all bytes beyond ASCII are signs of cp1252 that stand apart from letters, such as £ and °."""
    text = _try(sample, "cp1252") or ""
    signs = [i for i, c in enumerate(text) if ord(c) > 127]
    return bool(signs) and all(text[i] in SIGNS and not text[i - 1 : i].isalpha() for i in signs)


def _first_vote(sample: bytes) -> str:
    detector = chardetng_py.EncodingDetector()
    detector.feed(sample, last=True)
    guess = str(detector.guess(tld=None, allow_utf8=False)).lower()
    name = PYTHON_NAMES.get(guess, guess.replace("windows-", "cp").replace("-", "_"))
    return "cp1252" if name in UNUSUAL else name


def _second_vote(sample: bytes) -> str:
    best = charset_normalizer.from_bytes(sample[:SECOND_VOTE_BYTES]).best()
    encoding = "" if best is None else str(best.encoding)
    return encoding if encoding in SECOND_KNOWS else ""


def _rivals(sample: bytes, first: str) -> Iterator[str]:
    """Yield the multi-byte encodings in which every byte of a sample has a meaning."""
    for encoding in CJK:
        if encoding != first and _try(sample, encoding) is not None:
            yield encoding


def _weigh(sample: bytes, encoding: str) -> float:
    text = _try(sample, encoding)
    return -1.0 if text is None else plausibility(text, encoding)


def _try(sample: bytes, encoding: str) -> str | None:
    """Decode whole lines of a sample; None when some byte has no meaning."""
    try:
        return sample.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _sample(data: bytes) -> bytes:
    """Return whole lines from where the first byte beyond ASCII stands."""
    first = _HIGH.search(data)
    begin = 0 if first is None or first.start() < SAMPLE_BYTES // 2 else data.rfind(b"\n", 0, first.start()) + 1
    sample = data[begin : begin + SAMPLE_BYTES]
    cut = sample.rfind(b"\n")
    return sample[: cut + 1] if cut > 0 and begin + SAMPLE_BYTES < len(data) else sample


def _mostly_utf8(data: bytes) -> bool:
    """Tell whether most lines with bytes beyond ASCII are UTF-8, so that the others are damaged or mixed in."""
    lines = [line for line in data[: SAMPLE_BYTES * 8].split(b"\n") if _HIGH.search(line)]
    good = [line for line in lines if is_utf8(line)]
    if len(good) < 2 or len(good) <= UTF8_SHARE * len(lines):
        return False
    whole, sample = b"\n".join(good), _sample(data)
    if _few_chinese_words(sample) and _are_short_words(whole):
        return False
    return not _is_chinese_by_accident(whole.decode("utf-8"), _try(sample, CHINESE))


def _decode_by_line(data: bytes, encoding: str) -> Decoded:
    lines = data.removeprefix(codecs.BOM_UTF8).split(b"\n")
    bad = [i for i, line in enumerate(lines) if not is_utf8(line)]
    sample = b"\n".join(lines[i] for i in bad[:2000])
    other = _vote(sample)
    plausible = len(bad) > 1 and _weigh(sample, other) > 0.8
    texts = [line.decode("utf-8", errors="replace") for line in lines]
    if plausible:
        for i in bad:
            texts[i] = lines[i].decode(other, errors="replace")
    lost = sum(texts[i].count("�") for i in bad)
    example = texts[bad[0]].strip()[:100]
    text = "\n".join(texts)
    return _with_c1(Decoded(text, encoding, lost, example, other if plausible else "", len(bad) if plausible else 0))


def _with_c1(decoded: Decoded) -> Decoded:
    """Replace control characters U+0080 … U+009F by the marks that cp1252 has there (as browsers do)."""
    count = 0 if decoded.text.isascii() else len(re.findall("[\x80-\x9f]", decoded.text))
    if not count:
        return decoded
    text = decoded.text.translate(_C1)
    return Decoded(
        text,
        decoded.encoding,
        decoded.bad_characters,
        decoded.bad_example,
        decoded.other_encoding,
        decoded.other_lines,
        count,
    )


def _preview(text: str) -> str:
    lines = [line for line in text.splitlines() if not line.isascii()] or text.splitlines()
    return "\n".join(lines)[:PREVIEW_CHARS]

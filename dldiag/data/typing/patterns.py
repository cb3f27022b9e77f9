"""Regular expressions on the texts of a column: by Arrow, or, where few texts would not repay its compiling, by Python."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

# Arrow compiles a pattern anew on every call, in some 20 to 500 µs; Python, which keeps what it has compiled, takes
# that long for about so many texts. Longer texts could make it go back and forth.
FEW_TEXTS, FEW_LETTERS, FEW_LETTERS_OF_A_TEXT = 500, 1 << 13, 80
_KNOWN_PATTERNS = 1024  # The patterns of all modules, and some that are made from words of a column.
_MOSTLY = 0.5  # Where a larger share of the texts holds a pattern, all are replaced in at once.
# Classes of RE2 that Python lacks, as they are among the characters of ASCII.
_CLASS = re.compile(r"\\(?P<no>[pP])(?:\{(?P<long>\w+)\}|(?P<short>[A-Z]))")
_OF_ASCII = {"L": "A-Za-z", "Lu": "A-Z", "Ll": "a-z", "Nd": "0-9"}
_CODE_POINT = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")
_GROUP_NUMBER = re.compile(r"\\(\d)")


def as_mask(answer: Any) -> NDArray[np.bool_]:
    """Return an Arrow boolean array as a NumPy mask; null is False."""
    return np.asarray(pc.fill_null(answer, False).to_numpy(zero_copy_only=False), dtype=bool)


def found_in(texts: pa.Array, pattern: str) -> NDArray[np.bool_]:
    """Return in which texts a regular expression (RE2) is found; null holds none.

    >>> found_in(pa.array(["7 kg", "kg"]), r"^\\d").tolist()
    [True, False]
    """
    if (few := _few_plain(texts)) is None or (known := _in_python(pattern)) is None:
        return as_mask(pc.match_substring_regex(texts, pattern))
    if known.search("\n".join(few)) is None:
        return np.zeros(len(few), dtype=bool)
    return np.fromiter((known.search(text) is not None for text in few), dtype=bool, count=len(few))


def substituted(texts: pa.Array, pattern: str, replacement: str) -> pa.Array:
    r"""Replace every match of a regular expression (RE2) that matches no empty text but at a begin; \1 in the replacement is the first group.

    >>> substituted(pa.array(["7 kg", "kg"]), r"^(\d) kg$", r"\1").to_pylist()
    ['7', 'kg']
    """
    if (few := _few_plain(texts)) is None or (known := _in_python(pattern)) is None:
        return pc.replace_substring_regex(texts, pattern, replacement)
    if known.search("\n".join(few)) is None:
        return texts
    put = _GROUP_NUMBER.sub(r"\\g<\1>", replacement)
    return pa.array([known.sub(put, text) for text in few], type=texts.type)


def named_parts(texts: pa.Array, pattern: str) -> pa.StructArray:
    """Return what the named groups of a regular expression (RE2) hold: "" where a group takes no part, null where there is no match."""
    if (few := _few_plain(texts)) is None or (known := _in_python(pattern)) is None:
        return pc.extract_regex(texts, pattern)
    kept = pa.struct([(name, texts.type) for name in known.groupindex])
    found = (known.search(text) for text in few)
    return pa.array([None if one is None else one.groupdict("") for one in found], type=kept)


def replaced(texts: pa.Array, pattern: str, replacement: str) -> pa.Array:
    """Replace a pattern in the texts that hold it: looking for it takes a fifth of the time that Arrow's replacing takes where it is not."""
    if len(texts) <= FEW_TEXTS:
        return substituted(texts, pattern, replacement)
    mask = found_in(texts, pattern)
    if not mask.any():
        return texts
    if mask.mean() > _MOSTLY:
        return substituted(texts, pattern, replacement)
    given = pa.array(mask)
    return pc.replace_with_mask(texts, given, substituted(texts.filter(given), pattern, replacement))


def stands_in(pattern: re.Pattern[str], texts: pa.Array) -> bool:
    """Return whether a pattern, compiled once by Python, is found in some of a few texts; Arrow compiles its own on every call."""
    return pattern.search("\n".join(texts.to_pylist())) is not None


def as_python(pattern: str) -> re.Pattern[str]:
    """Return one of Arrow's patterns (RE2) as Python's, for texts that stand on lines of their own."""
    plain = pattern.replace(r"\pL", r"[^\W\d_]").replace(r"\p{Thai}", "[\u0e00-\u0e7f]")
    return re.compile(plain, re.MULTILINE)


def _few_plain(texts: pa.Array) -> list[str] | None:
    """Return the texts if they are few and short, without null, and of printable ASCII alone: there Python finds what RE2 finds."""
    if len(texts) > FEW_TEXTS or texts.null_count:
        return None
    few: list[str] = texts.to_pylist()
    joined = "".join(few)
    if len(joined) > FEW_LETTERS or not joined.isascii() or not (joined.isprintable() or not joined):
        return None
    return few if max(map(len, few), default=0) <= FEW_LETTERS_OF_A_TEXT else None


@lru_cache(maxsize=_KNOWN_PATTERNS)
def _in_python(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern of RE2 as one that finds the same in lines of printable ASCII, or None where Python has no such pattern."""
    try:
        plain = _CODE_POINT.sub(lambda found: re.escape(chr(int(found[1], 16))), _with_classes(pattern))
        return re.compile(plain, re.ASCII | re.MULTILINE)
    except (re.error, KeyError):
        return None


def _with_classes(pattern: str) -> str:
    """Write the classes of RE2 as ranges of ASCII.

    >>> _with_classes(r"[\\pL ]+\\P{L}")
    '[A-Za-z ]+[^A-Za-z]'
    """
    parts, end = [], 0
    for found in _CLASS.finditer(pattern):
        parts.append(pattern[end : found.start()])
        letters = _OF_ASCII[found["long"] or found["short"]]
        within = _is_within_brackets("".join(parts))
        if within and found["no"] == "P":
            raise KeyError(pattern)
        parts.append(letters if within else f"[{'^' if found['no'] == 'P' else ''}{letters}]")
        end = found.end()
    return "".join(parts) + pattern[end:]


def _is_within_brackets(before: str) -> bool:
    bare = re.sub(r"\\.", "", before)
    return bare.rfind("[") > bare.rfind("]")

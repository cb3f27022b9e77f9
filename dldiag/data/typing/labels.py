"""Labels of a category that may be one, and cells that hold several: found here, reported, changed by a person only."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict

import numpy as np
from numpy.typing import NDArray

from dldiag.data.typing.distinct import Cells

MOST_LABELS = 5_000  # A column with more different texts is no category.
LIST_MARKS = ("|", ";", ",", "/")
LIST_SHARE = 0.3  # A column of lists has a mark between items in this share of its different texts.
LIST_TEXTS = 10  # Many texts with a mark are this many different ones.
ITEM_WORDS = 3  # Items have at most this many words on average; sentences have more.
ITEM_USES = 2.5  # Items of many texts are each used this often on average; the clauses of sentences are not.
FEW_TEXTS = 3  # A mark that nobody writes within a label makes lists of this many different texts.
FEW_MARKS = ("|", ";")
FEW_USES = 1.5  # Between such marks, items need to be used only this often on average.
ALONE_SHARE = 0.5  # Texts are lists if this share of their items are cells by themselves elsewhere.
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))  # Characters without width.
_LOOK_ALIKE = str.maketrans("аеорсухіѕ", "aeopcyxis")  # Cyrillic letters and the Latin ones that look alike.
_LATIN = "abcdefghijklmnopqrstuvwxyz"
# Quotes and dashes are written in many ways, and dashes within a word left out.
_MARKS = (
    dict.fromkeys(map(ord, "’‘`´"), "'") | dict.fromkeys(map(ord, "“”"), '"') | dict.fromkeys(map(ord, "–—‐‑‒−"), "-")
)
_INNER_DASH = re.compile(r"(?<=\w)[-_](?=\w)")
_DOTTED = re.compile(r"\b([a-z])\.(?=[a-z]\b|\s|$)")  # u.s.a. is usa.
_ACCENT = re.compile("[\u0300-\u036f]")
_BRACKETS = r"^(?:\[.*\]|\{.*\})$"
_NAMED_ITEMS = r"^\w[\w .-]*=[^;&|,=]*(?:[;&|,] ?\w[\w .-]*=[^;&|,=]*)+$"  # a=1;b=2
BRACKETS_SHARE = 0.9  # This share of the different texts must stand in brackets.


def spelling_of(text: str) -> str:
    """Return what spellings of one label have in common: not case, blanks, width, accents, which quote
    or dash, points between single letters or at the end, or letters that look alike.

    >>> spelling_of(" New  York.") == spelling_of("new york")
    True
    """
    plain = _INNER_DASH.sub(" ", unicodedata.normalize("NFKC", text).translate(_UNSEEN).translate(_MARKS)).casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFD", plain)))
    if not plain.isascii() and any(letter in plain for letter in _LATIN):
        plain = plain.translate(_LOOK_ALIKE)
    plain = _DOTTED.sub(r"\1", plain) if "." in plain else plain
    return " ".join(plain.split()).rstrip(". ") or text


def variants_among(cells: Cells) -> NDArray[np.bool_]:
    """Return which texts differ from another one only in how one label is spelled."""
    if not 2 <= cells.distinct <= MOST_LABELS:
        return np.zeros(cells.distinct, dtype=bool)
    spellings = [spelling_of(text) for text in cells.texts.to_pylist()]
    often = Counter(spellings)
    return np.array([often[one] > 1 for one in spellings], dtype=bool)


def usual_spellings(cells: Cells) -> dict[str, str]:
    """Return {text: the most frequent spelling of the same label}, for texts that have another spelling."""
    groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for text, count in zip(cells.texts.to_pylist(), cells.counts.tolist(), strict=True):
        groups[spelling_of(text)].append((-count, text))
    return {text: min(group)[1] for group in groups.values() if len(group) > 1 for _, text in group}


def hold_lists(cells: Cells) -> bool:
    """Whether cells hold several items: within brackets, or short ones that repeat between marks."""
    if cells.distinct < FEW_TEXTS:
        return False
    brackets = cells.matches(_BRACKETS, b"[{")
    if any(found.mean() >= BRACKETS_SHARE for found in (brackets, cells.matches(_NAMED_ITEMS))):
        return True
    texts = cells.texts.slice(0, MOST_LABELS).to_pylist()
    return any(_are_lists(texts, mark) for mark in LIST_MARKS)


def _are_lists(texts: list[str], mark: str) -> bool:
    marked = [text for text in texts if mark in text]
    if len(marked) < LIST_SHARE * len(texts):
        return False
    items = [item.strip() for text in marked for item in text.split(mark)]
    if sum(len(item.split()) for item in items) > ITEM_WORDS * len(items) or not any(map(_has_letter, items)):
        return False
    uses = len(items) / len(set(items))
    if len(marked) >= LIST_TEXTS and uses >= ITEM_USES:
        return True
    alone = sum(item in texts for item in items) / len(items)
    few = mark in FEW_MARKS and len(texts) >= FEW_TEXTS
    return len(marked) > 1 and (alone >= ALONE_SHARE or (few and (uses >= FEW_USES or _share_words(texts, mark))))


def _share_words(texts: list[str], mark: str) -> bool:
    """Whether lists of different lengths have a word in common, and one that stands alone elsewhere: R;Python, R;C;Julia, Julia."""
    words = [{item.strip() for item in text.split(mark) if _has_letter(item)} for text in texts]
    lists = [one for one in words if len(one) > 1]
    often = Counter(word for one in lists for word in one)
    alone = any(often[word] for one in words if len(one) == 1 for word in one)
    return alone and max(often.values()) > 1 and len({len(one) for one in lists}) > 1


def _has_letter(text: str) -> bool:
    return any(character.isalpha() for character in text)

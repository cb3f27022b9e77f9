"""Labels of a category that may be one, and cells that hold several: found here, reported, changed by a person only."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from dldiag.data.typing.distinct import Cells, as_mask

MOST_LABELS = 5_000  # different texts that are compared; a column of more is no category
LIST_MARKS = ("|", ";", ",", "/")
LIST_SHARE = 0.3  # of the different texts that must hold a mark between items
LIST_TEXTS = 10  # different texts, at least
ITEM_WORDS = 3  # words of an item, at most, on average; more are sentences
ITEM_USES = 2.5  # uses of an item, at least, on average: items repeat, the clauses of sentences do not
_BRACKETS = r"^(?:\[.*\]|\{.*\})$"
BRACKETS_SHARE = 0.9  # of the different texts


def spelling_of(text: str) -> str:
    """Return what spellings of one label have in common.

    >>> spelling_of(" New  York") == spelling_of("new york")
    True
    """
    return " ".join(text.casefold().split())


def variants_among(cells: Cells) -> NDArray[np.bool_]:
    """Return which texts differ from another one only in case or in blanks."""
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
    if cells.distinct < LIST_TEXTS:
        return False
    if as_mask(pc.match_substring_regex(cells.texts, _BRACKETS)).mean() >= BRACKETS_SHARE:
        return True
    texts = cells.texts.slice(0, MOST_LABELS).to_pylist()
    return any(_are_lists([text for text in texts if mark in text], mark, len(texts)) for mark in LIST_MARKS)


def _are_lists(texts: list[str], mark: str, total: int) -> bool:
    if len(texts) < LIST_SHARE * total or len(texts) < LIST_TEXTS:
        return False
    items = [item.strip() for text in texts for item in text.split(mark)]
    words = sum(len(item.split()) for item in items)
    return (
        words <= ITEM_WORDS * len(items) and len(items) >= ITEM_USES * len(set(items)) and any(map(_has_letter, items))
    )


def _has_letter(text: str) -> bool:
    return any(character.isalpha() for character in text)

"""The words of column names, and sets of words to compare them with."""

from __future__ import annotations

import re


def words_of(name: str) -> list[str]:
    """Return the words of a column name in lower case.

    >>> words_of("customerID_old"), words_of("Unnamed: 0")
    (['customer', 'id', 'old'], ['unnamed', '0'])
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return [word for word in re.split(r"[^0-9a-zA-Z\u4e00-\u9fff]+", spaced.lower()) if word]


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


def made_up_name(position: int) -> str:
    """Return the name of a column that has none, by its place from 0.

    >>> made_up_name(0)
    'column_1'
    """
    return f"column_{position + 1}"

"""Ways to write a number that are none of its marks: other digits' forms, signs apart, endings of prices, powers of ten, Dr and Cr."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dldiag.data.typing.distinct import as_mask, as_python, stands_in

_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_RAISED = rf"^(.*\d)\s*[x×·*]\s*10([⁺⁻]?[{_SUPERSCRIPTS}]+)$"  # 1.5 × 10³
_FOOTNOTE = rf"^([+-]?[\d.,]*\d)[{_SUPERSCRIPTS}]+$"  # 72.6²
# Each pattern is replaced where it stands in any text.
_USUAL = r"^[$€£¥₹]?[+-]?\d[\d.,]*\s?%?$"  # Nothing else has to be looked for in these.
_MINUS = "[−–‒]"
_SPELLINGS = (
    (r"^([+-])\s+(\d)", r"\1\2"),  # - 72.6
    (r"^(.*\d)(?:[.,](?:-{1,2}|—)|/-)$", r"\1"),  # 660.-- and 660,- and 660/-
    (r"^[▲△↑⬆]\s*([\d.,]+)", r"\1"),
    (r"^[▼▽↓⬇]\s*([\d.,]+)", r"-\1"),
    (r"^([+-]?[\d.,]*\d)\s*[x×·*]\s*10\^?\(?([+-]?\d{1,2})\)?$", r"\1E\2"),  # 72.6 x 10^3
    (r"^([+-]?\d+)·(\d+)$", r"\1.\2"),  # The Lancet writes 3·5.
    (r"^'([+-]?(?:[1-9][\d.,]*|0(?:[.,]\d+)?))$", r"\1"),  # Spreadsheets keep a text with an apostrophe before it.
    (r"^RM\s?([\d,]*\d\.\d{2})$", r"\1"),  # Malaysian ringgit; RM12 is a room.
    (r"\s*sq\.?\s?(ft|m|km|mi|in|yd)\.?$", r" \12"),
)
_ORDINAL = r"^(\d+)(?:st|nd|rd|th)$"
_ORDINAL_SHARE = 0.95  # 1st and 2nd are numbers if this share of the texts is written so.
_KNOWN_SPELLINGS, _KNOWN_ORDINAL = tuple(as_python(pattern) for pattern, _ in _SPELLINGS), as_python(_ORDINAL)
FEW_TEXTS = 1000  # For so few texts it takes longer to compile a pattern than to look for it.
_ACCOUNT = r"^(.*\d)\s*(?i:(dr|cr))\.?$"
_KNOWN_ACCOUNT = as_python(_ACCOUNT)


def in_usual_spelling(texts: pa.Array) -> tuple[pa.Array, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return texts with their numbers in the usual spelling, which of them were changed, and which bore the mark of a footnote.

    >>> in_usual_spelling(pa.array(["- 7", "5.--", "2 x 10^3", "1st"]))[0].to_pylist()
    ['-7', '5', '2E3', '1st']
    """
    noted = np.zeros(len(texts), dtype=bool)
    if not pc.all(pc.string_is_ascii(texts)).as_py():
        texts, noted = _without_raised(texts)
        texts = pc.utf8_normalize(texts, "NFKC")
    if as_mask(pc.match_substring_regex(texts, _USUAL)).all():
        return texts, noted, noted
    given = texts = pc.replace_substring_regex(texts, _MINUS, "-")
    sample = "\n".join(texts.to_pylist()) if len(texts) <= FEW_TEXTS else None
    for (pattern, replacement), known in zip(_SPELLINGS, _KNOWN_SPELLINGS, strict=True):
        if sample is None or known.search(sample):
            texts = pc.replace_substring_regex(texts, pattern, replacement)
    if (sample is None or _KNOWN_ORDINAL.search(sample)) and as_mask(
        pc.match_substring_regex(texts, _ORDINAL)
    ).mean() >= _ORDINAL_SHARE:
        texts = pc.replace_substring_regex(texts, _ORDINAL, r"\1")
    return texts, as_mask(pc.not_equal(texts, given)), noted


def _without_raised(texts: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]]:
    """Write powers of ten as 10^3, and leave out raised digits behind a number: that is a footnote, no further digit."""
    powers = as_mask(pc.match_substring_regex(texts, _RAISED))
    if powers.any():
        texts = pc.replace_substring_regex(texts, _RAISED, r"\1x10^\2")
    noted = as_mask(pc.match_substring_regex(texts, _FOOTNOTE))
    return (pc.replace_substring_regex(texts, _FOOTNOTE, r"\1") if noted.any() else texts), noted


def signed_by_account(texts: pa.Array) -> tuple[pa.Array, NDArray[np.bool_], NDArray[np.float64]]:
    """Take Dr and Cr from behind numbers; return the texts, which had one, and signs.

    Debits are negative beside credits; credits alone beside bare numbers are what is taken off them.
    """
    mask, signs = np.zeros(len(texts), dtype=bool), np.ones(len(texts))
    if len(texts) <= FEW_TEXTS and not stands_in(_KNOWN_ACCOUNT, texts):
        return texts, mask, signs
    mask = as_mask(pc.match_substring_regex(texts, _ACCOUNT))
    if not mask.any():
        return texts, mask, signs
    debit = as_mask(pc.match_substring_regex(texts, r"(?i)dr\.?$"))
    signs[mask & (debit if debit.any() or mask.all() else ~debit)] = -1.0
    return pc.replace_substring_regex(texts, _ACCOUNT, r"\1"), mask, signs

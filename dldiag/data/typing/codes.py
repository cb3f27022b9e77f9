"""Which columns of digits are codes: too long for a number, padded with zeros, beside letters, or versions; and why, in words."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dldiag.core.i18n import Message
from dldiag.data.typing.column_facts import Facts
from dldiag.data.typing.dates import epoch_scale
from dldiag.data.typing.distinct import SIGNS_AND_DIGITS, Cells
from dldiag.data.typing.numbers import LARGEST_EXACT
from dldiag.data.typing.units import is_unit

# Codes are too long for a number, or have a leading zero among whole numbers, in this share of the cells.
CODE_SHARE = 0.5
# A code with leading zeros whose name does not say that it is one has at least this many digits: 07 is an hour.
CODE_DIGITS = 3
LONG_CODE = 15  # Whole numbers that all have so many digits count nothing (own choice).
MARKED_AS_CODE = 0.95  # A column holds codes of one form if this share of its cells does, as for numbers.
LOOKED_AT = 20  # This many texts show whether letters stand behind the digits, and which.

LETTER_CODES = "Digits around an E under the name of a code, such as {example}: codes."
DIGITS_AND_LETTERS = "Digits beside letters under the name of a code, such as {example}."
PADDED_LETTERS = "Digits with leading zeros before letters, such as {example}: codes."
PHONES = "Long numbers behind a plus, such as {example}: phone numbers."
TOO_LONG = "Whole numbers too long to be kept exactly, such as {example}: codes."
_WHOLE = r"^[+-]?\d+$"
_VERSION = r"^\d+(?:\.\d+)*$"
_LETTER_E, _LETTER_CODE = r"^\d+[eE]\d+$", r"^\d+(?:[A-Za-z]\d+)?$"
_DIGITS_AND_LETTERS = r"^\d[\d -]*[A-Z]{1,3}\d*$"  # 1904 AB
_NUMBER_AND_LETTER = r"^\d+[A-Z]\d*$"  # 101A names a row, also where A is a unit.
_MAGNITUDE = r"[KMBT]$"
_PADDED_LETTERS = r"^0\d{2,}(?: ?[A-Z]{1,3}|[A-Za-z]+)$"  # 00005KT, 007B
_DIGITS_BEFORE_LETTERS = r"^\d+ ?[A-Za-z]+$"
_PHONE = r"^\+[1-9]\d{8,14}$"
_LEADING_ZERO = r"^0\d+$"
_PADDED_FRACTION = r"^0\d+\.\d+$"  # Beside 000879.17, 000948500 is a number.


def code_reason(facts: Facts) -> Message | None:
    """Return why a column of digits holds codes, or None where it does not."""
    cells, why = facts.cells, _named_code_reason(facts) or _padded_letters(facts)
    if why is not None or cells.share(cells.matches(_WHOLE, SIGNS_AND_DIGITS)) < MARKED_AS_CODE:
        return why
    if cells.share(cells.matches(_PHONE)) >= MARKED_AS_CODE:
        return _by_example(PHONES, facts)
    if facts.solid.share(_too_long(facts)) >= CODE_SHARE or _are_long(facts):
        return _by_example(TOO_LONG, facts)
    zeros = cells.matches(_LEADING_ZERO)
    if zeros.any() and _are_padded(facts, zeros) and not cells.matches(_PADDED_FRACTION, b"0").any():
        example = cells.texts[int(np.argmax(zeros))].as_py()
        return Message("Digits with leading zeros, such as {example}: codes.", {"example": example})
    return None


def _named_code_reason(facts: Facts) -> Message | None:
    """Tell digits beside letters, under the name of a code, from numbers with an exponent or a unit."""
    if facts.named_like_part and facts.cells.distinct and _are_letter_codes(facts.cells):
        return _by_example(LETTER_CODES, facts)
    if facts.named_like_code and facts.cells.distinct and facts.cells.matches(_DIGITS_AND_LETTERS).all():
        return _by_example(DIGITS_AND_LETTERS, facts)
    if not _are_numbered(facts):
        return None
    return Message(
        "Digits beside a letter that name the rows, such as {example}.", {"example": facts.cells.examples(1)[0]}
    )


def _are_numbered(facts: Facts) -> bool:
    """Whether all texts that name the rows are digits and a letter that is no thousand or million."""
    cells = facts.cells
    if not facts.named_like_identifier or not cells.distinct or not cells.matches(_NUMBER_AND_LETTER).all():
        return False
    return not cells.matches(_MAGNITUDE).any()


def _padded_letters(facts: Facts) -> Message | None:
    """Tell codes of digits and letters by their leading zeros; 005kg is a weight."""
    cells = facts.solid
    first = cells.texts.slice(0, LOOKED_AT).to_pylist()
    if sum(text[-1:].isalpha() for text in first) < CODE_SHARE * len(first):
        return None
    padded = cells.matches(_PADDED_LETTERS, b"0")
    if not padded.any() or cells.share(cells.matches(_DIGITS_BEFORE_LETTERS)) < MARKED_AS_CODE:
        return None
    behind = {
        text.lstrip("0123456789 ") for text in cells.texts.filter(pa.array(padded)).slice(0, LOOKED_AT).to_pylist()
    }
    if all(len(letters) > 1 and is_unit(letters) for letters in behind):
        return None
    return Message(PADDED_LETTERS, {"example": cells.texts.filter(pa.array(padded))[0].as_py()})


def _are_letter_codes(cells: Cells) -> bool:
    """Whether all texts are digits around an E, or some are and the others are bare or stand around another letter: 1E3, 12, 4D2."""
    codes = cells.matches(_LETTER_E)
    return bool(codes.any() and (codes | cells.matches(_LETTER_CODE)).all())


def _are_padded(facts: Facts, zeros: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> bool:
    """Whether leading zeros make codes: all texts are of one width, or most begin so; one such cell may be a slip."""
    cells = facts.cells
    width = pc.utf8_length(cells.texts).to_numpy(zero_copy_only=False)
    usual = width == width[int(np.argmax(zeros))]
    named = facts.named_like_code or facts.named_like_identifier or facts.named_like_region
    least = 1 if named else CODE_DIGITS
    padded = cells.share(usual) >= MARKED_AS_CODE or cells.share(zeros) >= CODE_SHARE
    return bool(width[zeros].max() >= least) and padded


def _are_long(facts: Facts) -> bool:
    """Whether whole numbers all have one width, which is that of cards and accounts, and are no times."""
    width = pc.utf8_length(facts.solid.texts).to_numpy(zero_copy_only=False)
    is_one = bool(len(width)) and int(width.min()) == int(width.max()) >= LONG_CODE
    return is_one and bool(facts.numbers.read.all()) and not epoch_scale(facts.numbers.values)


def _too_long(facts: Facts) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(facts.numbers.values) > LARGEST_EXACT) & facts.solid.matches(_WHOLE)


def version_reason(facts: Facts) -> Message | None:
    """Texts under the name of a version that differ as texts and not as numbers: 1.1 and 1.10."""
    cells = facts.cells
    if (
        not (facts.named_like_version or facts.named_like_code)
        or not cells.distinct
        or not cells.matches(_VERSION).all()
    ):
        return None
    values = facts.numbers.values
    if not facts.numbers.read.all() or len(np.unique(values)) == len(values):
        return None
    return Message("Versions, such as {example}: a version 1.10 is not 1.1.", {"example": cells.examples(1)[0]})


def _by_example(text: str, facts: Facts) -> Message:
    return Message(text, {"example": facts.cells.examples(1)[0]})

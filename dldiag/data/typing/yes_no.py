"""Words that say yes and no, by language and program; a column is yes/no when all of its words are of one row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dldiag.data.name_words import word_set
from dldiag.data.typing.patterns import as_mask

TRUE_WORDS = word_set("true yes y t on 1 是 真 对 有 1.0")
FALSE_WORDS = word_set("false no n f off 0 否 假 错 没有 0.0")
# Words that say yes and no only beside each other: of spreadsheets, languages and programs.
_PAIRS = (
    ("wahr ja j", "falsch nein n"),
    ("vrai oui o", "faux non n"),
    ("verdadero sí si", "falso no"),
    ("verdadeiro sim", "falso não nao"),
    ("vero sì si", "falso no"),
    ("waar ja j", "onwaar nee n"),
    ("sand ja j", "falsk nej n"),
    ("sann ja j", "usann nei n"),
    ("sant ja j", "falskt nej n"),
    ("tosi kyllä", "epätosi ei"),
    ("prawda tak", "fałsz nie"),
    ("pravda ano", "nepravda ne"),
    ("pravda áno", "nepravda nie"),
    ("igaz igen", "hamis nem"),
    ("истина да", "ложь нет"),
    ("істина так", "хибність ні"),
    ("doğru evet", "yanliş yanlış hayir hayır"),
    ("αληθές ναι", "ψευδές όχι"),
    ("adevărat da", "fals nu"),
    ("benar ya", "salah tidak"),
    ("đúng có", "sai không"),
    ("ใช่ จริง", "ไม่ใช่ ไม่ เท็จ"),
    ("نعم صحيح", "لا خطأ"),
    ("כן", "לא"),
    ("हाँ हां", "नहीं"),
    ("はい", "いいえ"),
    ("да", "не"),
    ("da", "ne"),
    ("taip", "ne"),
    ("jā", "nē"),
    ("jah", "ei"),
    ("já", "nei"),
    ("po", "jo"),
    ("иә", "жоқ"),
    ("bəli", "xeyr"),
    ("այո", "ոչ"),
    ("კი", "არა"),
    ("بله بلی آری", "خیر نه"),
    ("ہاں", "نہیں"),
    ("হ্যাঁ", "না"),
    ("oo", "hindi"),
    ("ndiyo", "hapana"),
    ("有り あり", "無し なし"),
    ("有", "无 無"),
    ("○ ◯ 〇", "× ✕ ☓ ✖"),
    ("예 네", "아니오 아니요"),
    ("✓ ✔ ☑ ✅", "✗ ✘ ☐ ☒ ❌ ×"),
    (".true. .t.", ".false. .f."),
    ("#true#", "#false#"),
    ("b'1' b'\\x01'", "b'0' b'\\x00'"),
)
PAIRS = tuple((word_set(yes), word_set(no)) for yes, no in _PAIRS)
# Marks and words of which nothing else in a cell means the contrary.
_TICKS = frozenset({"x", "✓", "✔", "☑", "✅", "●", "•", "1", "○"}).union(TRUE_WORDS, *(yes for yes, _ in PAIRS))
# Letters that say yes and no in one language and something else in another: south and north, tumor and normal.
_OPEN_LETTERS = tuple(map(word_set, ("s n", "v f", "t n", "y f")))
_FOREIGN_LETTERS = tuple(map(word_set, ("j n", "o n")))
MOST_WORDS = len(TRUE_WORDS) + len(FALSE_WORDS)


def says_yes(texts: pa.Array) -> bool:
    """Tell whether the only text of a column ticks a box or says yes.

    >>> says_yes(pa.array(["x"])), says_yes(pa.array(["Oslo"]))
    (True, False)
    """
    return len(texts) == 1 and texts[0].as_py().lower() in _TICKS


def are_open_letters(texts: pa.Array) -> bool:
    """Tell whether two letters may say yes and no, and may as well say something else.

    >>> are_open_letters(pa.array(["S", "N"])), are_open_letters(pa.array(["Y", "N"]))
    (True, False)
    """
    return _are_letters_of(texts, _OPEN_LETTERS)


def are_foreign_letters(texts: pa.Array) -> bool:
    """Tell whether two letters say yes and no in another language than English: J and N, O and N."""
    return _are_letters_of(texts, _FOREIGN_LETTERS)


def _are_letters_of(texts: pa.Array, pairs: tuple[frozenset[str], ...]) -> bool:
    return len(texts) <= 2 * len(pairs[0]) and frozenset(map(str.lower, texts.to_pylist())) in pairs


def boolean_values(texts: pa.Array) -> NDArray[np.float64]:
    """Return 1 for words that say yes, 0 for words that say no, NaN for others.

    >>> boolean_values(pa.array(["Ja", "Nein"])).tolist(), boolean_values(pa.array(["Yes", "Nein"])).tolist()
    ([1.0, 0.0], [1.0, nan])
    """
    if are_open_letters(texts):
        return np.full(len(texts), np.nan)
    lower = pc.utf8_lower(texts)
    usual = _values(lower, TRUE_WORDS, FALSE_WORDS)
    words = set(lower.to_pylist()) if len(lower) <= MOST_WORDS and np.isnan(usual).any() else set()
    pair = next(((yes, no) for yes, no in PAIRS if words <= yes | no and words & yes and words & no), None)
    return usual if pair is None else _values(lower, *pair)


def _values(lower: pa.Array, yes: frozenset[str], no: frozenset[str]) -> NDArray[np.float64]:
    says_yes, says_no = (
        as_mask(pc.is_in(lower, value_set=pa.array(sorted(one), type=lower.type))) for one in (yes, no)
    )
    return np.where(says_yes, 1.0, np.where(says_no, 0.0, np.nan))

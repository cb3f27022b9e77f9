"""How people write that a value is missing, and the codes (−999) that stand in for one."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dldiag.data.name_words import word_set
from dldiag.data.typing.distinct import Cells, beginning_with, lengths_of, matching
from dldiag.data.typing.patterns import as_mask, found_in

# Missing wherever they stand (lower case), but for the names below.
_SURE = word_set(
    "'' ? ?? n/a #n/a nan null <na> #null! #value! #div/0! #ref! #num! #name? \\n (null) missing #missing nat 缺失 缺失值 欠損 결측"
)
# Missing among numbers, dates and booleans; kept as values among other texts.
MAYBE = word_set(
    "na none - -- --- . .. ... : * ** *** / n.a. n.a nil unknown unk undefined n.d. nd s.d. nr — – － 无 空 空值 未知 不详 暂无"
) | {
    *("1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan", "nan(ind)", "-nan(ind)", "-nan"),  # C of Windows writes so.
    "not available",
    "not applicable",
    "no data",
    *(
        "k.a.",
        "k. a.",
        "keine angabe",
        "ohne angabe",
        "n.v.t.",
        "s/d",
        "s/i",
        "n/d",
        "n/v",
        "sin dato",
        "sin datos",
        "no aplica",
    ),
    *("não informado", "non renseigné", "н/д", "нет данных", "brak danych", "ei tietoa", "veri yok"),
    # Instruments and reports of laboratories: not determined, or below what can be detected.
    *("undetermined", "not determined", "undet.", "no ct"),
    *("<lod", "<loq", "<lloq", "<mdl", "<dl", "<rl", "bdl", "bql", "blq", "below detection limit", "below lod"),
    *("該当なし", "無回答", "不明", "해당없음", "无数据", "不适用", "not reported", "not recorded", "not specified"),
    # Pivot tables of spreadsheets, and forms.
    *(
        "(blank)",
        "(blanks)",
        "(leer)",
        "(vide)",
        "(en blanco)",
        "(vuoto)",
        "(leeg)",
        "(vazio)",
        "(empty)",
        "(not set)",
        "(no data)",
        "(空白)",
    ),
    # Days of databases and of accounting that stand for "no date" or "no end".
    *("0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "00.00.0000", "00000000"),
    *(
        "9999-12-31",
        "9999-12-31 00:00:00",
        "9999-12-31 23:59:59",
        "9999-12-31t00:00:00",
        "31.12.9999",
        "31/12/9999",
        "12/31/9999",
    ),
}
_YES, _NO_BESIDE_YES = "有", frozenset({"无", "無"})  # 无 says no beside 有, and missing elsewhere.
# Given names and surnames that are also spellings of "missing"; kept, and reported, in a column of names.
_NAMES = frozenset({"Nan", "Nat", "Null"})
NAME_SHARE = 0.9  # A column holds names if this share of its other texts begins with a capital (own choice).
NAMES_LEAST = 8  # Fewer other texts are the levels of a category (own choice).
# Spreadsheets write nothing as a dash beside a currency in the format of accounting: $ -, - €.
_DASH_OF_MONEY = r"^(?:[$€£¥₹] ?[-–—]+|[-–—]+ ?[$€£¥₹])$"
_FLAGGED = r"^: ?[a-z]{1,2}$"  # Eurostat says why there is no value: c for confidential.
_CAPITALIZED = r"^\p{Lu}[\p{Ll}'’-]+"
SENTINELS = frozenset({-9.0, -99.0, -999.0, -9999.0, -99999.0, 99.0, 999.0, 9999.0, 99999.0, 999999.0})
LOG_CODES = frozenset({-999.25, -9999.25, -999.9, -99.99})  # Logs of wells and of weather write these for nothing.
_LONE_CODES = frozenset({-999.0, -9999.0, -99999.0, *LOG_CODES})  # These are no chance values, even in a single cell.
# Codes of surveys for "does not know", "refused" and the like, of which a column has several.
SURVEY_CODES = SENTINELS.union(
    sign * number
    for sign in (1.0, -1.0)
    for number in (7, 8, 77, 88, 97, 98, 777, 888, 997, 998, 7777, 8888, 9997, 9998)
) - {7.0, 8.0}  # These two are values of many scales.
SENTINEL_SHARE = 0.005  # A code in a smaller share of the cells is as likely to be a value (own choice).
SENTINEL_ROWS = 3  # One or two cells are as likely to be values (own choice).
SENTINEL_GAP = 1.0  # The nearest value must be this far away, in ranges of all other values (own choice).
HEAP_GAP = 0.2  # The same distance is enough for a code that is far more frequent than any other value (own choice).
HEAP = 2  # Such a code is at least this many times as frequent as the most frequent other value (own choice).
FIRST_SCALE_CODE = 7.0  # From here on single digits are codes of surveys, where the scale has ended before.
LEAST_STEPS = 2  # A scale has at least so many steps.
SCALE_GAP = (
    2.0  # At least one step is left out between the scale and the first code, and two before the last (own choice).
)
SCALE_ROWS, SCALE_SHARE = 5, 0.03  # Codes beside a scale are in at least so many cells (own choice).
SENTINEL_VALUES = 10  # A code that is not in SENTINELS needs this many other distinct numbers beside it (own choice).


def surely_missing(texts: pa.Array) -> NDArray[np.bool_]:
    """Return which texts mean "missing" in any column."""
    found = _among(texts, _SURE)
    return found & ~names_among(texts, found) if found.any() else found


def maybe_missing(texts: pa.Array) -> NDArray[np.bool_]:
    """Return which texts mean "missing" when the other values are numbers, dates or booleans."""
    dashes = matching(texts, f"{_DASH_OF_MONEY}|{_FLAGGED}", b"$-:")
    found = _among(texts, MAYBE) | _are_any(texts, _NAMES) | dashes
    others = texts.filter(pa.array(~found)).slice(0, 2).to_pylist() if found.any() else []
    return found & ~_are_any(texts, _NO_BESIDE_YES) if others == [_YES] else found


def names_among(texts: pa.Array, missing: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which spellings of "missing" are names of people: Nan or Null among many capitalized texts."""
    nothing = np.zeros(len(texts), dtype=bool)
    others = texts.filter(pa.array(~missing))
    if len(others) < NAMES_LEAST:
        return nothing
    named = found_in(others, _CAPITALIZED).mean() >= NAME_SHARE
    return _are_any(texts, _NAMES) if named else nothing


def sentinel(cells: Cells, values: NDArray[np.float64]) -> float | None:
    """Return a number that is repeated far from all others of its column, as −999 or −200 is, or None."""
    finite = np.isfinite(values)
    if finite.sum() < 2:
        return None
    ends = (float(values[finite].min()), float(values[finite].max()))
    for candidate in (*ends, *SENTINELS.intersection(values[finite].tolist())):
        here = finite & (values == candidate)
        others = values[finite & ~here & ~_other_codes(values, candidate)]
        if stands_apart(candidate, others, cells.count(here), cells.present):
            return float(candidate)
    if (code := _behind_scale(cells, values)) is not None:
        return code
    heaps = (end for end in ends if _is_heap(end, cells, values))
    return next(heaps, None)


def _behind_scale(cells: Cells, values: NDArray[np.float64]) -> float | None:
    """Return 8 or 9 where the steps of a scale end well before it, as 1 to 5 do: surveys have it for "does not know"."""
    different = np.unique(values[np.isfinite(values)])
    code = float(different[-1])
    steps, codes = different[different < FIRST_SCALE_CODE], different[different >= FIRST_SCALE_CODE]
    if different[0] < 0:
        return _below_scale(cells, values, different)
    if code not in (8.0, 9.0) or len(steps) < LEAST_STEPS or (different != np.round(different)).any():
        return None
    if np.ptp(steps) != len(steps) - 1 or codes[0] - steps[-1] < SCALE_GAP or code - steps[-1] <= SCALE_GAP:
        return None
    return code if _is_often(cells, values >= FIRST_SCALE_CODE) else None


def _below_scale(cells: Cells, values: NDArray[np.float64], different: NDArray[np.float64]) -> float | None:
    """Return −1 to −9 where the steps of a scale begin at 1 or above; where they begin at 0 it may be one more step."""
    steps, code = different[different >= 0], float(different[0])
    if code < -FIRST_SCALE_CODE - SCALE_GAP or len(steps) <= LEAST_STEPS or (different != np.round(different)).any():
        return None
    if steps[0] < 1 or np.ptp(steps) != len(steps) - 1:
        return None
    return code if _is_often(cells, values < 0) else None


def _is_often(cells: Cells, coded: NDArray[np.bool_]) -> bool:
    """Tell whether codes are in too many cells to be the far end of a count, as 8 brothers are."""
    return cells.count(coded) >= max(SCALE_ROWS, SCALE_SHARE * cells.present)


def _is_heap(candidate: float, cells: Cells, values: NDArray[np.float64]) -> bool:
    """Tell whether a code of surveys at the end of a column is far more frequent than any other value: 99 among ages."""
    here = values == candidate
    others = np.isfinite(values) & ~here
    if candidate not in SURVEY_CODES or len(np.unique(values[others])) < SENTINEL_VALUES:
        return False
    gap, width = float(np.abs(values[others] - candidate).min()), float(np.ptp(values[others]))
    return gap >= HEAP_GAP * width and cells.count(here) >= HEAP * int(cells.counts[others].max())


def date_sentinel(cells: Cells, values: NDArray[np.datetime64]) -> np.datetime64 | None:
    """Return a day that is repeated far from all others of its column, as 1900-01-01 or 1970-01-01 is, or None."""
    known = ~np.isnat(values)
    if len(np.unique(values[known])) < SENTINEL_VALUES:
        return None
    for candidate in (values[known].min(), values[known].max()):
        here, days = values == candidate, (values - candidate) / np.timedelta64(1, "D")
        count = cells.count(here)
        if count >= max(SENTINEL_ROWS, SENTINEL_SHARE * cells.present) and _far(0.0, days[known & ~here]):
            return np.datetime64(candidate)
    return None


def _other_codes(values: NDArray[np.float64], candidate: float) -> NDArray[np.bool_]:
    """Return which values may be codes of surveys beside a candidate that may be one."""
    return np.isin(values, list(SURVEY_CODES)) if candidate in SURVEY_CODES else np.zeros(len(values), dtype=bool)


def stands_apart(candidate: float, others: NDArray[np.float64], count: int, present: int) -> bool:
    """Tell whether a value may be a code: a whole number, or nines as 99.9, that is repeated, and far from the others.

    Far is more than the range of all others away; or the only negative number among many that are not. Any other number,
    such as −1234.5, must be both.
    """
    least = 1 if candidate in _LONE_CODES else max(SENTINEL_ROWS, SENTINEL_SHARE * present)
    if count >= least and len(others) == 1 and candidate in _LONE_CODES:
        return candidate < float(others[0])  # Beside a single other value −999 is no value either.
    if count < least or len(others) < 2:
        return False
    is_far, is_lone = _far(candidate, others), candidate < 0 <= float(others.min())
    if candidate not in LOG_CODES and candidate != round(candidate) and set(f"{abs(candidate):g}") != {"9", "."}:
        return is_far and is_lone and len(np.unique(others)) >= SENTINEL_VALUES
    if candidate in SURVEY_CODES and is_far:
        return True
    return (is_far or is_lone) and len(np.unique(others)) >= SENTINEL_VALUES


def _far(candidate: float, others: NDArray[np.float64]) -> bool:
    width = float(np.ptp(others))
    return width > 0 and float(np.abs(others - candidate).min()) > SENTINEL_GAP * width


def _among(texts: pa.Array, words: frozenset[str]) -> NDArray[np.bool_]:
    """Return which texts are words; those much longer than any word, or that begin otherwise, are not looked at."""
    found = beginning_with(texts, _first_bytes(words)) & (lengths_of(texts) <= 2 * max(map(_size, words)))
    if found.any():
        found[found] = _are_any(pc.utf8_lower(texts.filter(pa.array(found))), words)
    return found


def _size(word: str) -> int:
    return len(word.encode())


@cache
def _first_bytes(words: frozenset[str]) -> bytes:
    """Return the bytes that words begin with, in small and capital letters."""
    return bytes(sorted({one.encode()[0] for word in words for one in (word, word.upper())}))


def _are_any(texts: pa.Array, words: frozenset[str]) -> NDArray[np.bool_]:
    return as_mask(pc.is_in(texts, value_set=pa.array(sorted(words), type=texts.type)))

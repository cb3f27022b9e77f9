"""Cells that name a total of other rows, as spreadsheets write them among the data: Total, Summe, 合计."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dldiag.data.typing.distinct import DIGITS, Cells, beginning_with, letters_of
from dldiag.data.typing.patterns import found_in

_TOTAL = (
    r"(?i)^(?:(?:grand|sub|year|all)?[ -]?totals?|sum|summe|gesamt|gesamtsumme|insgesamt|zwischensumme|somme|suma|totale"
    r"|sous-total|totaal|totalt|i alt|yhteensä|celkem|spolu|skupaj|ukupno|razem|összesen|toplam|jumlah|tổng|tổng cộng"
    r"|итого|всего|разом|усього|общо|σύνολο|المجموع|الإجمالي|कुल|योग|รวม|合计|总计|小计|共计|总和|合計|總計|小計|総計|계|합계|총계|총합계"
    r"|gesamtergebnis|teilergebnis|totale complessivo|eindtotaal|totaal generaal|suma końcowa|suma częściowa|общий итог|genel toplam|totalsumma"
    r"|totalsum|hovedtotal|végösszeg|részösszeg|celkový součet|celkem součet|γενικό άθροισμα|kaikki yhteensä|total general|total général)\s*[:：]?$"
    r"|^.{1,30} (?:(?:sub)?totale?|ergebnis|summe|totaal|итог|toplamı?)$|^(?:sub)?total .{1,30}$"
    r"|^(?:(?:grand|sub)[ -]?)?totals?\s*[:：]\s*\S.{0,40}$"
)


def rows_of_totals(cells: Cells, *, only_if_last: bool) -> NDArray[np.int64]:
    """Return the rows whose cells name a total; with `only_if_last` none unless the last row is among them."""
    if only_if_last and not (len(cells.codes) and cells.codes[-1] >= 0 and _names(cells, int(cells.codes[-1]))):
        return np.zeros(0, dtype=np.int64)
    named = names_of_totals(cells.texts)
    return np.flatnonzero(np.append(named, False)[cells.codes]) if named.any() else np.zeros(0, dtype=np.int64)


def _names(cells: Cells, code: int) -> bool:
    return bool(names_of_totals(cells.texts.slice(code, 1)).any())


def names_of_totals(texts: pa.Array) -> NDArray[np.bool_]:
    """Return which trimmed texts name a total; for most, the first and last byte alone say so.

    A name of a total ends with a letter or a colon, or begins with "total" or "subtotal".

    >>> names_of_totals(pa.array(["Rome", "Grand total", "Total 2024", "7"], pa.large_string())).tolist()
    [False, True, True, False]
    """
    letters, starts = letters_of(texts)
    found = starts[1:] > starts[:-1] + 1
    found[found] = letters[starts[1:][found] - 1] > DIGITS[-1]
    found |= beginning_with(texts, b"sStT")
    if found.any():
        found[found] = found_in(texts.filter(pa.array(found)), _TOTAL)
    return found

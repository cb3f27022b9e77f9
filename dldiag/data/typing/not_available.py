"""NA among texts: a value, such as Namibia, or missing, as other columns of the same file say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dldiag.data.name_words import word_set
from dldiag.data.typing.distinct import Cells
from dldiag.data.typing.notices import Remark
from dldiag.data.typing.patterns import as_mask

# Spellings that nobody uses for anything but "not available", unless they are codes: Namibia, North America.
NOT_AVAILABLE = word_set("na n.a.") | {"not available"}
CODE_SHARE = 0.5  # If more of the other texts are short and all capitals, NA is one more such code (own choice).
COLUMNS_WITH_IT = 2  # NA is missing in every column of texts where it is no code, if there are this many (own choice).
_CODE = r"^\p{Lu}{2,5}$"


def missing_elsewhere(columns: Mapping[int, Cells], of_values: Iterable[Remark]) -> dict[int, Remark]:
    """Return, by its position, a remark on every column of texts in which NA is missing as it is elsewhere in the file.

    It is where it was read as missing in a column of numbers, dates or yes and no (`of_values`), or where it is no code in
    two columns of texts.
    """
    spelled = {j: here for j, cells in columns.items() if (here := _spelled_in(cells))}
    counts = Counter(text for here in spelled.values() for text in here)
    known = {text for text, count in counts.items() if count >= COLUMNS_WITH_IT}
    known.update(*(one.examples for one in of_values if one.code == "missing_spellings"))
    found = {j: [text for text in here if text in known] for j, here in spelled.items()}
    return {j: _remark(columns[j], here) for j, here in found.items() if here}


def names_not_available(texts: pa.Array) -> bool:
    """Tell whether one of a few texts is a spelling of "not available"."""
    return any(text.lower() in NOT_AVAILABLE for text in texts.to_pylist())


def _spelled_in(cells: Cells) -> list[str]:
    """Return the spellings of "not available" in a column of texts that are no codes there."""
    here = as_mask(pc.is_in(pc.utf8_lower(cells.texts), value_set=pa.array(sorted(NOT_AVAILABLE), cells.texts.type)))
    if not here.any() or _is_code_among(cells, here):
        return []
    return list(cells.texts.filter(pa.array(here)).to_pylist())


def _is_code_among(cells: Cells, spelled: NDArray[np.bool_]) -> bool:
    """Tell whether NA is a code as the other texts are: beside EU and AS, or FR and DE."""
    others = cells.matches(_CODE)[~spelled]
    return len(others) > 0 and bool(others.mean() > CODE_SHARE)


def _remark(cells: Cells, spelled: list[str]) -> Remark:
    here = as_mask(pc.is_in(cells.texts, value_set=pa.array(spelled, cells.texts.type)))
    return Remark("missing_as_elsewhere", "", cells.count(here), tuple(spelled), cells.first_row(here) + 1)

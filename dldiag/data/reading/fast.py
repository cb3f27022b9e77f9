"""Regular text -> table by PyArrow's parser; anything it could read otherwise than the strict way is left to that."""

from __future__ import annotations

import pyarrow as pa

from dldiag.data.reading.dialect import Dialect
from dldiag.data.reading.gather import Account


def read_regular(body: str, dialect: Dialect, width: int) -> tuple[pa.Table, Account] | None:
    """Return the table and the account of its lines, or None when the text is not regular."""
    return None

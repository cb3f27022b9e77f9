"""A header with one name too few because a delimiter is missing: which name is two, by what the columns hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dldiag.data.reading.profile import ColumnProfile

# What a column holds whose name ends with such a word. Columns without values and other names tell nothing.
HOLDS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("date", "time", "datum", "day", "born", "日期", "时间"), frozenset({"when"})),
    **dict.fromkeys(("price", "amount", "cost", "qty", "quantity", "count", "total", "age", "weight", "height", "score", "rate",
                     "金额", "数量", "价格", "年龄"), frozenset({"number"})),
    **dict.fromkeys(("id", "code", "number", "no", "zip", "phone", "编号", "代码"), frozenset({"code", "number"})),
    **dict.fromkeys(("url", "link", "website", "email", "mail"), frozenset({"link"})),
    **dict.fromkeys(("name", "type", "description", "title", "city", "country", "comment", "comments", "notes", "text",
                     "姓名", "名称", "城市"), frozenset({"word", "code"})),
}  # fmt: skip
SURE_MARGIN = 2  # names that must fit better than when the last column is the one without a name
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|\"+")


def split_name(header: Sequence[str], columns: Sequence[ColumnProfile]) -> list[str] | None:
    """Return the header with the one name cut in two that lets the names fit the columns; None when that is not plain.

    >>> from dldiag.data.reading.profile import profiles
    >>> split_name(["DATETIME", "Qty", "URL"], profiles([["2024-01-05", "10:30", "3", "www.a.org"]] * 3, 4))
    ['DATE', 'TIME', 'Qty', 'URL']
    """
    kinds = [_main_kind(c) for c in columns]
    ways = [[*header[:k], *parts, *header[k + 1 :]] for k, name in enumerate(header) for parts in _cuts(name)]
    scored = sorted(((_fit(way, kinds), way) for way in ways), key=lambda w: -w[0])
    if not scored or scored[0][0] - _fit(header, kinds) < SURE_MARGIN:
        return None
    return None if len(scored) > 1 and scored[1][0] == scored[0][0] else scored[0][1]


def _cuts(name: str) -> list[tuple[str, str]]:
    """Return the ways to cut a name: where a new word begins, or between two words that are known."""
    text = name.strip()
    cuts = [(text[: m.start()], text[m.end() :]) for m in _WORDS.finditer(text)]
    cuts += [(text[:k], text[k:]) for k in range(1, len(text)) if {text[:k].lower(), text[k:].lower()} <= HOLDS.keys()]
    return [(a, b) for a, b in dict.fromkeys(cuts) if a and b]


def _fit(names: Sequence[str], kinds: Sequence[str]) -> int:
    """Return how many names stand above what they tell, less those that stand above something else."""
    told = [(holds, kind) for name, kind in zip(names, kinds, strict=False) if (holds := _holds(name)) and kind]
    return sum(1 if kind in holds else -1 for holds, kind in told)


def _holds(name: str) -> frozenset[str]:
    words = [w for w in HOLDS if name.strip().lower().endswith(w)]
    return HOLDS[max(words, key=len)] if words else frozenset()


def _main_kind(column: ColumnProfile) -> str:
    filled = [(n, kind) for kind, n in column.kinds.items() if kind not in {"empty", "missing"}]
    return max(filled)[1] if filled else ""

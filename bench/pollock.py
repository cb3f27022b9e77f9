"""Pollock's simple score of a reader (Vitagliano et al. 2023): success, and precision, recall and F1 of header, records, cells.

Each of the ten measures is the mean over the files; their sum is at most 10. The weighted score needs the shares of the
survey of open-data files, which the corpus does not hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

Rows = Sequence[Sequence[str]]
MEASURES = tuple(f"{what} {how}" for what in ("header", "records", "cells") for how in ("precision", "recall", "f1"))


def simple_score(files: Iterable[tuple], read: Callable[[str], tuple], norm: Callable[[str], str]) -> dict[str, float]:
    """Return the mean of every measure and their sum; files are (path, true rows with header, whether they have one)."""
    totals, count = Counter[str](), 0
    for path, truth, has_header in files:
        count += 1
        try:
            header, rows, _ = read(str(path))
        except Exception:
            continue
        names, body = (truth[:1], truth[1:]) if has_header else ([], truth)
        found = [header] if has_header else []
        totals["success"] += 1
        totals.update(_measures(_normal(names, norm), _normal(body, norm), _normal(found, norm), _normal(rows, norm)))
    means = {m: round(totals[m] / max(1, count), 4) for m in ("success", *MEASURES)}
    return {**means, "simple": round(sum(totals.values()) / max(1, count), 3), "files": count}


def _measures(names: Rows, body: Rows, found: Rows, rows: Rows) -> dict[str, float]:
    every, got = [*names, *body], [*found, *rows]
    parts = (
        _scores([c for r in names for c in r], [c for r in found for c in r]),
        _scores([tuple(r) for r in body], [tuple(r) for r in rows]),
        _scores([c for r in every for c in r], [c for r in got for c in r]),
    )
    return dict(zip(MEASURES, (v for part in parts for v in part), strict=True))


def _scores(truth: list, found: list) -> tuple[float, float, float]:
    """Return precision, recall and F1 of two bags; two empty ones agree."""
    if not truth or not found:
        same = float(not truth and not found)
        return same, same, same
    hits = sum((Counter(truth) & Counter(found)).values())
    precision, recall = hits / len(found), hits / len(truth)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-12)


def _normal(rows: Rows, norm: Callable[[str], str]) -> list[list[str]]:
    return [[norm(c) for c in r] for r in rows]

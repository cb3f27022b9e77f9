"""Delimiter, quote and escape: decided by how evenly and plausibly each candidate cuts a sample of lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, zip_longest

from dldiag.data.io.cell_kind import kind_of
from dldiag.data.io.dialect import SPACES, Dialect, loose_cells, records

QUOTES = ('"', "'")
_ESCAPES = ("", "\\", "\0")

# How readily a character is believed to be a delimiter (share of the score that it keeps). Marks that also stand within
# dates, times, links and words must cut far more evenly than a comma before they are believed.
TRUST = {",": 1.0, ";": 0.995, "\t": 1.0, "|": 0.99, "\x1f": 0.99, "\x01": 0.99, "^": 0.95, "~": 0.95, "§": 0.95, "¦": 0.95} | {
    " ": 0.80, SPACES: 0.79, ":": 0.75, "#": 0.80, "*": 0.80, "&": 0.80, "!": 0.80, "@": 0.75, "=": 0.70, "/": 0.65,
    "-": 0.60, "_": 0.60, "+": 0.60, "\\": 0.60, "$": 0.60, "%": 0.60, "?": 0.55, "，": 0.9, "；": 0.9, "、": 0.85,
    "\x1e": 0.9, "\x02": 0.9, "\x03": 0.9, "\x07": 0.9, "¬": 0.9, "¤": 0.9, "þ": 0.8, "¶": 0.8, "::": 0.95, "||": 0.95,
}  # fmt: skip
_TYPED = {"empty": 0.6, "missing": 0.9, "number": 1.0, "when": 1.0, "link": 1.0, "code": 0.9, "word": 0.65, "mark": 0.2}
SAMPLE_LINES = 400
ONE_COLUMN_SCORE = 0.30  # A candidate with a lower score is not believed at all.
BELIEVED = 0.9  # Below this trust a delimiter is weak: it must cut every line, and into plausible cells.
WEAK_PLAUSIBILITY = 0.70
SURE_WORDS, SURE_LINES = 4, 10  # Four words in each of ten lines are no prose: blanks cut cells.
LEAST_WIDE_LINES = 4  # At least this many lines have one width before narrower ones, the header among them.
MOST_NARROWINGS = 2  # Lines become narrower at most this many times.
NARROWING_EVENNESS = 0.95
FAULT_COST = 0.6  # This share of the trust is lost when the quotes of every line are at fault.
WRAPPED_BONUS = 1.15  # Given where most lines have a field in apostrophes.
TAB_BONUS = 1.15  # Given where every line has as many tabs: hardly any cell holds one.
INCHES_SHARE = 0.3  # Quotes that open no cell are inches if so many of the lines have one; fewer are slips.
EVEN_MARKS, EVEN_WIDTH, EVEN_BONUS = (
    (";", "|"),
    2,
    1.1,
)  # The names, too, are cut by these in every line: 12,- is a price.
LEAST_TABBED = 5  # Lines that must agree on that.
_OPENING = re.compile(r'(?:^|[^\w\s.]|[\s])[ ]*"', re.MULTILINE)
QUOTED_EVIDENCE = 2  # Apostrophes are taken for quotes from this many fields on.


def decide_dialect(text: str, **given: str | bool) -> Dialect:
    """Return the dialect that cuts the beginning of a text (lines end in \\n) best; `given` parts are not questioned."""
    sample = sample_of(text)
    quotes = (str(given["quote"]),) if "quote" in given else _quotes_in(sample)
    delimiters = (str(given["delimiter"]),) if "delimiter" in given else _delimiters_in(sample)
    tries = [(_score(sample, Dialect(d, q)), Dialect(d, q)) for q in quotes for d in delimiters]
    score, best = max(tries, key=lambda t: t[0], default=(0.0, Dialect(",", quotes[0])))
    if "delimiter" not in given and score < ONE_COLUMN_SCORE:
        best = replace(best, delimiter=",")
    escape = str(given["escape"]) if "escape" in given else _escape_in(sample, best)
    skip = bool(given["skip_space"]) if "skip_space" in given else _skips_space(sample, best)
    return replace(best, escape=escape, skip_space=skip)


def sample_of(text: str) -> str:
    """Return whole lines from the beginning of a text, enough to decide from."""
    end = -1
    for _ in range(SAMPLE_LINES):
        following = text.find("\n", end + 1)
        if following < 0 or following > SAMPLE_LINES * 2500:
            return text[: SAMPLE_LINES * 2500] if end < 0 or following < 0 else text[: end + 1]
        end = following
    return text[: end + 1]


def _delimiters_in(sample: str) -> tuple[str, ...]:
    present = Counter(sample)
    found = tuple(d for d in TRUST if d != SPACES and (d in sample if len(d) > 1 else present[d]))
    return (*found, SPACES) if "  " in sample or ("\t" in sample and " " in sample) else found


def _quotes_in(sample: str) -> tuple[str, ...]:
    if sample.count('"') >= INCHES_SHARE * sample.count("\n") and '"' in sample and not _OPENING.search(sample):
        return ("",)  # Inches and seconds, 5'11": no cell begins with a quote.
    if '"' in sample:
        return QUOTES if _wrapped(sample, "'") > _wrapped(sample, '"') else ('"',)
    return QUOTES if _wrapped(sample, "'") >= QUOTED_EVIDENCE else ('"',)


def _wrapped(sample: str, quote: str) -> int:
    """Count fields that begin and end with a quote at a delimiter or a line end."""
    return len(re.findall(rf"(?:^|[,;\t| ]){quote}[^{quote}\n]+{quote}(?=[,;\t| ]|$)", sample, re.MULTILINE))


def _score(sample: str, dialect: Dialect) -> float:
    """Return 0 … 1: how evenly the lines are cut, how plausible the cells are, how trusted the delimiter is."""
    rows, faults = _cut(sample, dialect)
    trust = TRUST.get(dialect.delimiter, 0.5) * (1 - FAULT_COST * faults / max(1, len(rows)))
    weak = TRUST.get(dialect.delimiter, 0.5) < BELIEVED
    width, even = evenness([len(r) for r in rows], titles_count=weak)
    if width < 2 or (dialect.delimiter == " " and _has_empty_column(rows)):
        return 0.0
    typed = _plausibility([r for r in rows if len(r) == width])
    if weak:
        blanks = dialect.delimiter in {" ", SPACES} and even == 1 and width >= SURE_WORDS and len(rows) >= SURE_LINES
        if typed < WEAK_PLAUSIBILITY and not blanks:
            return 0.0
        trust *= 1 - _whole(sample)
    if dialect.quote == "'" and _wrapped(sample, "'") >= 0.5 * len(rows):
        trust *= WRAPPED_BONUS
    if dialect.delimiter == "\t" and even == 1 and len(rows) >= LEAST_TABBED:
        trust *= TAB_BONUS
    if dialect.delimiter in EVEN_MARKS and even == 1 and width > EVEN_WIDTH and len(rows) >= LEAST_TABBED:
        trust *= EVEN_BONUS
    return trust * even**2 * (0.5 + 0.5 * typed) * (1 - 0.3 / width)


def _has_empty_column(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether a column between others is empty in all rows: two blanks stand there."""
    return any(not any(map(str.strip, cells)) for cells in list(zip_longest(*rows, fillvalue=""))[1:-1])


def _whole(sample: str) -> float:
    """Return the share of lines that are one number, date or link as they stand."""
    kinds = [kind_of(line) for line in sample.split("\n")[1:80] if line.strip()]
    return sum(k in {"number", "when", "link"} for k in kinds) / max(1, len(kinds))


def _cut(sample: str, dialect: Dialect) -> tuple[list[list[str]], int]:
    """Return the rows that are not blank and the number of lines whose quotes are at fault."""
    found = list(records(sample, dialect))
    rows = [r.cells if not r.fault else loose_cells(r.cells[0], dialect) for r in found]
    return [r for r in rows if any(c.strip() for c in r)], sum(r.fault for r in found)


def narrowing(widths: Sequence[int]) -> int | None:
    """Return the first width, if the first lines have it and later ones become narrower once or twice; else None."""
    first = widths[:LEAST_WIDE_LINES]
    if len(first) < LEAST_WIDE_LINES or len(set(first)) > 1 or first[0] < 2 or min(widths) < 2:
        return None
    only_narrower = all(b <= a for a, b in pairwise(widths))
    return first[0] if only_narrower and 2 <= len(set(widths)) <= MOST_NARROWINGS + 1 else None


def evenness(widths: Sequence[int], titles_count: bool = False) -> tuple[int, float]:
    """Return the width that most lines share and the share of lines that have it, mostly within the table's own lines."""
    counts = Counter(w for w in widths if w > 1)
    if not counts:
        return 1, 1.0
    if (wide := narrowing(widths)) is not None:
        return wide, NARROWING_EVENNESS
    width = max(counts, key=lambda w: (counts[w] * (1 - 0.5 / w), w))
    first = widths.index(width)
    last = len(widths) - 1 - list(reversed(widths)).index(width)
    inside, overall = counts[width] / (last - first + 1), counts[width] / len(widths)
    return width, overall if titles_count else 0.5 * inside + 0.5 * overall


def _plausibility(rows: Sequence[Sequence[str]]) -> float:
    cells = [c for r in rows[:80] for c in r[:60]]
    return sum(_TYPED[kind_of(c)] for c in cells) / max(1, len(cells))


def _escape_in(sample: str, dialect: Dialect) -> str:
    """Return the escape with the fewest lines at fault; none unless it stands before a quote."""
    if not dialect.quote:
        return ""
    present = [e for e in _ESCAPES if not e or e + dialect.quote in sample]
    if len(present) < 2:
        return ""
    faults = {e: sum(r.fault for r in records(sample, replace(dialect, escape=e))) for e in present}
    return min(present, key=lambda e: (faults[e], _ESCAPES.index(e)))


def _skips_space(sample: str, dialect: Dialect) -> bool:
    if dialect.delimiter not in {",", ";", "|", ":"}:
        return False
    cells = [c for r in _cut(sample, dialect)[0] for c in r[1:] if c.strip()]
    return bool(cells) and sum(c.startswith(" ") for c in cells) >= 0.9 * len(cells)

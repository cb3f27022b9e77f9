"""Whether the first row holds names, and unique, non-empty names for every column."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from dldiag.data.io.cell_kind import kind_of, shape_of
from dldiag.data.io.column_profile import ColumnProfile
from dldiag.data.name_words import made_up_name, word_set

TYPED_SHARE = 0.8  # A column is one of numbers or dates if this share of its filled cells is.
FEW_VALUES_SHARE = 0.34  # A column of words repeats itself if it has fewer distinct values per row.
LEAST_ROWS_FOR_WORDS = 4
LEAST_COUNTED = 3  # This many numbers in a row that count up are names.
LEAST_YEARS = 2  # This many years in a row, above columns without years, are names.
_LEAST_STEPS = 4  # This many numbers in a row at equal distances are names.
# So many different numbers above so many rows are names where no number stands below them (own choice).
LEAST_NUMBERS, LEAST_OTHER_ROWS = 2, 2
YEARS_SHARE = 0.5  # If more of the cells below are years, years in the first line are values, too.
NAME_VOTE, VALUE_VOTE, HINT_VOTE = 1.0, -1.5, 0.7
LEAST_ALIKE = 8  # A first row is compared with the rows below it if there are at least this many.
ALIKE_SHARE = 0.95  # A first row is written as the others if its form is that of this share of them.
LEAST_CODE_DIGITS = 4  # With so many digits in the same places as below, a cell is a code (own choice).
_DIGIT, _SMALL_OR_CAPITAL = re.compile(r"\d"), re.compile(r"[^\W\d_]")
_BOUND = re.compile(r"\s*[<>≤≥~≈]=?\s*\d+(?:[.,]\d+)*\s*")
_NUMERAL = re.compile(r"\d+(?:[.,]\d+)*")
_STAMPED = re.compile(r"\s*[\[(<]\d+[./:-]\d")  # A chat or a log begins its lines with a moment in brackets.
_MARKED = re.compile(r"[:=]\s*-?\d")  # A number stands behind its name.
_USUAL_NAMES = word_set(  # Names of columns that hold words, in the languages of most files.
    "class label target group category kind gender sex species variety color colour state region status answer question word sentence source"
    " gruppe klasse land stadt ort geschlecht farbe art pays ville sexe couleur ciudad sexo grupo from to key value"
)
_YEAR = re.compile(r"(?:1[89]|20)\d{2}")


def has_header(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Tell whether a first row is names rather than values, by how it differs from the rows below it."""
    names = [c.strip() for c in first]
    body = [r for r in body if [c.strip() for c in r] != names]
    if not body:
        return not any(kind_of(c) in {"number", "when"} for c in first)
    if counts_up(first):
        return not counts_up(body[0])
    named = are_years(first, body) or are_steps(first) or _heads_rows(first, body)
    if _stand_above_others(first, body) or (named and not are_steps(body[0])):
        return True
    if _is_written_alike(first, body):
        return False
    if votes := _votes(first, body):
        return votes > 0
    filled = [c.strip() for c in first if c.strip()]
    is_row = any(_is_code_as_below(c, [r[j] for r in body if j < len(r)]) for j, c in enumerate(first))
    return not is_row and len(set(filled)) == len(filled) and not any(kind_of(c) in {"number", "when"} for c in filled)


def may_be_row(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Tell whether nothing says that a first row of words is names: no column below it differs from it, and no word is a usual name."""
    words = [c.strip() for c in first]
    if len(body) < LEAST_ROWS_FOR_WORDS or any(kind_of(c) != "word" for c in words) or any(map(_is_usual_name, words)):
        return False
    return _votes(first, body) == 0


def _is_usual_name(word: str) -> bool:
    return len(word) == 1 or "_" in word or not word.isascii() or bool(_holds(word)) or word.lower() in _USUAL_NAMES


def _votes(first: Sequence[str], body: Sequence[Sequence[str]]) -> float:
    """Sum up what the cells of a first row say; a, b and c may be names and stand below them as well where one heads numbers."""
    votes = [_vote(cell, [r[j] for r in body if j < len(r)]) for j, cell in enumerate(first)]
    letters = all(len(cell.strip()) == 1 and cell.strip().isalpha() for cell in first)
    if letters and NAME_VOTE in votes and len({cell.strip() for cell in first}) == len(first):
        votes = [max(vote, 0.0) for vote in votes]
    return sum(votes)


def counts_up(cells: Sequence[str]) -> bool:
    """Tell whether the numbers among the cells are 0, 1, 2 … or 1, 2, 3 …, as frames without names are written."""
    numbers = [c.strip() for c in cells if kind_of(c) == "number"]
    begin = numbers[0] if numbers else ""
    return (
        len(numbers) >= LEAST_COUNTED
        and begin in {"0", "1"}
        and numbers == [str(int(begin) + i) for i in range(len(numbers))]
    )


def are_years(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Tell whether all numbers among the cells are years in order, above columns that hold no years.

    A single year counts when it lies outside what its column holds.
    """
    places = [j for j, c in enumerate(first) if kind_of(c) == "number"]
    if not places or not all(_YEAR.fullmatch(first[j].strip()) for j in places):
        return False
    below = [[r[j].strip() for r in body if j < len(r)] for j in places]
    if _mostly_years(below):
        return False
    years = [int(first[j]) for j in places]
    if len(years) < LEAST_YEARS:
        numbers = [n for c in below[0] if (n := _plain_number(c)) is not None]
        return bool(numbers) and not min(numbers) <= years[0] <= max(numbers)
    in_order = all(a <= b for a, b in pairwise(years)) or all(a >= b for a, b in pairwise(years))
    return in_order and len(set(years)) >= LEAST_YEARS


def _mostly_years(columns: Sequence[Sequence[str]]) -> bool:
    cells = [c for column in columns for c in column if c]
    return sum(bool(_YEAR.fullmatch(c)) for c in cells) >= YEARS_SHARE * len(cells)


def are_steps(cells: Sequence[str]) -> bool:
    """Tell whether the numbers among the cells are many and stand at equal distances, as wavelengths or ages do."""
    numbers = [_plain_number(c.strip()) for c in cells if kind_of(c) == "number"]
    found = [n for n in numbers if n is not None]
    if len(found) < max(_LEAST_STEPS, len(numbers)):
        return False
    steps = [b - a for a, b in pairwise(found)]
    return steps[0] != 0 and all(math.isclose(step, steps[0], rel_tol=1e-6) for step in steps)


def _heads_rows(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Tell whether numbers that only grow stand behind an empty corner, above rows that have names and do not grow.

    That is a table of counts by two measures, whose columns are named by one of them.
    """
    named = not first[0].strip() and all(row and row[0].strip() for row in body)
    return named and _grow(first[1:]) and not any(_grow(row[1:]) for row in body)


def _stand_above_others(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Tell whether different numbers or days stand above columns without any: 10011, 10022 over TRUE and FALSE.

    A row of values would have numbers where no other row has one, unless one word in all others says that there is none.
    """
    places = [j for j, c in enumerate(first) if kind_of(c) in {"number", "when"}]
    if len({first[j].strip() for j in places}) < max(LEAST_NUMBERS, len(places)) or len(body) < LEAST_OTHER_ROWS:
        return False
    below = [{kind_of(r[j]) for r in body if j < len(r)} - {"empty", "missing"} for j in places]
    cells = (r[j].strip() for r in body for j in places if j < len(r))
    word = next(cells, "")
    return any(cell != word for cell in cells) and all(
        kinds and kind_of(first[j]) not in kinds for j, kinds in zip(places, below, strict=True)
    )


def _grow(cells: Sequence[str]) -> bool:
    """Tell whether all cells are numbers, each above the one before."""
    numbers = [n for cell in cells if (n := _plain_number(cell.strip())) is not None]
    return len(numbers) == len(cells) >= _LEAST_STEPS and all(a < b for a, b in pairwise(numbers))


def _plain_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _vote(cell: str, below: Sequence[str]) -> float:
    kind, filled = kind_of(cell), [c for c in below if kind_of(c) not in {"empty", "missing"}]
    if kind == "empty" or not filled:
        return 0.0
    if kind == "when" and sum(kind_of(c) == "number" for c in filled) >= TYPED_SHARE * len(filled):
        return NAME_VOTE  # A day above numbers names their column.
    if is_typed(filled):
        return _vote_against_numbers(cell, kind, filled)
    if kind in {"number", "when"}:
        return 0.0 if _YEAR.fullmatch(cell.strip()) else -NAME_VOTE
    return _vote_against_words(cell, filled)


def _vote_against_numbers(cell: str, kind: str, filled: Sequence[str]) -> float:
    if kind in {"word", "code", "mark", "link"}:
        return NAME_VOTE
    year_names = _YEAR.fullmatch(cell.strip()) and not any(_YEAR.fullmatch(c.strip()) for c in filled)
    return 0.0 if kind == "missing" or year_names else VALUE_VOTE


def _vote_against_words(cell: str, filled: Sequence[str]) -> float:
    values = {c.strip() for c in filled}
    if cell.strip() in values:
        return VALUE_VOTE
    if len(filled) < LEAST_ROWS_FOR_WORDS:
        return 0.0
    shapes = {shape_of(c) for c in filled}
    repeats = len(values) <= FEW_VALUES_SHARE * len(filled)
    return HINT_VOTE if repeats or (len(shapes) <= 2 and shape_of(cell) not in shapes) else 0.0


def _is_written_alike(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Tell whether a row is written as those below, but for its numbers: a=0 over a=37, 1:0.5 over 1:0.7, [06.01.22 over [16.01.22."""
    places = [j for j, c in enumerate(first) if c.strip()]
    if len(body) < LEAST_ALIKE or any(kind_of(first[j]) in {"number", "when"} for j in places):
        return False
    alike = [
        _NUMERAL.search(first[j]) is not None
        and sum(_form(r[j]) == _form(first[j]) for r in body if j < len(r)) >= ALIKE_SHARE * len(body)
        for j in places
    ]
    marked = [_MARKED.search(first[j]) is not None for j in places]
    if all(is_so and has_mark for is_so, has_mark in zip(alike, marked, strict=True)):
        return True
    return any(is_so and _STAMPED.match(first[j]) for is_so, j in zip(alike, places, strict=True))


def _is_code_as_below(cell: str, below: Sequence[str]) -> bool:
    """Tell whether a cell is a code of digits and other letters, with the same places of digits as half of the cells below it, 418-Y11-4111, or a bound as one of them: ~29."""
    if _BOUND.fullmatch(cell) and any(map(_BOUND.fullmatch, below)):
        return True
    if len(below) < LEAST_OTHER_ROWS or sum(character.isdigit() for character in cell) < LEAST_CODE_DIGITS:
        return False
    form = _DIGIT.sub("0", cell.strip())
    form = _SMALL_OR_CAPITAL.sub("a", form)
    alike = sum(_SMALL_OR_CAPITAL.sub("a", _DIGIT.sub("0", other.strip())) == form for other in below)
    return any(not character.isdigit() for character in cell) and alike >= YEARS_SHARE * len(below)


def _form(cell: str) -> str:
    return _NUMERAL.sub("0", cell.strip())


def is_typed(cells: Sequence[str]) -> bool:
    """Tell whether nearly all of these cells are numbers or dates."""
    typed = sum(kind_of(c) in {"number", "when"} for c in cells)
    return bool(cells) and typed >= TYPED_SHARE * len(cells)


def with_group_names(rows: list[list[str]]) -> list[list[str]]:
    """Fill the gaps behind names of groups (2019,,2020,) where the names in the last line repeat themselves."""
    names = [c.strip() for c in rows[-1] if c.strip()]
    if len(rows) < 2 or (len(set(names)) == len(names) and not _ends_with_gaps(rows)):
        return rows
    filled = []
    for row in rows[:-1]:
        group, cells = "", []
        for cell, name in zip_longest(row, rows[-1][: len(row)], fillvalue=""):
            group = cell.strip() or group
            cells.append(group if name.strip() else cell)
        filled.append(cells)
    return [*filled, rows[-1]]


def _ends_with_gaps(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the last name of two lines stands above several names, as the question above its answers: Channels,,."""
    above, below = rows[0], rows[-1]
    filled = [j for j, cell in enumerate(above) if cell.strip()]
    behind = below[filled[-1] : len(above)] if filled else []
    return len(rows) == 2 and len(filled) > 1 and len(behind) > 1 and all(cell.strip() for cell in behind)


@dataclass(frozen=True)
class Names:
    """Unique names, with the places where one had to be made up or changed."""

    names: tuple[str, ...]
    made_up: tuple[int, ...] = ()
    renamed: tuple[int, ...] = ()


_NO_WIDTH = "\u200b\u2060\ufeff\u00ad \t"  # Characters without width, and blanks, around a name.


def unique_names(cells: Sequence[str], width: int) -> Names:
    """Return one unique, non-empty name per column: blanks become column_3, a second `x` becomes `x (2)`.

    >>> unique_names(["x", " ", "x"], 3).names
    ('x', 'column_2', 'x (2)')
    """
    given = [" ".join(c.strip(_NO_WIDTH).split()) for c in cells[:width]] + [""] * (width - len(cells))
    taken = {c for c in given if c}
    names: list[str] = []
    used: set[str] = set()
    made_up, renamed = [], []
    for j, cell in enumerate(given):
        name = cell
        if not cell:
            name = _free(made_up_name(j), used | taken)
            made_up.append(j)
        elif cell in used:
            name = _free(cell, used | taken)
            renamed.append(j)
        names.append(name)
        used.add(name)
    return Names(tuple(names), tuple(made_up), tuple(renamed))


def _free(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"


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
_SURE_MARGIN = 2  # Names must fit better by this many than when the last column is the one without a name.
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|\"+")


def split_glued(header: Sequence[str], columns: Sequence[ColumnProfile]) -> list[str] | None:
    """Return the header with the one name cut in two that lets the names fit the columns; None when that is not plain.

    >>> from dldiag.data.io.column_profile import profiles
    >>> split_glued(["DATETIME", "Qty", "URL"], profiles([["2024-01-05", "10:30", "3", "www.a.org"]] * 3, 4))
    ['DATE', 'TIME', 'Qty', 'URL']
    """
    ways = [[*header[:k], *parts, *header[k + 1 :]] for k, name in enumerate(header) for parts in _cuts(name)]
    scored = sorted(((name_fit(way, columns), way) for way in ways), key=lambda w: -w[0])
    if not scored or scored[0][0] - name_fit(header, columns) < _SURE_MARGIN:
        return None
    return None if len(scored) > 1 and scored[1][0] == scored[0][0] else scored[0][1]


def _cuts(name: str) -> list[tuple[str, str]]:
    """Return the ways to cut a name: where a new word begins, or between two words that are known."""
    text = name.strip()
    cuts = [(text[: m.start()], text[m.end() :]) for m in _WORDS.finditer(text)]
    cuts += [(text[:k], text[k:]) for k in range(1, len(text)) if {text[:k].lower(), text[k:].lower()} <= HOLDS.keys()]
    return [(a, b) for a, b in dict.fromkeys(cuts) if a and b]


def name_fit(names: Sequence[str], columns: Sequence[ColumnProfile]) -> int:
    """Return how many names stand above what they tell, less those that stand above something else."""
    kinds = [_main_kind(c) for c in columns]
    known = [(holds, kind) for name, kind in zip(names, kinds, strict=False) if (holds := _holds(name)) and kind]
    return sum(1 if kind in holds else -1 for holds, kind in known)


def names_rows(name: str) -> bool:
    """Tell whether a name says that its column identifies rows."""
    return "code" in _holds(name) and "word" not in _holds(name)


def _holds(name: str) -> frozenset[str]:
    words = [w for w in HOLDS if name.strip().lower().endswith(w)]
    return HOLDS[max(words, key=len)] if words else frozenset()


def _main_kind(column: ColumnProfile) -> str:
    filled = [(n, kind) for kind, n in column.kinds.items() if kind not in {"empty", "missing"}]
    return max(filled)[1] if filled else ""

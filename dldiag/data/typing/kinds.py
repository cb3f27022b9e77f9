"""What kind a column is: one row per reason, asked in order; the first that holds decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dldiag.core.i18n import Message
from dldiag.core.types import Kind
from dldiag.data.typing.codes import code_reason, version_reason
from dldiag.data.typing.column_facts import Facts
from dldiag.data.typing.date_forms import DIGITS_ALONE, MONTHS_WITH_POINT
from dldiag.data.typing.dates import FIRST_YEAR, FIRST_YEAR_BEFORE_MONTHS, LAST_YEAR, NEAR_SERIALS, epoch_scale
from dldiag.data.typing.distinct import Cells, letters_of
from dldiag.data.typing.yes_no import MOST_WORDS, boolean_values

# Shares of the present cells and counts of distinct values. Own choices, tried on the 53 tables of the manifest.
READ_SHARE = 0.95  # This share of the cells must read as a number or a date.
MOSTLY_SHARE = 0.5  # If this share does, the other cells are the odd ones.
LEAST_READ = 0.1  # Beside one word for all that is missing (<LOD), this share is enough.
ODD_WORDS = 5  # Up to this many different words without digits stand for missing values among numbers or dates.
READ_BESIDE_ODD_WORDS = 10  # This many distinct numbers or dates must stand beside words for missing values.
MAX_LEVELS = 40  # The other values of a category become one, which bounds the one-hot width (own choice).
_UNIQUE_SHARE = 0.9  # If more of the cells are distinct, the column names rows rather than describes them.
UNIQUE_ROWS = 20  # With fewer rows, "all distinct" means nothing.
TEXT_WORDS = 3.0  # Cells of free text have at least this many words on average.
REPEATED_TEXT_WORDS = 6.0  # Cells of free text that repeat have at least this many words on average.
REPEATED_TEXT_SHARE = 0.2  # Where cells of free text repeat, at least this share of them is distinct.
NAME_WORDS = 4.0  # Capitalized texts with more words on average are more than names of people.
CHARACTERS_PER_WORD = 2.0  # Chinese and Japanese write no blanks, so words are counted by characters.
LEAST_DIGIT_DAYS = 5  # So many different digits that are all days of a calendar are so by no chance.
LEAST_MONTHS = 8  # So many different numbers of four digits that all end in 01 to 12 do so by no chance.
NEAR_TIMES = 0.35  # Of 1970 to now, times of the last 20 years take less than this share (own choice).
MONTHS_SHARE = 0.4  # Months fill at least this share of their years (own choice).

MOSTLY_NUMBERS = "{share:.0%} of the values read as numbers, the others do not, such as {examples}."
MOSTLY_DATES = "{share:.0%} of the values read as dates, the others do not, such as {examples}."
RUNNING = "A running number: {rows:,} different whole numbers without a gap."
READ_AS_NUMBERS = "{share:.0%} of the values read as numbers."
_SHORT_DAY = r"^\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$"
_SHORT_DAY_FIRST = r"^(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}$"
_SHORT_MONTH, _BARE_YEAR = r"^\d{2}(?:0[1-9]|1[0-2])$", r"^(?:18|19|20)\d{2}$"
_TWO_DIGITS = r"\d[.,]?\d"
_WIDE = r"[\x{3040}-\x{30ff}\x{4e00}-\x{9fff}]"
_LAST_BLANK = 32  # The code of a space; no blank of ASCII has a larger one.
_IS_BLANK = np.isin(np.arange(128), list(b"\t\n\f\r "))  # What \s matches.
_WORD = r"[^\s\x{3040}-\x{30ff}\x{4e00}-\x{9fff}]+"
# It finds a word in lower case, or letters and digits as in an address.
_DESCRIBING = r"(?:^|\s)\p{Ll}|\pL.*\d|\d.*\pL"


def decide_kind(facts: Facts) -> tuple[Kind, str, Message]:
    """Return the kind of a column, the code of the row that decided it, and why, in words."""
    for row in KINDS:
        why = row.reason(facts)
        if why is not None:
            return row.kind, row.origin, why
    return (
        "category",
        "few_texts",
        Message(
            "{distinct:,} different texts among {present:,} values.",
            {"distinct": facts.cells.distinct, "present": facts.cells.present},
        ),
    )


def _empty(facts: Facts) -> Message | None:
    return Message("No cell holds a value.") if facts.solid.present == 0 else None


def _boolean(facts: Facts) -> Message | None:
    if not 2 <= facts.solid.distinct <= MOST_WORDS:
        return None
    if set(boolean_values(facts.solid.texts)) != {0.0, 1.0}:
        return None
    return Message("Only yes/no values: {examples}.", {"examples": ", ".join(facts.solid.examples(6))})


def _constant(facts: Facts) -> Message | None:
    if facts.cells.distinct != 1 or facts.cells.present < facts.cells.rows:
        return None
    return Message("Every cell is the same: {example}.", {"example": facts.cells.examples(1)[0]})


def _number_constant(facts: Facts) -> Message | None:
    """1, 1.0 and 1.00 are one value."""
    values = facts.numbers.values
    if facts.cells.present < facts.cells.rows or not facts.numbers.read.all() or np.isnan(values).any():
        return None
    return (
        Message("Every cell is the same: {example}.", {"example": facts.cells.examples(1)[0]})
        if np.ptp(values) == 0
        else None
    )


def _one_value_or_nothing(facts: Facts) -> Message | None:
    if facts.cells.distinct != 1 or _is_single_number(facts):
        return None
    return Message("One value, {example}, or nothing.", {"example": facts.cells.examples(1)[0]})


def _is_single_number(facts: Facts) -> bool:
    """Whether the only cell that holds something is a number of two digits or more, which ticks nothing."""
    return facts.solid.present == 1 and bool(facts.numbers.read.all() and facts.solid.matches(_TWO_DIGITS).all())


def _date(facts: Facts) -> Message | None:
    if facts.are_no_dates:
        return None
    read = facts.dates.read
    least = LEAST_DIGIT_DAYS if facts.dates.written in DIGITS_ALONE else 2
    if not _holds(facts.solid, read) or facts.solid.distinct < least:
        return None
    if facts.dates.written in MONTHS_WITH_POINT and not read.all():
        return None
    return Message(
        "{share:.0%} of the values are dates, such as {example}.",
        {"share": facts.solid.share(read), "example": facts.solid.texts.filter(pa.array(read))[0].as_py()},
    )


def _days_in_digits(facts: Facts) -> Message | None:
    """Digits alone that are days or months: 09012023, or 090123 and 2301 under the name of a date; codes begin with zeros as well."""
    if facts.are_no_dates:
        return None
    dates, cells = facts.dates, facts.solid
    least = LEAST_MONTHS if dates.written == "ym." and not facts.named_like_date else LEAST_DIGIT_DAYS
    if dates.written not in DIGITS_ALONE or cells.distinct < least or facts.named_like_identifier:
        return None
    return None if facts.named_like_code or not dates.read.all() else _date(facts)


def _epochs(facts: Facts) -> Message | None:
    """Whole numbers near today, counted since 1970, under the name of a date."""
    if not facts.named_like_date or not facts.solid.distinct or _holds(facts.solid, facts.dates.read):
        return None  # 2022010604 is an hour of 2022.
    if not facts.numbers.read.all() or not epoch_scale(facts.numbers.values):
        return None
    return Message("Times counted since 1970, such as {example}.", {"example": facts.solid.examples(1)[0]})


def _holds(cells: Cells, read: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> bool:
    """Whether a column is what most of its cells read as: all but a few cells do, or all but a few words do.

    Words without a digit beside many different numbers or dates (“below limit”, “ongoing”) say why there is none.
    """
    share = cells.share(read)
    if share >= READ_SHARE:
        return True
    if share < LEAST_READ or read.sum() < READ_BESIDE_ODD_WORDS or (~read).sum() > ODD_WORDS:
        return False
    if share < MOSTLY_SHARE and (~read).sum() > 1:
        return False
    return not (cells.matches(r"\d") & ~read).any()


def _code_identifier(facts: Facts) -> Message | None:
    return code_reason(facts) if _names_rows(facts.cells) else None


def _running_number(facts: Facts) -> Message | None:
    """Different whole numbers without a gap, in the first column or under the name of an identifier."""
    values, cells = facts.numbers.values, facts.cells
    if not _may_number_rows(facts) or cells.distinct != cells.rows or np.ptp(values) != cells.rows - 1:
        return None
    return Message(RUNNING, {"rows": cells.rows}) if facts.position == 0 or facts.named_like_identifier else None


def _named_identifier(facts: Facts) -> Message | None:
    if not facts.named_like_identifier or not _names_rows(facts.cells) or not _may_number_rows(facts):
        return None
    return Message("Named like an identifier, and its whole numbers hardly repeat.")


def _may_number_rows(facts: Facts) -> bool:
    """Whether all cells are whole numbers, and neither days of a spreadsheet nor years."""
    values = facts.numbers.values
    if (
        facts.cells.rows < UNIQUE_ROWS
        or facts.numbers.marks - {"thousands"}  # 1,200 ft names no row.
        or not len(values)
        or np.isnan(values).any()
        or (values != np.round(values)).any()
    ):
        return False
    return not looks_like_excel_days(facts) and not _holds_years(facts)


def looks_like_excel_days(facts: Facts) -> bool:
    """Whether a column named like a date holds numbers that are spreadsheet day numbers of this century."""
    values = facts.numbers.values[facts.numbers.read]
    if not facts.named_like_date or not len(values) or np.isnan(values).any():
        return False
    return bool((values >= NEAR_SERIALS[0]).all() and (values <= NEAR_SERIALS[1]).all())


def counts_time(facts: Facts) -> bool:
    """Whether different numbers only grow from row to row, or lie close together, where times counted since 1970 do today."""
    cells, values = facts.solid, facts.numbers.values
    if cells.distinct < READ_BESIDE_ODD_WORDS or not facts.numbers.read.all() or not epoch_scale(values):
        return False
    if np.ptp(values) < NEAR_TIMES * values.min() and not facts.named_like_identifier:
        return True
    return bool((np.diff(values[cells.codes[cells.codes >= 0]]) >= 0).all())


def may_be_short_dates(facts: Facts) -> bool:
    """Whether numbers of a column without the name of a date may be days or months in digits: 220131, 310122, 2201.

    All of six digits are days, or all of four are months of several years that follow each other; years from 1800 on are none.
    """
    cells = facts.solid
    if cells.distinct < LEAST_DIGIT_DAYS or facts.named_like_identifier or facts.named_like_part:
        return False
    if cells.matches(_SHORT_DAY).all() or cells.matches(_SHORT_DAY_FIRST).all():
        return True
    if cells.distinct < LEAST_MONTHS or not cells.matches(_SHORT_MONTH).all() or cells.matches(_BARE_YEAR).all():
        return False
    years = np.unique([int(text[:2]) for text in cells.texts.to_pylist()])
    return len(years) > 1 and len(years) == np.ptp(years) + 1 and cells.distinct >= MONTHS_SHARE * 12 * len(years)


def _holds_years(facts: Facts) -> bool:
    values = facts.numbers.values
    first = FIRST_YEAR_BEFORE_MONTHS if facts.named_like_year else FIRST_YEAR
    return facts.named_like_date and bool(((values >= first) & (values <= LAST_YEAR)).all())


def _number(facts: Facts) -> Message | None:
    cells, read = facts.solid, facts.numbers.read
    return Message(READ_AS_NUMBERS, {"share": cells.share(read)}) if _holds(cells, read) else None


def _mostly_numbers(facts: Facts) -> Message | None:
    return _mostly(facts, MOSTLY_NUMBERS, facts.numbers.read)


def _mostly_dates(facts: Facts) -> Message | None:
    return _mostly(facts, MOSTLY_DATES, facts.dates.read)


def _mostly(facts: Facts, template: str, read: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Message | None:
    """Tell numbers or dates among too many others to be one: reported, never taken for names of rows."""
    cells = facts.solid
    keeps_every_level = cells.distinct <= MAX_LEVELS and not _names_rows(cells)
    if facts.named_like_identifier or facts.named_like_code or keeps_every_level or cells.rows < UNIQUE_ROWS:
        return None
    share = cells.share(read)
    if share < MOSTLY_SHARE:
        return None
    return Message(template, {"share": share, "examples": ", ".join(cells.without(read).examples())})


def _text(facts: Facts) -> Message | None:
    cells = facts.cells
    if cells.rows < UNIQUE_ROWS:
        return None
    words = mean_words(cells)
    unique = cells.distinct / max(cells.present, 1)
    row_names = facts.is_first_without_name and unique == 1 and words < REPEATED_TEXT_WORDS
    free = words >= TEXT_WORDS and unique >= _UNIQUE_SHARE and not _are_names(cells, words) and not row_names
    if not free and not (words >= REPEATED_TEXT_WORDS and unique >= REPEATED_TEXT_SHARE):
        return None
    return Message(
        "Free text: {words:.1f} words in a cell, {share:.0%} of the cells different.", {"words": words, "share": unique}
    )


def _are_names(cells: Cells, words: float) -> bool:
    """Whether most texts are a few capitalized words, as names of people are, or have no letters, as phone numbers."""
    pattern = _DESCRIBING if words < NAME_WORDS else r"\pL"
    return cells.share(cells.matches(pattern) | cells.matches(_WIDE)) < MOSTLY_SHARE


def _identifier(facts: Facts) -> Message | None:
    if facts.cells.rows < UNIQUE_ROWS or not _names_rows(facts.cells):
        return None
    share = facts.cells.distinct / facts.cells.present
    return Message("{share:.0%} of the values are different: they name the rows.", {"share": share})


def _names_rows(cells: Cells) -> bool:
    return cells.present > 1 and cells.distinct >= _UNIQUE_SHARE * cells.present


def mean_words(cells: Cells) -> float:
    """Return the mean number of words of a cell; two Chinese or Japanese characters count as a word."""
    if _is_ascii(cells.texts):
        return float((_words_in_ascii(cells.texts) * cells.counts).sum() / max(cells.present, 1))
    wide = pc.count_substring_regex(cells.texts, _WIDE).to_numpy(zero_copy_only=False)
    words = pc.count_substring_regex(cells.texts, _WORD).to_numpy(zero_copy_only=False)
    return float(((words + wide / CHARACTERS_PER_WORD) * cells.counts).sum() / max(cells.present, 1))


def _words_in_ascii(texts: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return how many words each text has that holds a letter: a word begins where a blank or the text's begin is before it.

    Few letters are blanks, so these are looked for first, and what stands behind them.
    """
    if not len(texts):
        return np.zeros(0, dtype=np.int64)
    letters, starts = letters_of(texts)
    words = np.zeros(len(texts), dtype=np.int64)
    filled = starts[1:] > starts[:-1]
    words[filled] = ~_IS_BLANK[letters[starts[:-1][filled]]]
    behind = np.flatnonzero(letters[: starts[-1] - 1] <= _LAST_BLANK) + 1
    behind = behind[_IS_BLANK[letters[behind - 1]] & ~_IS_BLANK[letters[behind]] & (behind > starts[0])]
    of_text = np.searchsorted(starts, behind, side="right") - 1
    return words + np.bincount(of_text[starts[of_text] < behind], minlength=len(texts))


def _is_ascii(texts: pa.Array) -> bool:
    return not len(texts) or bool(letters_of(texts)[0].max(initial=0) < 128)


@dataclass(frozen=True)
class KindRow:
    """One reason for a kind; `origin` is its code, by which later steps know why a column is what it is."""

    origin: str
    kind: Kind
    reason: Callable[[Facts], Message | None]


KINDS = (
    KindRow("no_value", "empty", _empty),
    KindRow("one_text", "constant", _constant),
    KindRow("one_value_or_nothing", "category", _one_value_or_nothing),
    KindRow("yes_no", "boolean", _boolean),
    KindRow("epochs", "date", _epochs),
    KindRow("digits_of_days", "date", _days_in_digits),
    KindRow("code_per_row", "identifier", _code_identifier),
    KindRow("code", "category", code_reason),
    KindRow("versions", "category", version_reason),
    KindRow("dates", "date", _date),
    KindRow("running_number", "identifier", _running_number),
    KindRow("named_identifier", "identifier", _named_identifier),
    KindRow("one_number", "constant", _number_constant),
    KindRow("numbers", "number", _number),
    KindRow("mostly_numbers", "category", _mostly_numbers),
    KindRow("mostly_dates", "category", _mostly_dates),
    KindRow("free_text", "text", _text),
    KindRow("text_per_row", "identifier", _identifier),
)

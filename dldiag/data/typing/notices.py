"""What was noticed in single columns, put together into one notice per thing noticed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dldiag.core.i18n import Message, Value
from dldiag.core.types import Notice
from dldiag.data.notice_text import NoticeText

_SHOWN = 5  # A notice names this many columns and counts the others.
_EXAMPLES = 12  # A notice shows this many texts.


@dataclass(frozen=True)
class Remark:
    """Something noticed in one column: what (a key of REMARKS), in how many cells, with examples."""

    code: str
    column: str
    count: int
    examples: tuple[str, ...] = ()
    row: int = 0  # The first such cell, counted from 1 below the header; 0 means that it is not known.


REMARKS = {
    "missing_spellings": NoticeText(
        Message("Read as “missing” in {columns}: {examples} (cells: {count:,})."),
        Message("If one of these is a real value, make the column a category."),
    ),
    "missing_as_elsewhere": NoticeText(
        Message("Read as “missing” in {columns}, as in other columns of this file: {examples} (cells: {count:,})."),
        Message("If it is a value, such as Namibia or North America, choose the column's kind by hand."),
    ),
    "kept_spellings": NoticeText(
        Message("Kept as a value in {columns}, though it may mean “missing”: {examples} (cells: {count:,})."),
        Message("Add the spelling to the missing values of the reading choices if it does."),
    ),
    "unread": NoticeText(
        Message(
            "In {columns}, cells that do not read as the column's kind count as missing: {examples} (cells: "
            "{count:,}; the first in row {row:,})."
        ),
        Message("Correct them in the file, or make the column a category."),
    ),
    "not_finite": NoticeText(
        Message("In {columns}, values that are not finite count as missing: {examples} (cells: {count:,})."),
    ),
    "sentinel": NoticeText(
        Message(
            "Kept as a value in {columns}, though it stands far from all others and may mean “missing”: "
            "{examples} (cells: {count:,})."
        ),
        Message("Add it to the missing values of the reading choices if it does."),
    ),
    "number_marks": NoticeText(
        Message("{columns}: read as numbers from texts such as {examples}."),
    ),
    "bounds": NoticeText(
        Message("{columns}: {examples} were read as the bare number (cells: {count:,})."),
        Message("Make the column a category if the sign beside the number matters."),
    ),
    "hours": NoticeText(
        Message("{columns}: times such as {examples} were read as numbers of hours."),
        Message("Make the column a category if these are no times."),
    ),
    "quantities": NoticeText(
        Message(
            "{columns}: each of {examples} was read as one number in its largest unit (degrees, feet, years), a fraction as its "
            "value."
        ),
        Message("Make the column a category if these are something else."),
    ),
    "points": NoticeText(
        Message("{columns}: {examples} were read as the number before the mark: points out of the same whole."),
        Message("Make the column a category if these are something else."),
    ),
    "debit_credit": NoticeText(
        Message("{columns}: Dr and Cr behind numbers such as {examples} were read as their signs (cells: {count:,})."),
        Message("Check which of the two you count as negative."),
    ),
    "all_negative": NoticeText(
        Message("{columns}: all numbers stand in parentheses ({examples}); they were read as negative."),
        Message("Make the column a category if the parentheses do not mean that."),
    ),
    "in_parentheses": NoticeText(
        Message("{columns}: all whole numbers stand in parentheses ({examples}); they were read without them."),
        Message("Make the column a category if the parentheses mean a minus."),
    ),
    "numbers_in_texts": NoticeText(
        Message("{columns}: cells hold a number beside other marks, such as {examples}; they were kept as texts."),
        Message("Write the bare number in the file if it matters how large it is."),
    ),
    "several_numbers": NoticeText(
        Message("{columns}: cells hold several numbers, such as {examples}; they were kept as texts."),
        Message("Give each number a column of its own in the file if it matters how large it is."),
    ),
    "unread_dates": NoticeText(
        Message(
            "{columns}: cells look like dates, such as {examples}, in a way of writing that was not read; they were kept as texts."
        ),
        Message("Write the days as 2024-03-31 in the file if they matter."),
    ),
    "mostly_numbers": NoticeText(
        Message(
            "{columns}: most values read as numbers, but one cell does not: {examples}; kept as a category.",
            plural="{columns}: most values read as numbers, but {count:,} cells do not, such as {examples}; kept as "
            "a category.",
        ),
        Message("Correct these cells in the file, or make the column a number: these cells then count as missing."),
    ),
    "mostly_dates": NoticeText(
        Message(
            "{columns}: most values read as dates, but one cell does not: {examples}; kept as a category.",
            plural="{columns}: most values read as dates, but {count:,} cells do not, such as {examples}; kept as a category.",
        ),
        Message("Correct these cells in the file, or make the column a date: these cells then count as missing."),
    ),
    "label_variants": NoticeText(
        Message(
            "{columns}: some labels differ only in case, blanks or in how a letter or a mark is written: {examples} (cells: "
            "{count:,})."
        ),
        Message("Merge them if they mean the same."),
    ),
    "joined_blanks": NoticeText(
        Message(
            "{columns}: labels that differ only in the blanks around them were read as one: {examples} (cells: {count:,})."
        ),
    ),
    "lists": NoticeText(
        Message("{columns}: cells hold lists, such as {examples}; every different list counts as one value."),
        Message("Give each item a column of its own in the file."),
    ),
    "percent": NoticeText(
        Message("{columns}: percent signs were read, so {examples} became a share of 1."),
    ),
    "percent_mixed": NoticeText(
        Message(
            "{columns}: some cells have a percent sign, others do not ({examples}); all were put on one "
            "scale, as shares of 1."
        ),
        Message("If the bare numbers mean something else, write all cells in one way."),
    ),
    "magnitudes": NoticeText(
        Message("{columns}: thousands, millions and the like were multiplied out in {examples} (cells: {count:,})."),
        Message("Make the column a category if these marks mean something else."),
    ),
    "mixed_units": NoticeText(
        Message(
            "{columns}: units differ or are missing in some cells ({examples}); all were put into the most "
            "frequent unit."
        ),
        Message("Write all cells in one unit if that is wrong."),
    ),
    "mixed_currencies": NoticeText(
        Message(
            "{columns}: currencies differ ({examples}); the numbers were read as they are, without any exchange rate."
        ),
        Message("Convert them to one currency: as they are, these numbers cannot be compared."),
    ),
    "mixed_decimals": NoticeText(
        Message("{columns}: the decimal mark differs ({examples}); each number was read by its own."),
        Message("Write all cells in one way if that is wrong."),
    ),
    "decimal_comma": NoticeText(
        Message("{columns}: the comma was read as the decimal mark, as in {examples}."),
        Message("Set the decimal mark in the reading choices if that is wrong."),
    ),
    "open_point": NoticeText(
        Message("{columns}: {examples} was read with a decimal point, but the point could also mark thousands."),
        Message("Set the thousands mark to “.” in the reading choices if it does."),
    ),
    "open_comma": NoticeText(
        Message("{columns}: {examples} was read with commas marking thousands, but they could also be decimal commas."),
        Message("Set the decimal mark to “,” in the reading choices if they are."),
    ),
    "open_thousands": NoticeText(
        Message(
            "{columns}: in {examples} the point was read as the thousands mark, but it could also be the decimal mark."
        ),
        Message("Set the decimal mark to “.” in the reading choices if it is."),
    ),
    "short_years": NoticeText(
        Message("{columns}: the years of dates such as {examples} have two digits; they were read as 1969 to 2068."),
        Message("Make the column a category if these are no dates."),
    ),
    "open_date": NoticeText(
        Message("{columns}: day and month cannot be told apart in dates such as {examples}."),
        Message("Say in the reading choices whether the day comes first."),
    ),
    "buddhist_years": NoticeText(
        Message("{columns}: years such as that of {examples} were read as Buddhist ones, 543 years ahead."),
        Message("Make the column a category if they are not."),
    ),
    "minguo_years": NoticeText(
        Message("{columns}: years such as that of {examples} were read as those of Taiwan, 1911 years behind."),
        Message("Make the column a category if they are not."),
    ),
    "other_calendar": NoticeText(
        Message(
            "{columns}: {examples} look like dates of another calendar (Persian or Islamic); they were not read as dates."
        ),
        Message("Convert them to Gregorian dates in the file, or make the column a date if they are such."),
    ),
    "mixed_dates": NoticeText(
        Message("{columns}: dates are written in different ways ({examples}); each was read in its own."),
        Message("Write all dates in one way if that is wrong."),
    ),
    "epochs": NoticeText(
        Message("{columns}: numbers such as {examples} were read as times counted since 1970, in UTC."),
        Message("Make the column a number if they are none."),
    ),
    "mixed_offsets": NoticeText(
        Message("{columns}: offsets from UTC differ ({examples}); all times were put on UTC."),
    ),
    "bare_times": NoticeText(
        Message(
            "{columns}: some times have an offset from UTC, others have none ({examples}); those were taken to be on UTC."
        ),
        Message("Write the offset of all times in the file if they are on another clock."),
    ),
    "maybe_epochs": NoticeText(
        Message("{columns} may hold times counted since 1970 ({examples}); it was read as numbers."),
        Message("Make the column a date if it does."),
    ),
    "maybe_dates": NoticeText(
        Message("{columns} may hold days or months written in digits ({examples}); it was read as numbers."),
        Message("Make the column a date if it does."),
    ),
    "maybe_times": NoticeText(
        Message("{columns} may hold times of day written in digits ({examples}); they were not read as times."),
        Message("Write them as 9:30 in the file if they are times: 1000 stands one minute behind 959, not 41."),
    ),
    "spreadsheet_days": NoticeText(
        Message(
            "{columns}: a spreadsheet may have changed {examples} into days (cells: {count:,}); they were kept as texts."
        ),
        Message("Names such as SEPT2 and spans such as 9-12 become days in spreadsheets: correct them in the file."),
    ),
    "code_numbers": NoticeText(
        Message("{columns}: whole numbers under the name of a code ({examples}) were read as numbers."),
        Message("Make the column a category if they are names: their order and distance then mean nothing."),
    ),
    "excel_days": NoticeText(
        Message("{columns} looks like Excel day numbers ({examples}); it was read as numbers."),
        Message("Make the column a date if it is one."),
    ),
    "powers": NoticeText(
        Message("{columns}: {examples} were read with an exponent, so that 1E3 became 1000 (cells: {count:,})."),
        Message("Make the column a category if these are codes."),
    ),
    "leading_zeros": NoticeText(
        Message("{columns}: the zeros before numbers such as {examples} were dropped (cells: {count:,})."),
        Message("Make the column a category if these are codes."),
    ),
    "merged_numbers": NoticeText(
        Message("{columns}: texts that differ only in zeros at their end became one number: {examples}."),
        Message("Make the column a category if these are codes or versions, where 1.10 is not 1.1."),
    ),
    "yes_or_nothing": NoticeText(
        Message("{columns}: cells hold {examples} or nothing; nothing counts as missing."),
        Message("If an empty cell means “no”, write that in the file."),
    ),
    "maybe_yes_no": NoticeText(
        Message("{columns}: {examples} may mean yes and no in some language; they were kept as labels."),
        Message("Make the column yes/no if they do."),
    ),
    "letters_as_yes_no": NoticeText(
        Message("{columns}: {examples} were read as yes and no."),
        Message("Make the column a category if they mean something else."),
    ),
    "damaged_codes": NoticeText(
        Message(
            "{columns} looks like long codes that a spreadsheet rounded ({examples}); the lost digits are not "
            "in the file."
        ),
        Message("Export the table again with this column as text."),
    ),
    "merged_boolean": NoticeText(
        Message("{columns}: different spellings of yes and no were merged: {examples}."),
    ),
}


def notices_of(remarks: Sequence[Remark]) -> tuple[Notice, ...]:
    """Return one notice per code, in the order of REMARKS, naming the first columns and counting the others."""
    found = ((code, [remark for remark in remarks if remark.code == code]) for code in REMARKS)
    return tuple(_notice(code, ones) for code, ones in found if ones)


def _notice(code: str, remarks: list[Remark]) -> Notice:
    examples = list(dict.fromkeys(text for remark in remarks for text in remark.examples))[:_EXAMPLES]
    count = sum(remark.count for remark in remarks)
    values: dict[str, Value] = {
        "columns": first_few([r.column for r in remarks]),
        "count": count,
        "examples": ", ".join(examples),
        "row": remarks[0].row,
    }
    names = tuple(remark.column for remark in remarks)
    row = REMARKS[code]
    return Notice(code, row.message.filled(**values), count, examples[0] if examples else "", row.hint, names)


def first_few(names: Sequence[str]) -> Message | str:
    """Return "a, b, c", or "a, b, c, d, e and 7 more"."""
    if len(names) <= _SHOWN:
        return ", ".join(names)
    return Message("{first} and {more:,} more", {"first": ", ".join(names[:_SHOWN]), "more": len(names) - _SHOWN})

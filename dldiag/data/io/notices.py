"""Warnings and notes from reading a file: one row per code, with its sentence and what to do about it."""

from __future__ import annotations

from dldiag.core.i18n import Message, Value
from dldiag.core.types import FileTotals, Notice
from dldiag.data.notice_text import NoticeText

TEXTS = {
    "encoding": NoticeText(
        Message("The text is in {encoding}, not in UTF-8."),
        Message("If letters look wrong, choose another encoding."),
    ),
    "encoding_close": NoticeText(
        Message("Two encodings are about as plausible: {encoding} was taken, {other} fits as well."),
        Message("Compare the two previews and choose the one that reads right."),
    ),
    "bad_characters": NoticeText(
        Message(
            "{count:,} character could not be decoded and is shown as �.",
            plural="{count:,} characters could not be decoded and are shown as �.",
        ),
        Message("Choose another encoding if there are many of them."),
    ),
    "mixed_encodings": NoticeText(
        Message(
            "{count:,} line is not in {encoding} like the rest; it was read as {other}.",
            plural="{count:,} lines are not in {encoding} like the rest; they were read as {other}.",
        ),
        Message("Check these lines: the file was put together from parts with different encodings."),
    ),
    "recovered_characters": NoticeText(
        Message(
            "{count:,} control character was read as the typographic mark that it stands for.",
            plural="{count:,} control characters were read as the typographic marks that they stand for.",
        ),
    ),
    "encoded_twice": NoticeText(
        Message(
            "{count:,} run of letters had been encoded twice and was read as it was meant, such as {example}.",
            plural="{count:,} runs of letters had been encoded twice and were read as they were meant, such as {example}.",
        ),
    ),
    "web_page": NoticeText(Message("The file is a web page: its largest table was read."), Message("Check its names.")),
    "xml": NoticeText(
        Message("The file is XML: its longest list of records was read."),
        Message("Check the names, and whether anything else in the file belongs to the table."),
    ),
    "measured": NoticeText(
        Message("Every line names what was measured, its labels and its values; each became a column.")
    ),
    "settings_above": NoticeText(Message("The settings of the instrument above the measurements were left out.")),
    "arff": NoticeText(Message("The file is in Weka's format (ARFF): the names are those of its attributes.")),
    "quoted_lines": NoticeText(Message("Every line stood in quotes as a whole; they were taken off.")),
    "formula_texts": NoticeText(
        Message('Texts stood in formulas (="00123"), which keep spreadsheets from changing them; they were taken out.')
    ),
    "record_marks": NoticeText(Message("The rows end with the mark that ASCII has for it, not with a line end.")),
    "entities": NoticeText(
        Message(
            "{count:,} letter was written as HTML writes it, {example}, and read as the letter itself.",
            plural="{count:,} letters were written as HTML writes them, such as {example}, and read as the letters themselves.",
        ),
    ),
    "drawn": NoticeText(Message("The table is drawn with lines; what stands between them was read.")),
    "listed": NoticeText(Message("Every record lists its names and values; the names became columns.")),
    "inserts": NoticeText(Message("The file holds SQL (INSERT); the rows were taken out of it.")),
    "copied": NoticeText(Message("The file holds SQL (COPY); the rows of its first table were taken out of it.")),
    "front_matter": NoticeText(Message("A description of the table (YAML) above it was left out.")),
    "comments": NoticeText(
        Message("Lines of comment above the table were left out; where they name its columns, their names were taken."),
        Message("Check the names."),
    ),
    "type_line": NoticeText(Message("A line of types below the names was left out.")),
    "printed": NoticeText(
        Message("The table was printed by a program; its line of types and the lines about it were left out.")
    ),
    "log_fields": NoticeText(
        Message("The names were taken from the line “#Fields”; other lines of comment were left out.")
    ),
    "wide_gaps": NoticeText(
        Message("The columns are set apart by two blanks or more; single blanks were kept within cells."),
        Message("Check that every name stands above its own column."),
    ),
    "cut_by_place": NoticeText(
        Message("The columns have a fixed width: lines were cut where all of them have a blank."),
        Message("Check that every name stands above its own column."),
    ),
    "joined_types": NoticeText(
        Message(
            "{count:,} column has different types in different files; it was read in the type that keeps all values: {example}.",
            plural="{count:,} columns have different types in different files; they were read in the type that keeps all "
            "values, such as {example}.",
        ),
    ),
    "nul_characters": NoticeText(
        Message(
            "{count:,} NUL character was taken out of the text.",
            plural="{count:,} NUL characters were taken out of the text.",
        ),
        Message("The file may be damaged."),
    ),
    "cut_off": NoticeText(
        Message("The last line has no line end: the file may have been cut off there."),
        Message("Compare the last row with the original; a value in it may be incomplete."),
    ),
    "mixed_line_ends": NoticeText(
        Message("Lines end in different ways in this file; each of them was taken as a line end."),
    ),
    "wrong_name": NoticeText(
        Message("The file is {format}, whatever its name says, and was read as that."),
    ),
    "unusual_delimiter": NoticeText(
        Message("The cells are separated by {delimiter}."),
        Message("Choose another delimiter if the columns are wrong."),
    ),
    "quote": NoticeText(
        Message("Cells are put in {quote} instead of double quotes."),
    ),
    "escape": NoticeText(
        Message("A quote within quotes is marked by {escape} in this file."),
    ),
    "preamble": NoticeText(
        Message(
            "{count:,} line above the table was left out.", plural="{count:,} lines above the table were left out."
        ),
        Message("Choose the header line by hand if it is another one."),
    ),
    "footnotes": NoticeText(
        Message(
            "{count:,} line below the table was left out.", plural="{count:,} lines below the table were left out."
        ),
        Message("Set the footer lines to 0 to read them as rows."),
    ),
    "no_header": NoticeText(
        Message("The first line looks like values, not names: the columns were named column_1, column_2 …."),
        Message("Choose the header line by hand if the file has one."),
    ),
    "doubted_header": NoticeText(
        Message("The first line was taken for names ({example}), though it may be a row like the others."),
        Message("Say in the reading choices that the file has no header if it is one."),
    ),
    "joined_header": NoticeText(
        Message("The names stand in {count:,} lines, which were joined."),
    ),
    "header_width": NoticeText(
        Message(
            "The header has {header:,} cells and the rows have {width:,}: the names are kept in their order "
            "from the left."
        ),
        Message("Check that every name stands above its own column."),
    ),
    "header_repaired": NoticeText(
        Message("The header is not cut like the rows; it was mended to their number of cells."),
        Message("Check the names."),
    ),
    "trailing_delimiter": NoticeText(
        Message("Every row ends with an empty cell for which there is no name; {width:,} columns were read."),
        Message("Check that every name stands above its own column."),
    ),
    "row_names": NoticeText(
        Message("The first column has no name in the header: it was named {name}."),
    ),
    "delimiter_in_cells": NoticeText(
        Message("The cells of {name} hold the delimiter, which had cut each in two; they were joined."),
        Message("Check the example."),
    ),
    "made_up_names": NoticeText(
        Message(
            "{count:,} column has no name and was named by its place.",
            plural="{count:,} columns have no name and were named by their place.",
        ),
    ),
    "renamed": NoticeText(
        Message(
            "{count:,} column has the same name as another one and was numbered.",
            plural="{count:,} columns have the same name as another one and were numbered.",
        ),
    ),
    "empty_column_dropped": NoticeText(
        Message(
            "{count:,} column without name and without any value was left out.",
            plural="{count:,} columns without name and without any value were left out.",
        ),
    ),
    "bare_quotes": NoticeText(
        Message(
            "{count:,} line has quotes that do not follow the rules; they were taken as part of the text.",
            plural="{count:,} lines have quotes that do not follow the rules; they were taken as part of the text.",
        ),
        Message("Check the example."),
    ),
    "other_delimiter": NoticeText(
        Message(
            "{count:,} line is cut by another delimiter than the rest; its cells were put where they fit.",
            plural="{count:,} lines are cut by another delimiter than the rest; their cells were put where they fit.",
        ),
        Message("Check the example."),
    ),
    "padded": NoticeText(
        Message(
            "{count:,} line has cells too few; those at the end were taken as missing.",
            plural="{count:,} lines have cells too few; those at the end were taken as missing.",
        ),
    ),
    "extra_empty": NoticeText(
        Message(
            "{count:,} line has empty cells too many; these were left out.",
            plural="{count:,} lines have empty cells too many; these were left out.",
        ),
    ),
    "realigned": NoticeText(
        Message(
            "{count:,} line has cells too few or too many; each cell was put where it fits the column.",
            plural="{count:,} lines have cells too few or too many; each cell was put where it fits the column.",
        ),
        Message("Check the example; cells that could not be told apart are missing."),
    ),
    "json_list": NoticeText(
        Message("The rows are those of {name}; what else the file holds was left out: {example}."),
        Message("Save the part that you mean as a file of its own if it is another one."),
    ),
    "flattened": NoticeText(
        Message("The fields of objects within the rows became columns, such as {example}."),
    ),
    "set_aside": NoticeText(
        Message(
            "{count:,} line does not fit the table and was set aside.",
            plural="{count:,} lines do not fit the table and were set aside.",
        ),
        Message("Mend them in the file if you need them."),
    ),
    "blank_rows": NoticeText(
        Message("{count:,} row has delimiters but no value.", plural="{count:,} rows have delimiters but no value."),
    ),
    "blank_end": NoticeText(
        Message(
            "{count:,} row without any value was left out.", plural="{count:,} rows without any value were left out."
        ),
    ),
    "repeated_header": NoticeText(
        Message(
            "{count:,} line repeats the header and was left out.",
            plural="{count:,} lines repeat the header and were left out.",
        ),
        Message("The file was put together from parts."),
    ),
    "rule": NoticeText(
        Message("{count:,} line of dashes was left out.", plural="{count:,} lines of dashes were left out."),
    ),
    "no_rows": NoticeText(
        Message("There are names but no rows."),
    ),
    "missing_spellings": NoticeText(
        Message("These spellings are taken as missing in columns of numbers: {spellings}."),
    ),
    "decimal_comma": NoticeText(
        Message("Numbers are written with a decimal comma."),
        Message("Choose the decimal mark by hand if that is wrong."),
    ),
    "ambiguous_thousands": NoticeText(
        Message("Numbers like {example} can mean two things: the mark was taken as {meaning}."),
        Message("Choose the decimal and thousands marks by hand if that is wrong."),
    ),
    "fixed_width": NoticeText(
        Message(
            "{count:,} of {total:,} lines hold runs of blanks, as columns of fixed width do; they are read as one column."
        ),
        Message("Save the table with commas or tabs between its cells, or choose the delimiter by hand."),
    ),
    "uneven": NoticeText(
        Message("Only {count:,} of {total:,} lines have the usual number of cells."),
        Message("Look at the preview: the delimiter or the header line may be wrong."),
    ),
    "sheet": NoticeText(
        Message("The workbook has {count:,} sheets; {sheet} was read."),
        Message("Choose another sheet by hand."),
    ),
    "merged_cells": NoticeText(
        Message(
            "{count:,} cell was part of a merged one and got its text.",
            plural="{count:,} cells were part of merged ones and got their text.",
        ),
    ),
    "member": NoticeText(
        Message("The archive has {count:,} files; {member} was read, the only table."),
    ),
    "several_zones": NoticeText(
        Message("The times are on the clocks of different time zones, and each was read on its own: {example}."),
        Message("Put them on one clock in the file if times of different columns are compared."),
    ),
    "sampled": NoticeText(
        Message("{kept:,} of {rows:,} rows were drawn at random (seed {seed})."),
        Message("To read all rows, ask for no sample, or set DLDIAG_MAX_ROWS and DLDIAG_MAX_CELLS higher."),
    ),
    "drawn_from_file": NoticeText(
        Message(
            "The file has {size:,} MiB, more than is read at once. {kept:,} of its {rows:,} rows were drawn at random"
            " from all of it (seed {seed})."
        ),
        Message("Set DLDIAG_MAX_TEXT_BYTES higher where the memory allows it."),
    ),
    "counted_in_file": NoticeText(
        Message(
            "Counted over all {rows:,} rows: missing cells {missing:,}, rows that repeat another row {repeated:,}."
        ),
    ),
    "uncounted": NoticeText(
        Message(
            "{count:,} row of the file could not be cut into cells and is not in these counts.",
            plural="{count:,} rows of the file could not be cut into cells and are not in these counts.",
        ),
    ),
    "left_out_column": NoticeText(
        Message(
            "{count:,} column holds binary data and was left out.",
            plural="{count:,} columns hold binary data and were left out.",
        ),
    ),
}


def notice(code: str, *, count: int = 0, example: str = "", **values: Value) -> Notice:
    """Make the notice of a code; the count is also a value of its sentence."""
    row, example = TEXTS[code], shorten(example)
    return Notice(code, row.message.filled(count=count, example=example, **values), count, example, row.hint)


def counted_notice(totals: FileTotals) -> Notice:
    """Report what was counted over all rows of a file."""
    missing = sum(column.missing for column in totals.columns)
    return notice("counted_in_file", rows=totals.rows, missing=missing, repeated=totals.repeated)


def shorten(text: str, most: int = 160) -> str:
    """Return a text cut to a length that can be shown."""
    return text if len(text) <= most else text[: most - 1] + "…"

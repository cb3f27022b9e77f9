"""What is told about how a file was read: one row per code, its sentence, and what to do about it."""

from __future__ import annotations

from dldiag.core.i18n import Message, Value
from dldiag.core.types import Notice

TEXTS: dict[str, tuple[str, str]] = {
    "encoding": (
        "The text is in {encoding}, not in UTF-8.",
        "If letters look wrong, choose another encoding.",
    ),
    "encoding_close": (
        "Two encodings are about as plausible: {encoding} was taken, {other} fits as well.",
        "Compare the two previews and choose the one that reads right.",
    ),
    "bad_characters": (
        "{count:,} characters could not be decoded and are shown as �.",
        "Choose another encoding if there are many of them.",
    ),
    "mixed_encodings": (
        "{count:,} lines are not in {encoding} like the rest; they were read as {other}.",
        "Check these lines: the file was put together from parts with different encodings.",
    ),
    "recovered_characters": (
        "{count:,} control characters were read as the typographic marks that they stand for.",
        "",
    ),
    "nul_characters": ("{count:,} NUL characters were taken out of the text.", "The file may be damaged."),
    "cut_off": (
        "The last line has no line end: the file may have been cut off there.",
        "Compare the last row with the original; a value in it may be incomplete.",
    ),
    "mixed_line_ends": ("Lines end in different ways in this file; each of them was taken as a line end.", ""),
    "wrong_name": ("The file is {format}, whatever its name says, and was read as that.", ""),
    "unusual_delimiter": (
        "The cells are separated by {delimiter}.",
        "Choose another delimiter if the columns are wrong.",
    ),
    "quote": ("Cells are put in {quote} instead of double quotes.", ""),
    "escape": ("A quote within quotes is marked by {escape} in this file.", ""),
    "preamble": (
        "{count:,} lines above the table were left out.",
        "Choose the header line by hand if it is another one.",
    ),
    "footnotes": ("{count:,} lines below the table were left out.", "Set the footer lines to 0 to read them as rows."),
    "no_header": (
        "The first line looks like values, not names: the columns were named column_1, column_2 ….",
        "Choose the header line by hand if the file has one.",
    ),
    "joined_header": ("The names stand in {count:,} lines, which were joined.", ""),
    "header_width": (
        "The header has {header:,} cells and the rows have {width:,}: the names are kept in their order from the left.",
        "Check that every name stands above its own column.",
    ),
    "header_repaired": (
        "The header is not cut like the rows; it was mended to their number of cells.",
        "Check the names.",
    ),
    "trailing_delimiter": (
        "Every row ends with an empty cell for which there is no name; {width:,} columns were read.",
        "Check that every name stands above its own column.",
    ),
    "row_names": ("The first column has no name in the header: it was named {name}.", ""),
    "made_up_names": ("{count:,} columns have no name and were named by their place.", ""),
    "renamed": ("{count:,} columns have the same name as another one and were numbered.", ""),
    "empty_column_dropped": ("{count:,} columns without name and without any value were left out.", ""),
    "bare_quotes": (
        "{count:,} lines have quotes that do not follow the rules; they were taken as part of the text.",
        "Check the example.",
    ),
    "other_delimiter": (
        "{count:,} lines are cut by another delimiter than the rest; their cells were put where they fit.",
        "Check the example.",
    ),
    "padded": ("{count:,} lines have cells too few; those at the end were taken as missing.", ""),
    "extra_empty": ("{count:,} lines have empty cells too many; these were left out.", ""),
    "realigned": (
        "{count:,} lines have cells too few or too many; each cell was put where it fits the column.",
        "Check the example; cells that could not be told apart are missing.",
    ),
    "set_aside": (
        "{count:,} lines do not fit the table and were set aside.",
        "Mend them in the file if you need them.",
    ),
    "blank_rows": ("{count:,} rows have delimiters but no value.", ""),
    "blank_end": ("{count:,} rows without any value were left out.", ""),
    "repeated_header": (
        "{count:,} lines repeat the header and were left out.",
        "The file was put together from parts.",
    ),
    "no_rows": ("There are names but no rows.", ""),
    "missing_spellings": ("These spellings are taken as missing in columns of numbers: {spellings}.", ""),
    "decimal_comma": ("Numbers are written with a decimal comma.", "Choose the decimal mark by hand if that is wrong."),
    "ambiguous_thousands": (
        "Numbers like {example} can mean two things: the mark was taken as {meaning}.",
        "Choose the decimal and thousands marks by hand if that is wrong.",
    ),
    "uneven": (
        "Only {count:,} of {total:,} lines have the usual number of cells.",
        "Look at the preview: the delimiter or the header line may be wrong.",
    ),
    "sheet": ("The workbook has {count:,} sheets; {sheet} was read.", "Choose another sheet by hand."),
    "member": ("The archive has {count:,} files; {member} was read, the only table.", ""),
    "sampled": (
        "{kept:,} of {rows:,} rows were drawn at random (seed {seed}).",
        "To read all rows, ask for no sample, or set DLDIAG_MAX_ROWS and DLDIAG_MAX_CELLS higher.",
    ),
    "drawn_from_file": (
        "The file has {size:,} MiB, more than is read at once: {kept:,} of its {rows:,} rows were drawn at random from all "
        "of it (seed {seed}).",
        "Set DLDIAG_MAX_TEXT_BYTES higher where the memory allows it.",
    ),
    "left_out_column": ("{count:,} columns hold binary data and were left out.", ""),
}


def notice(code: str, *, count: int = 0, example: str = "", **values: Value) -> Notice:
    """Make the notice of a code; the count is also a value of its sentence."""
    sentence, hint = TEXTS[code]
    told = {"count": count, "example": shorten(example), **values}
    return Notice(code, Message(sentence, told), count, shorten(example), Message(hint) if hint else None)


def shorten(text: str, most: int = 160) -> str:
    """Return a text cut to a length that can be shown."""
    return text if len(text) <= most else text[: most - 1] + "…"

"""What a file is, by its content: a table of text, a typed table, or something that is no table at all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from dldiag.data.reading.compression import is_workbook
from dldiag.language import Message
from dldiag.types import DataError

HEAD = 4096  # bytes that tell what a file is
MOST_CONTROLS_SHARE = 0.02  # of the characters; above it a file is not text
MOST_STRANGE_SHARE = 0.10  # characters without meaning in any script; above it a file is not text

TYPED: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("parquet", lambda d: d.startswith((b"PAR1", b"PARE"))),
    ("feather", lambda d: d.startswith((b"ARROW1", b"FEA1"))),
    ("excel", lambda d: d.startswith(b"PK") and is_workbook(d)),
)

NOT_TABLES: tuple[tuple[str, bytes], ...] = (
    ("a PNG image", b"\x89PNG"),
    ("a JPEG image", b"\xff\xd8\xff"),
    ("a GIF image", b"GIF8"),
    ("a TIFF image", b"II*\0"),
    ("a PDF document", b"%PDF"),
    ("an old Excel or Word file", b"\xd0\xcf\x11\xe0"),
    ("an RTF document", b"{\\rtf"),
    ("a program", b"\x7fELF"),
    ("a program", b"MZ\x90"),
    ("an SQLite database", b"SQLite format 3"),
    ("an HDF5 file", b"\x89HDF"),
    ("a NumPy file", b"\x93NUMPY"),
    ("a 7-Zip archive", b"7z\xbc\xaf"),
    ("a RAR archive", b"Rar!"),
    ("a Zstandard file", b"\x28\xb5\x2f\xfd"),
    ("a zip archive", b"PK\x03\x04"),
    ("an Avro file", b"Obj\x01"),
    ("an ORC file", b"ORC"),
)
_WEB = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table)\b", re.IGNORECASE | re.DOTALL)
_XML = re.compile(r"\s*<(?:\?xml|[A-Za-z][\w:.-]*(?:\s[^<>]*)?>\s*<)")


def typed_format(data: bytes) -> str:
    """Return parquet, feather or excel when the first bytes say so, else nothing."""
    return next((name for name, known in TYPED if known(data)), "")


def refuse_binary(data: bytes) -> None:
    """Raise DataError for bytes that are a known kind of file other than a table."""
    for what, magic in NOT_TABLES:
        if data.startswith(magic):
            raise DataError(
                Message("This is {what}, not a table.", {"what": Message(what)}),
                Message("Export the table as CSV, Parquet or Excel (.xlsx) and upload that."),
            )


def refuse_markup(text: str) -> None:
    """Raise DataError for web pages and XML."""
    head = text[:HEAD]
    for what, pattern in (("a web page", _WEB), ("an XML file", _XML)):
        if pattern.match(head) and text.rstrip().endswith(">"):
            raise DataError(
                Message("This is {what}, not a table.", {"what": Message(what)}),
                Message("Download the table itself, as CSV, Parquet or Excel."),
            )


def refuse_noise(text: str) -> None:
    """Raise DataError for text that nobody wrote: control characters and characters without meaning."""
    sample = text[: HEAD * 4]
    controls = sum(
        unicodedata.category(c) == "Cc" and c not in "\n\r\t\x1c\x1d\x1e\x1f\x01\x02\x03\x07" for c in sample
    )
    strange = sum(c == "�" or unicodedata.category(c) in {"Cn", "Co", "Cs"} for c in sample)
    if controls > max(3, MOST_CONTROLS_SHARE * len(sample)) or strange > max(4, MOST_STRANGE_SHARE * len(sample)):
        raise DataError(
            Message("This is binary data, not a table of text."),
            Message("Export the table as CSV, Parquet or Excel (.xlsx) and upload that."),
        )


def is_json_lines(text: str) -> bool:
    """Tell whether a text is JSON objects, one a line, or a list of them."""
    head = text[:HEAD].lstrip()
    return bool(re.match(r'\{\s*"(?:[^"\\]|\\.)*"\s*:', head) or re.match(r'\[\s*\{\s*"(?:[^"\\]|\\.)*"\s*:', head))

"""From a path or bytes to text: unpacked, recognized, decoded, with one kind of line end."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from stat import S_ISDIR, S_ISREG

import numpy as np

from dldiag.core.i18n import Message
from dldiag.core.types import DataError
from dldiag.data.io.compression import Unpacked, is_workbook, unpack
from dldiag.data.io.encoding import Decoded, decode, decode_by_content
from dldiag.data.io.limits import MIB, Limits
from dldiag.data.io.wrapped import unwrapped

_NUL_LINE = re.compile(r"^\0+$|\0+\Z", re.MULTILINE)
_WRITTEN = re.compile("[^\ufeff \t\n\0]")
_QUOTED = re.compile(r'"[^"]*"')
_HALF = re.compile("[\ud800-\udfff]")  # Lone surrogates come from JSON escapes, or from file names that are no UTF-8.
_TWICE = re.compile("[ÂÃÐÑÎÏâÄÅ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_BEYOND = re.compile("[^\x00-\x7f]+")
_ENTITY = re.compile(r"&(?:amp|lt|gt|nbsp|apos|[A-Za-z]{4,8}|#\d{2,6}|#x[0-9A-Fa-f]{2,5});")
_BLANK = "\u00a0"  # &nbsp; stands within numbers.
_MARKS_OF_CELLS = frozenset(",;|\t\"'")  # These would cut cells.
TWICE_SHARE = 0.5  # A text was encoded twice if this share of its runs beyond ASCII is UTF-8 read as Windows-1252.
_LOOK_BYTES = 1 << 16  # Bytes looked at together: what is made of them stays in the cache.
_LONGEST_SAMPLE, _LATIN_1_END = 1 << 20, 0x100


@dataclass(frozen=True)
class Text:
    """A text whose lines end in \\n, and what was done to get it."""

    text: str
    decoded: Decoded
    mixed_ends: bool = False
    nuls: int = 0
    source: bytes = b""  # The text in UTF-8, where the file holds just that.
    wrapping: str = ""  # The code of the notice that says what the table stood within.
    twice: tuple[int, str] = (0, "")  # The number of runs that had been encoded twice, and the first as it was meant.
    entities: tuple[int, str] = (0, "")  # The number of letters written as HTML writes them (&amp;), and the first.

    @cached_property
    def lines(self) -> int:
        """Number of lines."""
        ends = count_of(b"\n", self.source) if self.source else self.text.count("\n")
        return ends + (not self.text.endswith("\n") and bool(self.text))


def count_of(mark: bytes, data: bytes) -> int:
    """Return how often a byte stands in data, in a fifth of the time that bytes.count takes."""
    raw, (code,) = np.frombuffer(data, np.uint8), mark
    blocks = range(0, len(raw), _LOOK_BYTES)
    return sum(int(np.count_nonzero(raw[begin : begin + _LOOK_BYTES] == code)) for begin in blocks)


def load(source: str | Path | bytes, limits: Limits) -> bytes:
    """Return the bytes of a source; DataError when there is no such file or it is too large."""
    if isinstance(source, bytes | bytearray | memoryview):
        data = bytes(source)
        _check_bytes(len(data), limits)
        return data
    path = Path(source)
    try:
        status = path.stat()
        _check_bytes(status.st_size, limits)
        _check_is_file(path, status.st_mode)
        return path.read_bytes()
    except DataError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no valid path"
        raise DataError(
            Message("{path} cannot be read: {reason}.", {"path": str(source)[:300], "reason": reason}),
            Message("Check the path and your permission to read it."),
        ) from error


def _check_is_file(path: Path, mode: int) -> None:
    """Raise DataError for a device or a pipe, which may have no end. A folder is refused by reading it."""
    if not (S_ISREG(mode) or S_ISDIR(mode)):
        raise DataError(
            Message("{path} is a device or a pipe, not a file.", {"path": str(path)[:300]}),
            Message("Save the table as a file first."),
        )


def _check_bytes(size: int, limits: Limits) -> None:
    if size > limits.max_bytes:
        raise DataError(
            Message(
                "The file has {size:,} MiB; the limit is {limit:,} MiB.",
                {"size": size // MIB, "limit": limits.max_bytes // MIB},
            ),
            Message("Set DLDIAG_MAX_BYTES higher, or give a part of the rows."),
        )


def open_data(data: bytes, limits: Limits, member: str = "") -> tuple[Unpacked, str]:
    """Return plain bytes and their typed format (parquet, feather, excel) or nothing for text."""
    unpacked = unpack(data, limits, member)
    typed = typed_format(unpacked.data)
    if not typed:
        refuse_binary(unpacked.data)
    return unpacked, typed


def open_text(data: bytes, limits: Limits, encoding: str = "") -> Text:
    """Decode bytes and make all line ends \\n; DataError for what is no text, has nothing in it or endless lines."""
    try:
        decoded = decode(data, encoding) if encoding else decode_by_content(data)
    except (LookupError, ValueError) as error:  # A codec may refuse bytes in ways of its own.
        raise DataError(
            Message("There is no encoding named {encoding}.", {"encoding": encoding}),
            Message("Choose one such as utf-8, gb18030, big5, cp932, cp1252 or utf-16."),
        ) from error
    text, mixed = _one_line_end(decoded.text)
    text, torn = _without_nul_lines(text.replace("\n\ufeff", "\n") if "\ufeff" in text else text)
    if not _WRITTEN.search(text):
        raise DataError(Message("The file is empty."), Message("Take a file that has rows."))
    wrapping = ""
    if not is_json_lines(text):
        _check_lines(text, limits.max_cell_chars)
        text, wrapping = unwrapped(text)
    text, twice = decoded_once(text)
    text, entities = without_entities(text)
    refuse_markup(text)
    refuse_noise(text)
    nuls = text.count("\0") if "\0" in text else 0
    if nuls and not re.search("\0[\"']", text):
        text = text.replace("\0", "")
    else:
        nuls = 0
    is_source = decoded.encoding == "utf-8" and text is decoded.text and not _has_changed(decoded, text)
    plain = text.removeprefix("\ufeff")
    return Text(plain, decoded, mixed, nuls + torn, data if is_source else b"", wrapping, twice, entities)


def _has_changed(decoded: Decoded, text: str) -> bool:
    """Tell whether a text is not in every character what its bytes say in UTF-8."""
    return bool(decoded.bad_characters or decoded.other_lines or decoded.recovered) or text.startswith("\ufeff")


def _check_lines(text: str, most: int) -> None:
    """Raise DataError for a line of more characters than a cell may have: what follows would take its time and memory."""
    position = 0
    while len(text) - position > most:
        end = text.rfind("\n", position, position + most + 1)
        if end < 0:
            raise DataError(
                Message("A line has more than {limit:,} characters.", {"limit": most}),
                Message("Save the table with one row on a line, or raise the limit on cells."),
            )
        position = end + 1


def _without_nul_lines(text: str) -> tuple[str, int]:
    """Empty the lines that hold nothing but NUL, as a crash of the writing program leaves them, and count their NULs."""
    if "\0" not in text:
        return text, 0
    emptied = _NUL_LINE.sub("", text)
    return emptied, len(text) - len(emptied)


def whole_characters(text: str) -> tuple[str, int]:
    """Return a text with � for every half of a character, which no file can hold, and how many there were."""
    return _HALF.subn("�", text)


def without_entities(text: str) -> tuple[str, tuple[int, str]]:
    """Return a text with the letters that HTML writes as &amp; or &#252;, how many there were, and the first.

    >>> without_entities("R&amp;D")
    ('R&D', (1, '&amp;'))
    """
    first = (
        next((found for found in _ENTITY.finditer(text) if _letter_of(found) != found[0]), None)
        if "&" in text
        else None
    )
    if first is None:
        return text, (0, "")
    plain, count = _ENTITY.subn(_letter_of, text)
    return plain, (count, first[0])


def _letter_of(found: re.Match[str]) -> str:
    letter = html.unescape(found[0])
    return (
        found[0]
        if len(letter) != 1 or letter in _MARKS_OF_CELLS or not (letter.isprintable() or letter == _BLANK)
        else letter
    )


def decoded_once(text: str) -> tuple[str, tuple[int, str]]:
    """Return a text whose letters were encoded twice (ZÃ¼rich for Zürich) as it was meant, with how many runs and the first.

    >>> decoded_once("ZÃ¼rich")
    ('Zürich', (1, 'ü'))
    """
    if text.isascii() or not _TWICE.search(text, 0, _LONGEST_SAMPLE):
        return text, (0, "")
    runs = _BEYOND.findall(text[:_LONGEST_SAMPLE])
    meant = {run: once for run in dict.fromkeys(runs) if (once := _decoded(run)) is not None}
    count = sum(run in meant for run in runs)
    if not meant or count < TWICE_SHARE * len(runs):
        return text, (0, "")
    return _BEYOND.sub(lambda m: _decoded(m.group()) or m.group(), text), (count, next(iter(meant.values())))


def _decoded(run: str) -> str | None:
    """Return the characters that a run of others stands for if it is UTF-8 that was read as Windows-1252, else None."""
    try:
        return b"".join(c.encode("latin-1" if ord(c) < _LATIN_1_END else "cp1252") for c in run).decode()
    except UnicodeError:
        return None


def _one_line_end(text: str) -> tuple[str, bool]:
    if "\r" not in text:
        return text, False
    both = text.count("\r\n")
    alone_n, alone_r = text.count("\n") - both, text.count("\r") - both
    mixed = sum(n > 0 for n in (both, alone_n, alone_r)) > 1 and _mixes_line_ends(_QUOTED.sub("", text))
    text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    return text, mixed


def _mixes_line_ends(text: str) -> bool:
    """Tell whether lines end in different ways; line ends within quoted cells are none of the file's."""
    both = text.count("\r\n")
    return sum(n > 0 for n in (both, text.count("\n") - both, text.count("\r") - both)) > 1


def looks_like_json_lines(text: Text) -> bool:
    """Tell whether a text is JSON objects rather than a table of cells."""
    return is_json_lines(text.text)


_HEAD = 4096  # This many bytes show what a file is.
MOST_CONTROLS_SHARE = 0.02  # A file with more control characters than this share is not text.
MOST_NULS_SHARE = 0.45  # A text with hardly any other control character may hold this share of NULs.
MOST_STRANGE_SHARE = 0.10  # A file with more characters that no script knows is not text.

_TYPED: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
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
    ("a zip archive", b"PK\x03\x04"),
    ("an Avro file", b"Obj\x01"),
    ("an ORC file", b"ORC"),
)
_WEB = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table)\b", re.IGNORECASE | re.DOTALL)
_LATEX = re.compile(r"\s*\\(?:documentclass|begin)\b")
_XML = re.compile(r"\s*<(?:\?xml|[A-Za-z][\w:.-]*(?:\s[^<>]*)?>\s*<)")

_MARKUP = (
    (Message("a web page"), _WEB, ">"),
    (Message("an XML file"), _XML, ">"),
    (Message("a LaTeX document"), _LATEX, "}"),
)


def typed_format(data: bytes) -> str:
    """Return parquet, feather or excel when the first bytes say so, else nothing."""
    return next((name for name, known in _TYPED if known(data)), "")


def refuse_binary(data: bytes) -> None:
    """Raise DataError for bytes that are a known kind of file other than a table."""
    for what, magic in NOT_TABLES:
        if data.startswith(magic):
            raise DataError(
                Message("This is {what}, not a table.", {"what": Message(what)}),
                Message("Export the table as CSV, Parquet or Excel (.xlsx) and upload that."),
            )


def refuse_markup(text: str) -> None:
    """Raise DataError for web pages without a table, XML and LaTeX."""
    head = text[:_HEAD]
    for what, pattern, end in _MARKUP:
        if pattern.match(head) and text.rstrip().endswith(end):
            raise DataError(
                Message("This is {what}, not a table.", {"what": what}),
                Message("Download the table itself, as CSV, Parquet or Excel."),
            )


_USUAL_CONTROLS = re.compile("[\n\r\t]+")


def refuse_noise(text: str) -> None:
    """Raise DataError for text that nobody wrote: control characters and characters without meaning."""
    sample = text[: _HEAD * 4]
    if "�" not in sample and _USUAL_CONTROLS.sub("", sample).isprintable():
        return
    controls = sum(
        unicodedata.category(c) == "Cc" and c not in "\n\r\t\x1c\x1d\x1e\x1f\x01\x02\x03\x07" for c in sample
    )
    if controls > MOST_CONTROLS_SHARE * len(sample) and sample.count("\0") <= MOST_NULS_SHARE * len(sample):
        controls -= sample.count("\0")  # Texts of fixed width end in NULs, which are left out.
    strange = sum(c == "�" or unicodedata.category(c) in {"Cn", "Co", "Cs"} for c in sample)
    if controls > max(3, MOST_CONTROLS_SHARE * len(sample)) or strange > max(4, MOST_STRANGE_SHARE * len(sample)):
        raise DataError(
            Message("This is binary data, not a table of text."),
            Message("Export the table as CSV, Parquet or Excel (.xlsx) and upload that."),
        )


def is_json_lines(text: str) -> bool:
    """Tell whether a text is JSON objects, one a line, or a list of them or of lists."""
    head = text[:_HEAD].lstrip()
    if head.startswith("["):
        is_list = re.match(r'\[\s*\[\s*(?:"|[\d-]|null|true|false|\])', head) and text.rstrip().endswith("]")
        return bool(is_list or re.match(r'\[\s*\{\s*"(?:[^"\\]|\\.)*"\s*:', head))
    return bool(re.match(r'\{\s*"(?:[^"\\]|\\.)*"\s*:', head))

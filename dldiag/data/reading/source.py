"""From a path or bytes to text: unpacked, recognized, decoded, with one kind of line end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from dldiag.data.reading.compression import Unpacked, unpack
from dldiag.data.reading.encoding import Decoded, decide_encoding, decode
from dldiag.data.reading.formats import is_json_lines, refuse_binary, refuse_markup, refuse_noise, typed_format
from dldiag.data.reading.limits import MIB, Limits
from dldiag.language import Message
from dldiag.types import DataError

_HALF = re.compile("[\ud800-\udfff]")  # lone surrogates: from JSON escapes, or bytes of a file name that are no UTF-8


@dataclass(frozen=True)
class Text:
    """A text whose lines end in \\n, and what was done to get it."""

    text: str
    decoded: Decoded
    mixed_ends: bool = False
    nuls: int = 0

    @property
    def lines(self) -> int:
        """Number of lines."""
        return self.text.count("\n") + (not self.text.endswith("\n") and bool(self.text))


def load(source: str | Path | bytes, limits: Limits) -> bytes:
    """Return the bytes of a source; DataError when there is no such file or it is too large."""
    if isinstance(source, bytes | bytearray | memoryview):
        data = bytes(source)
        _check_bytes(len(data), limits)
        return data
    path = Path(source)
    try:
        _check_bytes(path.stat().st_size, limits)
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no valid path"
        raise DataError(
            Message("{path} cannot be read: {reason}.", {"path": str(source)[:300], "reason": reason}),
            Message("Check the path and your permission to read it."),
        ) from error


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


def open_text(data: bytes, encoding: str = "") -> Text:
    """Decode bytes and make all line ends \\n; DataError for what is no text or has nothing in it."""
    try:
        decoded = decode(data, encoding or decide_encoding(data))
    except (LookupError, ValueError) as error:  # a codec may refuse bytes in ways of its own
        raise DataError(
            Message("There is no encoding named {encoding}.", {"encoding": encoding}),
            Message("Choose one such as utf-8, gb18030, big5, cp932, cp1252 or utf-16."),
        ) from error
    text, mixed = _one_line_end(decoded.text)
    if not text.strip("\ufeff \t\n\0"):
        raise DataError(Message("The file is empty."), Message("Take a file that has rows."))
    refuse_markup(text)
    refuse_noise(text)
    nuls = text.count("\0")
    if nuls and not re.search("\0[\"']", text):
        text = text.replace("\0", "")
    else:
        nuls = 0
    return Text(text.removeprefix("\ufeff"), decoded, mixed, nuls)


def whole_characters(text: str) -> tuple[str, int]:
    """Return a text with � for every half of a character, which no file can hold, and how many there were."""
    return _HALF.subn("�", text)


def _one_line_end(text: str) -> tuple[str, bool]:
    if "\r" not in text:
        return text, False
    both = text.count("\r\n")
    alone_n, alone_r = text.count("\n") - both, text.count("\r") - both
    text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    return text, sum(n > 0 for n in (both, alone_n, alone_r)) > 1


def looks_like_json_lines(text: Text) -> bool:
    """Tell whether a text is JSON objects rather than a table of cells."""
    return is_json_lines(text.text)

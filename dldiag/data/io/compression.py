"""Decompress gzip, bzip2, xz, zstd, and zip archives with one table inside, within the limits."""

from __future__ import annotations

import bz2
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from typing import NamedTuple, Protocol

import pyarrow as pa

from dldiag.core.i18n import Message
from dldiag.core.types import DataError
from dldiag.data.io.limits import MIB, Limits

_CHUNK = 1 << 20
FREE_RATIO_BYTES = 10 * MIB  # The ratio of packed to plain bytes does not matter for less than this.
MOST_MEMBERS = 1000
IGNORED_MEMBERS = ("__MACOSX/", ".")


class Unpacked(NamedTuple):
    """Plain bytes and what was around them."""

    data: bytes
    compression: str = ""
    member: str = ""
    members: int = 1


class _Decompressor(Protocol):
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
)


# What unpacking raises where the bytes are damaged or packed in another way.
DAMAGED = (
    OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError,
)  # fmt: skip


def compression_of(data: bytes) -> str:
    """Return gzip, bzip2, xz, zstd, zip or nothing, by the first bytes (a workbook is a zip too)."""
    return next((name for magic, name in MAGIC if data.startswith(magic)), "")


def unpack(data: bytes, limits: Limits, member: str = "") -> Unpacked:
    """Unpack what is packed; workbooks are left as they are. DataError when it is damaged, too large or not one table."""
    compression = compression_of(data)
    if not compression or (compression == "zip" and is_workbook(data)):
        return Unpacked(data)
    try:
        unpacked = _UNPACKERS.get(compression, _inflate)(data, compression, limits, member)
    except DataError:
        raise
    except DAMAGED as error:
        raise DataError(
            Message("The {compression} file is damaged or cannot be unpacked.", {"compression": compression}),
            Message("Unpack it on your computer and upload the table itself."),
        ) from error
    if compression_of(unpacked.data) and not is_workbook(unpacked.data):
        raise DataError(
            Message("The file is packed more than once."), Message("Unpack it and upload the table itself.")
        )
    return unpacked


def is_workbook(data: bytes) -> bool:
    """Tell whether a zip file is an Excel workbook."""
    if not data.startswith(b"PK"):
        return False
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False
    return "[Content_Types].xml" in names and any(n.startswith("xl/") for n in names)


def _inflate(data: bytes, compression: str, limits: Limits, _: str = "") -> Unpacked:
    make: dict[str, Callable[[], _Decompressor]] = {
        "gzip": lambda: zlib.decompressobj(wbits=31),
        "bzip2": bz2.BZ2Decompressor,
        "xz": lambda: lzma.LZMADecompressor(memlimit=256 * MIB),
    }
    parts, size, rest = [], 0, data
    while rest:
        one = make[compression]()
        while True:
            piece = one.decompress(rest, _CHUNK)
            size += len(piece)
            _check_size(size, len(data), limits)
            parts.append(piece)
            rest = getattr(one, "unconsumed_tail", b"") if compression == "gzip" else b""
            if one.eof if hasattr(one, "eof") else False:
                break
            if not piece and not rest:
                raise EOFError("ends too early")
        rest = _next_member(getattr(one, "unused_data", b""), compression)
    return Unpacked(b"".join(parts), compression)


def _next_member(rest: bytes, compression: str) -> bytes:
    """Return what follows when it is another packed part; padding after the end is ignored."""
    rest = rest.lstrip(b"\0")
    return rest if compression_of(rest) == compression else b""


def _check_size(size: int, packed: int, limits: Limits) -> None:
    bomb = size > FREE_RATIO_BYTES and size > packed * limits.max_ratio
    if size > limits.max_unpacked_bytes or bomb:
        raise DataError(
            Message(
                "The file unpacks to more than {size:,} MiB from {packed:,} bytes.",
                {"size": size // MIB, "packed": packed},
            ),
            Message("Unpack it on your computer, or raise the limit on unpacked files."),
        )


def _unzstd(data: bytes, compression: str, limits: Limits, _: str) -> Unpacked:
    with pa.input_stream(pa.py_buffer(data), compression=compression) as stream:
        return Unpacked(_read_at_most(stream.read, len(data), limits), compression)


def _unzip(data: bytes, _: str, limits: Limits, member: str) -> Unpacked:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = [i for i in archive.infolist() if not i.is_dir() and not _ignored(i.filename)]
        chosen = [i for i in infos if i.filename == member] if member else _tables(infos)
        if len(infos) > MOST_MEMBERS or len(chosen) != 1:
            raise DataError(
                Message("The archive has {count:,} files that could be the table.", {"count": len(chosen)}),
                Message("Upload one table, or name the file to read inside the archive."),
            )
        info = chosen[0]
        if info.flag_bits & 1:
            raise DataError(
                Message("The archive is protected by a password."), Message("Unpack it and upload the table itself.")
            )
        _check_size(info.file_size, len(data), limits)
        with archive.open(info) as stream:
            plain = _read_at_most(stream.read, len(data), limits)
        return Unpacked(plain, "zip", info.filename, len(infos))


def _read_at_most(read: Callable[[int], bytes], packed: int, limits: Limits) -> bytes:
    parts, size = [], 0
    while piece := read(_CHUNK):
        size += len(piece)
        _check_size(size, packed, limits)
        parts.append(piece)
    return b"".join(parts)


_UNPACKERS = {"zip": _unzip, "zstd": _unzstd}


def _ignored(name: str) -> bool:
    return name.startswith(IGNORED_MEMBERS[0]) or name.rsplit("/", 1)[-1].startswith(IGNORED_MEMBERS[1])


def _tables(infos: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """Return the members that may be the table: the only one, or the only one named like a table."""
    if len(infos) <= 1:
        return infos
    endings = (".csv", ".tsv", ".tab", ".txt", ".parquet", ".feather", ".arrow", ".xlsx", ".jsonl", ".ndjson", ".data")
    likely = [i for i in infos if i.filename.lower().endswith(endings)]
    tables = [i for i in likely if not i.filename.lower().rsplit("/", 1)[-1].startswith(("readme", "license"))]
    return tables or infos

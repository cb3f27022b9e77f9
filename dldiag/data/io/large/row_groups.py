"""Parquet and Feather beyond memory, a file or a folder of files: read once in row groups, in this process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet

from dldiag.core.i18n import Message
from dldiag.core.types import DataError, ReadPlan
from dldiag.data.io.formats.parquet import texts_of_arrow
from dldiag.data.io.large.file_counts import FileCounts, hash_rows
from dldiag.data.io.large.one_schema import as_joined, joined_types, one_schema
from dldiag.data.io.large.row_draw import GroupDraw, RowDraw, Strata
from dldiag.data.io.limits import Limits, Sampling, most_large_rows
from dldiag.data.io.raw_table import TypedTable, check_columns
from dldiag.data.io.source import typed_format

BATCH_ROWS = 1 << 16
_BATCH_CELLS = 4_000_000
LEAST_BYTES = 1 << 20  # A smaller file is read whole; what it unpacks to is bounded by the highest ratio.
TYPED_ENDINGS = {".parquet": "parquet", ".pq": "parquet", ".feather": "feather", ".arrow": "feather"}
_READERS = {"parquet": "parquet", "feather": "ipc"}


def files_of(path: Path) -> tuple[str, list[Path]]:
    """Return the format and the files of a folder, by their names; a file is one of itself.

    Raises DataError where a folder holds no such files, or files of both formats.
    """
    if not path.is_dir():
        return TYPED_ENDINGS.get(path.suffix.lower(), "parquet"), [path]
    files = sorted(one for one in path.rglob("*") if one.suffix.lower() in TYPED_ENDINGS and one.is_file())
    formats = {TYPED_ENDINGS[one.suffix.lower()] for one in files}
    if len(formats) != 1:
        what = Message("Parquet and Feather files") if formats else Message("no Parquet files")
        raise DataError(
            Message("The folder {name} holds {what}.", {"name": path.name, "what": what}),
            Message("Name a file, or a folder of Parquet files."),
        )
    return formats.pop(), files


def format_of_parts(path: Path, limits: Limits, sampling: Sampling) -> str:
    """Return the typed format of a folder, or of a file with more in it than is read at once; nothing for any other."""
    try:
        is_folder = path.is_dir()
    except (OSError, ValueError):
        return ""
    return files_of(path)[0] if is_folder else _format_of_large(path, limits, sampling)


def _format_of_large(path: Path, limits: Limits, sampling: Sampling) -> str:
    try:
        size = path.stat().st_size
        if size < LEAST_BYTES:
            return ""
        with path.open("rb") as file:
            kind = typed_format(file.read(len(b"ARROW1")))
    except (OSError, ValueError):
        return ""  # Reading it will say better what is wrong.
    large = {"parquet": _is_large_parquet, "feather": lambda *_: size > limits.max_unpacked_bytes}
    return kind if kind in large and (size > limits.max_bytes or large[kind](path, limits, sampling)) else ""


def _is_large_parquet(path: Path, limits: Limits, sampling: Sampling) -> bool:
    """Tell by its metadata alone whether a file has more than is read at once."""
    try:
        facts = pyarrow.parquet.ParquetFile(path).metadata
    except (pa.ArrowException, OSError, ValueError):
        return False
    size = sum(facts.row_group(i).total_byte_size for i in range(facts.num_row_groups))
    return bool(
        facts.num_rows > most_large_rows(facts.num_columns, limits, sampling) or size > limits.max_unpacked_bytes
    )


def read_row_groups(path: Path, plan: ReadPlan, limits: Limits, sampling: Sampling) -> TypedTable:
    """Count over all rows and keep those drawn, as texts; the typed whole is never in memory."""
    _, files = files_of(path)
    schemas = [_schema_of(file, plan.format) for file in files]
    schema = one_schema(files, schemas)
    check_columns(len(schema.names), limits)
    scan = _Scan.of(schema, limits, sampling)
    for batch in _batches(files, plan.format, schema):
        scan.add(batch)
    kept, by_group = scan.drawn()
    found = texts_of_arrow(schema.empty_table() if kept is None else kept, plan, scan.counts.rows, limits)
    totals = scan.counts.totals(schema.names, sampling.group if by_group else "")
    notices = (*found.notices, *joined_types(schemas, schema))
    return replace(found, totals=totals, identity=scan.identity(), notices=notices)


@dataclass(eq=False)
class _Scan:
    """One pass over the rows: what is counted, what is drawn, and the sum of all rows' hashes."""

    counts: FileCounts
    rows: RowDraw
    groups: GroupDraw | None
    strata: Strata
    target: int  # The position of the column that gives the strata; −1 means none.
    group: int
    seed: int
    total: np.uint64

    @classmethod
    def of(cls, schema: pa.Schema, limits: Limits, sampling: Sampling) -> _Scan:
        """Begin a pass."""
        most = most_large_rows(len(schema.names), limits, sampling)
        target, group = (schema.get_field_index(name) if name else -1 for name in (sampling.target, sampling.group))
        groups = GroupDraw(most) if group >= 0 else None
        counts = FileCounts(len(schema.names))
        return cls(counts, RowDraw(most, limits.seed), groups, Strata(), target, group, limits.seed, np.uint64(0))

    def add(self, batch: pa.RecordBatch) -> None:
        """Look at the next rows."""
        hashes = hash_rows(batch.columns)
        self.counts.add(batch.columns, hashes)
        self.total += hashes.sum(dtype=np.uint64)
        rows = pa.Table.from_batches([batch])
        self.rows.add(rows, self.strata.of(batch.column(self.target) if self.target >= 0 else None, batch.num_rows))
        if self.groups is not None:
            seeds = pa.array(np.full(batch.num_rows, self.seed))
            self.groups.add(rows, hash_rows([batch.column(self.group), seeds]))

    def drawn(self) -> tuple[pa.Table | None, bool]:
        """Return the rows drawn, and whether they are whole groups."""
        by_group = None if self.groups is None else self.groups.drawn()
        return (self.rows.drawn(), False) if by_group is None else (by_group, True)

    def identity(self) -> str:
        """Return the identity of all rows, whatever their order."""
        return hashlib.sha256(f"{self.counts.rows} {int(self.total)}".encode()).hexdigest()


def _schema_of(file: Path, kind: str) -> pa.Schema:
    schema = pyarrow.dataset.dataset(file, format=_READERS[kind]).schema.remove_metadata()
    return pa.schema([field.with_metadata(None).with_nullable(True) for field in schema])


def _batches(files: Sequence[Path], kind: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield the rows of all files, file by file, without reading far ahead."""
    rows = max(1, min(BATCH_ROWS, _BATCH_CELLS // max(1, len(schema.names))))
    for file in files:
        part = pyarrow.dataset.dataset(file, format=_READERS[kind], schema=_schema_of(file, kind))
        batches = part.to_batches(batch_size=rows, use_threads=False, batch_readahead=1, fragment_readahead=1)
        yield from (as_joined(batch, schema, file) for batch in batches if batch.num_rows)

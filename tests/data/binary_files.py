"""Bytes of files that are no text, made for tests: workbooks and Parquet."""

import io
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet


def workbook(*rows: list, sheets: int = 1, xml: bytes | None = None) -> bytes:
    """Return an Excel workbook whose first sheet has these rows; `xml` replaces the content of that sheet."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    for i in range(sheets - 1):
        book.create_sheet(f"more{i}").append(["other", i])
    book.save(out)
    return out.getvalue() if xml is None else _with_sheet(out, xml)


def _with_sheet(book: io.BytesIO, xml: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info, xml if "sheet1" in info.filename else old.read(info), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def parquet(table: pa.Table) -> bytes:
    """Return a Parquet file of a table."""
    out = io.BytesIO()
    pyarrow.parquet.write_table(table, out)
    return out.getvalue()

"""Lists of flat records in XML, brought to plain lines of cells; anything deeper is left to be refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from dldiag.data.io.drawn import LONGEST_DRAWN, as_lines, lines_of_records

_XML = re.compile(r"\s*<(?:\?xml\b|[A-Za-z_][\w:.-]*(?:\s[^<>]*)?>\s*<)")
_HEAD = 4096  # Characters that show whether a text is XML.
_NO_TABLES = frozenset({"svg", "html", "stylesheet", "schema", "plist"})  # Their elements are parts of a whole.
_CELLS = frozenset({"cell", "td", "entry", "table-cell"})
LEAST_RECORDS = 2
DEEPEST = 50  # Floors of elements; tables have few.
MOST_COLUMNS = 20_000  # A cell may say that it stands further to the right.


@dataclass
class _Element:
    name: str
    attributes: Mapping[str, str]
    children: list[_Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


def of_xml(text: str) -> str | None:
    """Return the longest list of records of an XML file, None where the records are not flat.

    A file that declares entities or a document type is not looked at: entities can grow without bound.

    >>> of_xml('<t><r n="1"><x>a</x></r><r n="2"><x>b</x></r></t>')
    'n,x\\n1,a\\n2,b\\n'
    """
    if len(text) > LONGEST_DRAWN or not _XML.match(text[:_HEAD]):
        return None
    root = _parsed(text)
    records = [] if root is None or root.name.lower() in _NO_TABLES else _records_in(_sheet_of(root))
    if len(records) < LEAST_RECORDS:
        return None
    if (rows := _rows_of_cells(records)) is not None:
        return as_lines(rows)
    found = [_flat(record) for record in records]
    whole = [one for one in found if one]
    return lines_of_records(whole) if len(whole) == len(found) else None


def _parsed(text: str) -> _Element | None:
    """Return the tree of elements, None for what is no sound XML or has a document type."""
    top = _Element("", {})
    stack, parser = [top], expat.ParserCreate("utf-8")
    parser.buffer_text = True

    def begin(name: str, attributes: dict[str, str]) -> None:
        stack[-1].children.append(one := _Element(name.rpartition(":")[2], attributes))
        stack.append(one)
        if len(stack) > DEEPEST:
            raise expat.ExpatError

    def end(_: str) -> None:
        stack.pop()

    def write(data: str) -> None:
        stack[-1].texts.append(data)

    def refuse(*_: object) -> None:
        raise expat.ExpatError

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler = write
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text.lstrip().encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError:
        return None
    return top.children[0]


def _sheet_of(root: _Element) -> _Element:
    """Return the first table of a workbook that a spreadsheet saved as XML, else the root."""
    sheets = [child for child in root.children if child.name == "Worksheet"]
    return sheets[0] if sheets and root.name == "Workbook" else root


def _records_in(element: _Element) -> Sequence[_Element]:
    """Return the longest run of elements of one name on the first floor that has one, going down the fullest element."""
    while element.children:
        name, count = Counter(child.name for child in element.children).most_common(1)[0]
        if count >= LEAST_RECORDS:
            return [child for child in element.children if child.name == name]
        element = max(element.children, key=lambda child: len(child.children))
    return []


def _rows_of_cells(records: Sequence[_Element]) -> list[list[str]] | None:
    """Return the cells of the rows of a spreadsheet or a web page; None where the records hold other elements than cells."""
    names = {child.name.lower() for record in records for child in record.children}
    if len(names) != 1 or not names <= _CELLS:
        return None
    rows = [_cells_of(record) for record in records]
    width = max(map(len, rows))
    return [[*row, *[""] * (width - len(row))] for row in rows]


def _cells_of(record: _Element) -> list[str]:
    """Return the texts of cells; one with an index stands at that place."""
    cells: list[str] = []
    for child in record.children:
        index = next((value for name, value in child.attributes.items() if name.rpartition(":")[2] == "Index"), "")
        if index.isdecimal() and len(cells) < int(index) <= MOST_COLUMNS:
            cells += [""] * (int(index) - 1 - len(cells))
        cells.append(child.text or " ".join(one.text for one in child.children))
    return cells


def _flat(record: _Element) -> dict[str, str] | None:
    """Return the attributes and elements of a record by name, those within others as outer.inner; None where one comes twice."""
    cells: dict[str, str] = {}
    for name, value in _fields(record, ""):
        if name in cells:
            return None
        cells[name] = value
    return cells


def _fields(element: _Element, before: str) -> Iterator[tuple[str, str]]:
    for name, value in element.attributes.items():
        yield before + name, value
    if not element.children and (element.text or not element.attributes):
        yield before.removesuffix(".") or element.name, element.text
    for child in element.children:
        yield from _fields(child, f"{before}{child.name}.")

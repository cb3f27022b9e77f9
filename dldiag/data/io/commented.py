"""Lines of comment and of description above a table that change how its rows are cut: # and %, front matter, numbered names."""

from __future__ import annotations

import re

from dldiag.data.io.dialect import SPACES
from dldiag.data.io.dialect_choice import decide_dialect, sample_of

_MARKS = ("#", "%", "~", "!", "//")
_FENCE = re.compile(r"#?\s*---\s*")
_NUMBERED = re.compile(r"#\s*(\d{1,4})\s+([A-Za-z]\S*)(?:\s.*)?")
_DESCRIBED = re.compile(r"#?\s*(?:-\s+)?[\w.-]+:(?:\s.*)?|#?\s*-\s.*|#?\s*")
LEAST_COMMENTS = 2  # A single line with a mark may hold the names.
MOST_COMMENTS = 1_000  # lines
LEAST_ROWS = 2  # So many lines must stand below the comments.
TYPE_CELLS = re.compile(r"\d*[NSDMnsdm](?:\t\d*[NSDMnsdm])+")
TYPED_NAMES = 3  # Tables of the rdb format write their types within so many lines below the comments.


def of_front_matter(text: str) -> str | None:
    """Return the table below YAML that describes it, between two lines of three hyphens; each line of it may begin with #.

    >>> of_front_matter("---\\nname: x\\n---\\na,b\\n1,2\\n")
    'a,b\\n1,2\\n'
    """
    lines = text.lstrip("\n").split("\n", MOST_COMMENTS)
    if not _FENCE.fullmatch(lines[0]):
        return None
    end = next((i for i, line in enumerate(lines[1:], 1) if _FENCE.fullmatch(line)), 0)
    if end < LEAST_COMMENTS or not all(map(_DESCRIBED.fullmatch, lines[1:end])):
        return None
    below = "\n".join(lines[end + 1 :]).lstrip("\n")
    return below if below.count("\n") >= LEAST_ROWS else None


def of_comments(text: str) -> str | None:
    """Return the rows below lines of comment, where these would change how the rows are cut; the last one may hold the names.

    >>> of_comments("# made by hand\\n# a b c\\n1 2 3\\n4 5 6\\n")
    'a b c\\n1 2 3\\n4 5 6\\n'
    """
    mark = next((one for one in _MARKS if text.startswith(one)), "")
    lines = text.split("\n", MOST_COMMENTS) if mark else []
    count = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith(mark)), 0)
    below = "\n".join(lines[count:])
    if count < LEAST_COMMENTS or below.count("\n") < LEAST_ROWS:
        return None
    alone = decide_dialect(below)
    if count <= below.count("\n") and decide_dialect(text) == alone:
        return None  # They are left out as other lines above a table are, and counted.
    first = below.split("\n", 1)[0]
    comments = [line for line in lines[:count] if line.strip()]
    names = _numbered(comments, _width(first, alone.delimiter)) or _names_in(comments[-1], mark, first, alone.delimiter)
    return below if names is None else names + "\n" + below


def _names_in(comment: str, mark: str, first: str, delimiter: str) -> str | None:
    """Return what stands behind the mark of a comment where it has as many words as the first row has cells, and that row is no names."""
    bare = comment.strip().lstrip(mark).strip(" ")
    is_wide = _width(first, delimiter) > 1 and _width(bare, delimiter) == _width(first, delimiter)
    return bare if is_wide and any(character.isdigit() for character in first) and bare else None


def _numbered(comments: list[str], width: int) -> str | None:
    """Return the names that comments number, as SExtractor writes them; columns between two numbers get the number behind the name."""
    found = [_NUMBERED.fullmatch(line) for line in comments]
    if not all(found):
        return None
    named = {int(one[1]): one[2] for one in found if one is not None}
    if not named or max(named) > width or min(named) != 1:
        return None
    names, last = [], ""
    for place in range(1, width + 1):
        last = named.get(place, last)
        names.append(last)
    return " ".join(names)


def _width(line: str, delimiter: str) -> int:
    return len(line.split()) if delimiter in {" ", SPACES} else line.count(delimiter) + 1


def of_types_below(text: str) -> str | None:
    """Return a table of the rdb format without the line below its names that says what is a number (N) or a text (S)."""
    if "\t" not in (head := sample_of(text)):
        return None
    lines = head.split("\n")
    filled = [i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")][:TYPED_NAMES]
    place = next((i for i in filled[1:2] if TYPE_CELLS.fullmatch(lines[i].rstrip())), 0)
    if not place or lines[place].count("\t") != lines[filled[0]].count("\t"):
        return None
    start = sum(len(line) + 1 for line in lines[:place])
    return text[:start] + text[start + len(lines[place]) + 1 :]

"""The fast way and the strict way read the same from every text that the fast way takes."""

import csv
import io
import random

import numpy as np
import pytest

from dldiag.data.io import arrow_csv as fast, read
from dldiag.data.io.dialect import Dialect
from dldiag.data.io.raw_table import raw_table
from dldiag.data.io.repair_rows import Gatherer


def random_text(seed: int, rows: int) -> tuple[str, int]:
    rng = random.Random(seed)
    cells = ["", "x", "a b", "1.5", "é", "城市", 'q"q', "c,d", "line\nend", " lead", "trail ", "NA", "'", "0x1", "\\"]
    out = io.StringIO(newline="")
    width = rng.randint(2, 6)
    writer = csv.writer(out, quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), lineterminator="\n")
    for _ in range(rows):
        writer.writerow([*rng.choices(cells, k=width - 1), "end"])
        if rng.random() < 0.05:
            out.write("\n")
    return out.getvalue(), width


@pytest.mark.parametrize("seed", range(25))
def test_both_ways_agree_on_regular_text(seed, monkeypatch):
    monkeypatch.setattr(fast, "LEAST_CHARS", 0)
    text, width = random_text(seed, 300)
    quick = fast.read_regular(text, Dialect(), width, None)
    slow = Gatherer(text, Dialect(), width, 0, None)
    table = raw_table(slow.rows(), width)
    assert quick is not None
    assert quick[0].to_pylist() == table.to_pylist()
    assert {k: v for k, v in quick[1].lines.items() if v} == dict(slow.account.lines)


@pytest.mark.parametrize(
    "damage", ['1,"x,2\n', "1,2,3\n", "1\n", 'a"b,2\n', '"a" x,2\n', ",\n", ' "a",b\n', '"a""\n'], ids=repr
)
def test_the_fast_way_leaves_irregular_text_alone(damage, monkeypatch):
    monkeypatch.setattr(fast, "LEAST_CHARS", 0)
    assert fast.read_regular("1,2\n" * 20 + damage + "1,2\n" * 20, Dialect(), 2, None) is None


@pytest.mark.parametrize("seed", range(5))
def test_a_damaged_text_read_in_chunks_is_the_same_as_in_one(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    lines = [f'{i},{x:.3f},"city {i % 7}, north"\n' for i, x in enumerate(rng.normal(size=3000))]
    lines[1234] = '1,2,"unclosed\n'
    lines[2345] = "1,2,3,4,5,6,7\n"
    data = ("id,x,city\n" + "".join(lines)).encode()
    whole = read(data)
    monkeypatch.setattr(fast, "LEAST_CHARS", 0)
    monkeypatch.setattr(fast, "CHUNK_CHARS", 7000)
    parts = read(data)
    assert parts.frame.equals(whole.frame)
    assert parts.lines == whole.lines
    assert [(n.code, n.count, n.example) for n in parts.notices] == [
        (n.code, n.count, n.example) for n in whole.notices
    ]


@pytest.mark.parametrize("least", [0, fast.LEAST_CHARS], ids=["fast", "strict"])
@pytest.mark.parametrize("repeat", ["x,label\n", '"x", label\n'], ids=repr)
def test_a_repeated_header_is_no_row_in_a_long_text_either(least, repeat, monkeypatch):
    monkeypatch.setattr(fast, "LEAST_CHARS", least)
    part = "".join(f"{i * 1.5},{'p' if i % 2 else 'q'}\n" for i in range(900))
    table = read(("x,label\n" + part + (repeat + part) * 7).encode())
    assert set(table.frame["label"]) == {"p", "q"}
    assert len(table.frame) == 8 * 900
    assert [(n.code, n.count) for n in table.notices if n.code == "repeated_header"] == [("repeated_header", 7)]


def test_a_first_row_that_looks_like_the_names_is_a_row():
    assert len(read(b"foo,bar\nfoo,bar\n").frame) == 1


def test_a_header_that_begins_a_chunk_is_no_row(monkeypatch):
    monkeypatch.setattr(fast, "LEAST_CHARS", 0)
    part = "".join(f"{i},p\n" for i in range(100))
    monkeypatch.setattr(fast, "chunks_of", lambda *_: iter([part, "x,label\n" + part]))
    table, account = fast.read_body(part + "x,label\n" + part, Dialect(), 2, 1, ["x", "label"])
    assert (table.num_rows, account.lines["repeated_header"]) == (200, 1)

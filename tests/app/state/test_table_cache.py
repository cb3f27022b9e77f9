"""Many visitors' tables share a bounded memory, and nobody sees another's."""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from dldiag.app.state.table_cache import MEGABYTE, Memory
from dldiag.core.types import ReadPlan, Table


def table(megabytes, name="one"):
    frame = pd.DataFrame({"x": np.zeros(int(megabytes * MEGABYTE) // 8)})
    return Table(name, frame, (), ReadPlan(), name)


class Reader:
    """Counts how often it is asked."""

    def __init__(self, made):
        self.made, self.times = made, 0

    def __call__(self):
        self.times += 1
        return self.made


def test_a_table_is_read_once_until_it_is_another():
    memory, one, other = Memory(10), Reader(table(1)), Reader(table(1))
    assert memory.get("ann", "table", "a", one) is memory.get("ann", "table", "a", one) is one.made
    assert memory.get("ann", "table", "b", other) is other.made
    assert memory.get("ann", "table", "a", one) is one.made
    assert (one.times, other.times) == (2, 1)


def test_the_same_file_of_two_visitors_is_not_shared():
    memory, first, second = Memory(10), Reader(table(1)), Reader(table(1))
    assert memory.get("ann", "table", "a", first) is not memory.get("bob", "table", "a", second)


def test_the_table_longest_unused_makes_room_and_is_read_again():
    memory, readers = Memory(10), {who: Reader(table(4, who)) for who in ("ann", "bob", "eve")}
    for who in ("ann", "bob", "ann", "eve"):
        assert memory.get(who, "table", who, readers[who]) is readers[who].made
    for who in ("ann", "eve", "bob"):
        memory.get(who, "table", who, readers[who])
    assert {who: reader.times for who, reader in readers.items()} == {"ann": 1, "bob": 2, "eve": 1}


def test_a_table_above_the_limit_is_kept_while_it_is_the_last_one_used():
    memory, large = Memory(1), Reader(table(5))
    memory.get("ann", "table", "a", large)
    memory.get("ann", "table", "a", large)
    assert large.times == 1


def test_many_visitors_who_ask_at_once_have_it_read_once():
    memory, times = Memory(10), []

    def slow():
        times.append(1)
        time.sleep(0.1)
        return table(1)

    with ThreadPoolExecutor(8) as visitors:
        found = list(visitors.map(lambda _: memory.get("sample", "table", "a", slow), range(8)))
    assert len(times) == 1
    assert all(one is found[0] for one in found)
    assert memory.held("sample", "table", "a") is found[0]
    assert memory.held("sample", "table", "b") is None

"""What is found in a cheaper way is what the plain way finds."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given, strategies as st

from dldiag.data import total_rows
from dldiag.data.typing import numbers
from dldiag.data.typing.distinct import as_mask, replaced, without_tails
from dldiag.data.typing.numeric_fast import _count_different

TEXTS = st.lists(
    st.builds(lambda a, b: a + b, st.from_regex(r"[0-9.,]{1,6}", fullmatch=True), st.sampled_from([" EUR", "€", " kr.", "", "元 ", "x", "R$", ",- kr", " EUR EUR", " 5 €"])),
    min_size=1,
)  # fmt: skip


@given(TEXTS)
def test_endings_are_cut_as_the_pattern_cuts_them(each):
    texts = pa.array(each, pa.large_string())
    pattern = numbers._CURRENCY_BEHIND
    mask = as_mask(pc.match_substring_regex(texts, pattern))
    assert (
        without_tails(texts, mask, pattern, r"\1\2").to_pylist()
        == pc.replace_substring_regex(texts, pattern, r"\1\2").to_pylist()
    )
    assert replaced(texts, r"^(\d+)€", r"\1!").equals(pc.replace_substring_regex(texts, r"^(\d+)€", r"\1!"))


@given(st.lists(st.one_of(st.integers(-500, 500).map(lambda k: k / 100), st.floats(-1e12, 1e12)), min_size=1))
def test_different_numbers_are_counted(each):
    values = np.array(each)
    assert _count_different(values, float(values.min()), float(values.max())) == len(np.unique(values + 0.0))


def test_totals_are_found_again_in_every_part_of_a_column():
    part = pa.array(["Rome", "Total", None, "Bern", "Riga", "Rome"], pa.large_string())
    rows = total_rows._rows_named(pa.chunked_array([part, part, part.slice(1)]))
    assert rows.tolist() == [1, 7, 12]

"""What is found in a cheaper way is what the plain way finds."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, strategies as st

from dldiag.data.typing import kinds, missing, numbers, numeric_fast
from dldiag.data.typing.distinct import cells_of, matching, without_tails
from dldiag.data.typing.numeric_fast import _different
from dldiag.data.typing.patterns import as_mask, replaced
from dldiag.data.typing.total_names import rows_of_totals

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
def test_different_numbers_are_found(each):
    values = np.array(each)
    found = _different(values, float(values.min()), float(values.max()))
    assert found.tolist() == np.unique(values + 0.0).tolist()


@given(st.lists(st.one_of(st.integers(-(10**16), 10**16).map(str), st.integers(-30, 30).map(str)), min_size=1))
def test_whole_numbers_are_read_as_the_cast_reads_them(each):
    texts = pa.array(each, pa.large_string())
    found = numeric_fast._whole_numbers(texts)
    assert (found is None) == (max(abs(int(text)) for text in each) >= 10**15)
    assert found is None or found.tolist() == pc.cast(texts, pa.float64()).to_pylist()


@pytest.mark.parametrize("odd", ["007", "+5", "-0", "00", " 5", "5 ", "", "0xFFFFFFFFFFFF", "1e3", "5.", "1_0", "٣"])
def test_whole_numbers_written_otherwise_are_left_to_a_closer_look(odd):
    texts = pa.array(["12", odd, "-3456"], pa.large_string())
    assert numeric_fast._whole_numbers(texts) is None
    assert numeric_fast._whole_numbers(texts.slice(2)).tolist() == [-3456]


@given(st.lists(st.text("01MF \u00e4", max_size=2), min_size=1), st.integers(0, 3))
def test_cells_of_single_letters_are_those_of_any_texts(each, cut):
    column = pa.chunked_array([pa.array(each, pa.large_string()), pa.array(each, pa.large_string()).slice(cut)])
    cells, stripped = cells_of(column), [text.strip() for text in column.to_pylist()]
    assert cells.texts.to_pylist() == list(dict.fromkeys(text for text in stripped if text))
    assert [cells.texts[code].as_py() if code >= 0 else "" for code in cells.codes] == stripped
    assert cells.counts.tolist() == [stripped.count(text) for text in cells.texts.to_pylist()]


@given(st.lists(st.text("aB7-+:$[€ \t.", max_size=5).map(str.strip)))
def test_what_the_first_byte_rules_out_does_not_match(each):
    texts = pa.array(each, pa.large_string())
    for pattern, first in ((r"^[+-]?\d+$", b"+-0123456789"), (rf"{missing._DASH_OF_MONEY}|{missing._FLAGGED}", b"$-:")):
        assert matching(texts, pattern, first).tolist() == as_mask(pc.match_substring_regex(texts, pattern)).tolist()
    words = frozenset({"b", "-", "7.", "ab"})
    assert missing._among(texts, words).tolist() == [text.lower() in words for text in each]


@given(st.lists(st.text("ab \t\x0b,", min_size=1), min_size=1))
def test_words_of_ascii_texts_are_counted_as_the_pattern_counts_them(each):
    texts = pa.array(each, pa.large_string())
    assert kinds._words_in_ascii(texts).tolist() == pc.count_substring_regex(texts, kinds._WORD).to_pylist()


def test_totals_are_found_again_in_every_part_of_a_column():
    part = pa.array(["Rome", "Total", None, "Bern", "Riga", "Rome"], pa.large_string())
    cells = cells_of(pa.chunked_array([part, part, part.slice(1)]))
    assert rows_of_totals(cells, only_if_last=False).tolist() == [1, 7, 12]
    assert rows_of_totals(cells, only_if_last=True).tolist() == []

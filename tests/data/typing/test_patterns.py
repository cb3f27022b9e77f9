"""What Python finds in few texts is what Arrow finds in many."""

import pkgutil
from importlib import import_module

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, strategies as st

from dldiag.data import typing
from dldiag.data.typing import patterns
from dldiag.data.typing.patterns import FEW_TEXTS, found_in, named_parts, replaced, substituted

TEXTS = [
    "", "7", "-7", "+7.5", "007", "1,234.50", "1.234,50", "12 345", "1'234", "(66)", "$12.50", "EUR 9", "9 EUR", "9 kr.", "5,-", "45 %", "45 pct",
    "3.75 % p.a.", "1.2k", "45.3M", "12 kg", "12.5 km/h", "<0.01", "12.4 (n=9)", "1.2 (high)", "72.51r", "66 (45%)", "12.4 (11.9, 12.8)",
    "5,000+", "1.5D+03", "1E3", "12:30", "1:02:03", "2.30 Uhr", "2pm", "noon", "2024-03-31", "31/03/2024", "31 Mar 2024", "March 31, 2024",
    "04MAR2021:15:30:00", "2022010604", "2024-Q1", "FY 2024", "KW 05/2024", "Jan '22", "1st", "10^-5", "p = 0.03", "<b>12</b>", "9 Cr", "9 Dr",
    "100-200", "a=1; b=2", "n/a", "#DIV/0!", "Total", "Grand total", "A12", "v1.10", "Oak Street 12", "'0012", "x2.5", "[a]", "-", "$ -", "1 sq. ft",
    "_", "\\", "^", "a b  c", "2024-03-31T12:30:00+01:00", "12 Dec 2024 9:05 pm", "3/4", "1 1/2", "inf", "NaN", "UN-FEB-2024", "12d 03:15:00",
]  # fmt: skip


def _patterns():
    """Yield every regular expression of RE2 that stands in a module of this room, also in tuples."""
    for found in pkgutil.iter_modules(typing.__path__, typing.__name__ + "."):
        module = import_module(found.name)
        for value in vars(module).values():
            parts = value if isinstance(value, tuple) else (value,)
            flat = [part for one in parts for part in (one if isinstance(one, tuple) else (one,))]
            flat += [one.pattern for one in parts if hasattr(one, "pattern") and hasattr(one, "example")]
            yield from (one for one in flat if isinstance(one, str) and one.startswith(("^", "(?i)^")))


RE2 = sorted({one for one in _patterns() if "(?<" not in one and "(?=" not in one and "(?!" not in one})


def test_the_patterns_of_all_modules_are_tried():
    assert len(RE2) > 100


@pytest.mark.parametrize("pattern", RE2)
def test_python_finds_what_arrow_finds(pattern):
    texts = pa.array(TEXTS, pa.large_string())
    assert patterns._in_python(pattern) is not None or r"\P" in pattern or r"\p{" in pattern
    assert found_in(texts, pattern).tolist() == pc.match_substring_regex(texts, pattern).to_pylist()
    put = r"<\1>" if "(" in pattern.replace("(?:", "").replace("(?i", "").replace(r"\(", "") else "<>"
    given = pc.replace_substring_regex(texts, pattern, put).to_pylist()
    assert substituted(texts, pattern, put).to_pylist() == given
    assert replaced(texts, pattern, put).to_pylist() == given
    if "(?P<" in pattern:
        assert named_parts(texts, pattern).to_pylist() == pc.extract_regex(texts, pattern).to_pylist()


@given(st.lists(st.text("7.,-/ :aMk$%(", max_size=8), min_size=1, max_size=6), st.sampled_from(RE2))
def test_python_finds_what_arrow_finds_in_any_short_texts(each, pattern):
    texts = pa.array(each, pa.large_string())
    assert found_in(texts, pattern).tolist() == pc.match_substring_regex(texts, pattern).to_pylist()


@pytest.mark.parametrize(
    "each", [["7\n"], ["ä7"], ["7\x0b"], [None, "7"], ["7" * 81], ["7"] * (FEW_TEXTS + 1)], ids=repr
)
def test_texts_in_which_the_two_might_differ_are_left_to_arrow(each):
    assert patterns._few_plain(pa.array(each, pa.large_string())) is None


def test_a_group_number_before_a_digit_is_that_group():
    assert substituted(pa.array(["12:30"], pa.large_string()), r"^(\d+):", r"\10:").to_pylist() == ["120:30"]

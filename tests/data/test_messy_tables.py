"""Messy tables are read to the values that they were made of, or at least with a notice that says what was open."""

import numpy as np
import pytest

from dldiag.core.types import DataError
from dldiag.data import read_table
from dldiag.data.typing.columns import with_kinds
from tests.data.messy_exports import EXPORTS
from tests.data.messy_marks import MARKED_TABLES, QUIET
from tests.data.messy_pairs import PAIR_TABLES
from tests.data.messy_periods import PERIOD_TABLES
from tests.data.messy_spellings import SPELLINGS
from tests.data.messy_tables import MESSY, Messy
from tests.data.messy_wild import WILD_TABLES


@pytest.mark.parametrize(
    "messy", [*MESSY, *EXPORTS, *SPELLINGS, *PERIOD_TABLES, *PAIR_TABLES, *MARKED_TABLES, *WILD_TABLES], ids=str
)
def test_a_messy_table_has_the_values_it_was_made_of(messy: Messy):
    found = read_table(messy.data)
    if messy.names:
        assert tuple(found.frame.columns) == messy.names
    values = found.frame[messy.column].to_numpy()
    if isinstance(messy.values[0], float):
        np.testing.assert_allclose(values.astype(float), messy.values)
    elif isinstance(messy.values[0], str):
        assert values.tolist() == messy.values
    else:
        np.testing.assert_array_equal(values, np.array(messy.values, dtype="datetime64[us]"))
    codes = [one.code for one in found.notices]
    assert messy.reported in codes or not messy.reported


@pytest.mark.parametrize("messy", QUIET, ids=str)
def test_labels_codes_and_house_numbers_are_not_reported(messy: Messy):
    assert [one.code for one in read_table(messy.data).notices if messy.column in one.columns] == []


def test_a_chat_has_no_line_of_names():
    lines = "".join(f"[{day:02}.01.22, 12:05:{day}] Ana: hello\n" for day in range(10, 30))
    found = read_table(lines.encode())
    assert len(found.frame) == 20
    assert "no_header" in [one.code for one in found.notices]


def test_a_latex_table_is_refused_by_its_name():
    with pytest.raises(DataError, match="a LaTeX document"):
        read_table(b"\\begin{tabular}{rr}\nx & y \\\\\n" + b"1 & 2 \\\\\n" * 9 + b"\\end{tabular}\n")


def test_letters_that_only_look_encoded_twice_stay():
    text = "town;x\n" + "".join(f"IRMÃ;{i}\nÉvora «Â»;{i}\n" for i in range(9))
    assert set(read_table(text.encode()).frame["town"]) == {"IRMÃ", "Évora «Â»"}


def test_one_column_of_names_in_quotes_is_not_cut():
    found = read_table(('"Name, first"\n' + "".join(f'"Smith{i}, John"\n' for i in range(30))).encode())
    assert found.frame.shape == (30, 1)


def test_days_in_digits_are_read_as_such_where_a_person_says_so():
    table = read_table(("x1\tk\n" + "".join(f"22{i % 12 + 1:02}{i + 1:02}\t{i}\n" for i in range(25))).encode())
    assert table.column("x1").kind == "number"
    days = with_kinds(table, {"x1": "date"}).frame["x1"]
    assert str(days[0])[:10] == "2022-01-01"

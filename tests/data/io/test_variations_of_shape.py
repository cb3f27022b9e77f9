"""Variations of shapes of the wild that a person reads at once: the header, the rows and the cells are theirs."""

import pytest

from dldiag.data.read_table import read_table

ROWS = range(40)


def table(text):
    return read_table(text.encode())


@pytest.mark.parametrize(("three", "two"), [(20, 10), (40, 200), (30, 30)])
def test_rows_that_become_narrower_twice_lack_their_last_cells(three, two):
    rows = ["a,b,c,d"] + [f"{k},{k * 37 % 100},x{k % 3},y" for k in range(30)]
    rows += [f"{k},{k * 37 % 100},x{k % 3}" for k in range(three)] + [f"{k},{k * 37 % 100}" for k in range(two)]
    found = table("\n".join(rows) + "\n")
    assert list(found.frame) == ["a", "b", "c", "d"]
    assert len(found.frame) == 30 + three + two
    assert found.frame.d.isna().sum() == three + two
    assert "padded" in {one.code for one in found.notices}


def test_words_that_say_why_there_is_no_number_are_no_names_even_in_the_first_row():
    found = table("a,b\n" + "".join(f"x{k % 3},{'not measured' if k % 9 == 0 else k / 10}\n" for k in range(90)))
    assert list(found.frame) == ["a", "b"]
    assert len(found.frame) == 90
    assert found.column("b").kind == "number"


def test_words_above_numbers_that_do_not_recur_are_still_names():
    found = table("height,weight\nin cm,in kg\n" + "".join(f"{k + 100},{k + 50}\n" for k in ROWS))
    assert list(found.frame) == ["height in cm", "weight in kg"]


def test_the_sign_of_inches_stays_in_a_name():
    found = table('id,size 5",len\n' + "".join(f"{k},{k * 37 % 100},{k / 10}\n" for k in ROWS))
    assert list(found.frame) == ["id", 'size 5"', "len"]


@pytest.mark.parametrize(
    "line", ["a={0},b={1}", "a: {0}; b: {1}", "{2} 1:{1} 3:{0}.5"], ids=["key and value", "with colons", "libsvm"]
)
def test_a_first_row_that_is_written_as_all_others_is_no_header(line):
    found = table("".join(line.format(k * 37 % 100, k / 10, k % 2) + "\n" for k in ROWS))
    assert len(found.frame) == 40
    assert {"no_header", "listed"} & {one.code for one in found.notices}


def test_marks_between_joined_files_are_no_part_of_a_cell():
    found = table("a,b\n1,2\n\ufeff3,4\n" * 10)
    assert found.frame.a.tolist() == [1.0, 3.0] * 10


def test_columns_of_fixed_width_that_are_not_cut_are_reported():
    rows = [f"{'n' + str(k):<10}{20 + k:>3}  {'Bad Town' if k % 2 else 'Ulm':<10}" for k in ROWS]
    found = table("\n".join(["name      age  town", *rows]) + "\n")
    assert "fixed_width" in {one.code for one in found.notices} or list(found.frame) == ["name", "age", "town"]


def test_a_single_column_of_texts_is_not_taken_for_fixed_width():
    found = table("text\n" + "".join(f"a sentence of {k} words.  Another.\n" if k < 9 else f"word {k}\n" for k in ROWS))
    assert "fixed_width" not in {one.code for one in found.notices}

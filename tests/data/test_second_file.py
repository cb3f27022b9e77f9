"""A second file holds the rows that count; both are read as one table, matched by column name."""

import numpy as np
import pandas as pd
import pytest

import dldiag
from dldiag.core.types import DataError
from dldiag.data.dataset import make_dataset
from dldiag.data.read_table import read_table
from dldiag.data.second_file import FROM_FILE, SECOND, with_second_file


def csv(frame):
    return frame.to_csv(index=False).encode()


def rows(seed, n, shift=0.0):
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, 2)).round(4) + shift
    return pd.DataFrame(x, columns=["a", "b"]).assign(y=np.where(x.sum(axis=1) > 2 * shift, "yes", "no"))


def both(first, second):
    return with_second_file(read_table(csv(first), name="web.csv"), csv(second), name="phone.csv")


def test_rows_of_both_files_stand_under_each_other_whatever_the_order_of_columns():
    first, second = rows(0, 40), rows(1, 30)
    joined = both(first, second[["y", "b", "a"]])
    assert list(joined.frame.columns) == ["a", "b", "y", FROM_FILE]
    expected = pd.concat([first, second], ignore_index=True)
    np.testing.assert_allclose(joined.frame[["a", "b"]], expected[["a", "b"]])
    assert (joined.frame["y"] == (expected["y"] == "yes")).all()
    assert joined.rows_in_file == 70


def test_dev_and_test_rows_are_of_the_second_file_and_the_mark_is_no_feature():
    from dldiag.data.split import make_split

    dataset = make_dataset(both(rows(0, 200), rows(1, 100)), "y", domain=(FROM_FILE, SECOND))
    split = make_split(dataset, 2, 0)
    assert FROM_FILE not in dataset.X.columns
    assert (split.test_rows >= 200).all()
    assert all((repeat.dev_rows >= 200).all() for repeat in split.repeats)


def test_a_file_without_a_column_is_refused_by_name_and_a_spare_column_is_left_out_with_a_notice():
    with pytest.raises(DataError, match="no column b"):
        both(rows(0, 40), rows(1, 40).drop(columns="b"))
    joined = both(rows(0, 40), rows(1, 40).assign(more=np.arange(40)))
    assert "more" not in joined.frame
    assert [one.example for one in joined.notices if one.code == "second_file_columns"] == ["more"]


def test_a_table_that_has_the_mark_already_is_refused_and_keeps_its_column():
    with pytest.raises(DataError, match="already"):
        with_second_file(both(rows(0, 40), rows(1, 40)), csv(rows(2, 40)), name="third.csv")


def test_a_category_of_the_second_file_alone_is_known():
    first, second = rows(0, 60).assign(c=list("ab") * 30), rows(1, 60).assign(c=list("bz") * 30)
    assert set(both(first, second).column("c").levels) == {"a", "b", "z"}


def test_what_the_second_file_leaves_open_is_settled_as_in_the_first():
    first = "day;n;p\n" + "".join(f"{1 + i % 31:02}/03/2024;{i}.{i:03},5;{i},25\n" for i in range(1, 60))
    second = "day;n;p\n" + "".join(f"0{1 + i % 9}/04/2024;{i}.{i:03};{i}.125\n" for i in range(1, 30))
    joined = with_second_file(read_table(first.encode()), second.encode())
    assert joined.frame["day"].iloc[59:].dt.month.eq(4).all()
    assert joined.frame["n"].iloc[59] == 1001


def test_a_first_file_of_typed_numbers_settles_no_marks_for_the_second():
    first = read_table(pd.DataFrame({"n": np.arange(40) * 1100, "p": np.arange(40) / 4}))
    joined = with_second_file(first, ("n;p\n" + "".join(f"12.{i:03};{i},25\n" for i in range(30))).encode())
    assert joined.frame["n"].iloc[40:].tolist() == list(range(12000, 12030))


def test_two_words_made_yes_and_no_in_the_first_file_mean_the_same_in_the_second():
    first = read_table(csv(rows(0, 40).assign(c=["lost", "won"] * 20)), kinds={"c": "boolean"})
    joined = with_second_file(first, csv(rows(1, 30).assign(c="won")))
    assert (joined.frame["c"].iloc[40:] == 1).all()
    assert set(joined.raw["c"].iloc[40:]) == {"won"}


def test_another_second_file_is_other_data():
    one, two = both(rows(0, 40), rows(1, 40)), both(rows(0, 40), rows(2, 40))
    assert one.fingerprint != two.fingerprint


def test_harder_rows_in_the_second_file_are_found_to_be_a_mismatch():
    first = rows(0, 1500)
    second = rows(1, 600, shift=3.0)
    second["y"] = np.where(second.a - second.b > 0, "yes", "no")  # another law holds where it counts
    dataset = make_dataset(both(first, second), "y", domain=(FROM_FILE, SECOND))
    report = dldiag.diagnose(dataset, None, dldiag.Settings(budget="quick", trials=0, sizes=3, repeats=4))
    assert "D7" in [finding.code for finding in report.findings if finding.outcome == "fired"]


def test_na_is_missing_in_the_second_file_where_it_was_in_the_first():
    first = "n,size,y\n" + "".join(
        f"{'NA' if i % 7 == 0 else i},{['big', 'small', 'NA'][i % 3]},{i % 2}\n" for i in range(60)
    )
    second = "n,size,y\n" + "".join(f"{i},{['small', 'NA'][i % 2]},{i % 2}\n" for i in range(30))
    joined = with_second_file(read_table(first.encode()), second.encode())
    assert joined.column("size").missing == 20 + 15
    assert set(joined.column("size").levels) == {"big", "small"}


def test_both_files_may_be_frames():
    first = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": ["a", "b", "a"]})
    joined = with_second_file(first, first.head(2))
    assert joined.frame[FROM_FILE].tolist() == ["first"] * 3 + [SECOND] * 2

"""Yes/no columns in the words of the file: in slices, partial dependence, residuals and lists of rows."""

import pandas as pd
import pytest

from dldiag import make_dataset, read_table
from dldiag.error_analysis.of_fits import describing_columns
from dldiag.error_analysis.yes_no_words import in_words


def dataset(flags):
    rows = [f"{flags[k % len(flags)]},{k % 7},{'ab'[k % 2]}" for k in range(60)]
    return make_dataset(read_table("\n".join(["flag,x,label", *rows]).encode()), "label")


@pytest.mark.parametrize(("yes", "no"), [("Yes", "No"), ("ja", "nein"), ("是", "否"), ("TRUE", "FALSE")])
def test_a_yes_no_column_reads_as_in_the_file(yes, no):
    made = dataset([yes, no, no])
    assert made.X["flag"].tolist()[:3] == [1.0, 0.0, 0.0], "the model learns from numbers"
    assert in_words(made)["flag"].tolist()[:3] == [yes, no, no]
    assert describing_columns(made)["flag"].tolist()[:3] == [yes, no, no]


def test_the_commonest_spelling_stands_for_all_and_a_gap_stays_one():
    words = in_words(dataset(["yes", "yes", "YES", "no", "", "no"]))["flag"].tolist()[:6]
    assert words == ["yes", "yes", "yes", "no", None, "no"]


def test_zero_and_one_stay_numbers():
    made = dataset(["1", "0", "0"])
    pd.testing.assert_frame_equal(in_words(made), made.X)

"""New rows and second files are read on the scale of the first file, though they show only one of its ways of writing."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import dldiag
from dldiag.core.types import DataError
from dldiag.data.dataset import make_dataset
from dldiag.data.encode import layouts_of
from dldiag.data.new_rows import typed_rows
from dldiag.data.read_table import read_table
from dldiag.data.second_file import FROM_FILE, SECOND, with_second_file

N = 120
DRAW = np.random.default_rng(0)
# What the first file has, in turns; the rows that come later are all written as the first of the two.
WAYS = {
    "durations": (lambda: f"{DRAW.integers(1, 60)} min", lambda: f"{DRAW.integers(1, 5)} h {DRAW.integers(1, 60)} min"),
    "percent beside parts": (lambda: f"{DRAW.integers(1, 99)}%", lambda: f"0.{DRAW.integers(11, 99)}"),
    "parts beside percent": (lambda: f"0.{DRAW.integers(11, 99)}", lambda: f"{DRAW.integers(1, 99)}%"),
    "thousands and millions": (lambda: f"{DRAW.integers(1, 99)}k", lambda: f"{DRAW.integers(1, 99)}M"),
    "two units": (lambda: f"{DRAW.integers(100, 999)} g", lambda: f"{DRAW.integers(1, 9)} kg"),
    "two time zones": (
        lambda: f"2024-01-{DRAW.integers(10, 28)}T10:00:00+02:00",
        lambda: f"2024-01-{DRAW.integers(10, 28)}T10:00:00+00:00",
    ),
}


def rows(texts):
    return [f"{text},{DRAW.normal():.3f},{DRAW.choice(['a', 'b'])}" for text in texts]


def file_of(lines):
    return "\n".join(["d,x,y", *lines]).encode()


@pytest.mark.parametrize("way", WAYS)
def test_rows_written_in_one_way_are_read_on_the_scale_of_the_file_that_has_both(way):
    first, other = WAYS[way]
    lines = rows([first() if k % 2 else other() for k in range(N)])
    table = read_table(file_of(lines))
    dataset = make_dataset(table, "y")
    of_first = [k for k in range(N) if k % 2]
    found = typed_rows(dataset.recipe, layouts_of(dataset), file_of([lines[k] for k in of_first]))
    known = typed_rows(dataset.recipe, layouts_of(dataset), file_of(lines)).iloc[of_first].reset_index(drop=True)
    assert found.equals(known)
    both = with_second_file(table, file_of([lines[k] for k in of_first]))
    assert both.frame.loc[both.frame[FROM_FILE] == SECOND, "d"].tolist() == table.frame["d"].iloc[of_first].tolist()


def test_rows_of_another_type_and_no_rows_are_refused_in_words():
    frame = pd.DataFrame({"x": np.arange(40.0), "y": ["a", "b"] * 20})
    model = dldiag.fitted(dldiag.make_dataset(frame, "y"), dldiag.build_model("classification", key="linear"))
    assert len(model.predict(pa.Table.from_pandas(frame))) == 40
    with pytest.raises(DataError, match="no rows"):
        model.predict(frame.head(0))
    with pytest.raises(TypeError, match="not a ndarray"):
        model.predict(frame[["x"]].to_numpy())

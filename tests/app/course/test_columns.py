"""Which columns a course page draws: those that say most about the target first, and no sealed row."""

from dldiag.app.course.columns import plane_params, with_rows
from dldiag.course.shared.toys import toy
from dldiag.data.dataset import make_dataset
from dldiag.data.read_table import read_table
from dldiag.data.samples import SAMPLES, sample_bytes
from tests.app.drawing import IRIS, drawn


def page(reference):
    import streamlit as st

    from dldiag.app.course.columns import open_dataset

    first, second = open_dataset(reference), open_dataset(reference)
    st.session_state["found"] = (first.n_rows, first is second)


def test_rows_are_for_toys():
    assert with_rows({"toy": "moons"}, 50) == {"toy": "moons", "rows": 50}
    assert with_rows(IRIS, 50) == IRIS


def test_the_columns_of_a_plane_begin_with_two_that_differ():
    iris = make_dataset(read_table(sample_bytes("iris"), name=SAMPLES["iris"].file), "target")
    params = plane_params(iris)
    assert set(params) == {"across", "up", "positive"}
    assert params["across"].default != params["up"].default
    assert {params[name].default for name in ("across", "up")} == {"petal length (cm)", "petal width (cm)"}
    assert params["positive"].default in iris.classes


def test_of_two_classes_nobody_is_asked_which_means_yes():
    assert set(plane_params(toy("moons", 60))) == {"across", "up"}


def test_the_sealed_rows_are_left_out_and_the_rest_is_kept():
    rows, is_same = drawn(page, IRIS).session_state["found"]
    assert 110 <= rows <= 130
    assert is_same

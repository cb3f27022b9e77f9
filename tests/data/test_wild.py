"""Small files, each of a kind that people meet: what is read, typed and suggested of them."""

from typing import Any

import numpy as np
import pytest

from dldiag.core.types import Table
from dldiag.data import infer_task, read_table, suggest_target
from dldiag.data.io import alternatives
from tests.shared_data import SHARED, needs_shared

pytestmark = needs_shared

# file: {column: (kind, first values or None, missing)}
READ: dict[str, dict[str, tuple[str, Any, int]]] = {
    "a1_amount_with_NA.csv": {"yield": ("number", [94.88, 110.23, 95.48], 4)},
    "a3_amount_below_limit.csv": {"lead": ("number", [1.0, 33.6, 42.2], 0)},
    "b1_years_as_names.csv": {"province": ("category", ["Aldor"], 0), "2019": ("number", [3.4, 4.4], 0), "2021": ("number", [3.5], 0)},
    "b2_dates_as_names.csv": {"lat": ("number", [47.34], 0), "1/5/23": ("number", [23, 91], 0)},
    "b3_iso_dates_as_names.csv": {"clinic": ("category", ["Aldor"], 0), "2023-01-05": ("number", [53, 49], 0)},
    "c1_row_names_text.csv": {"row": ("category", ["Aldor"], 0), "height": ("number", [1.91], 0), "sex": ("category", ["f", "m"], 0)},
    "c2_row_index_from_0.csv": {"row": ("identifier", ["0"], 0), "carat": ("number", [1.71], 0), "grade": ("category", ["C"], 0)},
    "c3_row_names_spaces.txt": {"row": ("category", ["Aldor"], 0), "mass": ("number", [6.028], 0), "radius": ("number", [2.537], 0)},
    "d1_curve_rows_in_k.csv": {"rows": ("number", [1000, 2000, 4000], 0)},
    "d2_money_K_and_M.csv": {"fee": ("number", [47_300_000, 173_000], 0)},
    "d3_k_and_bare.csv": {"fee": ("number", [5200, 1100, 3400, 546], 0)},
    "e1_minus_200.csv": {"co": ("number", [-200, 4.9], 0)},
    "empty_as_two_quotes.tsv": {"Heap (degree 4)": ("number", [0.0, 0.1], 0), "List": ("number", [0.0, 0.3], 9)},
    "g1_quarters.csv": {"period": ("date", [np.datetime64("2005-01-01"), np.datetime64("2005-04-01")], 0)},
    "g2_old_months.csv": {"month": ("date", [np.datetime64("1752-01-01")], 0)},
    "g3_year_cjk.csv": {"年": ("date", [np.datetime64("1990-01-01")], 0)},
    "gbk_100rows.csv": {"得分": ("category", ["高", "是"], 0), "金额": ("number", [95, 16], 0)},
    "gbk_short_1.csv": {"天气": ("category", ["硕士", "鸡蛋"], 0), "是否流失": ("number", [22, 49], 0)},
    "header_wider_by_one.csv": {"id": ("identifier", ["0"], 0), "churn": ("boolean", [1, 0], 0), "comment": ("empty", None, 100)},
    "k1_given_names.csv": {"name": ("category", ["Aldor"], 0)},
    "narrow_later.csv": {"type": ("category", ["cds"], 0), "name": ("category", ["gene 0", "gene 1"], 0)},
    "narrow_later_num.csv": {"a": ("number", [0, 1], 0), "b": ("number", [0, 2], 0), "comment": ("category", ["note"], 100)},
    "nul_row.csv": {"id": ("identifier", ["0"], 0), "income": ("number", [1000, 1007.5], 0)},
    "p1_percent_and_bare.csv": {"share": ("number", [0.75, 0.91, 0.34], 0)},
    "r_rownames_shuffled.csv": {"row": ("identifier", ["24"], 0), "age": ("number", [23], 0), "churn": ("boolean", [1, 1, 0], 0)},
    "r_rownames_text.csv": {"row": ("identifier", ["car 24"], 0), "mpg": ("number", [20.8], 0), "am": ("boolean", [0], 0)},
}  # fmt: skip
REPORTED = {
    "a3_amount_below_limit.csv": "bounds", "c1_row_names_text.csv": "row_names", "d2_money_K_and_M.csv": "magnitudes",
    "e1_minus_200.csv": "sentinel", "header_wider_by_one.csv": "header_width", "k1_given_names.csv": "kept_spellings",
    "narrow_later.csv": "padded", "nul_row.csv": "nul_characters", "p1_percent_and_bare.csv": "percent_mixed",
}  # fmt: skip


def wild(name: str) -> Table:
    assert SHARED is not None
    return read_table(SHARED / "wild" / name)


@pytest.mark.parametrize("name", READ)
def test_the_columns_are_what_a_person_sees(name):
    table = wild(name)
    for column, (kind, first, missing) in READ[name].items():
        assert (column, table.column(column).kind) == (column, kind)
        assert table.frame[column].isna().sum() == missing
        if first is not None:
            assert (
                table.frame[column].to_numpy()[: len(first)].tolist()
                == np.array(first, table.frame[column].dtype).tolist()
            )


@pytest.mark.parametrize("name", REPORTED)
def test_what_was_done_is_reported(name):
    assert REPORTED[name] in {one.code for one in wild(name).notices}


@pytest.mark.parametrize(
    ("name", "target", "task"),
    [
        ("a1_amount_with_NA.csv", "yield", "regression"), ("a2_whole_amount_with_dash.csv", "minutes", "regression"),
        ("a3_amount_below_limit.csv", "lead", "regression"), ("d2_money_K_and_M.csv", "fee", "regression"),
        ("r_rownames_shuffled.csv", "churn", "classification"), ("header_wider_by_one.csv", "churn", "classification"),
    ],
)  # fmt: skip
def test_the_target_that_is_suggested_has_its_task(name, target, task):
    table = wild(name)
    found = suggest_target(table)
    assert found is not None
    assert (found.name, found.task) == (target, task)
    assert infer_task(table, target)[0] == task


def test_short_chinese_texts_are_no_question():
    assert SHARED is not None
    assert alternatives((SHARED / "wild" / "gbk_short_1.csv").read_bytes()) == ()

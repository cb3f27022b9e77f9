"""On real tables that nobody on this project wrote: kinds, targets, tasks, duplicates and notices against the manifest."""

import csv
import gzip
import json
from functools import cache

import numpy as np
import pytest

from dldiag.core.types import DataError
from dldiag.data.audit.audit import audit_table
from dldiag.data.dataset import make_dataset
from dldiag.data.read_table import read_table
from dldiag.data.target import infer_task, suggest_target
from tests.shared_data import SHARED, needs_shared

LARGE = 21_000  # rows; larger tables are left to bench/columns.py
NUMBERS = {"number", "boolean"}

pytestmark = needs_shared


def rows_of_manifest():
    if SHARED is None:
        return []
    with (SHARED / "data" / "manifest.csv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if int(row["n_rows"]) <= LARGE]


@cache
def real(name):
    path = next((SHARED / "data" / "tables").glob(f"{name}.csv*"))
    data = path.read_bytes()
    return read_table(gzip.decompress(data) if path.suffix == ".gz" else data, name=name)


def each_table():
    return pytest.mark.parametrize("row", rows_of_manifest(), ids=lambda row: row["name"])


@each_table()
def test_kinds_agree_with_the_manifest(row):
    features = [column for column in real(row["name"]).columns if column.name != row["target"]]
    assert len(features) == int(row["n_features"])
    numeric = sum(column.kind in NUMBERS for column in features)
    unused = sum(column.kind in ("constant", "identifier") for column in features)
    yes_no = sum(column.kind == "boolean" for column in features)
    told = int(row["n_numeric"])
    assert told - unused <= numeric <= told + yes_no, [(column.name, column.kind) for column in features]


@each_table()
def test_task_classes_and_missing_values_agree_with_the_manifest(row):
    table = real(row["name"])
    assert infer_task(table, row["target"])[0] == row["task"]
    found = make_dataset(table, row["target"])
    assert found.n_rows == int(row["n_rows"])
    if row["task"] == "classification":
        assert len(found.classes) == int(float(row["n_classes"]))
    features = [column for column in table.columns if column.name != row["target"]]
    missing = 100 * sum(column.missing for column in features) / (len(features) * len(table.frame))
    assert missing == pytest.approx(float(row["missing_pct"]), abs=0.01)


@each_table()
def test_looking_before_training_agrees_with_the_manifest(row):
    found = audit_table(make_dataset(real(row["name"]), row["target"]))
    if row["majority_share"]:
        assert found.majority_share == pytest.approx(float(row["majority_share"]), abs=1e-4)
    if row["name"] != "credit_default_taiwan":  # its ID column makes every row different; we leave it out
        assert 100 * found.copies.share == pytest.approx(float(row["dup_row_pct"]), abs=0.01)
    assert found.leaky_columns == ()
    assert not found.order.strong


def test_clean_tables_give_hardly_any_notice():
    noted = [row["name"] for row in rows_of_manifest() if real(row["name"]).notices]
    assert len(noted) <= 0.05 * len(rows_of_manifest()), noted


def test_the_target_is_suggested_in_place_and_mostly_after_shuffling_the_columns():
    in_place, shuffled = [], []
    random = np.random.default_rng(0)
    for row in rows_of_manifest():
        table = real(row["name"])
        in_place.append(_suggests(table, row["target"]))
        order = random.permutation(len(table.columns))
        mixed = type(table)(**{**vars(table), "columns": tuple(table.columns[i] for i in order)})
        shuffled.append(_suggests(mixed, row["target"]))
    assert np.mean(in_place) >= 0.95
    assert np.mean(shuffled) >= 0.80


def _suggests(table, target):
    found = suggest_target(table)
    return found is not None and found.name == target


# What a trustworthy tool does with each awkward file, as far as columns are concerned: kind of the first column, and
# the codes of notices that must be there.
AWKWARD = {
    "decimal_comma_semicolon.csv": ("number", {"decimal_comma"}),
    "decimal_comma_quoted.csv": ("number", {"decimal_comma"}),
    "thousands_eu.csv": ("number", {"decimal_comma"}),
    "thousands_ambiguous.csv": ("number", {"open_point"}),
    "currency_cny.csv": ("number", {"number_marks"}),
    "na_spellings.csv": ("number", {"missing_spellings"}),
    "na_literal_country.csv": ("category", {"kept_spellings"}),
    "none_category.csv": ("category", {"kept_spellings"}),
    "minus999.csv": ("number", {"sentinel"}),
    "dates_iso.csv": ("date", set()),
    "dates_ambiguous.csv": ("date", {"open_date"}),
    "dates_zh.csv": ("date", set()),
    "dates_excel_serial.csv": ("number", {"excel_days"}),
    "huge_ints.csv": ("identifier", set()),
    "ids_19digit.csv": ("identifier", set()),
    "sci_notation_id.csv": ("constant", {"damaged_codes"}),
    "booleans.csv": ("boolean", {"merged_boolean"}),
    "mixed_late.csv": ("number", {"unread"}),
    "inf_values.csv": ("number", {"not_finite"}),
}


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_columns_are_read_as_the_corpus_expects(name):
    folder = SHARED / "corpus" / "pathology"
    truth = {one["name"]: one["truth"] for one in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))}
    table = read_table(folder / name)
    kind, codes = AWKWARD[name]
    assert [len(table.frame), len(table.columns)] == truth[name]
    assert table.columns[0].kind == kind, str(table.columns[0].why)
    assert codes <= {notice.code for notice in table.notices}


@pytest.mark.parametrize(("name", "says"), [("one_row.csv", "one row"), ("one_col.csv", "one column")])
def test_what_loads_but_cannot_be_trained_on_is_refused_later(name, says):
    table = read_table(SHARED / "corpus" / "pathology" / name)
    with pytest.raises(DataError, match=says):
        make_dataset(table, table.columns[-1].name)


@pytest.mark.parametrize("name", ["ids_19digit.csv", "huge_ints.csv"])
def test_long_numbers_keep_every_digit(name):
    path = SHARED / "corpus" / "pathology" / name
    lines = path.read_text(encoding="utf-8").split()[1:]
    assert read_table(path).frame.iloc[:, 0].tolist() == [line.split(",")[0] for line in lines]

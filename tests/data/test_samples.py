"""The shipped samples: small, licensed, readable, and what they say they are."""

import subprocess
import sys
from pathlib import Path

import pytest

import dldiag.data
from dldiag.data.dataset import make_dataset
from dldiag.data.samples import SAMPLES, load_sample, sample_bytes
from dldiag.data.target import suggest_target
from tests.shared_data import SHARED

FOLDER = Path(dldiag.data.__file__).with_name("sample_files")
SHIPPABLE = {"MIT", "BSD", "CC BY 4.0", "CC0"}
LARGEST = 300_000  # bytes


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=lambda one: one.key)
def test_a_sample_is_read_and_is_the_task_it_says(sample):
    found = make_dataset(load_sample(sample.key), sample.target)
    assert found.task == sample.task
    assert found.name == sample.file
    assert suggest_target(load_sample(sample.key)).name == sample.target
    assert str(sample.title) and str(sample.story)


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=lambda one: one.key)
def test_a_sample_is_small_licensed_and_attributed(sample):
    assert len(sample_bytes(sample.key)) < LARGEST
    assert sample.licence in SHIPPABLE
    line = next(
        row for row in (FOLDER / "README.md").read_text(encoding="utf-8").splitlines() if f"`{sample.file}`" in row
    )
    assert sample.licence in line


def test_the_five_things_that_samples_show_are_there():
    sizes = {key: make_dataset(load_sample(key), one.target).n_rows for key, one in SAMPLES.items()}
    assert min(sizes.values()) <= 150, "a tiny one"
    assert any(one.task == "regression" for one in SAMPLES.values())


def test_the_script_writes_the_spirals_again(tmp_path):
    script = tmp_path / "make_spirals.py"
    script.write_text((FOLDER / "make_spirals.py").read_text(encoding="utf-8"), encoding="utf-8")
    subprocess.run([sys.executable, str(script)], check=True)
    assert (tmp_path / "spirals.csv").read_bytes() == sample_bytes("spirals")


@pytest.mark.skipif(SHARED is None, reason="the shared data is not beside this clone")
@pytest.mark.parametrize(("key", "name"), [("iris", "iris"), ("concrete", "concrete_strength")])
def test_the_values_of_other_peoples_tables_are_unchanged(key, name):
    theirs = (SHARED / "data" / "tables" / f"{name}.csv").read_bytes().split(b"\n", 1)[1]
    assert sample_bytes(key).split(b"\n", 1)[1] == theirs


@pytest.mark.skipif(SHARED is None, reason="the shared data is not beside this clone")
def test_of_the_credit_table_only_the_codes_of_the_class_became_names():
    theirs = (SHARED / "data" / "tables" / "german_credit.csv").read_text("utf-8").splitlines()[1:]
    ours = sample_bytes("german_credit").decode().splitlines()[1:]
    codes = {"good": "1", "bad": "2"}  # as the table's documentation has them
    assert [f"{head},{codes[name]}" for head, name in (line.rsplit(",", 1) for line in ours)] == theirs

"""What names a visitor's data names the same rows later, or says that it does not."""

import os

import pytest

from dldiag.app.storage import data_ref
from dldiag.core.types import DataError

ROWS = "a,b\n" + "".join(f"{i},{i % 2}\n" for i in range(30))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(ROWS)
    return path


def test_a_file_that_stays_as_it_was_is_read(file):
    assert len(data_ref.load_table(data_ref.path_reference(str(file))).frame) == 30


def test_a_file_that_changed_since_it_was_chosen_is_refused(file):
    reference = data_ref.path_reference(str(file))
    file.write_text(ROWS + "30,1\n")
    with pytest.raises(DataError, match="changed since it was chosen"):
        data_ref.load_table(reference)
    reference = data_ref.path_reference(str(file))
    os.utime(file, ns=(0, 0))
    with pytest.raises(DataError, match="changed since it was chosen"):
        data_ref.load_dataset(reference | {"target": "b"})


def test_a_second_file_that_changed_is_refused_too(file, tmp_path):
    second = tmp_path / "second.csv"
    second.write_text(ROWS)
    both = data_ref.path_reference(str(file)) | {"second": data_ref.path_reference(str(second))}
    assert len(data_ref.load_table(both).frame) == 60
    second.write_text(ROWS * 2)
    with pytest.raises(DataError, match=r"second\.csv changed"):
        data_ref.load_table(both)


def test_a_file_that_is_gone_is_refused_as_such(file):
    reference = data_ref.path_reference(str(file))
    file.unlink()
    with pytest.raises(DataError, match="cannot be read"):
        data_ref.load_table(reference)

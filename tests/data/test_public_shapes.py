"""Re-creations of well-known public files are read as a person reads them; what is not is listed in docs/wild.md."""

from pathlib import Path

import pytest

from dldiag.data import read_table
from tests.data.public_shapes import SHAPES

NOT_READ = {"ONS UK: time series CSV"}  # lines of notes that have the width of the table


@pytest.mark.parametrize("shape", [one for one in SHAPES if one.source not in NOT_READ], ids=lambda one: one.source)
def test_a_public_file_comes_out_as_a_person_reads_it(shape):
    table = read_table(shape.data)
    assert tuple(column.name for column in table.columns) == shape.header
    assert len(table.frame) == shape.rows
    assert {name: table.column(name).kind for name in shape.kinds} == shape.kinds
    assert {name: table.column(name).missing for name in shape.missing} == shape.missing
    assert not shape.reported or shape.reported in {one.code for one in table.notices}


def test_the_list_in_the_docs_names_every_shape():
    text = (Path(__file__).parents[2] / "docs" / "wild.md").read_text(encoding="utf-8")
    assert not [one.source for one in SHAPES if one.source.replace("|", "\\|") not in text]

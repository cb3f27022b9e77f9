"""Records that programs list are brought to lines of cells; what only looks like a list is left as it is."""

import pytest

from dldiag.data.io import listed

YAML = "# made up\n- name: \"a: b\"\n  x: 1  # one\n-\n  name: 'it''s'\n  x: ~\n"


def test_yaml_is_read_with_its_quotes_comments_and_nothing():
    assert listed.of_yaml(YAML) == "name,x\na: b,1\nit's,\n"


@pytest.mark.parametrize(
    "text", ["- a\n- b\n", "- x: 1\n  y:\n    - 2\n- x: 3\n", "x: 1\ny: 2\n", "- x: 1\nplain words\n- x: 2\n"]
)
def test_other_yaml_is_left(text):
    assert listed.of_yaml(text) is None


def test_sections_are_records_where_they_are_alike():
    assert listed.of_sections("[a]\nx=1\ny = 'p q'\n; note\n[b]\nx=2\ny=r\n") == "section,x,y\na,1,p q\nb,2,r\n"
    assert listed.of_sections("[a]\nx=1\n[b]\ny=2\n[c]\nz=3\n[d]\nw=3\n") is None
    assert listed.of_sections("[a]\nno setting\n[b]\nx=1\n") is None


def test_columns_apart_by_two_blanks_keep_single_ones():
    rows = "".join(f"New York  {i} mm\n" for i in range(9))
    assert listed.of_wide_gaps("town name  rain\n" + rows).splitlines()[1] == "New York,0 mm"
    assert listed.of_wide_gaps("a  b\n" + "".join(f"{i}  {i}\n" for i in range(9))) is None


def test_the_fields_of_a_log_are_its_names():
    assert listed.of_log_fields("#Version: 1\n#Fields: a b\n1 2\n#Date: x\n3 4\n") == "a b\n1 2\n3 4\n"
    assert listed.of_log_fields("# a b\n1 2\n") is None

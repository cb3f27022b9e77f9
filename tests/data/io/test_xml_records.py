"""Lists of flat records in XML are read; what is deeper, unsound or could grow without bound is refused as before."""

import pytest

from dldiag.core.types import DataError
from dldiag.data.io import read, xml_records

ROW = "<r><a>1</a><b>x</b></r>"


def test_records_lose_nothing_and_names_within_others_are_joined():
    text = '<t><r id="1"><geo><lat>5</lat><lon>6</lon></geo><n unit="m">3</n></r><r id="2"><n>4</n></r></t>'
    assert xml_records.of_xml(text) == "id,geo.lat,geo.lon,n.unit,n\n1,5,6,m,3\n2,,,,4\n"


@pytest.mark.parametrize(
    "text",
    [
        f"<!DOCTYPE t [<!ENTITY a 'b'>]><t>{ROW * 9}</t>",
        f"<t>{ROW * 9}",
        "<t>" + "<r><a>1</a><a>2</a></r>" * 9 + "</t>",
        "<a>" * 200 + "</a>" * 200,
        f"<svg>{ROW * 9}</svg>",
        f"<t>{ROW}</t>",
    ],
    ids=["entities", "cut off", "lists within records", "deep", "a picture", "one record"],
)
def test_other_xml_is_refused(text):
    assert xml_records.of_xml(text) is None
    with pytest.raises(DataError, match="XML"):
        read(("<?xml version='1.0'?>" + text).encode())


def test_a_text_in_another_encoding_is_taken_as_it_was_decoded():
    data = '<?xml version="1.0" encoding="ISO-8859-1"?><t>' + "<r><a>Zürich</a><b>1</b></r>" * 30 + "</t>"
    assert set(read(data.encode("latin-1")).frame["a"]) == {"Zürich"}

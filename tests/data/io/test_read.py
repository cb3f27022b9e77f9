"""Ordinary and awkward text files come out as the table that a person sees in them."""

import gzip
import io

import pandas as pd
import pytest

from dldiag.core.i18n import speaking
from dldiag.core.types import DataError
from dldiag.data.io import RawTable, decide_plan, preview, read

ROWS = "".join(f"{i},{20 + i % 40},{city},{1000 + 7.5 * i}\n" for i, city in enumerate(["Paris", "Rome", "Oslo"] * 10))
PLAIN = "id,age,city,income\n" + ROWS


def codes(table: RawTable) -> set[str]:
    return {n.code for n in table.notices}


def cells(table: RawTable) -> list[list[str]]:
    return table.frame.astype(object).where(table.frame.notna(), "").to_numpy().tolist()


@pytest.fixture(scope="module")
def plain() -> RawTable:
    return read(PLAIN.encode())


def test_an_ordinary_file_is_read_without_any_notice(plain):
    assert plain.header == ("id", "age", "city", "income")
    assert cells(plain) == [line.split(",") for line in ROWS.splitlines()]
    assert plain.notices == ()
    assert (plain.lines.total, plain.lines.header, plain.lines.read) == (31, 1, 30)


@pytest.mark.parametrize("mark", [";", "\t", "|", "^", "~", "\x1f", " ", "§", ":", "#", "*", "&", "@", "!"])
def test_every_one_character_delimiter_gives_the_same_table(plain, mark):
    table = read(PLAIN.replace(",", mark).encode())
    assert table.plan.delimiter == mark
    assert table.header == plain.header
    assert cells(table) == cells(plain)


def test_runs_of_spaces_are_one_delimiter(plain):
    text = "\n".join("".join(c.ljust(12) for c in line.split(",")) for line in PLAIN.splitlines())
    table = read(text.encode())
    assert table.plan.delimiter == r"\s+"
    assert cells(table) == cells(plain)


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_every_line_end_gives_the_same_table(plain, end):
    assert cells(read(PLAIN.replace("\n", end).encode())) == cells(plain)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_unicode_encoding_gives_the_same_table(plain, encoding):
    assert cells(read(PLAIN.encode(encoding))) == cells(plain)


@pytest.mark.parametrize(
    ("encoding", "header"),
    [
        ("gb18030", "编号,年龄,城市,收入"),
        ("big5", "編號,年齡,城市,收入"),
        ("cp932", "番号,年齢,都市,収入"),
        ("cp1252", "numéro,âge,cité,revenu"),
    ],
)
def test_a_header_in_another_encoding_is_read_and_told(encoding, header):
    table = read((header + "\n" + ROWS).encode(encoding))
    assert table.header == tuple(header.split(","))
    assert "encoding" in codes(table)


def test_lines_in_a_second_encoding_are_read_and_told():
    text = "编号,城市\n" + "".join(f"{i},广州\n" for i in range(30))
    table = read(text.encode() + "".join(f"{i},北京\n" for i in range(9)).encode("gb18030"))
    assert table.frame["城市"].tolist() == ["广州"] * 30 + ["北京"] * 9
    assert "mixed_encodings" in codes(table)


@pytest.mark.parametrize("above", ["Annual report\n\n", "Annual report,,,\n,,,\n", "# a\n# b, c\n"])
def test_title_lines_are_left_out_and_told(plain, above):
    table = read((above + PLAIN).encode())
    assert table.header == plain.header
    assert cells(table) == cells(plain)
    assert table.lines.preamble > 0
    assert "preamble" in codes(table)


def test_footnotes_are_left_out_and_told(plain):
    table = read((PLAIN + "\nSource: own survey\n").encode())
    assert cells(table) == cells(plain)
    assert (table.lines.footnote, table.lines.blank) == (1, 1)
    assert "footnotes" in codes(table)


def test_a_file_without_names_gets_names_and_a_notice(plain):
    table = read(ROWS.encode())
    assert table.header == ("column_1", "column_2", "column_3", "column_4")
    assert cells(table) == cells(plain)
    assert "no_header" in codes(table)


def test_years_and_counted_columns_are_names():
    years = "country,2019,2020,2021\n" + "".join(f"c{i},{i}.5,{i}.25,{i % 2}\n" for i in range(9))
    counted = "0,1,2,target\n" + "".join(f"{i}.5,{i}.25,{i},{i % 2}\n" for i in range(9))
    assert read(years.encode()).header == ("country", "2019", "2020", "2021")
    assert read(counted.encode()).header == ("0", "1", "2", "target")


def test_a_cell_too_many_in_every_row_shifts_nothing():
    table = read(("id,age,city,income\n" + ROWS.replace("\n", ",9\n")).encode())
    assert table.header[:4] == ("id", "age", "city", "income")
    assert table.frame["id"].iloc[3] == "3"
    assert set(table.frame[table.header[4]]) == {"9"}
    assert "header_width" in codes(table)


def test_an_unclosed_quote_costs_no_other_row(plain):
    lines = PLAIN.splitlines(keepends=True)
    lines[5] = lines[5].replace("Rome", '"Rome')
    table = read("".join(lines).encode())
    assert len(table.frame) == 30
    assert table.lines.repaired == 1
    assert [r for i, r in enumerate(cells(table)) if i != 4] == [r for i, r in enumerate(cells(plain)) if i != 4]
    assert "bare_quotes" in codes(table)


def test_a_line_that_does_not_fit_is_set_aside_with_its_number():
    table = read((PLAIN + "1,2,3,4,5,6,7,8,9\n").encode())
    assert table.lines.set_aside == 1
    told = next(n for n in table.notices if n.code == "set_aside")
    assert (told.count, told.example[:3]) == (1, "32:")


@pytest.mark.parametrize("comment", ["# a comment", "# new sensor", "-- see below"])
def test_a_comment_among_the_rows_is_set_aside_and_not_cut_at_its_blanks(comment):
    rows = [f"{i},{i * 0.5},{'a' if i % 2 else 'b'}\n" for i in range(20)]
    table = read(("x,y,label\n" + "".join([*rows[:10], comment + "\n", *rows[10:]])).encode())
    assert len(table.frame) == 20
    assert table.lines.set_aside == 1


def test_a_line_cut_by_another_delimiter_is_mended(plain):
    lines = PLAIN.splitlines(keepends=True)
    lines[7] = lines[7].replace(",", ";")
    table = read("".join(lines).encode())
    assert cells(table) == cells(plain)
    assert "other_delimiter" in codes(table)


def test_that_cells_are_separated_by_spaces_is_told_in_the_readers_language(plain):
    told = next(n for n in read(PLAIN.replace(",", " ").encode()).notices if n.code == "unusual_delimiter")
    with speaking("zh"):
        assert "空格" in str(told.message)


def test_an_empty_cell_too_many_is_taken_out_where_it_is(plain):
    lines = PLAIN.splitlines(keepends=True)
    lines[7] = lines[7].replace(",", ",,", 1)
    table = read("".join(lines).encode())
    assert cells(table) == cells(plain)
    assert "realigned" in codes(table)


def test_cells_over_several_lines_are_kept():
    text = 'a,b\n1,"x\ny"\n2,"said ""no"""\n'
    assert cells(read(text.encode())) == [["1", "x\ny"], ["2", 'said "no"']]


def test_names_are_unique_and_not_empty():
    table = read(b"x,,x,X\n1,2,3,4\n5,6,7,8\n")
    assert table.header == ("x", "column_2", "x (2)", "X")
    assert {"made_up_names", "renamed"} <= codes(table)


def test_texts_keep_every_character():
    text = "id,code,country\n" + "".join(f"12345678901234567{i:02d},00{i},NA\n" for i in range(10))
    table = read(text.encode())
    assert table.frame.iloc[3].tolist() == ["1234567890123456703", "003", "NA"]
    assert table.plan.missing == ("",)


def test_number_marks_are_decided_for_the_file():
    assert read(b"x;y\n0,5;1\n1.000,25;2\n").plan.decimal == ","
    assert read(b"x;y\n0,5;1\n1.000,25;2\n").plan.thousands == "."
    assert read(b'x,y\n"1,000.5",1\n"2,000.5",2\n').plan.thousands == ","
    assert "ambiguous_thousands" in codes(read(b"x;y\n1.000;1\n2.001;2\n"))


def test_spellings_of_missing_are_found_in_columns_of_numbers():
    text = "x,y\n" + "".join(f"{i},1\n" for i in range(9)) + "NA,1\nmissing,0\n"
    assert set(read(text.encode()).plan.missing) == {"", "NA", "missing"}


def test_choices_by_hand_win():
    table = read(PLAIN.encode(), header_row=None)
    assert len(table.frame) == 31
    table = read(b"a;b,c\n1;2,3\n", delimiter=",")
    assert table.header == ("a;b", "c")
    assert read(PLAIN.encode(), first_row=11, header_row=0).frame["id"].iloc[0] == "10"


def test_a_plan_read_again_gives_the_same_table_and_identity(plain):
    data = PLAIN.encode()
    again = read(data, plan=decide_plan(data))
    assert again.fingerprint == plain.fingerprint
    assert cells(again) == cells(plain)
    assert read(data, delimiter=";").fingerprint != plain.fingerprint


def test_a_preview_shows_the_first_rows():
    data = (PLAIN + ROWS * 2000).encode()
    assert cells(preview(data, decide_plan(data), rows=5)) == [line.split(",") for line in ROWS.splitlines()[:5]]


@pytest.mark.parametrize(
    "wrong", [{"delimter": ";"}, {"delimiter": ""}, {"quote": "ab"}, {"header_row": -1}, {"encoding": "no-such"}]
)
def test_choices_that_are_none_are_refused(wrong):
    with pytest.raises(DataError):
        read(PLAIN.encode(), **wrong)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path / "nothing.csv")


def test_a_delimiter_missing_in_the_header_is_put_back_where_the_names_then_fit_their_columns():
    rows = "".join(f"2024-01-{i + 1:02d},10:{i:02d},{i},www.a.org/{i},\n" for i in range(20))
    for header in ("DATETIME,Qty,URL,Comments", "DATE,TIMEQty,URL,Comments", "DATE,TIME,QtyURL,Comments"):
        table = read(f"{header}\n{rows}".encode())
        assert [n.upper() for n in table.header] == ["DATE", "TIME", "QTY", "URL", "COMMENTS"]
        assert "header_repaired" in codes(table)


def test_an_empty_cell_too_many_shifts_nothing_when_the_last_column_is_empty_too():
    lines = [f"2024-01-{i % 28 + 1:02d},{i},city {i},www.a.org/{i}," for i in range(40)]
    sound = read(("day,n,city,url,notes\n" + "\n".join(lines) + "\n").encode())
    lines[9] = lines[9].replace(",", ",,", 1)
    table = read(("day,n,city,url,notes\n" + "\n".join(lines) + "\n").encode())
    assert cells(table) == cells(sound)
    assert "realigned" in codes(table)


def test_two_cells_that_ran_into_one_are_cut_between_number_and_word():
    lines = [f"{i},$1{i}.5{i % 7},Item of {'abc'[i % 3]} kind,www.a.org/{i}" for i in range(60)]
    sound = read(("i,price,what,url\n" + "\n".join(lines) + "\n").encode())
    lines[20] = lines[20].replace(",Item", "Item")
    assert cells(read(("i,price,what,url\n" + "\n".join(lines) + "\n").encode())) == cells(sound)


def test_a_quote_too_many_within_quotes_leaves_the_others_their_meaning():
    text = 'a,b,c\n1,""https://x.org",2\n' + '3,"https://y.org",4\n' * 20
    assert cells(read(text.encode()))[0] == ["1", '"https://x.org', "2"]


def test_a_long_file_without_a_last_line_end_is_told():
    assert "cut_off" in codes(read(PLAIN[:-3].encode()))
    assert "cut_off" not in codes(read(PLAIN.encode()))
    assert "cut_off" not in codes(read(b"a,b\n1,2"))


def test_words_between_blanks_are_cells_when_every_line_has_as_many_and_prose_when_not():
    lines = [f"{'abc'[i % 3]} red {'xyz'[i % 2]} tall" for i in range(30)]
    assert len(read(("shape color edge size\n" + "\n".join(lines) + "\n").encode()).header) == 4
    prose = "what people said\n" + "".join("so it goes " * (i % 3 + 1) + "on\n" for i in range(30))
    assert len(read(prose.encode()).header) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "foo"}, {"format": "excel"}, {"format": "parquet"}, {"compression": "foo"}, {"compression": "gz"},
        {"decimal": "x"}, {"decimal": ".."}, {"decimal": ""}, {"thousands": ".."}, {"thousands": "x"}, {"sheet": "foo"},
        {"member": "foo"}, {"header_rows": 0}, {"header_rows": 500}, {"header_row": 500}, {"encoding": 5},
        {"missing": "NA"}, {"skip_space": "yes"}, {"day_first": 1}, {"max_rows": 0}, {"max_rows": -5}, {"max_rows": "9"},
        {"first_row": True}, {"decimal": ",", "thousands": ","}, {"delimiter": "foo"}, {"delimiter": 5},
    ],
    ids=str,
)  # fmt: skip
def test_a_choice_that_this_file_does_not_allow_is_refused_and_not_ignored(wrong):
    with pytest.raises(DataError) as refused:
        read(PLAIN.encode(), **wrong)
    assert refused.value.hint
    assert next(iter(wrong)) in str(refused.value) or "header" in next(iter(wrong)) or len(wrong) == 2


@pytest.mark.parametrize("name", ["gz", "gzip", ""])
def test_a_packing_may_be_named_as_files_end(name):
    table = read(gzip.compress(PLAIN.encode()), compression=name)
    assert table.frame.equals(read(gzip.compress(PLAIN.encode())).frame)
    assert table.plan.compression == "gzip"


def test_header_lines_that_are_joined_are_no_rows():
    table = read(b"a,b\nin cm,in kg\n1,2\n3,4\n5,6\n", header_rows=2)
    assert table.header == ("a in cm", "b in kg")
    assert len(table.frame) == 3


@pytest.mark.parametrize("decimal", [".", ","])
def test_a_decimal_comma_is_told_where_numbers_have_one(decimal):
    text = "a;b\n" + "".join(f"{i}{decimal}5;{i}\n" for i in range(30))
    assert ("decimal_comma" in codes(read(text.encode(), decimal=","))) == (decimal == ",")


def test_a_mark_by_hand_moves_the_other_one():
    text = "a;b\n" + "".join(f"1,{i:03};{i}.5\n" for i in range(30))
    assert read(text.encode(), decimal=",").plan.thousands != ","
    assert read(text.encode(), thousands=".").plan.decimal == ","


def sources():
    rows = [f"{i},{i * 2}" for i in range(200)]
    frame = pd.DataFrame({"a": range(200), "b": range(0, 400, 2)})
    book, parquet, feather = io.BytesIO(), io.BytesIO(), io.BytesIO()
    frame.to_excel(book, index=False)
    frame.to_parquet(parquet)
    frame.to_feather(feather)
    lines = "\n".join(frame.to_json(orient="records", lines=True).splitlines())
    return {
        "csv": ("a,b\n" + "\n".join(rows) + "\n").encode(), "jsonl": lines.encode(), "excel": book.getvalue(),
        "parquet": parquet.getvalue(), "feather": feather.getvalue(),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "jsonl", "excel", "parquet", "feather"])
def test_a_sample_of_so_many_rows_is_kept_where_it_is_asked_for(kind):
    data = sources()[kind]
    table = read(data, max_rows=30)
    assert (len(table.frame), table.rows_in_file, table.plan.max_rows) == (30, 200, 30)
    assert "sampled" in codes(table)
    assert (table.frame["b"].astype(float) == 2 * table.frame["a"].astype(float)).all()
    again = read(data, plan=table.plan)
    assert again.frame.equals(table.frame)
    assert len(read(data, max_rows=500).frame) == len(read(data, max_rows=None).frame) == 200


def test_a_first_line_that_may_be_a_row_is_doubted():
    pairs = "apple manzana,bread pan,cheese queso,dates datiles,eggs huevos,figs higos,grapes uvas"
    found = read(pairs.replace(" ", ";").replace(",", "\n").encode() + b"\n")
    assert "doubted_header" in [one.code for one in found.notices]
    named = read(b"city;country\n" + pairs.replace(" ", ";").replace(",", "\n").encode() + b"\n")
    assert "doubted_header" not in [one.code for one in named.notices]

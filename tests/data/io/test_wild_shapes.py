"""Shapes that files from the wild have: names that look like values, headers of another width, rules, torn lines."""

import pyarrow as pa
import pytest

from dldiag.data.io import RawTable, alternatives, read
from dldiag.data.io.dialect import Dialect
from dldiag.data.io.encoding import decide_encoding
from dldiag.data.io.header_fit import join_cut_column
from tests.data.tables import rng

CITIES = ["Paris", "Rome", "Oslo"] * 10
ROWS = [f"{i},{20 + i % 40},{city},{1000 + 7.5 * i}" for i, city in enumerate(CITIES)]
BODY = "\n".join(ROWS) + "\n"
NAMES = ("id", "age", "city", "income")
HEADER = "id,age,city,income\n"
FIRST_CELLS = ["0", "20", "Paris", "1000.0"]


def codes(table: RawTable) -> list[str]:
    return [one.code for one in table.notices]


def stripped(table: RawTable, row: int = 0) -> list[str]:
    return [str(cell).strip() for cell in table.frame.iloc[row]]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            '"","Content"\n"V1","Do you often?"\n"V2","Are you?"\n"V3","Is it?"\n',
            ("", "Content"),
        ),  # as R writes row names
        (",speed\n1,4\n2,5\n3,6\n", ("", "speed")),
        (",Report 2020\nregion,sales\nnorth,4\nsouth,5\neast,6\n", ("region", "sales")),  # a title
    ],
)
def test_a_name_beside_an_empty_one_is_no_title(text, names):
    table = read(text.encode())
    assert [name for name, given in zip(table.header, names, strict=True) if given] == [name for name in names if name]
    assert len(table.frame) == 3


@pytest.mark.parametrize(
    "names",
    [
        "country,2019,2020,2021", "country,2021,2020,2019", "country,code,1960,1961", "clinic,lat,1/5/23,1/6/23", "clinic,2023-01-05,2023-01-06",
        "place,2005Q1,2005Q2,2005Q3", "band,900,902,904,906", "shop,Jan-23,Feb-23,Mar-23", "town,1999", "age,15-19,20-24,25-29",
    ],
)  # fmt: skip
def test_names_that_look_like_values_are_names(names):
    width, r = names.count(",") + 1, rng(3)
    rows = [
        f"row {chr(97 + i)}," + ",".join(f"{value:.1f}" for value in r.uniform(1, 90, width - 1)) for i in range(12)
    ]
    table = read((names + "\n" + "\n".join(rows) + "\n").encode())
    assert table.header == tuple(names.split(","))
    assert len(table.frame) == 12


@pytest.mark.parametrize("cells", [("Aldor", 1950, 2110), ("Brim", 3, 41), ("Cass", 2001, 2002)])
def test_values_without_names_are_no_names(cells):
    r = rng(4)
    rows = [",".join(map(str, cells))] + [
        f"Town {i},{1900 + r.integers(0, 120)},{1900 + r.integers(0, 120)}" for i in range(20)
    ]
    assert len(read(("\n".join(rows) + "\n").encode()).frame) == 21


def numbered(kind: str) -> list[str]:
    shuffled = rng(5).permutation(30).tolist()
    return {
        "from 0": [str(i) for i in range(30)], "shuffled": [f'"{i + 1}"' for i in shuffled], "texts": [f'"car {i}"' for i in shuffled],
        "a part": [str(3 * i + 7) for i in shuffled],
    }[kind]  # fmt: skip


@pytest.mark.parametrize("kind", ["from 0", "shuffled", "texts", "a part"])
def test_a_column_of_row_names_has_no_name_in_the_header(kind):
    rows = [f"{name},{20 + i % 7},{1.5 * i},{'yn'[i % 2]}" for i, name in enumerate(numbered(kind))]
    table = read(("age,dose,ill\n" + "\n".join(rows) + "\n").encode())
    assert table.header == ("row", "age", "dose", "ill")
    assert table.frame["ill"].tolist() == list("yn") * 15
    assert "row_names" in codes(table)


def test_a_cell_too_many_at_the_end_is_no_row_name():
    rows = [f"{i},{20 + i % 7},Oslo,9" for i in range(30)]
    assert read(("id,age,city\n" + "\n".join(rows) + "\n").encode()).header == ("id", "age", "city", "column_4")


@pytest.mark.parametrize("more", [",comment", ",comment,source"])
def test_a_header_wider_than_every_row_keeps_its_names_from_the_left(more):
    table = read((HEADER.strip() + more + "\n" + BODY).encode())
    assert table.header == (*NAMES, *more[1:].split(","))
    assert table.frame.iloc[0].tolist()[:4] == FIRST_CELLS
    assert table.frame["comment"].isna().all()
    assert "header_width" in codes(table)


@pytest.mark.parametrize("wide", [4, 12, 28])
def test_rows_that_become_narrower_lack_their_last_cells(wide):
    rows = [row if i < wide else row.rsplit(",", 1)[0] for i, row in enumerate(ROWS)]
    table = read((HEADER + "\n".join(rows) + "\n").encode())
    assert table.header == NAMES
    assert table.frame["city"].tolist() == CITIES
    assert (table.frame["income"].fillna("") == "").sum() == 30 - wide
    assert table.lines.preamble == 0
    assert table.notices


@pytest.mark.parametrize(
    ("body", "at"), [(BODY + "\0" * 300, 30), (BODY.replace("4,24", "\0" * 18 + "\n4,24", 1), 4), ("\0" * 9 + "\n" + BODY, 0)]
)  # fmt: skip
def test_lines_of_nul_are_left_out_and_reported(body, at):
    table = read((HEADER + body).encode())
    assert table.header == NAMES
    assert [cell.split(".")[0] for cell in table.frame["id"]] == [str(i) for i in range(30)]
    assert "nul_characters" in codes(table)


def test_two_apostrophes_are_no_quotes():
    rows = [f"{i}\t{i / 10}\t" + ("''" if i > 20 else "0.5") for i in range(30)]
    assert read(('size\t"Heap (degree 4)"\t"List"\n' + "\n".join(rows) + "\n").encode()).header == (
        "size",
        "Heap (degree 4)",
        "List",
    )


def test_line_ends_within_quotes_are_none_of_the_files():
    text = HEADER + "".join(f'{i},3,"a\nb",5\n' for i in range(20))
    windows = text.replace("\n", "\r\n").replace("a\r\nb", "a\nb")
    assert codes(read(windows.encode())) == []
    assert "mixed_line_ends" in codes(read((windows + "9,9,c,9\n").encode()))


def bordered(rows: list[str]) -> str:
    return "".join("| " + row.replace(",", " | ") + " |\n" for row in rows)


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "----,----,----,----\n" + BODY,
        HEADER + "-" * 30 + "\n" + BODY,
        HEADER + "====\n" + BODY,
        bordered([HEADER.strip(), "---,---,---,---", *ROWS]),
        "+----+----+\n" + bordered([HEADER.strip()]) + "+----+----+\n" + bordered(ROWS) + "+----+----+\n",
        " id | age | city | income\n----+-----+------+------\n" + BODY.replace(",", " | ") + "(30 rows)\n",
        "id   age   city    income\n---  ----  ------  ------\n" + "".join("  ".join(c.ljust(7) for c in r.split(",")) + "\n" for r in ROWS),
    ],
    ids=["cells", "one", "equals", "markdown", "mysql", "psql", "blanks"],
)  # fmt: skip
def test_rules_of_dashes_are_no_rows(text):
    table = read(text.encode())
    assert table.header == NAMES
    assert (len(table.frame), stripped(table)) == (30, FIRST_CELLS)
    assert "rule" in codes(table)


def test_a_rule_below_the_header_of_a_long_file_is_no_row():
    table = read((HEADER + "---,---,---,---\n" + BODY * 500).encode())
    assert (table.header, len(table.frame), stripped(table)) == (NAMES, 15_000, FIRST_CELLS)


@pytest.mark.parametrize("groups", [",2019,,2020,", "place,2019,,2020,", ",2019,2019,2020,2020"])
def test_names_of_groups_stand_before_the_names_below_them(groups):
    rows = [f"r{i},{i},{i + 1},{i + 2},{i + 3}" for i in range(20)]
    names = ("," if groups[0] != "," else "region,") + "low,high,low,high"
    table = read((groups + "\n" + names + "\n" + "\n".join(rows) + "\n").encode())
    assert table.header[1:] == ("2019 low", "2019 high", "2020 low", "2020 high")
    assert len(table.frame) == 20


@pytest.mark.parametrize("name", ['a"ge', '"age', 'age"'])
@pytest.mark.parametrize("quoted", [False, True])
def test_a_stray_quote_in_a_name_is_reported(name, quoted):
    rows = [
        f'{i},"{20 + i % 40}","{city}",7' if quoted else f"{i},{20 + i % 40},{city},7" for i, city in enumerate(CITIES)
    ]
    table = read((f"id,{name},city,income\n" + "\n".join(rows) + "\n").encode())
    assert [one.strip('"').replace('"', "") for one in table.header] == list(NAMES)
    assert len(table.frame) == 30
    assert "bare_quotes" in codes(table)


def test_a_delimiter_within_every_first_cell_is_put_back():
    rows = [f"Smith, {first},{i},Oslo" for i, first in enumerate(["John", "Ann", "Lee"] * 8)]
    table = read(("name,age,city\n" + "\n".join(rows) + "\n").encode())
    assert table.header == ("name", "age", "city")
    assert stripped(table) == ["Smith, John", "0", "Oslo"]
    assert "delimiter_in_cells" in codes(table)


def test_a_delimiter_within_a_name_is_put_back():
    table = read(("id,Price, USD,qty\n" + "".join(f"{i},{i * 3},{i % 4}\n" for i in range(20))).encode())
    assert table.header == ("id", "Price, USD", "qty")


def test_columns_at_the_edges_without_name_and_value_are_left_out():
    assert read(("id,age,city,income,,\n" + BODY.replace("\n", ",,\n")).encode()).header == NAMES
    assert read((",id,age,city,income,\n" + "".join(f",{row},\n" for row in ROWS)).encode()).header == NAMES


# --- encodings ----------------------------------------------------------------------------------------------------

WEST = "id,name,ville\n" + "".join(
    f"{i},{name}\n" for i, name in enumerate(["Müller,Köln", "Élodie,Besançon", "José,Málaga", "Göran,Malmö"] * 6)
)
POLISH = "id,miasto\n" + "".join(
    f"{i},{name}\n" for i, name in enumerate(["Łódź", "Kraków", "Gdańsk", "Częstochowa"] * 6)
)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(WEST, "cp850"), (WEST, "cp437"), (WEST, "mac_roman"), (POLISH, "cp852"), (WEST, "cp1252"), (POLISH, "cp1250"), (HEADER + BODY, "cp037"),
     (HEADER + BODY, "cp500"), (HEADER + BODY, "cp273"), (HEADER + BODY, "utf-16-le"), (HEADER + BODY, "utf-16-be")],
)  # fmt: skip
def test_pages_of_other_systems_are_read(text, encoding):
    plain, coded = read(text.encode()), read(text.encode(encoding))
    assert coded.header == plain.header
    assert coded.frame.equals(plain.frame)


def test_ebcdic_with_its_own_line_ends_and_a_cut_off_utf_16_are_read():
    assert read((HEADER + BODY).encode("cp037").replace(b"\x25", b"\x15")).header == NAMES
    assert read((HEADER + BODY).encode("utf-16-le") + b"\x31").header == NAMES


CHINESE = (
    "得分 状态 金额 高 低 晴 雨 天气 是否流失 硕士 鸡蛋 牛奶 联通 移动 红 黄 合格 优 良 差 春 夏 东 西 甲 "
    "乙 猫 狗 鱼 早 晚 品种 产量 肥料 灌溉 病害 土壤 酸 碱 轻度 重度 饺子 辣 甜 螺丝 轴承 焊接 毛刺 裂纹 阳性 阴性"
)


@pytest.mark.parametrize("seed", range(60))
def test_few_chinese_words_are_read_or_asked_about(seed):
    r = rng(seed)
    words = r.permutation(CHINESE.split())[: int(r.integers(3, 7))].tolist()
    text = f"{words[0]},{words[1]}\r\n" + "".join(
        f"{words[2 + int(r.integers(len(words) - 2))]},{r.integers(99)}\r\n" for _ in range(40)
    )
    data = text.encode("gb18030")
    encoding = decide_encoding(data)
    assert encoding == "gb18030" or "gb18030" in [name for name, _ in alternatives(data)]
    assert encoding == "gb18030" or "encoding_close" in codes(read(data)) or "mixed_encodings" in codes(read(data))


@pytest.mark.parametrize("text", ["£5,°C\n", "é,à\n", "Naïve,café\n", "да,нет\n", "ναι,όχι\n"])
def test_words_in_utf_8_stay_what_they_are(text):
    assert decide_encoding(("a,b\n" + text * 30).encode()) == "utf-8"


def test_a_delimiter_within_a_few_first_cells_is_put_back():
    rows = [f"{'Lee, Ann' if i % 5 == 0 else 'Bo'},{i},Oslo,{7.5 * i}" for i in range(30)]
    table = read(("name,age,city,pay\n" + "\n".join(rows) + "\n").encode())
    assert table.frame["name"].tolist() == ["Lee, Ann" if i % 5 == 0 else "Bo" for i in range(30)]
    assert table.frame["age"].tolist() == [str(i) for i in range(30)]
    assert "realigned" in codes(table)


def test_a_line_of_pairs_of_dashes_below_the_names_is_no_row():
    assert len(read((HEADER + "--,--,--,--\n" + BODY).encode()).frame) == 30
    assert len(read((HEADER + "--,--,--,--\n" + BODY * 500).encode()).frame) == 15_000


def test_a_quoted_header_that_is_wider_than_its_rows_keeps_every_name():
    rows = ["1,2,3,4".replace(",", '","').join('""') for _ in range(20)]
    assert read(('"id","age","city","pay","note"\n' + "\n".join(rows) + "\n").encode()).header == (
        "id",
        "age",
        "city",
        "pay",
        "note",
    )


def test_cells_that_end_in_nul_are_read_without_it():
    table = read(
        (HEADER + BODY.replace("Paris", "Paris\0").replace("Rome", "Rome\0").replace("Oslo", "Oslo\0")).encode()
    )
    assert table.frame["city"].tolist() == CITIES
    assert "nul_characters" in codes(table)


def test_numbers_that_grow_behind_an_empty_corner_name_the_columns_of_a_table_of_counts():
    counts = "71,0,0,1,3\n70,0,4,1,0\n69,1,1,2,5\n68,3,7,4,2\n"
    assert read(('"","16.5","16.75","17.25","18.75"\n' + counts).encode()).header[1:] == (
        "16.5",
        "16.75",
        "17.25",
        "18.75",
    )
    assert read(("70,16.5,16.75,17.25,18.75\n" + counts).encode()).frame.shape == (5, 5)


def test_a_column_cut_by_its_delimiter_is_joined_where_rows_lack_cells():
    cut = pa.table({"0": ["1", "2", "3", "4"], "1": ["a", None, "c", None], "2": ["b", "d", None, None]})
    joined = join_cut_column(
        cut.cast(pa.schema([(name, pa.large_string()) for name in cut.column_names])), 1, Dialect(",")
    )
    assert joined.column(1).to_pylist() == ["a,b", "d", "c", None]

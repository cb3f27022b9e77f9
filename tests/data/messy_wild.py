"""Small tables of the kinds that excerpts of public files showed to be read wrongly without a word; values made up."""

from __future__ import annotations

from datetime import date

import numpy as np

from tests.data.messy_pairs import numbers_of, texts_of
from tests.data.messy_tables import DAYS, TOWNS, WHOLE, Messy, N, X, column_of, table_of

_NONE = float("nan")
_PAIRS = [f"{X[i]} {WHOLE[i]} {i % 3}" for i in range(N)]
_DAY = [day.strftime("%d/%m/%Y") for day in DAYS]
_BANK = ["Date;Ref;Label;Debit;Credit;Note", *(f"{_DAY[i]};R{i};{TOWNS[i % 4]};{'-' + X[i].replace('.', ',') if i % 2 else ''};{'' if i % 2 else WHOLE[i] + ',00'};x{i}" for i in range(N))]  # fmt: skip
_CREDIT = [_NONE if i % 2 else float(WHOLE[i]) for i in range(N)]
_BANK_NAMES = ("Date", "Ref", "Label", "Debit", "Credit", "Note")


def _lines(source: str, lines: list[str], column: str, values: list[object], reported: str, names: str) -> Messy:
    return Messy(source, ("\n".join(lines) + "\n").encode(), column, values, reported, tuple(names.split("|")))


_COUNTS = [float(w) for w in WHOLE]
DESCRIBED = [
    table_of("a description in YAML above the rows", ["---", "name: made up", "fields:", "  - name: a", "    type: number", "---", "a,b", *(f"{X[i]},{WHOLE[i]}" for i in range(N))], "b", WHOLE, "front_matter", "a|b"),
    table_of("the same, every line of it a comment", ["#---", "#name: made up", "#fields:", "#- name: a", "#---", "a,b", *(f"{X[i]},{WHOLE[i]}" for i in range(N))], "b", WHOLE, "front_matter", "a|b"),
    table_of("names in the last comment above cells between blanks", ["# made up by hand, on a Sunday", "# a b c", *_PAIRS[:2]], "b", WHOLE[:2], "comments", "a|b|c"),
    table_of("more comments than rows", [*(f"# note {i}" for i in range(40)), "a,b", *(f"{X[i]},{WHOLE[i]}" for i in range(N))], "b", WHOLE, "comments", "a|b"),
    table_of("comments that number the names", ["# 1 NUMBER   Number of the object", "# 2 FLUX     Brightness", "# 4 FLAG", *(f"{i} {X[i]} {WHOLE[i]} {i % 2}" for i in range(N))], "FLUX (2)", WHOLE, "comments", "NUMBER|FLUX|FLUX (2)|FLAG"),
    table_of("a waved line before lines about a test", ["~Result of a test", "~Started: 10.11.2022 10:38:59", "~", "~Time[h]\tU[V]\tCommand", *(f"{i}\t{X[i]}\tPause" for i in range(2))], "U[V]", X[:2], "comments", "Time[h]|U[V]|Command"),
    table_of("types of the rdb format below the names", ["name\tn\tv", "10S\tN\tN", *(f"s{i}\t{WHOLE[i]}\t{X[i]}" for i in range(N))], "v", X, "type_line", "name|n|v"),
    table_of("columns counted above their names", ["1;2;3", "№;Sum;Town", *(f"{i + 7};{X[i]};{TOWNS[i % 4]}" for i in range(N))], "Sum", X, "preamble", "№|Sum|Town"),
    _lines("lines about an account, filled up to the width", ["Account: 0123;Agency: 77;From: 01/01/2021;;;", "Owner: A;Currency: EUR;;;;", ";;;;;", "Balance at the end;;;;655,25;", *_BANK, "Balance at the start;;;;500,00;"], "Credit", _CREDIT, "footnotes", "|".join(_BANK_NAMES)),
    table_of("rows that end with a tab, but for the names and the first", ["a\tb\tc", f"{X[0]}\t{WHOLE[0]}\t-", *(f"{X[i]}\t{WHOLE[i]}\t1.5\t" for i in range(1, N))], "b", WHOLE, "trailing_delimiter", "a|b|c"),
    table_of("single letters above numbers, one of which recurs", ["a;b", *(f"{'abc'[i % 3]};{X[i]}" for i in range(N))], "b", X, "", "a|b"),
    _lines("codes alike in the first row", ["Ann Lee WA 418-Y11-4111", "Bob Ray CA 319-Z19-4341", "Eva Orr IL 219-K32-3018"], "column_1", ["Ann", "Bob", "Eva"], "no_header", "column_1|column_2|column_3|column_4"),
    _lines("units and how they were averaged, above two rows", ["when,t,wind", "TS,Deg C,m/s", ",Avg,Avg", "2024-01-01 00:00:00,15.2,2.1", "2024-01-01 00:01:00,15.3,2.4"], "wind m/s Avg", [2.1, 2.4], "joined_header", "when TS|t Deg C Avg|wind m/s Avg"),
    _lines("a total above the rows", ["who,views,hours", "Total,300,2.5", "ab,200,2.0", "cd,100,0.5"], "views", [300.0, 200.0, 100.0], "total_rows", "who|views|hours"),
    _lines("a total with what it is of behind a colon", ["term,clicks", *(f"t{i},{WHOLE[i]}" for i in range(N)), f"Total: search terms,{sum(map(int, WHOLE))}"], "clicks", [*_COUNTS, float(sum(map(int, WHOLE)))], "total_rows", "term|clicks"),
]  # fmt: skip
COLUMNS = [
    column_of("undetermined cycles", lambda i: "Undetermined" if i % 9 == 4 else X[i], [_NONE if i % 9 == 4 else float(x) for i, x in enumerate(X)], "missing_spellings", "CT"),
    numbers_of("few numbers and below detection", {"<LOD": _NONE, "5.5": 5.5, "8.25": 8.25}, "missing_spellings", "AFB1"),
    column_of("−999 beside a single other value", lambda i: "-999" if i < 8 else "10", [-999.0 if i < 8 else 10.0 for i in range(N)], "sentinel", "QN"),
    texts_of("states numbered with zeros", ["06", "01", "36", "48"], "", "state"),
    texts_of("other short numbers with zeros stay numbers", ["101.50", "n. b.", "87.25"], "mostly_numbers", "price"),
    column_of("amounts with zeros before them", lambda i: f"{1000 * i:09}" if i % 7 else f"{i:06}.25", [1000.0 * i if i % 7 else i + 0.25 for i in range(N)], "leading_zeros", "open"),
    texts_of("times of day in digits of six", ["000000", "000001", "000105"], "maybe_times", "TIME"),
    column_of("years before 1800", lambda i: str(1700 + i), [float(1700 + i) for i in range(N)], "", "YEAR"),
    column_of("thousands of a salary", lambda i: f"{40 + i} K", [1000.0 * (40 + i) for i in range(N)], "magnitudes", "salary"),
    column_of("degrees of Kelvin", lambda i: f"{270 + i} K", [270.0 + i for i in range(N)], "number_marks", "temp"),
    texts_of("few days beside a remark", ["07/24/2026", "07/22/2026 as of 07/21/2026", "07/20/2026"], "mostly_dates", "Date"),
    texts_of("few clocks beside a word", ["0:52:10", "1:02:33", "DNF"], "mostly_numbers", "Chip"),
    texts_of("labels of one digit are no numbers", ["1", "2", "3+"], "", "rooms"),
    Messy("a label with and without a blank behind it", ("farbe\tx\n" + "".join(f"{('rot', 'rot ', 'blau')[i % 3]}\t{X[i]}\n" for i in range(N))).encode(), "farbe", ["blau" if i % 3 == 2 else "rot" for i in range(N)], "joined_blanks", ("farbe", "x")),
    Messy("one number in a column", b"when,paid\n2024-01-01,\n2024-01-02,60000.00\n2024-01-03,\n", "paid", [_NONE, 60000.0, _NONE], "", ("when", "paid")),
    Messy("days of a bank beside one amount", b"Day;In\n05.02.2026;\n25.02.2026;1.200,50\n27.02.2026;\n", "Day", [np.datetime64(date(2026, 2, d)) for d in (5, 25, 27)], "", ("Day", "In")),
]  # fmt: skip
FURTHER = [
    column_of("fractions of a second", lambda i: f"{DAYS[i]} 09:20:21.{437 + i % 3}", [np.datetime64(f"{DAYS[i]}T09:20:21.{437 + i % 3}") for i in range(N)], "", "when"),
    column_of("nanoseconds are cut", lambda i: f"{DAYS[i]} 09:20:21.{123456789 - i % 3}", [np.datetime64(f"{DAYS[i]}T09:20:21.123456") for i in range(N)], "", "when"),
    column_of("initials with and without dots", lambda i: ("USA", "U.S.A.", "Peru")[i % 3], [("USA", "U.S.A.", "Peru")[i % 3] for i in range(N)], "label_variants", "land"),
    _lines("few lines of fixed width, some cut short, without names", ["    7.25      6.50          7.75            8.00", "    2.00      2.25", "    5.75      5.00", "    21.5      15.0          14.5            14.0"], "column_3", [7.75, _NONE, _NONE, 14.5], "cut_by_place", "column_1|column_2|column_3|column_4"),
    _lines("few lines with wide gaps and slashes", ["Oslo1      1/13/2013     2/1/2013      Open", "Oslo1      2/20/2013     2/3/2013      Closed for Repair", "Bergen1    1/15/2013     2/5/2013      Open"], "column_4", ["Open", "Closed for Repair", "Open"], "wide_gaps", "column_1|column_2|column_3|column_4"),
    _lines("two blanks between cells", ["1.5  abcd", "1.6  efgh", "1.7  ijklm", "1.9  nop"], "column_2", ["abcd", "efgh", "ijklm", "nop"], "unusual_delimiter", "column_1|column_2"),
    _lines("bounds in the first row", ["Ann;~29", "Bob;>30", "Eva;~31"], "column_1", ["Ann", "Bob", "Eva"], "no_header", "column_1|column_2"),
    _lines("a title with two filled cells above a name that recurs", ["Survey of,Trees,,,", "town,v,n,n,w", *(f"{TOWNS[i % 4]},{X[i]},{WHOLE[i]},{WHOLE[i]},{X[i]}" for i in range(N))], "v", [float(x) for x in X], "preamble", "town|v|n|n (2)|w"),
]  # fmt: skip
WILD_TABLES = [*DESCRIBED, *COLUMNS, *FURTHER]

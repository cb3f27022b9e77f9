"""More small tables as people and programs write them, of the round of quantities, languages and drawn tables; values made up."""

from __future__ import annotations

import json
import math

import numpy as np

from tests.data.messy_tables import DAYS, NOON, QUARTERS, TOWNS, WHOLE, Messy, N, X, column_of, table_of

LARGE = [float(x) for x in X]
COUNTS = [float(w) for w in WHOLE]
HOURS = [int(w) // 20 + int(w) % 60 / 60 for w in WHOLE]
FEET = [5 + i % 2 + int(WHOLE[i]) % 12 / 12 for i in range(N)]
JANUARY_FIRST = [np.datetime64(f"{day.year}-{day.month:02}-01") for day in DAYS]
GREEK = [
    "Ιανουαρίου",
    "Φεβρουαρίου",
    "Μαρτίου",
    "Απριλίου",
    "Μαΐου",
    "Ιουνίου",
    "Ιουλίου",
    "Αυγούστου",
    "Σεπτεμβρίου",
    "Οκτωβρίου",
    "Νοεμβρίου",
    "Δεκεμβρίου",
]
THAI = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."]
GERMAN_DAYS = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"]


def _yes(i: int) -> bool:
    return i % 3 > 0


QUANTITIES = [
    column_of("1 h 5 min", lambda i: f"{int(WHOLE[i]) // 20} h {int(WHOLE[i]) % 60} min", HOURS, "hours", "spent"),
    column_of("ISO 8601 durations", lambda i: f"PT{int(WHOLE[i]) // 20}H{int(WHOLE[i]) % 60}M", HOURS, "hours", "spent"),
    column_of("French: 1h05", lambda i: f"{int(WHOLE[i]) // 20}h{int(WHOLE[i]) % 60:02}", HOURS, "hours", "durée"),
    column_of("pandas: 3 days 03:05:00", lambda i: f"{i} days 03:15:00", [24 * i + 3.25 for i in range(N)], "hours", "wait"),
    column_of("degrees, minutes, seconds", lambda i: f"{i + 1}°{int(WHOLE[i]) % 60:02}'30.0\"{'NS'[i % 2]}",
              [(1 - 2 * (i % 2)) * (i + 1 + (int(WHOLE[i]) % 60) / 60 + 30 / 3600) for i in range(N)], "quantities", "lat"),
    column_of("degrees with a letter", lambda i: f"{X[i]}234° {'EW'[i % 2]}", [(1 - 2 * (i % 2)) * float(f"{X[i]}234") for i in range(N)], "quantities", "lon"),
    column_of("feet and inches", lambda i: f"{5 + i % 2}'{int(WHOLE[i]) % 12}\"", FEET, "quantities", "height"),
    column_of("pounds and ounces", lambda i: f"{6 + i % 3} lb {i % 16} oz", [6 + i % 3 + i % 16 / 16 for i in range(N)], "quantities", "weight"),
    column_of("fractions", lambda i: ["1/2", "1 1/4", "3/8", "2"][i % 4], [[0.5, 1.25, 0.375, 2.0][i % 4] for i in range(N)], "quantities", "size"),
    column_of("signs of fractions", lambda i: ["½", "1½", "¾", "2"][i % 4], [[0.5, 1.5, 0.75, 2.0][i % 4] for i in range(N)], "quantities", "cups"),
    column_of("7 out of 10", lambda i: f"{i % 10 + 1} out of 10", [i % 10 + 1.0 for i in range(N)], "points", "score"),
    column_of("a scale with names at its ends", lambda i: ["1 (never)", "2", "3", "4", "5 (always)"][i % 5], [i % 5 + 1.0 for i in range(N)], "bounds", "q1"),
    column_of("ages in years, months, weeks", lambda i: ["2 years", "1 year", "6 months", "10 years"][i % 4], [[2.0, 1.0, 0.5, 10.0][i % 4] for i in range(N)], "mixed_units", "age"),
    column_of("odds stay texts", lambda i: ["9/4", "5/2", "11/8", "6/4"][i % 4], [["9/4", "5/2", "11/8", "6/4"][i % 4] for i in range(N)], "", "odds"),
    column_of("blood pressure stays a text", lambda i: f"{100 + i % 9}/{70 + i % 7}", [f"{100 + i % 9}/{70 + i % 7}" for i in range(N)], "", "bp"),
]  # fmt: skip
NUMBERS = [
    column_of("Indian groups between tabs", lambda i: f"₹ 7,{WHOLE[i]},123.50/-", [700123.5 + 1000 * w for w in COUNTS], "number_marks", "amount"),
    column_of("Dr and Cr", lambda i: f"{X[i]} {'Dr' if i % 3 else 'Cr'}", [-x if i % 3 else x for i, x in enumerate(LARGE)], "debit_credit", "balance"),
    column_of("Czech crowns", lambda i: f"1 {100 + i},{WHOLE[i]} Kč", [1100 + i + w / 100 for i, w in enumerate(COUNTS)], "decimal_comma", "cena"),
    column_of("prices without cents", lambda i: f"{WHOLE[i]}.--", COUNTS, "number_marks", "Preis"),
    column_of("arrows up and down", lambda i: f"{'▼▲'[i % 2]} {X[i]}%", [(2 * (i % 2) - 1) * x / 100 for i, x in enumerate(LARGE)], "percent", "change"),
    column_of("powers of ten, raised", lambda i: f"{X[i]} x 10{'⁰¹²³'[i % 4]}", [x * 10 ** (i % 4) for i, x in enumerate(LARGE)], "number_marks", "cells"),
    column_of("a raised mark of a footnote", lambda i: X[i] + "²" * (i % 6 == 0), LARGE, "bounds", "rate"),
    column_of("the point of the Lancet", lambda i: X[i].replace(".", "·"), LARGE, "", "OR"),
    column_of("Eurostat: flags behind numbers", lambda i: ": c" if i == 3 else X[i] + " b" * (i % 5 == 0), [math.nan if i == 3 else x for i, x in enumerate(LARGE)], "bounds", "2019"),
    column_of("WHO: 12.3 [11.8-12.8]", lambda i: f"{X[i]} [{LARGE[i] - 0.5:.1f}-{LARGE[i] + 0.5:.1f}]", LARGE, "bounds", "value"),
    column_of("a count with its share", lambda i: f"{WHOLE[i]} ({X[i]}%)", COUNTS, "bounds", "n"),
    column_of("Google Play: 5,000+", lambda i: ["5,000+", "1,000,000+", "100+"][i % 3], [[5e3, 1e6, 1e2][i % 3] for i in range(N)], "bounds", "installs"),
    column_of("any unit of one word", lambda i: f"{X[i]} N/mm2", LARGE, "number_marks", "strength"),
    column_of("square meters", lambda i: f"{WHOLE[i]} m²", COUNTS, "number_marks", "area"),
    column_of("one review, two reviews", lambda i: "1 review" if i % 4 == 0 else f"{WHOLE[i]} reviews", [1.0 if i % 4 == 0 else w for i, w in enumerate(COUNTS)], "number_marks", "reviews"),
    column_of("two units that are not converted", lambda i: f"{X[i]} °{'CF'[i % 2]}", [f"{X[i]} °{'CF'[i % 2]}" for i in range(N)], "numbers_in_texts", "temp"),
    column_of("versions 1.1 and 1.10", lambda i: ["1.1", "1.10", "1.2", "2.0"][i % 4], [["1.1", "1.10", "1.2", "2.0"][i % 4] for i in range(N)], "", "version"),
    column_of("Excel: =\"00123\"", lambda i: f'="{100 + 7 * i:05}"', [f"{100 + 7 * i:05}" for i in range(N)], "formula_texts", "account"),
    column_of("phones between tabs", lambda i: f"+49 170 {1000000 + 7919 * i}", [f"+49 170 {1000000 + 7919 * i}" for i in range(N)], "", "phone"),
]  # fmt: skip
MOMENTS = [
    column_of("Greek months", lambda i: f"{DAYS[i].day} {GREEK[DAYS[i].month - 1]} {DAYS[i].year}", list(DAYS)),
    column_of("Thai months and years", lambda i: f"{DAYS[i].day} {THAI[DAYS[i].month - 1]} {DAYS[i].year + 543}", list(DAYS), "buddhist_years"),
    column_of("Korean days", lambda i: f"{DAYS[i].year}년 {DAYS[i].month}월 {DAYS[i].day}일", list(DAYS)),
    column_of("Korean and Hungarian points", lambda i: f"{DAYS[i].year}. {DAYS[i].month}. {DAYS[i].day}.", list(DAYS)),
    column_of("Japanese eras by letter", lambda i: f"R{DAYS[i].year - 2018}.{DAYS[i].month}.{DAYS[i].day}", list(DAYS)),
    column_of("German weekdays", lambda i: f"{GERMAN_DAYS[DAYS[i].weekday()]}, {DAYS[i].strftime('%d.%m.%Y')}", list(DAYS)),
    column_of("1st March 2021", lambda i: DAYS[i].strftime("%dth %B %Y"), list(DAYS)),
    column_of("year before the month's name", lambda i: DAYS[i].strftime("%Y-%b"), list(JANUARY_FIRST)),
    column_of("names of time zones", lambda i: f"{DAYS[i]} {14 + i % 2}:05:30 {'CEST' if i % 2 == 0 else 'EEST'}", NOON, "mixed_offsets"),
    column_of("zones beside none", lambda i: f"{DAYS[i]}T14:05:30+02:00" if i % 2 else f"{DAYS[i]}T12:05:30", NOON, "bare_times"),
    column_of("Java: a zone by its place", lambda i: f"{DAYS[i]}T12:05:30+01:00[Europe/Berlin]", NOON),
    column_of("Db2 and Oracle", lambda i: f"{DAYS[i]}-12.05.30.000000", NOON),
    column_of("fiscal quarters", lambda i: f"FY{2000 + i // 4} Q{i % 4 + 1}", QUARTERS),
    column_of("years beside days", lambda i: str(DAYS[i]) if i % 4 else str(DAYS[i].year), [DAYS[i] if i % 4 else np.datetime64(f"{DAYS[i].year}-01-01") for i in range(N)], "mixed_dates"),
]  # fmt: skip
YES = [
    column_of(f"{yes} and {no}", lambda i, yes=yes, no=no: yes if _yes(i) else no, [float(_yes(i)) for i in range(N)], "", "flag")
    for yes, no in (("WAHR", "FALSCH"), ("Oui", "Non"), ("да", "нет"), ("はい", "いいえ"), ("✓", "✗"), (".TRUE.", ".FALSE."))
]  # fmt: skip
ROWS = [f"{TOWNS[i % 4]},{X[i]},{WHOLE[i]}" for i in range(N)]
RECORDS = [{"town": TOWNS[i % 4], "x": float(X[i]), "y": int(WHOLE[i])} for i in range(N)]
BOX = [
    "┌──────┬──────┬─────┐",
    "│ town ┆ x    ┆ y   │",
    "│ ---  ┆ ---  ┆ --- │",
    "│ str  ┆ f64  ┆ i64 │",
    "╞══════╪══════╪═════╡",
]
NAMES = "town|x|y"
SHAPES = [
    table_of("Polars: a box", [*BOX, *("│ " + row.replace(",", " ┆ ") + " │" for row in ROWS), "└──────┴──────┴─────┘"], "y", WHOLE, "drawn", NAMES),
    table_of("reStructuredText: a grid", ["+---+---+---+", "| town | x | y |", "+===+===+===+", *("|" + row.replace(",", " | ") + "|\n+---+---+---+" for row in ROWS)], "y", WHOLE, "drawn", NAMES),
    table_of("psql: one record below the other", [f"-[ RECORD {i + 1} ]--\ntown | {TOWNS[i % 4]}\nx    | {X[i]}\ny    | {WHOLE[i]}" for i in range(N)], "y", WHOLE, "listed", NAMES),
    table_of("logs of key=value", [f"town={TOWNS[i % 4]} x={X[i]} y={WHOLE[i]}" for i in range(N)], "y", WHOLE, "listed", NAMES),
    table_of("SQL: INSERT", ["INSERT INTO `t` (`town`, `x`, `y`) VALUES", *(f"('{TOWNS[i % 4]}', {X[i]}, {WHOLE[i]})," for i in range(N - 1)), f"('Riga''s', {X[-1]}, {WHOLE[-1]});"], "y", WHOLE, "inserts", NAMES),
    table_of("dictionaries of Python", [str(record) for record in RECORDS], "y", WHOLE, "listed", NAMES),
    table_of("USGS: a line of types", ["# made up", "town\tx\ty", "5s\t12n\t12n", *(row.replace(",", "\t") for row in ROWS)], "y", WHOLE, "type_line", NAMES),
    table_of("gnuplot: a mark before the names", ["# town x y", *(row.replace(",", " ") for row in ROWS)], "y", WHOLE, "header_repaired", NAMES),
    table_of("Qualtrics: three lines of names", ["town,x,y", "Where?,How far?,How many?", '"{""ImportId"":""QID1""}","{""ImportId"":""QID2""}","{""ImportId"":""QID3""}"', *ROWS], "y", WHOLE, "joined_header", NAMES),
    table_of("a web page: cells over two rows", ["<table><tr><th>town<th>x<th>y</tr>", *(f"<tr>{f'<td rowspan=2>{TOWNS[i % 4]}' * (i % 2 == 0)}<td>{X[i]}<td>{WHOLE[i]}</tr>" for i in range(N)), "</table>"], "y", WHOLE, "web_page", NAMES),
    table_of("headings among the rows", ["town,x,y", *(f"Region {i},,\n" * (i % 10 == 0) + row for i, row in enumerate(ROWS))], "y", [value for i, w in enumerate(WHOLE) for value in ["nan"] * (i % 10 == 0) + [w]], "heading_rows", NAMES),
    *(
        Messy(f"JSON: {source}", json.dumps(content).encode(), name, COUNTS, reported)
        for source, content, name, reported in (
            ("rows within objects", {"meta": {"page": 1}, "data": {"items": RECORDS}}, "y", "json_list"),
            ("two lists of rows", {"towns": RECORDS[:3], "rows": RECORDS}, "y", "json_list"),
            ("objects within rows", [{"id": i, "at": {"geo": one}} for i, one in enumerate(RECORDS)], "at.geo.y", "flattened"),
            ("MongoDB", [{"y": {"$numberInt": w}, "x": 1.5 + i} for i, w in enumerate(WHOLE)], "y", ""),
            ("lists below a list of names", [["town", "y"], *([one["town"], one["y"]] for one in RECORDS)], "y", ""),
            ("one object of named rows", {f"u{i}": one for i, one in enumerate(RECORDS)}, "y", ""),
        )
    ),
]  # fmt: skip
EXPORTS = [*QUANTITIES, *NUMBERS, *MOMENTS, *YES, *SHAPES]

"""Small tables of the round of words around numbers, months of more languages and records that programs list; values made up."""

from __future__ import annotations

import json

import numpy as np

from tests.data.messy_exports import JANUARY_FIRST
from tests.data.messy_tables import DAYS, NOON, TOWNS, WHOLE, Messy, N, X, column_of, table_of

LARGE, COUNTS = [float(x) for x in X], [float(w) for w in WHOLE]
HALVES = [f"{x},5" for x in WHOLE]
BULGARIAN = [
    "януари",
    "февруари",
    "март",
    "април",
    "май",
    "юни",
    "юли",
    "август",
    "септември",
    "октомври",
    "ноември",
    "декември",
]
CROATIAN = [
    "siječnja",
    "veljače",
    "ožujka",
    "travnja",
    "svibnja",
    "lipnja",
    "srpnja",
    "kolovoza",
    "rujna",
    "listopada",
    "studenoga",
    "prosinca",
]
HINDI = ["जनवरी", "फरवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"]
TURKISH_DAYS = ["Pazartesi", "Salı", "Çarşamba", "Perşembe", "Cuma", "Cumartesi", "Pazar"]
SECONDS = [1609502730 + 86400 * 17 * i for i in range(N)]


def _code(i: int) -> str:
    return ("1E3", "2E5", "12", "4D2", "7F1")[i % 5]


def _in_arabic(text: str) -> str:
    return text.translate({48 + k: 0x660 + k for k in range(10)})


NUMBERS = [
    column_of("shops: From $12.50", lambda i: f"From ${X[i]}", LARGE, "number_marks", "price"),
    column_of("ca. 5 m", lambda i: f"ca. {WHOLE[i]} m", COUNTS, "number_marks", "depth"),
    column_of("~900", lambda i: f"~{WHOLE[i]}", COUNTS, "number_marks", "est"),
    column_of("EU 42: a size, told", lambda i: f"EU {36 + i % 9}", [f"EU {36 + i % 9}" for i in range(N)], "numbers_in_texts", "shoe"),
    column_of("rooms are names", lambda i: f"Room {100 + i % 9}", [f"Room {100 + i % 9}" for i in range(N)], "", "where"),
    column_of("reviews in parentheses", lambda i: f"({WHOLE[i]})", COUNTS, "in_parentheses", "reviews"),
    column_of("losses in parentheses", lambda i: f"({X[i]}0)", [-x for x in LARGE], "all_negative", "loss"),
    column_of("Turkish percent", lambda i: f"%{WHOLE[i]}", [w / 100 for w in COUNTS], "percent", "oran"),
    column_of("Japanese: 1億904万", lambda i: f"{i % 4 + 1}億{WHOLE[i]}万円", [(i % 4 + 1) * 1e8 + w * 1e4 for i, w in enumerate(COUNTS)], "magnitudes", "売上"),
    column_of("Indian: lakh and crore", lambda i: f"₹{WHOLE[i]} {'Cr' if i % 3 else 'L'}", [w * (1e7 if i % 3 else 1e5) for i, w in enumerate(COUNTS)], "magnitudes", "price"),
    column_of("1.2K views", lambda i: f"{X[i]}{'KM'[i % 2]} views", [round(x * (1e6 if i % 2 else 1e3), 1) for i, x in enumerate(LARGE)], "magnitudes", "seen"),
    column_of("South African rand", lambda i: f"R 1 {WHOLE[i]}0,50", [1000.5 + 10 * w for w in COUNTS], "decimal_comma", "amount"),
    column_of("French: 12€50", lambda i: f"{WHOLE[i]}€50", [w + 0.5 for w in COUNTS], "number_marks", "prix"),
    column_of("two decimal marks", lambda i: HALVES[i] if i % 6 == 0 else f"{WHOLE[i]}.5", [w + 0.5 for w in COUNTS], "mixed_decimals", "kg"),
    column_of("4.5/5", lambda i: f"{i % 4 + 1}.5/5", [i % 4 + 1.5 for i in range(N)], "points", "rating"),
    column_of("races: 52:29.04", lambda i: f"{WHOLE[i]}:29.25".replace("6", "5").replace("7", "4"), [(float(w.replace("6", "5").replace("7", "4")) + 29.25 / 60) / 60 for w in WHOLE], "hours", "time"),
    column_of("several words behind", lambda i: f"{WHOLE[i]} days ago", COUNTS, "number_marks", "seen"),
    column_of("most below the limit", lambda i: X[i] if i % 3 == 0 else "<LOD", [x if i % 3 == 0 else np.nan for i, x in enumerate(LARGE)], "missing_spellings", "Pb"),
    column_of("a number with an unseen mark", lambda i: f"\u200e{X[i]}", LARGE, "", "amount"),
]  # fmt: skip
CODES = [
    column_of("codes with an E among others", _code, [_code(i) for i in range(N)], "", "block"),
    column_of("ICD: 250.0 and 250.00", lambda i: ["250.0", "250.00", "401.9"][i % 3], [["250.0", "250.00", "401.9"][i % 3] for i in range(N)], "", "icd9_code"),
    column_of("1E3 without a name of codes", lambda i: f"{i % 9 + 1}E3", [1000.0 * (i % 9 + 1) for i in range(N)], "powers", "y"),
    column_of("1.1 beside 1.10", lambda i: ["1.1", "1.10", "1.3", "2.25"][i % 4], [[1.1, 1.1, 1.3, 2.25][i % 4] for i in range(N)], "merged_numbers", "y"),
    column_of("phones behind a plus", lambda i: f"+4917{60000000 + 7919 * i}", [f"+4917{60000000 + 7919 * i}" for i in range(N)], "", "contact"),
    column_of("several numbers, told", lambda i: f"{WHOLE[i]} x {WHOLE[-i]} mm", [f"{WHOLE[i]} x {WHOLE[-i]} mm" for i in range(N)], "several_numbers", "size"),
    column_of("spans of numbers are labels", lambda i: f"{i % 4}0-{i % 4}9 years", [f"{i % 4}0-{i % 4}9 years" for i in range(N)], "", "band"),
    column_of("ticks", lambda i: "x" if (i + 1) % 3 else "", ["x" if (i + 1) % 3 else None for i in range(N)], "yes_or_nothing", "vegan"),
    column_of("有 and 无", lambda i: "无有"[i % 3 > 0], [float(i % 3 > 0) for i in range(N)], "", "病史"),
]  # fmt: skip
MOMENTS = [
    column_of("Bulgarian months", lambda i: f"{DAYS[i].day} {BULGARIAN[DAYS[i].month - 1]} {DAYS[i].year} г.", list(DAYS)),
    column_of("Croatian months", lambda i: f"{DAYS[i].day}. {CROATIAN[DAYS[i].month - 1]} {DAYS[i].year}.", list(DAYS)),
    column_of("Hindi months", lambda i: f"{DAYS[i].day} {HINDI[DAYS[i].month - 1]} {DAYS[i].year}", list(DAYS)),
    column_of("Arabic digits", lambda i: _in_arabic(f"{DAYS[i].day}/{DAYS[i].month}/{DAYS[i].year}"), list(DAYS)),
    column_of("Japanese weekdays", lambda i: f"{DAYS[i].year}/{DAYS[i].month}/{DAYS[i].day}({'月火水木金土日'[DAYS[i].weekday()]})", list(DAYS)),
    column_of("weekdays behind", lambda i: DAYS[i].strftime("%d.%m.%Y ") + TURKISH_DAYS[DAYS[i].weekday()], list(DAYS)),
    column_of("Vietnamese", lambda i: f"ngày {DAYS[i].day} tháng {DAYS[i].month} năm {DAYS[i].year}", list(DAYS)),
    column_of("Taiwan's years", lambda i: f"{DAYS[i].year - 1911}/{DAYS[i].month:02}/{DAYS[i].day:02}", list(DAYS), "minguo_years"),
    column_of(".NET: /Date(…)/", lambda i: f"/Date({SECONDS[i]}000)/", NOON, "epochs", "at"),
    column_of("hours without marks", lambda i: DAYS[i].strftime("%Y%m%d12"), [np.datetime64(f"{day}T12:00") for day in DAYS], "", "MESS_DATUM"),
    column_of("six digits under the name of a date", lambda i: DAYS[i].strftime("%y%m%d"), list(DAYS), "short_years", "date"),
    column_of("days of a year under the name of a date", lambda i: DAYS[i].strftime("%Y-%j"), list(DAYS), "", "doy"),
    column_of("Jan '21", lambda i: DAYS[i].strftime("%b '%y"), list(JANUARY_FIRST), "short_years"),
    column_of("narrow blanks before PM", lambda i: DAYS[i].strftime("%m/%d/%Y 12:05:30\u202fPM"), NOON),
    column_of("times since 1970, not named so", lambda i: str(SECONDS[i]), [float(s) for s in SECONDS], "maybe_epochs", "t"),
    column_of("dates that are not read, told", lambda i: f"{DAYS[i].year} ~ {DAYS[i].month:02} ~ {DAYS[i].day:02}", [f"{d.year} ~ {d.month:02} ~ {d.day:02}" for d in DAYS], "unread_dates"),
]  # fmt: skip
ROWS = [f"{TOWNS[i % 4]},{X[i]},{WHOLE[i]}" for i in range(N)]
BLANKS = [f"{TOWNS[i % 4]:<5}{X[i]:>6}{WHOLE[i]:>5}" for i in range(N)]
RULE = "     +----------------+"
NAMES = "town|x|y"
SHAPES = [
    table_of("YAML", [f"- town: {TOWNS[i % 4]}\n  x: {X[i]}\n  y: {WHOLE[i]}" for i in range(N)], "y", WHOLE, "listed", NAMES),
    table_of("TOML", [f'[[row]]\ntown = "{TOWNS[i % 4]}"\nx = {X[i]}\ny = {WHOLE[i]}\n' for i in range(N)], "y", WHOLE, "listed", NAMES),
    table_of("INI", [f"[s{i}]\ntown={TOWNS[i % 4]}\nx={X[i]}\ny={WHOLE[i]}\n" for i in range(N)], "y", WHOLE, "listed", "section|" + NAMES),
    table_of("key=value between commas", [f"x={X[i]},y={WHOLE[i]}" for i in range(N)], "y", WHOLE, "listed", "x|y"),
    table_of("Stata: list", ["", RULE, "     | town     x    y |", "     |----------------|", *(f"{i + 1:>3}. | {row}|" for i, row in enumerate(BLANKS)), RULE], "y", WHOLE, "drawn", NAMES),
    table_of("R: a tibble", ["# A tibble: 30 × 3", "   town      x    y", "   <chr> <dbl> <int>", *(f"{i + 1:>2} {row}" for i, row in enumerate(BLANKS))], "y", WHOLE, "printed"),
    table_of("logs with a line of fields", ["#Version: 1.0", "#Fields: town x y", *(row.replace(",", " ") for row in ROWS)], "y", WHOLE, "log_fields", NAMES),
    table_of("two blanks between columns", ["town  x value  y", *(row.replace(",", "  ") for row in ROWS)], "y", WHOLE, "wide_gaps", "town|x value|y"),
    table_of("PostgreSQL: COPY", ["SET x = 0;", "COPY public.t (town, x, y) FROM stdin;", *(row.replace(",", "\t") for row in ROWS), "\\."], "y", WHOLE, "copied", NAMES),
    table_of("empty columns between doubled delimiters", ["town,,x,,y", *(row.replace(",", ",,") for row in ROWS)], "y", WHOLE, "empty_column_dropped", NAMES),
    table_of("HTML's letters", ["R&amp;D,y", *(f"a&#252;b,{w}" for w in WHOLE)], "y", WHOLE, "entities", "R&D|y"),
    table_of("a source below a gap", ["town,x,y", *ROWS, "", "Source: Office, 2023", "Note: a, b"], "y", WHOLE, "footnotes", NAMES),
    table_of("notes apart from the names", ["Source,CH1", "Units,V", "", "TIME,CH1", *(f"{x},{w}" for x, w in zip(X, WHOLE, strict=True))], "CH1", WHOLE, "preamble", "TIME|CH1"),
    table_of("means at the end", ["id,x,y", *(f"s{i},{X[i]},{WHOLE[i]}" for i in range(N)), f"Mean,{sum(LARGE) / N:.2f},50"], "y", [*WHOLE, "50"], "summary_rows", "id|x|y"),
    table_of("merged cells down the rows", ["dept,x,y", *(f"{'ABCDEFGHIJ'[i // 3] if i % 3 == 0 else ''},{X[i]},{WHOLE[i]}" for i in range(N))], "y", WHOLE, "gaps_down", "dept|x|y"),
    Messy("JSON: objects for names, lists for rows", json.dumps({"columns": [{"name": "x"}, {"name": "y"}], "rows": [[x, w] for x, w in zip(LARGE, COUNTS, strict=True)]}).encode(), "y", COUNTS, "", ("x", "y")),
]  # fmt: skip
SPELLINGS = [*NUMBERS, *CODES, *MOMENTS, *SHAPES]

"""Small tables as programs and people write them, each with one column whose right values are known: 30 rows, values made up."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

N = 30
R = np.random.default_rng(11)
X = [f"{v:.1f}" for v in R.uniform(1, 90, N)]
WHOLE = [str(v) for v in R.integers(20, 80, N)]
TOWNS = ["Oslo", "Rome", "Bern", "Riga"]
DAYS = [date(2021, 1, 1) + timedelta(days=17 * i) for i in range(N)]
MODELS = [f"Model {chr(65 + i % 26)}{i}" for i in range(N)]
NOON = [np.datetime64(f"{day}T12:05:30") for day in DAYS]
QUARTERS = [np.datetime64(f"{2000 + i // 4}-{3 * (i % 4) + 1:02}-01") for i in range(N)]
MONDAYS = [np.datetime64(date.fromisocalendar(2024, i + 1, 1)) for i in range(N)]
RUSSIAN = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
POLISH = [
    "stycznia",
    "lutego",
    "marca",
    "kwietnia",
    "maja",
    "czerwca",
    "lipca",
    "sierpnia",
    "września",
    "października",
    "listopada",
    "grudnia",
]
CZECH = [
    "ledna",
    "února",
    "března",
    "dubna",
    "května",
    "června",
    "července",
    "srpna",
    "září",
    "října",
    "listopadu",
    "prosince",
]
TURKISH = [
    "Ocak",
    "Şubat",
    "Mart",
    "Nisan",
    "Mayıs",
    "Haziran",
    "Temmuz",
    "Ağustos",
    "Eylül",
    "Ekim",
    "Kasım",
    "Aralık",
]
SWEDISH = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
]


@dataclass(frozen=True)
class Messy:
    """One table: what it is, its bytes, and the values of one column; the code of a notice that must be there, if one must."""

    source: str
    data: bytes
    column: str
    values: list[object]
    reported: str = ""
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.source


def column_of(
    source: str, cell: Callable[[int], str], values: list[object], reported: str = "", name: str = "when"
) -> Messy:
    """Return a table of two columns between tabs, the first of which has these cells and values."""
    lines = [f"{name}\tx", *(f"{cell(i)}\t{X[i]}" for i in range(N))]
    return Messy(source, ("\n".join(lines) + "\n").encode(), name, values, reported, (name, "x"))


def _month(source: str, months: list[str], after: str = "") -> Messy:
    return column_of(source, lambda i: f"{DAYS[i].day} {months[DAYS[i].month - 1]} {DAYS[i].year}{after}", list(DAYS))


def _days(form: str) -> Callable[[int], str]:
    return lambda i: DAYS[i].strftime(form)


MOMENTS = [
    column_of("German quarters", lambda i: f"{i % 4 + 1}. Quartal {2000 + i // 4}", QUARTERS),
    column_of("French quarters", lambda i: f"T{i % 4 + 1} {2000 + i // 4}", QUARTERS),
    column_of("French quarters in words", lambda i: f"{i % 4 + 1}{'er' if i % 4 == 0 else 'e'} trimestre {2000 + i // 4}", QUARTERS),
    column_of("quarters in words", lambda i: f"Quarter {i % 4 + 1}, {2000 + i // 4}", QUARTERS),
    column_of("German weeks", lambda i: f"KW {i + 1:02}/2024", MONDAYS),
    column_of("weeks in words", lambda i: f"Week {i + 1}, 2024", MONDAYS),
    column_of("days of ISO weeks", lambda i: f"2024-W{i + 1:02}-3", [day + np.timedelta64(2, "D") for day in MONDAYS]),
    _month("Russian months", RUSSIAN),
    _month("Russian months with the sign of a year", RUSSIAN, " г."),
    _month("Polish months", POLISH),
    _month("Czech months", CZECH),
    _month("Turkish months", TURKISH),
    _month("Swedish months", SWEDISH),
    column_of("years of two digits, hyphens", _days("%d-%m-%y"), list(DAYS), "short_years"),
    column_of("years of two digits first", _days("%y/%m/%d"), list(DAYS), "short_years"),
    column_of("a.m. and p.m.", lambda i: f"{DAYS[i].month}/{DAYS[i].day}/{DAYS[i].year} 12:05:30 p.m.", NOON),
    column_of("Chinese Excel: 上午 and 下午", lambda i: f"{DAYS[i].year}/{DAYS[i].month}/{DAYS[i].day} 下午 12:05:30", NOON),
    column_of("Twitter", _days("%a %b %d 12:05:30 +0000 %Y"), NOON),
    column_of("ctime", _days("%a %b %d 12:05:30 %Y"), NOON),
    column_of("logs of web servers", _days("%d/%b/%Y:12:05:30 +0000"), NOON),
    column_of("SAS: date9.", lambda i: DAYS[i].strftime("%d%b%Y").upper(), list(DAYS)),
    column_of("SAS: datetime18.", lambda i: DAYS[i].strftime("%d%b%Y:12:05:30").upper(), NOON),
    column_of("ISO 8601 without marks", _days("%Y%m%dT120530"), NOON),
    column_of("14 digits", _days("%Y%m%d120530"), NOON),
    column_of("12 digits", _days("%Y%m%d1205"), [moment - np.timedelta64(30, "s") for moment in NOON]),
    column_of("PostgreSQL: an offset of two digits", _days("%Y-%m-%d 12:05:30+00"), NOON),
    column_of("offsets that differ", lambda i: f"{DAYS[i]}T{14 + i % 2}:05:30+0{2 + i % 2}:00", NOON, "mixed_offsets"),
    column_of("Unix seconds", lambda i: str(1609502730 + 86400 * 17 * i), NOON, "epochs", "timestamp"),
    column_of("Unix seconds as a fraction", lambda i: f"{1609502730 + 86400 * 17 * i}.0", NOON, "epochs", "created_at"),
    column_of("Unix milliseconds", lambda i: f"{1609502730 + 86400 * 17 * i}000", NOON, "epochs", "time"),
    column_of("Unix nanoseconds", lambda i: f"{1609502730 + 86400 * 17 * i}{'0' * 9}", NOON, "epochs", "ts"),
    column_of("MySQL: 0000-00-00", lambda i: str(DAYS[i]) if i % 5 else "0000-00-00", [DAYS[i] if i % 5 else None for i in range(N)], "missing_spellings"),
    column_of("SQL: 9999-12-31 for no end", lambda i: str(DAYS[i]) if i % 5 else "9999-12-31", [DAYS[i] if i % 5 else None for i in range(N)], "missing_spellings"),
    column_of("1900-01-01 for no date", lambda i: str(DAYS[i]) if i % 5 else "1900-01-01", [DAYS[i] if i % 5 else date(1900, 1, 1) for i in range(N)], "sentinel"),
]  # fmt: skip


def _signed(i: int) -> float:
    return -float(X[i]) if i % 3 == 0 else float(X[i])


def _in_digits(first: int) -> Callable[[int], str]:
    return lambda i: X[i].translate({48 + k: first + k for k in range(10)})


NUMBERS = [
    column_of("SAP: minus behind, decimal comma", lambda i: X[i].replace(".", ",") + "-" * (i % 3 == 0), [_signed(i) for i in range(N)], name="amount"),
    column_of("accounting: $ ( ) and a dash", lambda i: f"$({X[i]})" if i % 3 == 0 else "$ - " if i % 3 == 1 else f"${X[i]}",
            [-float(X[i]) if i % 3 == 0 else math.nan if i % 3 == 1 else float(X[i]) for i in range(N)], "missing_spellings", "amount"),
    column_of("Arabic digits", _in_digits(0x660), [float(x) for x in X], name="amount"),
    column_of("Devanagari digits", _in_digits(0x966), [float(x) for x in X], name="amount"),
    column_of("with an error", lambda i: f"{X[i]} ± 0.3", [float(x) for x in X], "bounds", "amount"),
    column_of("99 among ages", lambda i: WHOLE[i] if i % 4 else "99", [float(WHOLE[i]) if i % 4 else 99.0 for i in range(N)], "sentinel", "age"),
]  # fmt: skip


def table_of(
    source: str, lines: list[str], column: str, values: list[str], reported: str = "", names: str = ""
) -> Messy:
    """Return a table of these lines, one column of which has these numbers."""
    data = ("\n".join(lines) + "\n").encode()
    return Messy(source, data, column, [float(v) for v in values], reported, tuple(names.split("|")) if names else ())


PAIRS = [f"{X[i]},{WHOLE[i]}" for i in range(N)]
CELLS = "".join(f"<tr><td>{X[i]}<td>{WHOLE[i]}</tr>\n" for i in range(N))
FIXED = [f"{MODELS[i]:<10}{X[i] if i % 5 else '':>5}{WHOLE[i]:>6}" for i in range(N)]
SUM_X, SUM_WHOLE = sum(map(float, X)), sum(map(float, WHOLE))
SHAPES = [
    table_of("ARFF", ["% made up", "@relation r", "@attribute temp numeric", "@attribute 'wind speed' numeric", "@attribute y {yes,no}", "@data",
                    *(f"{p},{'yes' if i % 3 else 'no'}" for i, p in enumerate(PAIRS))], "wind speed", WHOLE, "arff", "temp|wind speed|y"),
    table_of("a web page under the name of a spreadsheet", ["<html><body><p>Report</p><table><tr><th>x<th colspan=1>y</tr>", CELLS, "</table></body></html>"], "y", WHOLE, "web_page", "x|y"),
    table_of("every line in quotes", ['"x,""town"",y"', *(f'"{X[i]},""{TOWNS[i % 4]}"",{WHOLE[i]}"' for i in range(N))], "y", WHOLE, "quoted_lines", "x|town|y"),
    table_of("ASCII marks of units and records", ["x\x1fy\x1e" + "".join(p.replace(",", "\x1f") + "\x1e" for p in PAIRS)], "y", WHOLE, "record_marks", "x|y"),
    table_of("fixed width with blank cells", ["name        x     y", *FIXED], "y", WHOLE, "cut_by_place", "name|x|y"),
    table_of("SQL Server: sqlcmd", ["x           y          ", "----------- -----------", *(f"{X[i]:>11} {WHOLE[i]:>11}" for i in range(N)), "", "(30 rows affected)"], "y", WHOLE, "footnotes", "x|y"),
    table_of("notes as wide as the table", ["Station,Oslo", "Lat,59.9", "Unit,mm", "date,temp", *(f"{DAYS[i]},{X[i]}" for i in range(N))], "temp", X, "preamble", "date|temp"),
    table_of("a last row of sums without a name", ["town,x,y", *(f"{MODELS[i]},{p}" for i, p in enumerate(PAIRS)), f",{SUM_X:.1f},{SUM_WHOLE:.0f}"],
           "y", [*WHOLE, f"{SUM_WHOLE:.0f}"], "total_rows", "town|x|y"),
    table_of("one cell too many in a few rows", ["x,y", *(p if i % 10 else p + ",extra" for i, p in enumerate(PAIRS))], "y", [w for i, w in enumerate(WHOLE) if i % 10], "set_aside", "x|y"),
    table_of("NUL behind every text", ["x,town", *(f"{X[i]},{TOWNS[i % 4]}{chr(0) * 4}" for i in range(N))], "x", X, "nul_characters", "x|town"),
    table_of("letters encoded twice", ["Größe,town".encode().decode("cp1252"), *(f"{X[i]},ZÃ¼rich" for i in range(N))], "Größe", X, "encoded_twice", "Größe|town"),
    *(
        Messy(f"JSON: {source}", json.dumps(content).encode(), "x", [float(v) for v in WHOLE], "", ("x", "y"))
        for source, content in {
            "one list a column": {"x": [int(v) for v in WHOLE], "y": X},
            "pandas, orient=columns": {"x": {str(i): int(v) for i, v in enumerate(WHOLE)}, "y": dict(zip(map(str, range(N)), X, strict=True))},
            "pandas, orient=index": {str(i): {"x": int(v), "y": X[i]} for i, v in enumerate(WHOLE)},
            "pandas, orient=split": {"columns": ["x", "y"], "index": list(range(N)), "data": [[int(v), X[i]] for i, v in enumerate(WHOLE)]},
            "a list within an answer": {"status": "ok", "results": [{"x": int(v), "y": X[i]} for i, v in enumerate(WHOLE)]},
        }.items()
    ),
]  # fmt: skip
MESSY = [*MOMENTS, *NUMBERS, *SHAPES]

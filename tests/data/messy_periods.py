"""Small tables of the round of days and months in digits, letters behind numbers, factors and measurements; values made up."""

from __future__ import annotations

from datetime import date

import numpy as np

from tests.data.messy_tables import DAYS, NOON, TOWNS, WHOLE, Messy, N, X, column_of, table_of

LARGE, COUNTS = [float(x) for x in X], [float(w) for w in WHOLE]
FIRSTS = [date(2020 + i // 12, i % 12 + 1, 1) for i in range(N)]
WEEKS = [date.fromisocalendar(2021, i + 1, 1) for i in range(N)]
FLAGS = ["", "r", "", "p", "", ""]


def _serial(day: date) -> int:
    return (day - date(1899, 12, 30)).days


PERIODS = [
    column_of("months in four digits", lambda i: FIRSTS[i].strftime("%y%m"), list(FIRSTS), "short_years", "period"),
    column_of("months before the year in four digits", lambda i: FIRSTS[i].strftime("%m%y"), list(FIRSTS), "short_years", "mmyy"),
    column_of("months in four digits, not named so", lambda i: FIRSTS[i].strftime("%y%m"), [float(d.strftime("%y%m")) for d in FIRSTS], "maybe_dates", "x1"),
    column_of("years that end in 01 to 12 are years", lambda i: f"{2001 + i % 12}", [2001.0 + i % 12 for i in range(N)], "", "period"),
    column_of("months in six digits", lambda i: FIRSTS[i].strftime("%Y%m"), list(FIRSTS), "", "Periode"),
    column_of("weeks in six digits", lambda i: f"2021{i + 1:02}", list(WEEKS), "", "week"),
    column_of("days in six digits under a German name", lambda i: DAYS[i].strftime("%y%m%d"), list(DAYS), "short_years", "Buchungstag"),
    column_of("days before the month in six digits", lambda i: DAYS[i].strftime("%d%m%y"), list(DAYS), "short_years", "Datum"),
    column_of("days in six digits, not named so", lambda i: DAYS[i].strftime("%y%m%d"), [float(d.strftime("%y%m%d")) for d in DAYS], "maybe_dates", "x1"),
    column_of("days before the month in eight digits", lambda i: DAYS[i].strftime("%d%m%Y"), list(DAYS), "", "x1"),
    column_of("months of years of two digits", lambda i: FIRSTS[i].strftime("%m/%y"), list(FIRSTS), "short_years", "x1"),
    column_of("Mar24 under the name of a period", lambda i: FIRSTS[i].strftime("%b%y"), list(FIRSTS), "short_years", "period"),
    column_of("day numbers beside dates", lambda i: str(_serial(DAYS[i])) if i % 3 == 1 else str(DAYS[i]), list(DAYS), "mixed_dates"),
    column_of("1er janvier", lambda i: f"{'1er' if DAYS[i].day == 1 else DAYS[i].day} {['janv.', 'févr.', 'mars', 'avr.', 'mai', 'juin', 'juil.', 'août', 'sept.', 'oct.', 'nov.', 'déc.'][DAYS[i].month - 1]} {DAYS[i].year}", list(DAYS)),
    column_of("31-Mär-21", lambda i: f"{DAYS[i].day}-{['Jan', 'Feb', 'Mär', 'Apr', 'Mai', 'Jun', 'Jul', 'Aug', 'Sep', 'Okt', 'Nov', 'Dez'][DAYS[i].month - 1]}-{DAYS[i]:%y}", list(DAYS), "short_years"),
    column_of("points in the clock", lambda i: f"{DAYS[i]} 12.05.30", NOON),
]  # fmt: skip
PERIODS += [
    column_of("weeks behind a hyphen", lambda i: f"2021-{i + 1:02}", list(WEEKS), "", "week"),
    column_of("weeks before the year", lambda i: f"{i + 1:02}/2021", list(WEEKS), "", "KW"),
    column_of("months with a point", lambda i: f"{FIRSTS[i].month}.{FIRSTS[i].year}", list(FIRSTS), "", "x1"),
    column_of("months behind years and a point", lambda i: FIRSTS[i].strftime("%Y.%m"), list(FIRSTS), "", "x1"),
    column_of("years with hundredths are numbers", lambda i: f"{1990 + i}.{i * 3 + 2:02}", [float(f"{1990 + i}.{i * 3 + 2:02}") for i in range(N)], "", "x1"),
    column_of("Taiwan's months", lambda i: f"{FIRSTS[i].year - 1911}年{FIRSTS[i].month}月", list(FIRSTS), "minguo_years", "年月"),
    column_of("times of day in digits", lambda i: f"{i % 24}{(7 * i) % 60:02}", [float(f"{i % 24}{(7 * i) % 60:02}") for i in range(N)], "maybe_times", "dep_time"),
    column_of("days that a spreadsheet made", lambda i: ["TP53", "2-Sep", "MYC", "BRCA1"][i % 4], [["TP53", "2-Sep", "MYC", "BRCA1"][i % 4] for i in range(N)], "spreadsheet_days", "gene"),
]  # fmt: skip
NUMBERS = [
    column_of("ONS: letters of footnotes", lambda i: X[i] + FLAGS[i % 6], LARGE, "bounds", "rate"),
    column_of("house numbers keep their letters", lambda i: f"{i + 11}{'b' * (i % 3 == 0)}", [f"{i + 11}{'b' * (i % 3 == 0)}" for i in range(N)], "", "house"),
    column_of("footnotes behind a blank", lambda i: X[i] + " a)" * (i % 5 == 0), LARGE, "bounds", "rate"),
    column_of("1.2 (high)", lambda i: X[i] + ["", " (high)", " (low)"][i % 3], LARGE, "bounds", "crp"),
    column_of("percent of so many", lambda i: f"{X[i]}% (n={WHOLE[i]})", [round(x / 100, 6) for x in LARGE], "bounds", "share"),
    column_of("an error before the unit", lambda i: f"{X[i]}±0.5 mg", LARGE, "bounds", "dose"),
    column_of("times five", lambda i: f"×{WHOLE[i]}", COUNTS, "number_marks", "fold"),
    column_of("factors with decimals", lambda i: f"x{X[i]}", LARGE, "number_marks", "fold"),
    column_of("factors that may be names", lambda i: ["x2", "x5", "x10"][i % 3], [["x2", "x5", "x10"][i % 3] for i in range(N)], "numbers_in_texts", "dilution"),
    column_of("x1, x2, x3 are names", lambda i: f"x{i % 4 + 1}", [f"x{i % 4 + 1}" for i in range(N)], "", "term"),
    column_of("ages in letters", lambda i: f"{WHOLE[i]}{'ym'[i % 2]}", [w / (1 + 11 * (i % 2)) for i, w in enumerate(COUNTS)], "quantities", "age"),
    column_of("days before a clock", lambda i: f"{i}d 03:15:00", [24 * i + 3.25 for i in range(N)], "hours", "uptime"),
    column_of("laps of races", lambda i: f"1:{WHOLE[i].replace('6', '5').replace('7', '4')}.250", [(60 + float(WHOLE[i].replace("6", "5").replace("7", "4")) + 0.25) / 3600 for i in range(N)], "hours", "lap"),
    column_of("Arabic percent", lambda i: f"{WHOLE[i]}٪", [w / 100 for w in COUNTS], "percent", "share"),
    column_of("Peruvian soles", lambda i: f"S/ {X[i]}", LARGE, "number_marks", "venta"),
    column_of("codes of places", lambda i: f"{10115 + 97 * i}", [10115.0 + 97 * i for i in range(N)], "code_numbers", "PLZ"),
    column_of("nothing in a pivot table", lambda i: "(blank)" if i % 7 == 3 else X[i], [np.nan if i % 7 == 3 else x for i, x in enumerate(LARGE)], "missing_spellings", "sum"),
    column_of("yes and no in Bulgarian", lambda i: ["не", "да"][i % 3 > 0], [float(i % 3 > 0) for i in range(N)], "", "наличен"),
    column_of("Spanish millions", lambda i: f"{X[i]} millones", [round(x * 1e6, 1) for x in LARGE], "magnitudes", "pib"),
]  # fmt: skip
_RECORDS = "".join(f"<row><town>{TOWNS[i % 4]}</town><x>{X[i]}</x><y>{WHOLE[i]}</y></row>\n" for i in range(N))
_CELLS = "".join(
    f"<Row><Cell><Data>{X[i]}</Data></Cell><Cell ss:Index='3'><Data>{WHOLE[i]}</Data></Cell></Row>\n" for i in range(N)
)
_NAMES = "<Row><Cell><Data>x</Data></Cell><Cell><Data>note</Data></Cell><Cell><Data>y</Data></Cell></Row>\n"
_HEAD = ["LabVIEW Measurement", "Separator\tTab", "***End_of_Header***", "", "Channels\t2", "***End_of_Header***"]
_SUMS = [f"{TOWNS[i % 4]} {i};{WHOLE[i]}" for i in range(N)]
SHAPES = [
    table_of("a German pivot table", ["Zeilenbeschriftungen;Summe von y", *_SUMS, f"Gesamtergebnis;{sum(map(int, WHOLE))}"], "Summe von y", [*WHOLE, str(sum(map(int, WHOLE)))], "total_rows"),
    table_of("sums under a name that nothing knows", ["town;y", *_SUMS, f"Yhteenveto;{sum(map(int, WHOLE))}"], "y", [*WHOLE, str(sum(map(int, WHOLE)))], "total_rows"),
    table_of("blocks of names and values", [f"Town: {TOWNS[i % 4]}\nAge: {WHOLE[i]}\n" for i in range(N)], "Age", WHOLE, "listed", "Town|Age"),
    table_of("a dash for no unit", ["time,y,state", "s,bar,-", *(f"{i},{WHOLE[i]},{['on', 'off'][i % 2]}" for i in range(N))], "y bar", WHOLE, "joined_header"),
    table_of("commas within numbers are no delimiters", ["Name        Age   Sum", *(f"{['Anna B.', 'Karl'][i % 2]:<12}{'' if i % 7 == 3 else 20:<6}{WHOLE[i]},5" for i in range(N))], "Sum", [f"{w}.5" for w in WHOLE], "cut_by_place", "Name|Age|Sum"),
    table_of("a percent sign before numbers with a comma", ["town;try;rate", *(f"{TOWNS[i % 4]};₺1.234,56;%{WHOLE[i]},5" for i in range(N))], "rate", [f"{(float(w) + 0.5) / 100}" for w in WHOLE], "percent", "town|try|rate"),
    table_of("three decimals between semicolons", ["day;kWh", *(f"{DAYS[i]:%d.%m.%Y};{WHOLE[i]},{400 + i}" for i in range(N))], "kWh", [f"{WHOLE[i]}.{400 + i}" for i in range(N)], "decimal_comma"),
    Messy("XML: flat records", f"<?xml version='1.0'?>\n<rows>\n{_RECORDS}</rows>\n".encode(), "y", COUNTS, "xml", ("town", "x", "y")),
    Messy("XML: a workbook", f"<Workbook><Worksheet><Table>{_NAMES}{_CELLS}</Table></Worksheet></Workbook>".encode(), "y", COUNTS, "xml"),
    table_of("Prometheus", ["# TYPE hits counter", *(f'hits{{town="{TOWNS[i % 4]}",code="{WHOLE[i]}"}} {X[i]}' for i in range(N))], "code", WHOLE, "measured", "metric|town|code|value"),
    table_of("InfluxDB", [f"air,town={TOWNS[i % 4]} x={X[i]},y={WHOLE[i]}i {1465839830100400200 + 10**9 * i}" for i in range(N)], "y", WHOLE, "measured", "measurement|town|x|y|time"),
    table_of("LabVIEW", [*_HEAD, "X_Value\ty\tComment", *(f"{i / 10:.6f}\t{WHOLE[i]}" for i in range(N))], "y", WHOLE, "settings_above"),
    table_of("Julia", ["30×2 DataFrame", " Row │ town    y     ", "     │ String  Int64 ", "─────┼───────────────", *(f"{i + 1:4} │ {TOWNS[i % 4]:6}  {WHOLE[i]:>5}" for i in range(N))], "y", WHOLE, "printed", "town|y"),
]  # fmt: skip
WITH_MOMENTS = column_of(
    "moments in digits of the day",
    lambda i: DAYS[i].strftime("%Y%m%d1205"),
    [np.datetime64(f"{day}T12:05") for day in DAYS],
)
PERIOD_TABLES = [*PERIODS, *NUMBERS, *SHAPES, WITH_MOMENTS]

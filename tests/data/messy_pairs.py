"""Small tables of the round of pairs, units that differ, codes behind scales and labels in two spellings; values made up."""

from __future__ import annotations

from datetime import date

from tests.data.messy_tables import QUARTERS, TOWNS, WHOLE, Messy, N, column_of, table_of


def texts_of(source: str, cells: list[str], reported: str, name: str = "v") -> Messy:
    """Return a table whose column of these cells stays one of texts."""
    return column_of(source, lambda i: cells[i % len(cells)], [cells[i % len(cells)] for i in range(N)], reported, name)


def numbers_of(source: str, cells: dict[str, float], reported: str, name: str = "v") -> Messy:
    """Return a table whose column of these cells has these values."""
    texts, values = list(cells), list(map(float, cells.values()))
    return column_of(
        source, lambda i: texts[i % len(texts)], [values[i % len(texts)] for i in range(N)], reported, name
    )


PAIRS = [
    texts_of("heights of players", ["6-7", "6-10", "5-11", "7-0", "6-4", "6-8"], "several_numbers", "height"),
    texts_of("classes of ages are no pairs", ["10-19", "20-29", "30-39", "80+"], "", "age"),
    texts_of("titers", ["1:20", "1:40", "1:80", "1:160"], "several_numbers", "titer"),
    texts_of("weeks and days", ["38+4", "39+0", "40+2", "37+6"], "several_numbers", "ga"),
    texts_of("32nds of a price", ["101-16", "99-08", "100-24+", "98-31"], "several_numbers", "price"),
    texts_of("spans of prices", ["$12.99 – $24.99", "$5.00 – $9.50", "$100.00 – $120.00"], "several_numbers", "price"),
    texts_of("two coordinates", ["40.446, -79.982", "39.1, -80.5", "41.98, -78.01"], "several_numbers", "place"),
    texts_of("two angles", ["N40.446° W79.982°", "N39.100° W80.500°", "N41.980° W78.010°"], "several_numbers", "place"),
    texts_of("day and month alone", ["23-Mar", "24-Apr", "22-May", "21-Jun"], "unread_dates", "month"),
    texts_of("settings in cells", ["a=1;b=2", "a=3;b=1", "a=5;b=7"], "lists", "meta"),
]  # fmt: skip
UNITS = [
    texts_of("°F beside °C", ["98.6 F", "37.0 C", "99.1 F", "36.6 C"], "numbers_in_texts", "temp"),
    texts_of("mg/dL beside mmol/L", ["126 mg/dL", "7.0 mmol/L", "98 mg/dL", "5.4 mmol/L"], "numbers_in_texts", "glucose"),
    texts_of("pieces and pairs", ["12 pcs", "6 pcs", "1 pair", "2 pairs"], "numbers_in_texts", "qty"),
    texts_of("how long ago", ["3 days ago", "2 hours ago", "5 days ago", "1 hour ago"], "numbers_in_texts", "posted"),
    texts_of("years before Christ", ["44 BC", "12 BC", "14 AD", "117 AD"], "numbers_in_texts", "year"),
    texts_of("numerals of Chinese", ["三", "五", "十二", "二十"], "numbers_in_texts", "数"),
    texts_of("addresses are no quantities", ["12 Oak Street", "7 Elm Street", "31 Main Street"], "", "street"),
    texts_of("signs of p that differ", ["p=0.03", "p<0.001", "p=0.45", "p=0.012"], "numbers_in_texts", "p"),
    numbers_of("micrograms", {"500 mg": 500, "1 g": 1000, "250 mcg": 0.25, "50 mg": 50}, "mixed_units", "dose"),
    numbers_of("units in capitals", {"70 kg": 70, "72 Kg": 72, "68KG": 68}, "number_marks", "weight"),
    numbers_of("inches in words", {"15.6 inch": 15.6, "13.3 inches": 13.3, "14 inch": 14}, "number_marks", "screen"),
    numbers_of("inches as a sign", {'15.6"': 15.6, '13.3"': 13.3, '14"': 14}, "number_marks", "screen"),
    numbers_of("rates", {"100 Mbps": 100, "1 Gbps": 1000, "50 Mbps": 50}, "mixed_units", "speed"),
    numbers_of("pressures", {"1013 hPa": 1013, "101.3 kPa": 1013, "990 hPa": 990}, "mixed_units", "p"),
    numbers_of("fractions before a word", {"½ cup": 0.5, "1½ cups": 1.5, "2 cups": 2}, "quantities", "amount"),
    numbers_of("points before a word", {"4.5/5 stars": 4.5, "4/5 stars": 4, "3/5 stars": 3}, "points", "rating"),
    numbers_of("points of 4.0", {"3.7/4.0": 3.7, "2.9/4.0": 2.9, "4.0/4.0": 4}, "points", "gpa"),
    numbers_of("hours without minutes", {"7h30": 7.5, "12h": 12, "18h45": 18.75}, "hours", "heure"),
    numbers_of("noon", {"7:30 AM": 7.5, "noon": 12, "5:15 PM": 17.25}, "hours", "time"),
    numbers_of("percent before a word", {"20% off": 0.2, "5% off": 0.05, "50% off": 0.5}, "percent", "deal"),
    numbers_of("numbers in bold", {"<b>12</b>": 12, "<b>7.5</b>": 7.5, "<b>30</b>": 30}, "number_marks", "v"),
    numbers_of("shirts 00 and 0", {"00": 0, "0": 0, "7": 7, "12": 12, "23": 23}, "leading_zeros", "jersey"),
]  # fmt: skip
CODES = [
    column_of("8 and 9 behind a scale", lambda i: "98"[i % 2] if i % 5 == 4 else str(i % 4 + 1), [9.0 - i % 2 if i % 5 == 4 else i % 4 + 1.0 for i in range(N)], "sentinel", "v12"),
    column_of("a scale to 9", lambda i: str(i % 9 + 1), [i % 9 + 1.0 for i in range(N)], "", "q"),
    column_of("−9 beside large numbers", lambda i: "-9" if i % 6 == 5 else str(3 * i + 1), [-9.0 if i % 6 == 5 else 3 * i + 1.0 for i in range(N)], "sentinel"),
    column_of("seconds that lie close together", lambda i: str(1_700_000_000 + 86_400 * (7919 * i % 997)), [1.7e9 + 86_400.0 * (7919 * i % 997) for i in range(N)], "maybe_epochs", "x1"),
    column_of("articles", lambda i: str(4_006_381_333_000 + 137 * i % 911), [4_006_381_333_000.0 + 137 * i % 911 for i in range(N)], "code_numbers", "ean"),
    texts_of("accents", ["São Paulo", "Sao Paulo", "Rio"], "label_variants", "city"),
    texts_of("quotes of two kinds", ["O'Brien", "O’Brien", "Smith"], "label_variants", "who"),
    texts_of("hyphens", ["non-smoker", "non smoker", "smoker"], "label_variants", "smoking"),
    texts_of("A- is no A", ["A-", "A", "B"], "", "grade"),
]  # fmt: skip
MORE = [
    numbers_of("programs' durations", {"252ms": 0.252 / 3600, "1.5s": 1.5 / 3600, "1m30.5s": 90.5 / 3600}, "hours", "took"),
    texts_of("settings of one key", ["p95=120ms", "p95=84ms", "p95=301ms"], "numbers_in_texts", "m"),
    texts_of("marks of 100 with a grade", ["85/100 (B)", "97/100 (A)", "71/100 (C)", "64/100 (D)", "88/100 (B)", "91/100 (A)"], "several_numbers", "mark"),
    numbers_of("Swedish prices", {"81:-": 81, "34:-": 34, "96:-": 96}, "number_marks", "pris"),
    numbers_of("a percent sign behind parentheses", {"(66.1)%": -0.661, "37.3%": 0.373, "17.2%": 0.172}, "percent"),
    numbers_of("powers of ten", {"10^-5": 1e-5, "10^-3": 1e-3, "10^-7": 1e-7}, "number_marks", "conc"),
    numbers_of("raised powers of ten", {"10⁻⁵": 1e-5, "10⁻³": 1e-3, "10⁻⁷": 1e-7}, "number_marks", "conc"),
    numbers_of("angles with a decimal comma", {"40,5281° N": 40.5281, "41,5234° S": -41.5234, "42,5296° N": 42.5296}, "quantities", "lat"),
    column_of("prices by the month", lambda i: f"$1,{200 + i}/mo", [1200.0 + i for i in range(N)], "number_marks", "rent"),
    column_of("heights that number no rows", lambda i: f"1,{200 + i} ft", [1200.0 + i for i in range(N)], "open_comma", "height"),
    column_of("Pakistani rupees", lambda i: f"PKR 1,{200 + 7 * i}", [1200.0 + 7 * i for i in range(N)], "number_marks", "price"),
    column_of("cards", lambda i: f"41111111111{WHOLE[i]}{WHOLE[-i]}1", [f"41111111111{WHOLE[i]}{WHOLE[-i]}1" for i in range(N)], "", "card"),
    column_of("periods of accounting", lambda i: f"2024P{i % 12 + 1:02}", [date(2024, i % 12 + 1, 1) for i in range(N)], "", "per"),
    column_of("−1 and −2 before a scale", lambda i: "-1" if i % 9 == 5 else "-2" if i % 9 == 7 else str(i % 5 + 1), [-1.0 if i % 9 == 5 else -2.0 if i % 9 == 7 else i % 5 + 1.0 for i in range(N)], "sentinel", "q"),
    column_of("−1 to 1 is a scale", lambda i: str(i % 3 - 1), [i % 3 - 1.0 for i in range(N)], "", "mood"),
]  # fmt: skip
MORE += [
    texts_of("one in so many", ["1 in 5", "1 in 20", "1 in 100", "1 in 3"], "several_numbers", "risk"),
    texts_of("spans of salaries", ["£20k–£25k", "£31k–£36k", "£18k–£23k"], "several_numbers", "salary"),
    texts_of("an error before an exponent", ["17.3(3)e-5", "29.6(3)e-5", "8.8(3)e-5"], "several_numbers", "v"),
    column_of("quarters behind a stroke", lambda i: f"{2000 + i // 4}/Q{i % 4 + 1}", list(QUARTERS), "", "q"),
]  # fmt: skip
_GROUPS = ["North", *[""] * 14, "South", *[""] * 14]
SHAPES = [
    table_of("two groups, merged down", ["region,town,y", *(f"{_GROUPS[i]},{TOWNS[i % 4]},{WHOLE[i]}" for i in range(N))], "y", WHOLE, "gaps_down"),
    table_of("names with characters of no width", ["\u200btown,y\u200b", *(f"{TOWNS[i % 4]},{WHOLE[i]}" for i in range(N))], "y", WHOLE, "", "town|y"),
    table_of("&nbsp; in numbers", ["town,y", *(f"{TOWNS[i % 4]},{WHOLE[i]}&nbsp;{100 + i}" for i in range(N))], "y", [f"{w}{100 + i}" for i, w in enumerate(WHOLE)], "entities"),
]  # fmt: skip
PAIR_TABLES = [*PAIRS, *UNITS, *CODES, *MORE, *SHAPES]

"""Small tables of the round of marks that some numbers bear, names made of numbers, and kinds that must stay as they are."""

from __future__ import annotations

from datetime import date

from tests.data.messy_pairs import numbers_of, texts_of
from tests.data.messy_tables import TOWNS, WHOLE, Messy, N, column_of, table_of

COUNTS = [float(w) for w in WHOLE]
_LABELS = ["5 - Agree", "4 - Rather", "3 - Neutral", "2 - Hardly", "1 - Disagree"]
PARTLY_MARKED = [
    texts_of("ranks that several share", ["1", "T2", "4", "T5", "8", "9", "T10", "12"], "numbers_in_texts", "pos"),
    texts_of("ranks that several share, as equal", ["1", "2=", "4", "5=", "8", "9"], "mostly_numbers", "rank"),
    texts_of("minutes that were added", ["45+2'", "12'", "90+4'", "67'", "33'"], "numbers_in_texts", "minute"),
    texts_of("thousandths of a processor", ["250m", "1", "500m", "2", "100m"], "numbers_in_texts", "cpu"),
    texts_of("house numbers are no such", ["12", "12a", "14", "3b", "27", "101c"], "", "nr"),
    texts_of("scores with a role", ["9 (Promoter)", "3 (Detractor)", "7 (Passive)", "10 (Promoter)", "8 (Passive)", "0 (Detractor)"], "numbers_in_texts", "nps"),
    texts_of("labels with a code before", ["(1) Yes", "(2) No", "(3) Open"], "", "q"),
    texts_of("labels with a code behind", ["Yes (1)", "No (2)", "Open (3)"], "", "q"),
    texts_of("scales in words", _LABELS, "", "q"),
    texts_of("stars", ["★★★★☆", "★★★☆☆", "★★★★★", "★☆☆☆☆"], "numbers_in_texts", "rating"),
    texts_of("how long ago, or yesterday", ["today", "yesterday", "2 days ago", "3 weeks ago"], "numbers_in_texts", "seen"),
    texts_of("sets of tennis", ["6-4 6-3", "7-6(5) 6-2", "6-3 3-6 6-4", "6-1 6-0"], "several_numbers", "score"),
    texts_of("packs of bottles", ["6 x 330 ml", "12 x 500 ml", "24 x 330 ml", "4 x 1 l"], "several_numbers", "pack"),
    texts_of("few pressures of blood", ["120/80", "135/85", "110/70", "142/91"], "several_numbers", "bp"),
    texts_of("few acuities", ["20/20", "20/40", "20/200", "20/25"], "several_numbers", "va"),
    texts_of("genotypes are no quotients", ["0/0", "0/1", "1/1", "1/2"], "", "gt"),
]  # fmt: skip
QUIET = [one for one in PARTLY_MARKED if not one.reported]  # Nothing is open in these.
READ_NOW = [
    numbers_of("days before a clock, with a hyphen", {"1-02:00:00": 26, "0-12:30:00": 12.5, "2-00:45:00": 48.75}, "hours", "elapsed"),
    numbers_of("losses of Japan's accounts", {"1,234": 1234, "△567": -567, "8,901": 8901, "△12,345": -12345}, "number_marks", "profit"),
    numbers_of("triangles in both directions", {"▲5.5": 5.5, "▼3.25": -3.25, "▲7.75": 7.75}, "number_marks", "change"),
    numbers_of("triangles that only rise", {"▲5.5": 5.5, "▲3.25": 3.25, "0.0": 0, "▲7.75": 7.75}, "number_marks", "change"),
    numbers_of("Brazilian thousands", {"R$ 1.2 mil": 1200, "R$ 35.5 mil": 35500, "R$ 7 mil": 7000}, "magnitudes", "valor"),
    numbers_of("Brazilian millions", {"R$ 1.2 mi": 1.2e6, "R$ 35.5 mi": 35.5e6, "R$ 7 mi": 7e6}, "magnitudes", "valor"),
    numbers_of("miles stay miles", {"1.2 mi": 1.2, "35.5 mi": 35.5, "7 mi": 7}, "number_marks", "distance"),
    numbers_of("interest a year", {"3.75 % p.a.": 0.0375, "1.2 % p.a.": 0.012, "0.5 % p. a.": 0.005}, "percent", "rate"),
    column_of("months with a point behind a point", lambda i: f"{i % 28 + 1:02}.{['Mrz', 'Mai', 'Okt'][i % 3]}.2024", [date(2024, [3, 5, 10][i % 3], i % 28 + 1) for i in range(N)], "", "Buchung"),
    column_of("days with a zone", lambda i: f"2024-03-{i % 28 + 1:02}{['Z', '+01:00', ''][i % 3]}", [date(2024, 3, i % 28 + 1) for i in range(N)], "", "valid"),
    column_of("a single code of nothing", lambda i: "-9999" if i == 7 else WHOLE[i], [-9999.0 if i == 7 else w for i, w in enumerate(COUNTS)], "sentinel", "temp"),
    column_of("a single debt is no code", lambda i: "-9990" if i == 7 else WHOLE[i], [-9990.0 if i == 7 else w for i, w in enumerate(COUNTS)], "", "balance"),
]  # fmt: skip
_STATES = [float(i % 3 > 0) for i in range(N)]
_WORDS = ["up" if i % 3 else "down" for i in range(N)]


def _above(names: list[str], cells: list[str]) -> list[str]:
    """Return lines of these names, and below them rows with a name and the same cell under each."""
    return [",".join(["id", *names]), *(",".join([f"s{i}", *[cells[i]] * len(names)]) for i in range(N))]


NAMES = [
    table_of("numbers above true and false", _above(["10011", "20022", "7"], ["TRUE" if s else "FALSE" for s in _STATES]), "7", [str(s) for s in _STATES], "", "id|10011|20022|7"),
    Messy("days above words", "\n".join(_above(["2024-01-01", "2024-01-05"], _WORDS)).encode() + b"\n", "2024-01-05", _WORDS, "", ("id", "2024-01-01", "2024-01-05")),
    Messy("numbers above days", "\n".join(_above(["17", "4"], [f"2024-03-{i % 28 + 1:02}" for i in range(N)])).encode() + b"\n", "4", [date(2024, 3, i % 28 + 1) for i in range(N)], "", ("id", "17", "4")),
    Messy("numbers above numbers are none", "\n".join(f"{TOWNS[i % 4]},{WHOLE[i]},{WHOLE[-1 - i]}" for i in range(N)).encode() + b"\n", "column_2", COUNTS, "no_header", ("column_1", "column_2", "column_3")),
    Messy("numbers of which one stands above numbers", "\n".join(["x,10011,20022", *(f"s{i},{_WORDS[i]},{WHOLE[i]}" for i in range(N))]).encode() + b"\n", "column_2", ["10011", *_WORDS], "no_header", ("column_1", "column_2", "column_3")),
]  # fmt: skip
NAMES += [
    Messy("numbers above errors alone", ("1.5,2.25,7\n" + "error,error,error\n" * 9).encode(), "column_1", ["1.5", *["error"] * 9], "no_header", ("column_1", "column_2", "column_3")),
]  # fmt: skip
MARKED_TABLES = [*PARTLY_MARKED, *READ_NOW, *NAMES]

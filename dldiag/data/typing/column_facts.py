"""What is known about one column before its kind is decided."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dldiag.core.types import ReadPlan
from dldiag.data.name_words import made_up_name, word_set, words_of
from dldiag.data.typing.dates import Dates, read_dates
from dldiag.data.typing.distinct import Cells
from dldiag.data.typing.missing import maybe_missing, surely_missing
from dldiag.data.typing.numbers import Numbers, read_numbers
from dldiag.data.typing.patterns import as_mask, found_in, substituted

_ID_WORDS = word_set(
    "id ids uuid guid identifier row rownames rowid rowno index idx key pk ssn email phone unnamed isbn iban seq seqno caseno recno"
    " mobile tel telephone telefon telefono téléphone fax msisdn imei"
)
_ID_PARTS = ("编号", "序号", "身份证", "手机号", "订单号", "学号", "工号")
_DATE_WORDS = word_set(
    "date day d dt datum fecha data дата time ts timestamp datetime epoch unix unixtime created updated modified at month year jahr doy julian yday"
    " tag jour dia giorno dag posting posted booking booked buchung buchungstag buchungsdatum belegdatum valuta wertstellung geburtstag"
    " geburtsdatum dob birthday birthdate born expiry expires expiration visit yymmdd yyyymmdd ddmmyy ddmmyyyy mmddyy mmddyyyy"
)
_DATE_PARTS = ("日期", "时间", "年份", "年度", "日付", "日時", "날짜", "дата", "datum", "fecha")
_YEAR_WORDS, _YEAR_PARTS = word_set("year years yr jahr année annee año ano anno jaar rok år"), ("年份", "年度")
_REGION_WORDS = word_set(
    "state states county counties statefp countyfp tract dept departement département department prov province provincia region région"
    " canton district commune comune municipio municipality gemeinde kreis bezirk land bundesland regierungsbezirk voivodeship powiat gmina naics sic"
)  # Offices number these with zeros before short numbers.
# Under these names two digits of a year and two of a month may stand.
_MONTH_WORDS = word_set(
    "month months monthly period periods periode perioden periodo monat monate monatlich mois mes mese mesi maand maanden mnd mies miesiac mesic"
    " yymm yyyymm mmyy mmyyyy ym vintage cohort"
)
# Under these names 202105 and 2021-05 are the fifth week of 2021.
_WEEK_WORDS = word_set(
    "week weeks kw woche kalenderwoche semaine semana settimana vecka uke uge isoweek epiweek yearweek yyyyww yw"
)
_WEEKS = (
    (r"^((?:19|20)\d{2})[-/. ]?(0?[1-9]|[1-4]\d|5[0-3])$", r"\1-W\2"),
    (r"^(0?[1-9]|[1-4]\d|5[0-3])[-/. ]((?:19|20)\d{2})$", r"\2-W\1"),
)
_MONTH_PARTS = ("période", "período", "miesiąc", "měsíc", "месяц", "период", "月份", "年月", "期间")
_CODE_WORDS = word_set("code codes zip plz fips postcode postal")
_VERSION_WORDS = word_set(
    "version versions ver release build firmware 版本 section sections chapter clause icd icd9 icd10 naics ddc"
)
# Under such names digits around an E, as in 1E3, are a code as well.
_PART_WORDS = word_set(
    "sku block lot flat apartment part plate well grid batch model item product serial article unit bin shelf seat room"
)
_PLACE_CODES = word_set(
    "zip zipcode zips plz postleitzahl postal postcode postcodes fips cep naics ean gtin upc barcode isbn siren siret cnpj cpf npi cusip sedol"
)  # Their numbers are names.
_CLOCK_WORDS = word_set(
    "time times hhmm hhmmss hour hrs clock uhrzeit zeit heure hora ora tijd klockan departure arrival dep arr"
)
_AMOUNT_WORDS, _SPACED_K = (
    word_set(
        "salary salaries wage wages income pay earnings revenue revenues sales turnover price prices cost costs budget amount amounts spend profit fee"
        " fees rent gehalt umsatz preis kosten einkommen lohn salaire prix sueldo salario precio ingresos followers subscribers views likes population"
        " downloads users visitors einwohner"
    ),
    r"\d\s+K$",
)
_DIRECTION_WORDS = word_set("hemisphere hemi ns lat latitude latdir dir direction side pole facing")
_CODE_PARTS = ("编码", "邮编", "代码")
_NO_DATE, _MONTH_WITH_POINT = r"^[+-]|^\d*\.\d*$", r"^(?:0?[1-9]|1[0-2])\.(?:19|20)\d{2}$|^(?:19|20)\d{2}\.\d{2}$"
_LIKE_NUMBER, _FEW_FIRST = re.compile(r"[+-]?\d*\.?\d*(?:[eE][+-]?\d+)?"), 20
_MOST_NO_DATES = 0.05  # Beside more cells that are none, the others make no column of dates (as READ_SHARE).
NUMBER_SAMPLE = 500  # This many distinct texts, spread over the column, are looked at before all are tried as numbers.
_HOPELESS = 0.1  # If fewer of the sample read as numbers, the others are not tried.


@dataclass(frozen=True, eq=False)
class Facts:
    """One column: its cells without sure missing values, and `solid` ones without the doubtful spellings as well."""

    name: str
    position: int
    cells: Cells
    plan: ReadPlan
    sure: tuple[str, ...] = ()  # The spellings of missing values that were taken out.
    sure_count: int = 0
    declared: str = ""  # What a typed file format says: number, date or bool.
    words: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def doubtful(self) -> NDArray[np.bool_]:
        """Which texts may mean "missing"."""
        return maybe_missing(self.cells.texts)

    @cached_property
    def solid(self) -> Cells:
        """The cells without the texts that may mean "missing"."""
        return self.cells.without(self.doubtful)

    @cached_property
    def numbers(self) -> Numbers:
        """The solid texts as numbers."""
        texts, marks = self.solid.texts, {"decimal": self.plan.decimal, "thousands": self._thousands}
        if self.words & _AMOUNT_WORDS and found_in(texts, _SPACED_K).all():
            texts = substituted(texts, r"\s+K$", "K")  # Thousands, not Kelvin.
        if len(texts) > NUMBER_SAMPLE:
            sample = texts.take(pa.array(np.linspace(0, len(texts) - 1, NUMBER_SAMPLE).astype(np.int64)))
            if read_numbers(sample, **marks).read.mean() < _HOPELESS:
                nothing = np.zeros(len(texts), dtype=bool)
                return Numbers(np.full(len(texts), np.nan), nothing, nothing, nothing)
        return read_numbers(texts, **marks)

    @property
    def _thousands(self) -> str:
        """The mark of thousands of the file, but for commas that do not stand between commas: each column says itself what they are."""
        return "" if self.plan.thousands == "," != self.plan.delimiter else self.plan.thousands

    @cached_property
    def are_no_dates(self) -> bool:
        """Whether all solid texts are plain numbers, and too many of them have a sign or a fraction to be days or months in digits.

        No way of writing a date has either but 3.2024 and 2024.03, so that looking for each can be left out.
        """
        first = self.solid.texts.slice(0, _FEW_FIRST).to_pylist()
        if not all(map(_LIKE_NUMBER.fullmatch, first)) or self.numbers.marked.any() or not self.numbers.read.all():
            return False
        return self.solid.share(self.solid.matches(_NO_DATE) & ~self.solid.matches(_MONTH_WITH_POINT)) > _MOST_NO_DATES

    @cached_property
    def dates(self) -> Dates:
        """The solid texts as dates."""
        texts, named = self.solid.texts, self.named_like_date
        if self.words & _WEEK_WORDS:
            texts = _with_weeks(texts)
        return read_dates(texts, day_first=self.plan.day_first, is_named_so=named, is_month=self.named_like_month)

    @property
    def dates_by_hand(self) -> Dates:
        """The solid texts as the dates that a person said they are: digits that nothing else says to be dates are read so, too."""
        if self.dates.read.any():
            return self.dates
        return read_dates(self.solid.texts, day_first=self.plan.day_first, is_named_so=True, is_month=True)

    @property
    def named_like_identifier(self) -> bool:
        """Whether the name says that the column names rows: customer_id, Unnamed: 0, 编号; or a first column has none."""
        return is_named_like_identifier(self.name) or self.is_first_without_name

    @property
    def is_first_without_name(self) -> bool:
        """Whether a header names all columns but the first, as R and pandas write row names."""
        return self.position == 0 and self.plan.header_row is not None and self.name == made_up_name(0)

    @property
    def named_like_code(self) -> bool:
        """Whether the name says that the column holds codes: zip, state_code, 邮编."""
        return bool(self.words & _CODE_WORDS) or any(part in self.name for part in _CODE_PARTS)

    @property
    def named_like_place_code(self) -> bool:
        """Whether the name is that of codes for places or trades, whose whole numbers count nothing."""
        return bool(self.words & _PLACE_CODES)

    @property
    def named_like_clock(self) -> bool:
        """Whether the name says that the column holds times of day."""
        return bool(self.words & _CLOCK_WORDS)

    @property
    def named_like_direction(self) -> bool:
        """Whether the name says that S and N are south and north."""
        return bool(self.words & _DIRECTION_WORDS)

    @property
    def named_like_part(self) -> bool:
        """Whether the name says that the column names parts, products or places: sku, block, seat."""
        return self.named_like_code or bool(self.words & _PART_WORDS)

    @property
    def named_like_version(self) -> bool:
        """Whether the name says that the column holds versions of programs."""
        return bool(self.words & _VERSION_WORDS)

    @property
    def named_like_date(self) -> bool:
        """Whether the name says that the column holds dates."""
        is_date = bool(self.words & _DATE_WORDS) or any(part in self.name for part in _DATE_PARTS)
        return is_date or self.named_like_month

    @property
    def named_like_year(self) -> bool:
        """Whether the name says that the column holds years."""
        return bool(self.words & _YEAR_WORDS) or any(part in self.name for part in _YEAR_PARTS)

    @property
    def named_like_region(self) -> bool:
        """Whether the name is that of a part of a country, which offices number: 01 to 56."""
        return bool(self.words & _REGION_WORDS)

    @property
    def named_like_month(self) -> bool:
        """Whether the name says that the column holds months or other periods."""
        return bool(self.words & _MONTH_WORDS) or any(part in self.name.lower() for part in _MONTH_PARTS)


def _with_weeks(texts: pa.Array) -> pa.Array:
    """Write 202105, 2021-05 and 05/2021 as 2021-W05 where all texts are written so."""
    for pattern, replacement in _WEEKS:
        if found_in(texts, pattern).all():
            return substituted(texts, pattern, replacement)
    return texts


def is_named_like_identifier(name: str) -> bool:
    """Whether a column name says that it names rows."""
    return bool(set(words_of(name)) & _ID_WORDS) or any(part in name for part in _ID_PARTS)


def names_date_or_row(name: str) -> bool:
    """Whether a column name says that it holds dates, versions or codes, or names rows."""
    words = set(words_of(name))
    named = (
        _ID_WORDS
        | _DATE_WORDS
        | _MONTH_WORDS
        | _WEEK_WORDS
        | _CLOCK_WORDS
        | _PLACE_CODES
        | _VERSION_WORDS
        | _CODE_WORDS
        | _PART_WORDS
    )
    return bool(words & named) or any(part in name.lower() for part in _ID_PARTS + _DATE_PARTS + _MONTH_PARTS)


def facts_of(name: str, position: int, cells: Cells, plan: ReadPlan, declared: str = "") -> Facts:
    """Take missing values out of a column and look at its name."""
    missing = surely_missing(cells.texts)
    if set(plan.missing) - {""}:
        missing = missing | as_mask(pc.is_in(cells.texts, value_set=_set_of(plan.missing, cells)))
    spellings = tuple(cells.texts.filter(missing).to_pylist())
    left = cells.without(missing)
    return Facts(name, position, left, plan, spellings, cells.count(missing), declared, frozenset(words_of(name)))


def _set_of(words: tuple[str, ...], cells: Cells) -> pa.Array:
    return pa.array([word.strip() for word in words], type=cells.texts.type)

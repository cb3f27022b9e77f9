"""Dates of other languages, calendars and orders, brought to English month names, Gregorian years and a clock behind the day."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from dldiag.data.typing.number_spellings import with_our_digits, without_unseen
from dldiag.data.typing.patterns import as_python, stands_in, substituted

Calendar = Literal["", "buddhist", "minguo", "other"]
_SAMPLE = 200  # This many texts are looked at before all are changed.
CALENDAR_SHARE = 0.9  # This share of the texts looked at must show the other calendar.
BUDDHIST_OFFSET = 543  # The Buddhist era is this many years ahead.
# Names and abbreviations beside the English ones: French, German, Spanish, Italian, Portuguese and Dutch; Russian, Ukrainian,
# Polish, Czech, the Nordic languages, Romanian, Turkish, Indonesian, Hungarian, Finnish, Greek, Arabic and Thai, in the cases that
# dates have.
MONTHS = {
    "Jan": "januar|januari|janvier|janv|enero|ene|gennaio|gen|janeiro|января|январь|янв|січня|січ|stycznia|styczeń|sty|ledna|leden"
    "|ianuarie|ian|ocak|oca"
    "|január|tammikuuta|tammikuu|Ιανουαρίου|Ιανουάριος|Ιαν|يناير|มกราคม|ม.ค"
    "|януари|јануар|јануара|siječnja|siječanj|sij|januára|januar|januára|sausio|sausis|janvāris|janvārī|jaanuar|janúar|gener|ינואר|जनवरी|জানুয়ারি|қаңтар|yanvar|հունվար|იანვარი",
    "Feb": "februar|februari|février|fevrier|févr|fév|febrero|febbraio|fevereiro|fev|февраля|февраль|фев|февр|лютого|лют|lutego|luty"
    "|lut|února|únor|februarie|şubat|şub|pebruari"
    "|február|helmikuuta|helmikuu|Φεβρουαρίου|Φεβρουάριος|Φεβ|فبراير|กุมภาพันธ์|ก.พ"
    "|февруари|фебруар|фебруара|veljače|veljača|velj|februára|február|vasario|vasaris|februāris|februārī|veebruar|febrúar|febrer|פברואר|फरवरी|फ़रवरी|ফেব্রুয়ারি|fevral|ақпан",
    "Mar": "märz|maerz|mär|mrz|mars|marzo|março|marco|maart|mrt|марта|март|мар|березня|бер|marca|marzec|března|březen|martie|mart|maret"
    "|március|maaliskuuta|maaliskuu|Μαρτίου|Μάρτιος|Μαρ|مارس|มีนาคม|มี.ค"
    "|марта|ožujka|ožujak|ožu|marca|kovo|kovas|marts|martā|märts|març|מרץ|मार्च|মার্চ|наурыз",
    "Apr": "avril|avr|abril|abr|aprile|апреля|апрель|апр|квітня|кві|kwietnia|kwiecień|kwi|dubna|duben|aprilie|nisan|nis"
    "|április|huhtikuuta|huhtikuu|Απριλίου|Απρίλιος|Απρ|أبريل|ابريل|เมษายน|เม.ย"
    "|април|априла|travnja|travanj|tra|apríla|apríl|balandžio|balandis|aprīlis|aprīlī|aprill|אפריל|अप्रैल|এপ্রিল|aprel|сәуір",
    "May": "mai|mayo|maggio|mag|maio|mei|мая|май|травня|тра|maja|maj|května|květen|mayıs"
    "|május|toukokuuta|toukokuu|Μαΐου|Μάιος|Μαΐ|Μαι|مايو|พฤษภาคม|พ.ค"
    "|мај|маја|svibnja|svibanj|svi|mája|máj|gegužės|gegužė|maijs|maijā|maí|maig|מאי|मई|মে|мамыр",
    "Jun": "juni|juin|junio|giugno|giu|junho|июня|июнь|июн|червня|чер|czerwca|czerwiec|cze|června|červen|iunie|iun|haziran|haz"
    "|június|kesäkuuta|kesäkuu|Ιουνίου|Ιούνιος|Ιουν|يونيو|มิถุนายน|มิ.ย"
    "|юни|јун|јуна|lipnja|lipanj|júna|jún|birželio|birželis|jūnijs|jūnijā|juuni|júní|juny|יוני|जून|জুন|iyun|маусым",
    "Jul": "juli|juillet|juil|julio|luglio|lug|julho|июля|июль|июл|липня|лип|lipca|lipiec|lip|července|červenec|iulie|iul|temmuz|tem"
    "|július|heinäkuuta|heinäkuu|Ιουλίου|Ιούλιος|Ιουλ|يوليو|กรกฎาคม|ก.ค"
    "|юли|јул|јула|srpnja|srpanj|srp|júla|júl|liepos|liepa|jūlijs|jūlijā|juuli|júlí|juliol|יולי|जुलाई|জুলাই|iyul|шілде",
    "Aug": "août|aout|agosto|ago|augustus|августа|август|авг|серпня|сер|sierpnia|sierpień|sie|srpna|srpen|augusti|ağustos|ağu|agustus"
    "|agt"
    "|augusztus|elokuuta|elokuu|Αυγούστου|Αύγουστος|Αυγ|أغسطس|สิงหาคม|ส.ค"
    "|август|августа|авг|kolovoza|kolovoz|kol|augusta|rugpjūčio|rugpjūtis|augusts|augustā|ágúst|agost|אוגוסט|अगस्त|আগস্ট|avqust|тамыз",
    "Sep": "septembre|septiembre|settembre|setembro|set|sept|сентября|сентябрь|сен|сент|вересня|вер|września|wrzesień|wrz|září"
    "|septembrie|eylül|eyl"
    "|szeptember|szept|syyskuuta|syyskuu|Σεπτεμβρίου|Σεπτέμβριος|Σεπ|سبتمبر|กันยายน|ก.ย"
    "|септември|септембар|септембра|сеп|rujna|rujan|ruj|septembra|rugsėjo|rugsėjis|septembris|septembrī|setembre|ספטמבר|सितंबर|सितम्बर|সেপ্টেম্বর|sentyabr|қыркүйек",
    "Oct": "oktober|okt|octobre|octubre|ottobre|ott|outubro|out|октября|октябрь|окт|жовтня|жов|października|październik|paź|října"
    "|říjen|octombrie|ekim|eki"
    "|október|lokakuuta|lokakuu|Οκτωβρίου|Οκτώβριος|Οκτ|أكتوبر|ตุลาคม|ต.ค"
    "|октомври|октобар|октобра|októbra|spalio|spalis|oktobris|oktobrī|oktoober|octubre|אוקטובר|अक्टूबर|अक्तूबर|অক্টোবর|oktyabr|қазан",
    "Nov": "novembre|noviembre|novembro|ноября|ноябрь|ноя|нояб|листопада|лис|listopada|listopad|lis|listopadu|noiembrie|noi|kasım|kas"
    "|nopember"
    "|marraskuuta|marraskuu|Νοεμβρίου|Νοέμβριος|Νοε|نوفمبر|พฤศจิกายน|พ.ย"
    "|ноември|новембар|новембра|studenoga|studenog|studeni|stu|novembra|lapkričio|lapkritis|novembris|novembrī|nóvember|נובמבר|नवंबर|नवम्बर|নভেম্বর|noyabr|қараша",
    "Dec": "dezember|dez|décembre|decembre|déc|diciembre|dic|dicembre|dezembro|december|декабря|декабрь|дек|грудня|гру|grudnia"
    "|grudzień|gru|prosince|prosinec|desember|des|decembrie|aralık|ara"
    "|joulukuuta|joulukuu|Δεκεμβρίου|Δεκέμβριος|Δεκ|ديسمبر|ธันวาคม|ธ.ค"
    "|декември|децембар|децембра|prosinca|prosinac|pro|decembra|gruodžio|gruodis|decembris|decembrī|detsember|desembre|דצמבר|दिसंबर|दिसम्बर|ডিসেম্বর|dekabr|желтоқсан",
}
_ENGLISH = {name.lower(): month for month, names in MONTHS.items() for name in names.split("|")}
_TURKISH_I = str.maketrans({"ı": "i", "İ": "i", "\u0307": None})
_WITHOUT_TURKISH_I = {name.translate(_TURKISH_I): month for name, month in _ENGLISH.items()}
_MONTH_NAME = re.compile(
    r"(?<![^\W\d_])(?:de |d')?("
    + "|".join(map(re.escape, sorted(_ENGLISH, key=len, reverse=True)))
    + r")(?:\.(?!\d))?(?![^\W\d_])(?: del?(?= ))?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")  # Where no name of a month stands they need not be told apart.
# Listopad is October in Croatian, November in Polish and Czech.
_CROATIAN = re.compile(r"siječ|veljač|ožuj|travnj|svibnj|kolovoz|rujn|studen[oi]", re.IGNORECASE)
_WITH_NAME = as_python(r"(?i)\d.*(?:\pL{3}|\p{Thai}\.).*\d|^\pL{3,}\.?[ -]\d|^\d{4}\.?[ -]\pL{3}")
_WEEKDAYS = (
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so lundi mardi mercredi jeudi vendredi "
    "samedi dimanche lun mer jeu ven sam dim lunes martes miércoles jueves viernes sábado domingo mié jue vie sáb dom lunedì martedì "
    "mercoledì giovedì venerdì sabato domenica gio segunda-feira terça-feira quarta-feira quinta-feira sexta-feira seg ter qua qui sex "
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo понедельник вторник среда четверг пятница суббота "
    "воскресенье пн вт ср чт пт сб вс"
).replace(" ", "|")
# Each era maps to the year before its first.
ERAS = {
    "令和": 2018,
    "平成": 1988,
    "昭和": 1925,
    "大正": 1911,
    "民國": 1911,
    "民国": 1911,
    "中華民國": 1911,
}
_ERA = re.compile("(" + "|".join(sorted(ERAS, key=len, reverse=True)) + r")\s?(\d{1,3}|元)年")
# R3.1.18 and H30/4/1: the first letter of an era.
_SHORT_ERA = re.compile(r"([RHST])\.?(\d{1,2}|元)[./-](\d{1,2})[./-](\d{1,2})")
_SHORT_ERAS = {"R": "令和", "H": "平成", "S": "昭和", "T": "大正"}
# 2021 Jan, 2021-Jan and 2021. Jan 1.
_NAME_BEHIND_YEAR = re.compile(r"(\d{4})\.?[ -]([^\W\d_]{3,})\.?(?:[ -](\d{1,2})\.?)?(?![^ ])")
_MOST_WEEKDAYS = 7
_HALVES_OF_DAY = frozenset({"am", "pm", "a", "p", "z", "utc", "gmt", "bc", "ad", "г", "t"})
# A day with all its parts, and a word before or behind it.
_WHOLE_DAY = re.compile(
    r"^(?:(?P<before>[^\W\d_][^\W\d_-]+)(?:\.?,? +|,))?"
    r"(?P<day>\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\d{1,4}[./-]\d{1,2}[./-]\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日|\d{4}년 ?\d{1,2}월 ?\d{1,2}일"
    r"|\d{1,2}\.? (?:de )?[^\W\d_]{3,}\.?,? (?:del? )?\d{4}\.?|\d{1,2} tháng \d{1,2},? năm \d{4})"
    r"(?:[ ,]*[(（ ,] ?(?P<behind>[^\W\d_]+)\.?[)）]?)?(?P<clock> +\d{1,2}:.*)?$"
)
_BUDDHIST = re.compile(r"(?<!\d)(2(?:4[4-9]\d|5\d\d|6[0-2]\d))(?!\d)")
_IN_BUDDHIST_YEARS = as_python(
    r"^(?:\d{1,2} [A-Z][a-z]{2} 2[4-6]\d\d|\d{1,2}[/.-]\d{1,2}[/.-]2[4-6]\d\d|2[4-6]\d\d[/.-]\d{1,2}[/.-]\d{1,2})(?:[ T].*)?$"
)
# Taiwan counts years from 1912 on: 112/05/12, and without marks under the name of a date.
_MINGUO = re.compile(r"(1[01]\d|[89]\d)([/.-])(\d{1,2})[/.-](\d{1,2})(?![\d/.-])")
_MINGUO_MONTH = re.compile(r"(1[01]\d)年(\d{1,2})月(?:(\d{1,2})日)?")  # 98年 may be 1998 elsewhere.
_MINGUO_BARE = re.compile(r"(1[01]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_IN_MINGUO_YEARS = as_python(r"^1[01]\d[/.-]\d{1,2}[/.-]\d{1,2}(?:[ T].*)?$")
MINGUO_OFFSET = 1911
_IN_OTHER_YEARS = as_python(r"^(?:\d{1,2}[/.-]\d{1,2}[/.-]1[34]\d\d|1[34]\d\d[/.-]\d{1,2}[/.-]\d{1,2})(?:[ T].*)?$")


_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?"
_DAY = r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"
# Ways to write a moment in which the parts stand in another order, or without marks between them: pattern, replacement.
_ORDERS = (
    (r"^\[(\d{1,2}/\pL{3}/\d{4}:.*)\]$", r"\1"),  # logs of web servers, with their brackets
    (r"^(.*\d.*?)\s*(?:\[[A-Za-z_/+-]+\]|\([A-Za-z ]+\))$", r"\1"),  # …+01:00[Europe/Berlin], … GMT+0100 (CET)
    (rf"^(.*{_CLOCK}(?: ?[AaPp]\.?[Mm]\.?)?) ?(?:GMT|UTC)([+-]\d{{2}}:?\d{{2}})$", r"\1\2"),
    (rf"^(.*{_CLOCK}) ?\(?(?:GMT|UTC) ?([+-])(\d)(?::?00)?\)?$", r"\1 \20\3:00"),  # … (UTC+2)
    (rf"^(.*{_CLOCK}) ?\((?:GMT|UTC) ?([+-]\d{{2}}:?\d{{2}})\)$", r"\1 \2"),
    (rf"^(?i:{_WEEKDAYS})\.?,? +(\d.*)$", r"\1"),
    (r"^(?i:w/c|week (?:of|commencing)|wc) +(\d.*)$", r"\1"),
    (r"^(.*\b\d{1,2})(?:st|nd|rd|th)\b(.*)$", r"\1\2"),
    (r"^((?:\pL+\.? )?1)(?:er|º|°|ª)( .*)$", r"\1\2"),  # 1er janvier
    (r"^(\d{4})년 ?(\d{1,2})월 ?(\d{1,2})일(.*)$", r"\1-\2-\3\4"),
    (r"^(\d{4})년 ?(\d{1,2})월$", r"\1-\2"),
    (r"^(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})$", r"\1"),  # XML writes days with the zone of their midnight.
    (r"^(?:ngày )?(\d{1,2}) tháng (\d{1,2}),? (?:năm )?(\d{4})$", r"\3-\2-\1"),
    (r"^(\d{4})\. ?(\d{1,2})\. ?(\d{1,2})\.( .*|)$", r"\1-\2-\3\4"),  # 2021. 3. 1.
    (rf"^(.*\d) 오전 ({_CLOCK})$", r"\1 \2 AM"),
    (rf"^(.*\d) 오후 ({_CLOCK})$", r"\1 \2 PM"),
    (rf"^(.*\d),? (?:at|um|à|a las|às|alle|kl\.?|klo|o|u|в|at:|@|-|–|\|) ({_CLOCK}.*)$", r"\1 \2"),
    (r"^(.*\d),? (?:kl\.?|klo|um|à|alle|o|at|@) (\d{1,2})\.(\d{2})$", r"\1 \2:\3"),
    (r"^(\d{4})[ _](\d{1,2})[ _](\d{1,2})$", r"\1-\2-\3"),  # 2022_01_06
    (r"^(\pL{3,})\.? ?['’](\d{2})$", r"\1-\2"),  # Jan '22
    (rf"^(.*{_CLOCK}) ?(?:Uhr|hrs?|h)\.?$", r"\1"),
    (r"^(.*\d) (\d{1,2})h(\d{2})$", r"\1 \2:\3"),
    (r"^(\d{4}-\d{2}-\d{2})[- _](\d{2})\.(\d{2})\.(\d{2}(?:\.\d+)?)$", r"\1 \2:\3:\4"),  # Db2
    (
        r"^(\d{1,2}[./-](?:\d{1,2}|\pL{3})[./-]\d{2,4}) (\d{1,2})\.(\d{2})(?:\.(\d{2}(?:\.\d+)?))( [AaPp][Mm]|)$",
        r"\1 \2:\3:\4\5",
    ),
    (r"^(\d{1,2}[./-]\d{1,2}[./-]\d{2,4}) (\d{1,2})\.(\d{2})$", r"\1 \2:\3"),
    (rf"^({_CLOCK}),? +(\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}})$", r"\2 \1"),  # 08:30 13.03.2023
    (rf"^(.*\d) *上午 *({_CLOCK})$", r"\1 \2 AM"),  # 2021/1/4 上午 8:30
    (rf"^(.*\d) *下午 *({_CLOCK})$", r"\1 \2 PM"),
    (
        rf"^\pL{{3}} (\pL{{3}}) +(\d{{1,2}}) ({_CLOCK})(?: ([+-]\d{{2}}:?\d{{2}}|UTC|GMT))? (\d{{4}})$",
        r"\1 \2 \5 \3 \4",
    ),  # ctime, Twitter
    (rf"^\pL{{3}} (\pL{{3}}) (\d{{2}}) (\d{{4}}) ({_CLOCK}.*)$", r"\1 \2 \3 \4"),  # JavaScript
    (r"^((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[T_ -]?([01]\d|2[0-3])$", r"\1-\2-\3 \4:00"),  # 2022010604
    (
        r"^((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[T_ -]?([01]\d|2[0-3])([0-5]\d)(Z?)$",
        r"\1-\2-\3 \4:\5\6",
    ),  # 202103041530
    (
        r"^((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[T_ -]?([01]\d|2[0-3])([0-5]\d)([0-5]\d(?:\.\d+)?)(Z?)$",
        r"\1-\2-\3 \4:\5:\6\7",
    ),
    (r"^(\d{1,2})(\pL{3})(\d{4}|\d{2})(?:$|[: ](.*))", r"\1-\2-\3 \4"),  # 04MAR2021:15:30:00
    (rf"^(\d{{1,2}}/\pL{{3}}/\d{{4}}):({_CLOCK})", r"\1 \2"),  # logs of web servers
    (r"^(\d{1,2}\. ?(?:\pL{3,}|\d{1,2}\.) ?\d{4})\.$", r"\1"),  # 5. siječnja 2022.
    (r"^(.*\d{4}) ?(?:г|года|година|р|року|r|roku|god)\.?$", r"\1"),  # 4 марта 2021 г.
    (rf"^(.*{_CLOCK}) *([AaPp])\. ?[Mm]\.?$", r"\1 \2M"),  # 3:30 p.m.
)


# Bare days and short numbers are none of these: most columns that come here hold nothing else.
_IN_ORDER = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}|[$€£+-]{0,2}[0-9]{1,7}(?:[.,][0-9]{1,7})?%?")
_KNOWN_ORDERS = tuple(as_python(pattern) for pattern, _ in _ORDERS)
# Names of time zones and how far they are ahead of UTC. Those of a whole region (ET) stand for its clock.
ZONES = {
    "EST": "-05:00", "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00", "MST": "-07:00", "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00",
    "AKST": "-09:00", "AKDT": "-08:00", "HST": "-10:00", "WET": "+00:00", "WEST": "+01:00", "BST": "+01:00", "CET": "+01:00", "CEST": "+02:00",
    "MEZ": "+01:00", "MESZ": "+02:00", "EET": "+02:00", "EEST": "+03:00", "MSK": "+03:00", "IST": "+05:30", "JST": "+09:00", "KST": "+09:00",
    "AEST": "+10:00", "AEDT": "+11:00", "NZST": "+12:00", "NZDT": "+13:00", "ET": "", "CT": "", "MT": "", "PT": "",
}  # fmt: skip
_NAMED_ZONE = re.compile(rf"(:\d{{2}}(?:[.,]\d+)?(?: ?[AaPp][Mm])?) ?({'|'.join(ZONES)})\b")


def _with_offsets(texts: pa.Array) -> pa.Array:
    """Write the names of time zones behind a clock as offsets."""
    if not stands_in(_NAMED_ZONE, texts.slice(0, _SAMPLE)):
        return texts
    return _each(texts, lambda text: _NAMED_ZONE.sub(lambda found: f"{found[1]} {ZONES[found[2]]}".rstrip(), text))


def in_usual_order(texts: pa.Array) -> pa.Array:
    """Return texts with the day first, its parts apart, and then the clock, where they are written otherwise."""
    if all(map(_IN_ORDER.fullmatch, texts.slice(0, _SAMPLE).to_pylist())):
        return texts
    if not pc.all(pc.string_is_ascii(texts)).as_py():
        texts = with_our_digits(without_unseen(texts))
    texts = _with_offsets(texts)
    sample = "\n".join(texts.slice(0, _SAMPLE).to_pylist())
    for (pattern, replacement), known in zip(_ORDERS, _KNOWN_ORDERS, strict=True):
        if known.search(sample):
            texts = pc.utf8_rtrim_whitespace(substituted(texts, pattern, replacement))
            sample = "\n".join(texts.slice(0, _SAMPLE).to_pylist())
    return _without_words(texts)


def _without_words(texts: pa.Array) -> pa.Array:
    """Take weekdays, and a word that all have, from before and behind whole days: (木), Perşembe, ngày."""
    found = [_WHOLE_DAY.fullmatch(text) for text in texts.slice(0, _SAMPLE).to_pylist()]
    words = {(match["before"], match["behind"]) for match in found if match}
    before, behind = (
        {word.lower() for word in side if word} for side in (zip(*words, strict=True) if words else ((), ()))
    )
    if not before | behind or len(before) > _MOST_WEEKDAYS or len(behind) > _MOST_WEEKDAYS or behind & _HALVES_OF_DAY:
        return texts
    return _each(texts, lambda text: _WHOLE_DAY.sub(lambda match: match["day"] + (match["clock"] or ""), text))


def in_english_and_gregorian(texts: pa.Array) -> tuple[pa.Array, Calendar]:
    """Return texts with English month names and Gregorian years, and the calendar that their years were of.

    Persian and Islamic years, of which texts alone do not tell the calendar, are left as they are.
    """
    if not len(texts):
        return texts, ""
    sample = texts.slice(0, _SAMPLE).to_pylist()
    if _share(sample, _IN_OTHER_YEARS) >= CALENDAR_SHARE:
        return texts, "other"
    if (of_eras := _without_eras(texts, sample)) is not None:
        return of_eras
    if _share(sample, _WITH_NAME) > 0 and any(map(_MONTH_NAME.search, {_DIGITS.sub("0", text) for text in sample})):
        if any(map(_CROATIAN.search, sample)):
            texts = substituted(texts, r"(?i)\blistopada?\b", "Oct")
        texts = _each(texts, lambda text: _MONTH_NAME.sub(_english_month, text))
        sample = texts.slice(0, _SAMPLE).to_pylist()
    if any(map(_NAME_BEHIND_YEAR.match, sample)):
        texts = _each(texts, lambda text: _NAME_BEHIND_YEAR.sub(_year_behind, text))
    if _share(sample, _IN_BUDDHIST_YEARS) >= CALENDAR_SHARE:
        return _each(texts, lambda text: _BUDDHIST.sub(_less_buddhist, text)), "buddhist"
    return texts, ""


def _without_eras(texts: pa.Array, sample: list[str]) -> tuple[pa.Array, Calendar] | None:
    """Return days of Taiwan's years and of Japan's eras as Gregorian ones; None where they are no such days."""
    if _share(sample, _IN_MINGUO_YEARS) >= CALENDAR_SHARE:
        return _each(texts, lambda text: _MINGUO.sub(_from_minguo, text)), "minguo"
    if all(map(_MINGUO_MONTH.fullmatch, sample)):
        return _each(texts, lambda text: _MINGUO_MONTH.sub(_month_from_minguo, text)), "minguo"
    if any(_ERA.search(text) for text in sample):
        return _each(texts, lambda text: _ERA.sub(_year_of_era, text)), ""
    if all(_SHORT_ERA.fullmatch(text) for text in sample):
        return _each(texts, lambda text: _SHORT_ERA.sub(_date_of_era, text)), ""
    return None


def _share(texts: list[str], pattern: re.Pattern[str]) -> float:
    return sum(map(bool, map(pattern.search, texts))) / max(1, len(texts))


def _each(texts: pa.Array, change: Callable[[str], str]) -> pa.Array:
    return pa.array([change(text) for text in texts.to_pylist()], type=texts.type)


def _less_buddhist(found: re.Match[str]) -> str:
    return str(int(found.group(1)) - BUDDHIST_OFFSET)


def _from_minguo(found: re.Match[str]) -> str:
    return f"{int(found[1]) + MINGUO_OFFSET}-{found[3]}-{found[4]}"


def _month_from_minguo(found: re.Match[str]) -> str:
    year, month, day = found.groups()
    return f"{int(year) + MINGUO_OFFSET}-{month}" + (f"-{day}" if day else "")


def without_minguo(texts: pa.Array) -> pa.Array | None:
    """Return days of Taiwan's years without marks, 1120512, as Gregorian ones; None where a text is no such day."""
    found = [_MINGUO_BARE.fullmatch(text) for text in texts.to_pylist()]
    if not all(found):
        return None
    days = (f"{int(match[1]) + MINGUO_OFFSET}-{match[2]}-{match[3]}" for match in found if match)
    return pa.array(list(days), type=texts.type)


def _year_of_era(found: re.Match[str]) -> str:
    era, year = found.groups()
    return f"{ERAS[era] + (1 if year == '元' else int(year))}年"


def _date_of_era(found: re.Match[str]) -> str:
    era, year, month, day = found.groups()
    return f"{ERAS[_SHORT_ERAS[era]] + (1 if year == '元' else int(year))}-{month}-{day}"


def _year_behind(found: re.Match[str]) -> str:
    year, month, day = found.groups()
    return f"{day} {month} {year}" if day else f"{month} {year}"


def _english_month(found: re.Match[str]) -> str:
    """Return the English name; texts that differ from a name in ı or İ for i match it, too, in Python's patterns."""
    name = found.group(1).lower()
    return _ENGLISH.get(name) or _WITHOUT_TURKISH_I[name.translate(_TURKISH_I)]

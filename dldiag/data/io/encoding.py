"""Bytes -> text: rules first (marks, NUL patterns, strict UTF-8), then the votes of two detectors, weighed by the text."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import chardetng_py  # type: ignore[import-untyped]  # the package has no py.typed mark
import charset_normalizer

SAMPLE_BYTES = 1 << 18
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
PYTHON_NAMES = {
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "big5": "big5hkscs",
    "windows-874": "cp874",
}
CJK = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
OTHERS = ("cp1252", "cp1250", "cp1251", "koi8_r", "cp866", "cp855", "mac_cyrillic", "cp1253", "cp1254", "johab")
UTF8_SHARE = 0.5  # of the lines with other than ASCII bytes that must be UTF-8 before the rest counts as damage
CLOSE = 0.12  # plausibility between the best and another decoding below which both are offered
FIRST_MARGIN = 0.12  # how much more plausible a multi-byte encoding must be to overrule the first detector
SECOND_MARGIN = 0.03  # the same for the second detector, which knows the older Cyrillic encodings
FREQUENT_WEIGHT = 0.5
SHORT_TEXT = 24  # characters beyond ASCII up to which bytes may be UTF-8 by accident
ACCIDENT_SHARE = 0.6  # of frequent Chinese characters that tells such an accident
UNUSUAL = {
    "iso_8859_4",
    "iso_8859_10",
    "iso_8859_13",
    "iso_8859_14",
    "iso_8859_16",
    "iso_8859_3",
    "macintosh",
    "mac_roman",
}
SECOND_KNOWS = {"cp855", "mac_cyrillic", "johab"}
CYRILLIC_NAMES = {"cp1251", "koi8_r", "koi8_u", "cp866", "iso_8859_5", "mac_cyrillic"}
POOR = 0.7  # plausibility of the first guess below which the second detector is heard
SIGNS = frozenset("£€¥°²³µ§–—‘’“”…•™®©±×½¼¾ \xa0")
RARE = {"iso_8859_5": 0.1}  # what an encoding loses that hardly any table is in
SECOND_VOTE_BYTES = 1 << 14
PREVIEW_CHARS = 300
_ESCAPED = ((b"\x1b$B", "iso2022_jp"), (b"\x1b$@", "iso2022_jp"), (b"\x1b(J", "iso2022_jp"), (b"\x1b$)C", "iso2022_kr"))
_HIGH = re.compile(rb"[\x80-\xff]")
_C1 = {i: bytes([i]).decode("cp1252", "replace").replace("�", "") or chr(i) for i in range(0x80, 0xA0)}


@dataclass(frozen=True)
class Decoded:
    """A text, how it was decoded, and what was lost or mixed on the way."""

    text: str
    encoding: str
    bad_characters: int = 0
    bad_example: str = ""
    other_encoding: str = ""  # of single lines in a file that is UTF-8 otherwise
    other_lines: int = 0
    recovered: int = 0  # control characters that stand for typographic marks of cp1252


def decide_encoding(data: bytes) -> str:
    """Return Python's name of the encoding these bytes are most plausibly in."""
    for mark, encoding in MARKS:
        if data.startswith(mark) and not (encoding == "utf-32" and len(data) % 4):
            return encoding
    wide = _wide(data)
    if wide:
        return wide
    for escape, encoding in _ESCAPED:
        if escape in data[:SAMPLE_BYTES] and not _HIGH.search(data[:SAMPLE_BYTES]):
            return encoding
    if is_utf8(data):
        return "gb18030" if _utf8_by_accident(data) else "utf-8"
    if _mostly_utf8(data):
        return "utf-8"
    return _vote(_sample(data))


def decode(data: bytes, encoding: str) -> Decoded:
    """Decode bytes; damaged lines of a UTF-8 file are read in another encoding where that is plausible."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        if encoding in {"utf-8", "utf-8-sig"}:
            return _decode_by_line(data, encoding)
        text = data.decode(encoding, errors="replace")
        at = text.find("�")
        return _with_c1(Decoded(text, encoding, text.count("�"), text[max(0, at - 30) : at + 30]))
    return _with_c1(Decoded(text[1:] if text.startswith("\ufeff") else text, encoding))


def alternatives_of(data: bytes, chosen: str) -> tuple[tuple[str, str], ...]:
    """Return (encoding, preview) of the other decodings that are about as plausible as the chosen one."""
    if chosen.startswith(("utf-16", "utf-32", "iso2022")) or is_utf8(data):
        return ()
    sample = _sample(data)
    texts: dict[str, str] = {}
    for encoding in (chosen, *CJK, *OTHERS):
        text = _try(sample, encoding)
        if text is not None and text not in texts.values():
            texts[encoding] = text
    if chosen not in texts:
        return ()
    least = plausibility(texts[chosen], chosen) - CLOSE
    close = [(e, plausibility(t, e)) for e, t in texts.items() if e != chosen]
    ranked = sorted((c for c in close if c[1] >= least), key=lambda c: -c[1])
    return tuple((e, _preview(texts[e])) for e, _ in ranked)


def is_utf8(data: bytes) -> bool:
    """Tell whether all bytes are UTF-8 (ASCII included)."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def plausibility(text: str, encoding: str) -> float:
    """Return how much the characters beyond ASCII look like what people write in this encoding; 1 is usual."""
    beyond = [c for c in text if ord(c) > 127]
    if not beyond:
        return 1.0
    common = sum(_common(c, encoding) for c in beyond) / len(beyond)
    odd = sum(a.islower() and b.isupper() for a, b in pairwise(text)) / len(beyond)
    return common - odd + FREQUENT_WEIGHT * (_frequent_share(beyond, encoding) - 0.5)


def _frequent_share(beyond: list[str], encoding: str) -> float:
    letters = FREQUENT.get(encoding)
    if letters is None and any("\u0400" <= c <= "\u04ff" for c in beyond):
        letters = CYRILLIC
    return 0.5 if letters is None else sum(c.lower() in letters for c in beyond) / len(beyond)


def _utf8_by_accident(data: bytes) -> bool:
    """Tell whether a few Chinese characters in GB18030 happen to be UTF-8 too (as in the word for China Unicom)."""
    if len(data) > SAMPLE_BYTES or data.isascii():
        return False
    text = data.decode("utf-8")
    beyond = [c for c in text if ord(c) > 127]
    chinese = _try(data, "gb18030")
    if not beyond or len(beyond) > SHORT_TEXT or max(map(ord, beyond)) >= 0x800 or chinese is None:
        return False
    if re.search(r"[A-Za-z][^\x00-\x7f]|[^\x00-\x7f][A-Za-z]", text):
        return False
    scripts = {unicodedata.name(c, "?").split()[0] for c in beyond}
    lone = all(len(w) <= 2 for w in re.findall(r"[^\x00-\x7f]+", text))
    wide = [c for c in chinese if ord(c) > 127]
    return (len(scripts) > 1 or lone) and _frequent_share(wide, "gb18030") >= ACCIDENT_SHARE


def _common(character: str, encoding: str) -> float:
    """Return 1 for characters of the first, frequent level of a character set or letters, less for rare ones."""
    code = ord(character)
    if 0xE000 <= code <= 0xF8FF or code == 0xFFFD or 0x80 <= code < 0xA0:
        return -1.0
    if 0xFF61 <= code <= 0xFF9F:
        return 0.2
    if encoding in CJK and code > 0x2E7F:
        return _cjk_level(character, encoding)
    if character.isalpha():
        return 0.3 if encoding in CJK else 1.0
    return 0.6 if character in "€£¥°²³µ§–—‘’“”…·«»№±½©®ºª，。、（）：；「」％￥　" else 0.2


def _cjk_level(character: str, encoding: str) -> float:
    lead_of_level = {
        "gb18030": (0xB0, 0xD7),
        "big5hkscs": (0xA4, 0xC6),
        "cp932": (0x81, 0x97),
        "euc_jp": (0xA1, 0xCF),
        "cp949": (0xB0, 0xC8),
    }
    raw = character.encode(encoding, errors="ignore")
    first, last = lead_of_level[encoding]
    trail = 0x40 if encoding in {"big5hkscs", "cp932"} else 0xA1
    if len(raw) == 2 and first <= raw[0] <= last and raw[1] >= trail:
        return 1.0
    return 0.9 if character in "，。、（）：；「」％￥　" else 0.35


def _vote(sample: bytes) -> str:
    """Return the first detector's guess, unless another reading of the bytes is clearly more plausible."""
    first = _first_vote(sample)
    if first not in CJK and _only_symbols(sample):
        return "cp1252"
    votes = {first: _weigh(sample, first) - RARE.get(first, 0.0)}
    for rival in _rivals(sample, first):
        votes[rival] = _weigh(sample, rival) - FIRST_MARGIN
    second = _second_vote(sample) if first in CYRILLIC_NAMES or votes[first] < POOR else ""
    if second and second not in votes:
        votes[second] = _weigh(sample, second) - SECOND_MARGIN
    return max(votes, key=lambda e: votes[e])


def _only_symbols(sample: bytes) -> bool:
    """Tell whether all bytes beyond ASCII are signs of cp1252 that stand apart from letters, such as £ and °."""
    text = _try(sample, "cp1252") or ""
    signs = [i for i, c in enumerate(text) if ord(c) > 127]
    return bool(signs) and all(text[i] in SIGNS and not text[i - 1 : i].isalpha() for i in signs)


def _first_vote(sample: bytes) -> str:
    detector = chardetng_py.EncodingDetector()
    detector.feed(sample, last=True)
    guess = str(detector.guess(tld=None, allow_utf8=False)).lower()
    name = PYTHON_NAMES.get(guess, guess.replace("windows-", "cp").replace("-", "_"))
    return "cp1252" if name in UNUSUAL else name


def _second_vote(sample: bytes) -> str:
    best = charset_normalizer.from_bytes(sample[:SECOND_VOTE_BYTES]).best()
    encoding = "" if best is None else str(best.encoding)
    return encoding if encoding in SECOND_KNOWS else ""


def _rivals(sample: bytes, first: str) -> Iterator[str]:
    """Yield the multi-byte encodings in which every byte of a sample has a meaning."""
    for encoding in CJK:
        if encoding != first and _try(sample, encoding) is not None:
            yield encoding


def _weigh(sample: bytes, encoding: str) -> float:
    text = _try(sample, encoding)
    return -1.0 if text is None else plausibility(text, encoding)


def _try(sample: bytes, encoding: str) -> str | None:
    """Decode whole lines of a sample; None when some byte has no meaning."""
    try:
        return sample.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _sample(data: bytes) -> bytes:
    """Return whole lines from where the first byte beyond ASCII stands."""
    first = _HIGH.search(data)
    begin = 0 if first is None or first.start() < SAMPLE_BYTES // 2 else data.rfind(b"\n", 0, first.start()) + 1
    sample = data[begin : begin + SAMPLE_BYTES]
    cut = sample.rfind(b"\n")
    return sample[: cut + 1] if cut > 0 and begin + SAMPLE_BYTES < len(data) else sample


def _wide(data: bytes) -> str:
    """Recognize UTF-16 and UTF-32 without a mark by where their zero bytes stand, else by how they decode."""
    head = data[: SAMPLE_BYTES // 4 * 4]
    if len(head) < 4 or (b"\0" not in head and not _looks_wide(head)):
        return ""
    zeros = [head[i::4].count(0) / max(1, len(head) // 4) for i in range(4)]
    if len(data) % 4 == 0 and min(zeros[2], zeros[3]) > 0.9 and zeros[0] < 0.5:
        return "utf-32-le"
    if len(data) % 4 == 0 and min(zeros[0], zeros[1]) > 0.9 and zeros[3] < 0.5:
        return "utf-32-be"
    if len(data) % 2:
        return ""
    scores = {e: _wide_score(head, e) for e in ("utf-16-le", "utf-16-be")}
    best = max(scores, key=lambda e: scores[e])
    return best if scores[best] > 0.8 and scores[best] > _narrow_score(head) else ""


def _looks_wide(head: bytes) -> bool:
    return any(mark in head for mark in (b"\n\0", b"\0\n"))


def _wide_score(head: bytes, encoding: str) -> float:
    text = _try(head[: len(head) // 2 * 2], encoding)
    if text is None or ("\n" not in text and len(text) > 1000):
        return 0.0
    good = sum(c.isprintable() or c in "\r\n\t" for c in text) - 2 * text.count("\0")
    known = sum(ord(c) < 0x250 or 0x370 <= ord(c) < 0x700 or 0x3000 <= ord(c) < 0xD7B0 or c in "€“”‘’–—" for c in text)
    marks = any(c in text for c in "\n,;\t|")
    return min(good, known) / max(1, len(text)) if marks else 0.0


def _narrow_score(head: bytes) -> float:
    """Return how plausible the bytes are one by one: any NUL speaks against it."""
    return 0.0 if b"\0" in head else 1.0


def _mostly_utf8(data: bytes) -> bool:
    """Tell whether most lines with bytes beyond ASCII are UTF-8, so that the others are damaged or mixed in."""
    lines = [line for line in data[: SAMPLE_BYTES * 8].split(b"\n") if _HIGH.search(line)]
    good = sum(is_utf8(line) for line in lines)
    return bool(lines) and good > UTF8_SHARE * len(lines) and good >= 2


def _decode_by_line(data: bytes, encoding: str) -> Decoded:
    lines = data.removeprefix(codecs.BOM_UTF8).split(b"\n")
    bad = [i for i, line in enumerate(lines) if not is_utf8(line)]
    sample = b"\n".join(lines[i] for i in bad[:2000])
    other = _vote(sample)
    plausible = len(bad) > 1 and _weigh(sample, other) > 0.8
    texts = [line.decode("utf-8", errors="replace") for line in lines]
    if plausible:
        for i in bad:
            texts[i] = lines[i].decode(other, errors="replace")
    lost = sum(texts[i].count("�") for i in bad)
    example = texts[bad[0]].strip()[:100]
    text = "\n".join(texts)
    return _with_c1(Decoded(text, encoding, lost, example, other if plausible else "", len(bad) if plausible else 0))


def _with_c1(decoded: Decoded) -> Decoded:
    """Replace control characters U+0080 … U+009F by the marks that cp1252 has there (as browsers do)."""
    count = 0 if decoded.text.isascii() else len(re.findall("[\x80-\x9f]", decoded.text))
    if not count:
        return decoded
    text = decoded.text.translate(_C1)
    return Decoded(
        text,
        decoded.encoding,
        decoded.bad_characters,
        decoded.bad_example,
        decoded.other_encoding,
        decoded.other_lines,
        count,
    )


def _preview(text: str) -> str:
    lines = [line for line in text.splitlines() if not line.isascii()] or text.splitlines()
    return "\n".join(lines)[:PREVIEW_CHARS]


SIMPLIFIED = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都"
    "同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很"
    "最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各"
    "入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼"
    "书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运笔编号姓龄别城收入"
    "学历期价额备注客户址区门职码状态评流失否率面积温湿型标签购买等级身高重血压风速京深圳杭州汉庆津苏男女士硕博未婚良优秀差丽娜洋静果香蕉脑汽车银行医校技术销售店商省县"
    "姓陈李刘杨赵黄周吴徐孙胡朱林何郭罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈健康病房屋颜红绿蓝黑音宽厚密均支付款单订货库存进出口费税息利润收成债股份票"
)
TRADITIONAL = frozenset(
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都"
    "同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很"
    "最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各"
    "入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼"
    "書非則聽白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊死張該交規萬取拉格望覺術領共確傳師觀清今切院讓識候帶導爭運編號姓齡城收入"
    "歷期價額備註客戶址職碼狀態評流失否率面積溫濕型標籤購買等級身高重血壓風速臺灣雄竹花蓮男女碩博未婚良優秀怡君志明蘋果香蕉腦汽車銀行醫校技銷售店商省縣"
)
JAPANESE = frozenset(
    "日一国人年大十二本中長出三時行見月後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川千水半男西電校語土木聞食車何南万毎白天母火右読友左休父雨"
    "番号氏名年齢性別都市収入歴付数量単価金額備考商品顧客地域部署話状態評価格面積温湿京阪屋札幌福岡男女大学高校自動車銀行病院会社営業技術身長体重速田中太郎鈴木花子"
    "県区町村住所電話店売上個合計平均最小値種類回目的者場手力問代明動理新立開体社文発事業作用通定業方現対主実題分作成物同表全教内化意回性関員長新"
)
KOREAN = frozenset(
    "이다는의에가을고하지를은한도기로사나어서그자아리인시스대정해일구들있조보장부제수전주상공원동지교성여회안비인가경국선문방위치연소차적화용무과신명내오"
    "번호름나이성별도시수입학력날짜량단가금액비고품객역직전화태평점격면습온울산천광남대등졸업예아니바컴퓨터차은행병원회영술키몸게류분"
)
KANA = frozenset(map(chr, range(0x3041, 0x30FF)))
CYRILLIC = frozenset("оеаинтсрвл")

FREQUENT: dict[str, frozenset[str]] = {
    "gb18030": SIMPLIFIED,
    "big5hkscs": TRADITIONAL,
    "cp932": JAPANESE | KANA,
    "euc_jp": JAPANESE | KANA,
    "cp949": KOREAN,
}

"""How plausible a decoded text is: whether its characters are frequent ones and its words look like words."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

CJK = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
FREQUENT_WEIGHT = 0.5
SIGNS = frozenset("£€¥°²³µ§–—‘’“”…•™®©±×½¼¾ \xa0")
WORD_WEIGHT = 0.5
QUOTING = "«»„“”‘’–—…·•¿¡()[]-'/.:%"  # These marks stand at the ends of words, or between words.
# Letters beyond ASCII of the languages of Western and Central Europe, by how they are written in small letters.
EUROPEAN = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœßąćęłńóśźżčďěňřšťůžőűăâîșț")


def plausibility(text: str, encoding: str) -> float:
    """Return how much the characters beyond ASCII look like what people write in this encoding; 1 is usual."""
    beyond = [c for c in text if ord(c) > 127]
    if not beyond:
        return 1.0
    common = sum(_common(c, encoding) for c in beyond) / len(beyond)
    odd = sum(a.islower() and b.isupper() for a, b in pairwise(text)) / len(beyond)
    strange = within_latin_share(text) if encoding in CJK else WORD_WEIGHT * (1 - words_share(text))
    return common - odd - strange + FREQUENT_WEIGHT * (frequent_share(beyond, encoding) - 0.5)


def frequent_share(beyond: list[str], encoding: str) -> float:
    """Return the share of characters that are among the most frequent of an encoding's script; 0.5 where none are known."""
    letters = FREQUENT.get(encoding)
    if letters is None and any("\u0400" <= c <= "\u04ff" for c in beyond):
        letters = CYRILLIC
    return 0.5 if letters is None else sum(c.lower() in letters for c in beyond) / len(beyond)


def words_share(text: str) -> float:
    """Return the share of the different words with two characters beyond ASCII that are written as words are.

    That is letters only (with their marks), all small, all capital, or the first one capital. 1 when there is no such word.
    """
    found = {word.strip(QUOTING) for word in re.findall(r"[^\W\d_]*[^\x00-\x7f]{2}[^\s,;|\"'\d]*", text)}
    words = [part for word in found for part in re.split(r"[-–'’./ ]", word) if len(part) > 1]
    return sum(map(_is_word, words)) / len(words) if words else 1.0


def within_latin_share(text: str) -> float:
    """Return the share of the different words beyond ASCII that stand right beside a small Latin letter."""
    words = set(re.findall(r"[a-z]?[^\x00-\x7f]+[a-z]?", text))
    return sum(not word[0] > "\x7f" or not word[-1] > "\x7f" for word in words) / max(1, len(words))


def _is_word(word: str) -> bool:
    if not all(unicodedata.category(c)[0] in "LM" for c in word):
        return False
    cased = [c for c in word if c.islower() or c.isupper()]
    return not cased or word.islower() or word.isupper() or (word[0].isupper() and word[1:].islower())


def european_share(text: str) -> float:
    """Return the share of the different words with a character beyond ASCII whose such characters are European letters.

    A capital stands only at the beginning of a word or among capitals, as in "São Paulo" and not as in "SÆo".
    """
    words = set(re.findall(r"[A-Za-z]*[^\x00-\x7f]+[A-Za-z\x80-\U0010ffff]*", text))
    good = sum(all(ord(c) < 128 or c.lower() in EUROPEAN for c in word) and _is_word(word) for word in words)
    return good / len(words) if words else 1.0


def all_usual(text: str, encoding: str) -> bool:
    """Tell whether all characters beyond ASCII are of the first level of a Chinese, Japanese or Korean character set."""
    beyond = {c for c in set(text) if ord(c) > 127}
    return bool(beyond) and all(_common(c, encoding) == 1 for c in beyond)


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

"""Words of thirteen scripts and languages, for tables that are made up afresh and then encoded."""

from __future__ import annotations

import random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WORDS: dict[str, tuple[str, ...]] = {
    "zh": _words(
        "编号 姓名 年龄 性别 城市 收入 学历 日期 数量 单价 金额 备注 产品 客户 地区 部门 职位 电话 状态 评分 "
        "是否流失 价格 面积 温度 湿度 北京 上海 广州 深圳 成都 杭州 武汉 西安 南京 重庆 男 女 本科 硕士 高中 "
        "已婚 未婚 良好 优秀 张伟 王芳 李娜 刘洋 陈静 苹果 香蕉 手机 电脑 汽车 银行 医院 学校 公司 技术部 "
        "销售部 是 否 标签 身高 体重 血压 类别 风速 气压 用户等级 购买次数 "
    ),
    "tw": _words(
        "編號 姓名 年齡 性別 城市 收入 學歷 日期 數量 單價 金額 備註 產品 客戶 地區 部門 職位 電話 狀態 評分 "
        "是否流失 價格 面積 溫度 濕度 臺北 高雄 臺中 新竹 花蓮 男 女 大學 碩士 高中 已婚 未婚 良好 優秀 "
        "陳怡君 林志明 蘋果 香蕉 手機 電腦 汽車 銀行 醫院 學校 公司 技術部 銷售部 是 否 標籤 身高 體重 血壓 "
        "類別 風速 氣壓 "
    ),
    "ja": _words(
        "番号 氏名 年齢 性別 都市 収入 学歴 日付 数量 単価 金額 備考 商品 顧客 地域 部署 電話 状態 評価 価格 "
        "面積 気温 湿度 東京 大阪 京都 名古屋 札幌 福岡 男 女 大学 高校 はい いいえ りんご バナナ パソコン "
        "スマートフォン 自動車 銀行 病院 学校 会社 営業部 技術部 身長 体重 カテゴリー 風速 田中太郎 鈴木花子 "
        "サイズ ラベル "
    ),
    "ko": _words(
        "번호 이름 나이 성별 도시 수입 학력 날짜 수량 단가 금액 비고 제품 고객 지역 부서 직위 전화 상태 평점 "
        "가격 면적 온도 습도 서울 부산 대구 인천 광주 남 여 대학교 고등학교 예 아니오 사과 바나나 컴퓨터 "
        "자동차 은행 병원 학교 회사 영업부 기술부 키 몸무게 분류 "
    ),
    "ru": _words(
        "номер имя возраст пол город доход образование дата количество цена сумма примечание товар клиент "
        "регион отдел должность телефон статус оценка Москва Казань Самара мужской женский высшее среднее да "
        "нет яблоко банан компьютер автомобиль банк больница школа компания температура влажность вес рост "
        "категория "
    ),
    "el": _words(
        "αριθμός όνομα ηλικία φύλο πόλη εισόδημα ημερομηνία ποσότητα τιμή ποσό σχόλια προϊόν πελάτης περιοχή "
        "τμήμα τηλέφωνο κατάσταση Αθήνα Πάτρα Θεσσαλονίκη άνδρας γυναίκα ναι όχι μήλο μπανάνα υπολογιστής "
        "αυτοκίνητο τράπεζα νοσοκομείο σχολείο "
    ),
    "west": _words(
        "prénom âge ville année région sexe marié célibataire François Zoë Hélène José María Größe Straße "
        "München Köln Zürich Málaga São Paulo Göteborg København Ålesund naïve café élève qualité température "
        "humidité coût société décembre février größer Übung Äpfel señor niño peça preço número código Genève "
        "Besançon Orléans Nîmes "
    ),
    "cs": _words(
        "číslo jméno věk město příjem vzdělání množství částka poznámka zákazník oddělení Praha Plzeň Ostrava "
        "žena muž dům škola řeka teplota vlhkost hodnota třída země květen září říjen "
    ),
    "pl": _words(
        "Kraków Łódź Gdańsk Wrocław Poznań mężczyzna kobieta żółty źródło książka święta imię wiek płeć "
        "województwo wartość ilość sprzedaż różnica średnia październik "
    ),
    "hu": _words(
        "Győr Székesfehérvár Kőszeg Debrecen név életkor város érték hőmérséklet tűz üzem vállalat férfi nő "
        "jövedelem mennyiség megjegyzés vevő osztály iskola kórház "
    ),
    "tr": _words(
        "yaş şehir doğum ığdır İstanbul Muğla Eskişehir Şanlıurfa Ağrı kadın değer müşteri ürün sıcaklık "
        "ağırlık öğrenci şirket bölüm açıklama fiyatı eğitim düşük yüksek "
    ),
    "he": _words("מספר שם גיל מין עיר הכנסה תאריך כמות מחיר סכום הערות מוצר לקוח אזור מחלקה טלפון ירושלים חיפה כן לא "),
    "ar": _words(
        "رقم الاسم العمر الجنس المدينة الدخل التاريخ الكمية السعر المبلغ ملاحظات المنتج العميل المنطقة "
        "القاهرة دبي نعم لا "
    ),
    "th": _words("หมายเลข ชื่อ อายุ เพศ เมือง รายได้ วันที่ จำนวน ราคา หมายเหตุ สินค้า ลูกค้า ภูมิภาค กรุงเทพ เชียงใหม่ ใช่ ไม่ใช่ "),
    "en": _words("id name age sex city income date quantity price amount notes product customer region yes no "),
}

ENCODED: dict[str, str] = {
    "gb18030": "zh", "gbk": "zh", "big5": "tw", "shift_jis": "ja", "euc_jp": "ja", "euc_kr": "ko", "utf-16": "zh",
    "utf-16-le": "zh", "utf-16-be": "ja", "utf-32": "zh", "utf-8": "zh", "utf-8-sig": "tw", "cp1252": "west",
    "iso-8859-1": "west", "cp1251": "ru", "koi8_r": "ru", "cp1250": "cs", "iso-8859-2": "pl", "cp1253": "el",
    "iso-8859-7": "el", "cp1254": "tr", "cp1255": "he", "cp1256": "ar", "tis-620": "th", "cp866": "ru",
}  # fmt: skip


def table_text(language: str, rng: random.Random, *, numeric_body: bool = False) -> str:
    """Return a comma-separated table of 1–200 rows whose header (and, unless numeric, some cells) is in a language."""
    words = WORDS[language]
    width = rng.randint(2, 8)
    worded = [not numeric_body and rng.random() < 0.5 for _ in range(width)]
    lines = [rng.sample(words, width)]
    for _ in range(rng.choice([1, 2, 3, 5, 10, 30, 100, 200])):
        lines.append([rng.choice(words) if w else _number(rng) for w in worded])
    return "".join(",".join(line) + "\r\n" for line in lines)


def _number(rng: random.Random) -> str:
    return rng.choice([str(rng.randint(0, 99)), f"{rng.uniform(0, 1000):.2f}", str(rng.randint(0, 1))])

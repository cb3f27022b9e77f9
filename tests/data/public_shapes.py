"""Small re-creations of the shapes of well-known public files: values made up, layout as the source writes it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

R = np.random.default_rng(7)


@dataclass(frozen=True)
class Shape:
    """One shape: where it is met, the bytes, and what a person sees in them: names, number of rows, kinds of columns."""

    source: str
    data: bytes
    header: tuple[str, ...]
    rows: int
    kinds: dict[str, str] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    reported: str = ""  # the code of a notice that must be there


def _lines(lines: list[str], end: str = "\n") -> str:
    return end.join(lines) + end


def _shape(source: str, lines: list[str], header: str, rows: int, encoding: str = "utf-8", **more: object) -> Shape:
    return Shape(source, _lines(lines).encode(encoding), tuple(header.split("|")), rows, **more)  # type: ignore[arg-type]


def _numbers(n: int, low: float = 1, high: float = 90, digits: int = 1) -> list[str]:
    return [f"{value:.{digits}f}" for value in R.uniform(low, high, n)]


def _each(n: int, form: str, /, **columns: list[str]) -> list[str]:
    return [form.format(i=i, **{name: cells[i % len(cells)] for name, cells in columns.items()}) for i in range(n)]


N = 30
A, B, C = (_numbers(N) for _ in range(3))
WHOLE = [str(value) for value in R.integers(20, 80, N)]
MODELS = [f"Model {chr(65 + i % 26)}{i}" for i in range(N)]
TOWNS = ["Oslo", "Rome", "Bern", "Riga"]
DAYS = [f"2024-{1 + i // 28:02}-{1 + i % 28:02}" for i in range(N)]

SHAPES = [
    _shape("R: write.csv(mtcars)", ['"","mpg","cyl"', *_each(N, '"{m}",{a},{w}', m=MODELS, a=A, w=WHOLE)], "column_1|mpg|cyl", N,
           kinds={"column_1": "identifier", "mpg": "number"}),
    _shape("R: write.csv(cu.summary)", ['"","Price","Type"', *_each(N, '"Dodge Colt {m}",{a},"{t}"', m=MODELS, a=A, t=TOWNS)], "column_1|Price|Type", N,
           kinds={"column_1": "identifier", "Price": "number"}),
    _shape("R: write.table(iris)", ['"Sepal.Length" "Petal.Width" "Species"', *_each(N, '"{w}" {a} {b} "{t}"', w=[str(i + 1) for i in range(N)], a=A, b=B, t=TOWNS)],
           "row|Sepal.Length|Petal.Width|Species", N, kinds={"row": "identifier", "Species": "category"}, reported="row_names"),
    _shape('R: write.table(swiss, sep="\\t", quote=FALSE)', ["Fertility\tAgriculture", *_each(N, "{m}\t{a}\t{b}", m=MODELS, a=A, b=B)], "row|Fertility|Agriculture", N,
           kinds={"Fertility": "number"}, reported="row_names"),
    _shape("R: airquality", ['"Ozone","Wind","Month"', *_each(N, "{o},{a},{m}", o=["41", "NA", "12", "18.5"], a=A, m=["5", "6"])], "Ozone|Wind|Month", N,
           kinds={"Ozone": "number"}, missing={"Ozone": 8}),
    _shape("R: esoph", ['"agegp","alcgp","tobgp","ncases"', *_each(N, '"{g}","{h}","{t}",{w}', g=["25-34", "35-44", "75+"], h=["0-39g/day", "120+"], t=["0-9g/day", "30+"], w=WHOLE)],
           "agegp|alcgp|tobgp|ncases", N, kinds={"agegp": "category", "alcgp": "category"}),
    _shape("UCI: adult.data", _each(N, "{w}, {p}, {a}, {t}, {y}", w=WHOLE, p=["Private", "?", "State-gov"], a=A, t=TOWNS, y=["<=50K", ">50K"]),
           "column_1|column_2|column_3|column_4|column_5", N, kinds={"column_2": "category", "column_5": "category"}, missing={"column_2": 10}, reported="no_header"),
    _shape("UCI: adult.test", ["|1x3 Cross validator", *_each(N, "{w}, {p}, {a}, {y}", w=WHOLE, p=["Private", "State-gov"], a=A, y=["<=50K.", ">50K."])],
           "column_1|column_2|column_3|column_4", N, kinds={"column_4": "category"}, reported="preamble"),
    _shape("UCI: auto-mpg.data", _each(N, '{a}   {w}   {h}      {b}\t"{m}"', a=A, w=WHOLE, h=["130.0", "165.0", "?", "150.0"], b=B, m=MODELS),
           "column_1|column_2|column_3|column_4|column_5", N, kinds={"column_1": "number", "column_3": "number"}, missing={"column_3": 7}),
    _shape("UCI: breast-cancer-wisconsin.data", _each(N, "{d},{w},{q},{y}", d=[str(1000025 + 17 * i) for i in range(N)], w=WHOLE, q=["1", "10", "?", "4"], y=["2", "4"]),
           "column_1|column_2|column_3|column_4", N, kinds={"column_3": "number"}, missing={"column_3": 7}),
    _shape("UCI: winequality-red.csv", ['"fixed acidity";"pH";"quality"', *_each(N, "{a};{b};{q}", a=A, b=B, q=["5", "6", "7"])], "fixed acidity|pH|quality", N, kinds={"pH": "number"}),
    _shape("UCI: AirQualityUCI.csv", ["Date;Time;CO(GT);T;;", *_each(N, "{d}/03/2004;18.00.00;{c};{t};;", d=[f"{1 + i % 28:02}" for i in range(N)], c=["2,6", "-200", "1,9", "3,1"], t=[a.replace(".", ",") for a in A]), ";;;;;", ";;;;;"],
           "Date|Time|CO(GT)|T", N, kinds={"Date": "date", "T": "number", "CO(GT)": "number"}),
    _shape("UCI: bank-full.csv", ['"age";"job";"pdays";"y"', *_each(N, '{w};"{j}";{p};"{y}"', w=WHOLE, j=["admin.", "unknown", "services"], p=["-1", "-1", *WHOLE[:18]], y=["no", "yes"])],
           "age|job|pdays|y", N, kinds={"job": "category", "y": "boolean"}, reported="sentinel"),
    _shape("UCI: processed.cleveland.data", _each(N, "{a},{s},{c},{y}", a=A, s=["1.0", "0.0"], c=["0.0", "?", "2.0"], y=["0", "1", "2"]), "column_1|column_2|column_3|column_4", N,
           kinds={"column_3": "number"}, missing={"column_3": 10}),
    _shape("UCI: household_power_consumption.txt", ["Date;Time;Global_active_power;Voltage", *_each(N, "{d}/12/2006;17:{m}:00;{p};{v}", d=["16", "17"], m=[f"{i:02}" for i in range(N)], p=["4.216", "?", "5.360"], v=_numbers(N, 230, 245, 3))],
           "Date|Time|Global_active_power|Voltage", N, kinds={"Date": "date", "Global_active_power": "number"}, missing={"Global_active_power": 10}),
    _shape("UCI: abalone.data", _each(N, "{s},{a},{b},{w}", s=["M", "F", "I"], a=A, b=B, w=WHOLE), "column_1|column_2|column_3|column_4", N, kinds={"column_1": "category"}),
    _shape("UCI: forestfires.csv", ["X,month,day,temp,area", *_each(N, "{x},{m},{d},{a},{r}", x=["7", "8"], m=["mar", "oct", "aug"], d=["fri", "tue"], a=A, r=["0", "0", "1.2"])], "X|month|day|temp|area", N,
           kinds={"month": "category"}),
    _shape("UCI: iris.data", [*_each(N, "{a},{b},{t}", a=A, b=B, t=["Iris-setosa", "Iris-virginica"]), "", ""], "column_1|column_2|column_3", N, kinds={"column_3": "category"}),
    _shape("UCI: agaricus-lepiota.data", _each(N, "{y},{a},{b},{c}", y=["p", "e"], a=["x", "b", "s"], b=["n", "y", "w", "?"], c=["t", "f"]), "column_1|column_2|column_3|column_4", N,
           kinds={"column_1": "category", "column_4": "boolean"}, missing={"column_3": 7}),
    _shape("UCI: default of credit card clients.csv", [",X1,X2,X3,Y", "ID,LIMIT_BAL,SEX,AGE,default payment next month", *_each(N, "{i},{l}0000,{s},{w},{y}", l=["2", "12", "9"], s=["1", "2"], w=WHOLE, y=["0", "1"])],
           "ID|X1 LIMIT_BAL|X2 SEX|X3 AGE|Y default payment next month", N, kinds={"X3 AGE": "number"}, reported="joined_header"),
    _shape("UCI: wine.data", _each(N, "{y},{a},{b},{c}", y=["1", "2", "3"], a=A, b=B, c=C), "column_1|column_2|column_3|column_4", N, kinds={"column_2": "number"}),
    _shape("UCI: seeds_dataset.txt", _each(N, "{a}\t{b}\t{g}{c}\t{y}", a=A, b=B, g=["", "", "\t", ""], c=C, y=["1", "2", "3"]), "column_1|column_2|column_3|column_4", N, kinds={"column_3": "number"}),
    _shape("UCI: student-mat.csv", ["school;sex;age;G1;G3", *_each(N, '"{s}";"{x}";{w};"{g}";{h}', s=["GP", "MS"], x=["F", "M"], w=WHOLE, g=["5", "7", "15"], h=["6", "10"])], "school|sex|age|G1|G3", N,
           kinds={"G1": "number", "sex": "category"}),
    _shape("World Bank: indicator CSV", ['"Data Source","World Development Indicators",', "", '"Last Updated Date","2024-05-30",', "", '"Country Name","Country Code","1960","1961","1962",', *_each(N, '"{t} {i}","T{i}","{a}","{b}","",', t=TOWNS, a=A, b=B)],
           "Country Name|Country Code|1960|1961|1962", N, kinds={"1960": "number", "1962": "empty"}, reported="preamble"),
    _shape("Eurostat: TSV", ["unit,geo\\time\t2019 \t2020 \t2021 ", *_each(N, "PC,{t}{i}\t{a} \t{b} p\t: ", t=["AT", "BE"], a=A, b=B)], "unit,geo\\time|2019|2020|2021", N, kinds={"2019": "number", "2021": "empty"}),
    _shape("OECD: CSV with a mark", ["\ufeff\"LOCATION\",\"TIME\",\"Value\"", *_each(N, '"{t}","{q}",{a}', t=["AUS", "AUT"], q=["1990-Q1", "1990-Q2"], a=A)], "LOCATION|TIME|Value", N, kinds={"TIME": "date", "Value": "number"}),
    _shape("JHU CSSE: COVID-19 time series", ["Province/State,Country/Region,Lat,1/22/20,1/23/20", *_each(N, ",{t}{i},{a},{w},{w}", t=TOWNS, a=A, w=WHOLE)], "Province/State|Country/Region|Lat|1/22/20|1/23/20", N,
           kinds={"1/22/20": "number", "Province/State": "empty"}),
    _shape("Our World in Data: COVID-19", ["iso_code,date,new_cases", *_each(N, "AFG,{d},{c}", d=DAYS, c=["", "5.0", "7.0"])], "iso_code|date|new_cases", N, kinds={"date": "date", "new_cases": "number"}, missing={"new_cases": 10}),
    _shape("NASA GISTEMP: CSV", ["Land-Ocean: Global Means", "Year,Jan,Feb,J-D", *_each(N, "{y},{a},{b},{c}", y=[str(1880 + i) for i in range(N)], a=["-.18", "-.2", ".11"], b=[".05", "-.14", "***"], c=["-.09", "***", ".2"])],
           "Year|Jan|Feb|J-D", N, kinds={"Year": "number", "Jan": "number", "Feb": "number"}, missing={"Feb": 10}, reported="preamble"),
    _shape("FRED: CSV", ["DATE,UNRATE", *_each(N, "{d},{a}", d=DAYS, a=["3.4", ".", "3.8"])], "DATE|UNRATE", N, kinds={"DATE": "date", "UNRATE": "number"}, missing={"UNRATE": 10}),
    _shape("SILSO: monthly sunspots", _each(N, "1749;{m};1749.0{i};  {a};  -1.0;   -1;1", m=[f"{1 + i % 12:02}" for i in range(N)], a=A), "|".join(f"column_{j}" for j in range(1, 8)), N, kinds={"column_4": "number"}),
    _shape("NASA Exoplanet Archive: CSV", ["# This file was produced by the archive", "#", "# COLUMN pl_name: Planet Name", "pl_name,pl_bmasse,disc_year", *_each(N, "{m} b,{a},{y}", m=MODELS, a=A, y=["2009", "2014"])],
           "pl_name|pl_bmasse|disc_year", N, kinds={"pl_bmasse": "number"}, reported="preamble"),
    _shape("Kaggle: Titanic", ["PassengerId,Survived,Name,Age,Cabin", *_each(N, '{i},{y},"{t}, Mr. {m} (""{t}"")",{a},{c}', y=["0", "1"], t=TOWNS, m=MODELS, a=["22", "", "26"], c=["", "C85"])], "PassengerId|Survived|Name|Age|Cabin", N,
           kinds={"PassengerId": "identifier", "Survived": "boolean", "Age": "number"}, missing={"Age": 10}),
    _shape("Kaggle: Google Play store", ["App,Size,Installs,Price", *_each(N, '{m},{s},"{n}",{p}', m=MODELS, s=["19M", "201k", "8.7M", "Varies with device", *(f"{i}.{i}M" for i in range(2, 14))], n=["10,000+", "5,000,000+"], p=["0", "$4.99", "0"])],
           "App|Size|Installs|Price", N, kinds={"Size": "number", "Price": "number"}, reported="magnitudes"),
    _shape("Kaggle: FIFA players", ["Name,Value,Wage,Height,Weight", *_each(N, "{m},{v},{g},{h},{l}", m=MODELS, v=["€110.5M", "€565K", "€77M"], g=["€565K", "€90K"], h=["5'7", "6'2"], l=["159lbs", "183lbs", "150lbs"])], "Name|Value|Wage|Height|Weight", N,
           kinds={"Value": "number", "Wage": "number", "Weight": "number"}, reported="magnitudes"),
    _shape("IMDb: title.basics.tsv", ["tconst\tprimaryTitle\tstartYear\tendYear\tgenres", *_each(N, "tt{i:07}\t{m}\t{y}\t\\N\t{g}", m=MODELS, y=["1994", "1892", "\\N"], g=["Drama,Short", "Comedy", "\\N"])],
           "tconst|primaryTitle|startYear|endYear|genres", N, kinds={"tconst": "identifier", "startYear": "number", "endYear": "empty"}, missing={"startYear": 10}),
    _shape("MovieLens: movies.csv", ["movieId,title,genres", *_each(N, '{i},"{t}, The ({y})",{g}', t=TOWNS, y=["1995", "1996"], g=["|".join(sorted(set(R.choice(["Adventure", "Comedy", "War", "Crime"], 3)))) for _ in range(N)])], "movieId|title|genres", N,
           kinds={"movieId": "identifier", "genres": "category"}),
    _shape("MovieLens 1M: ratings.dat", _each(N, "{i}::{w}::{s}::97830{a}0", w=WHOLE, s=["3", "4", "5"], a=[str(i) for i in range(10, 40)]), "column_1|column_2|column_3|column_4", N, kinds={"column_3": "number"}),
    _shape("Stack Overflow: developer survey", ["Respondent,Language,Salary", *_each(N, "{i},{l},{s}", l=[";".join(sorted(set(R.choice(["Python", "SQL", "Rust", "Go"], 3)))) for _ in range(N)], s=["NA", "61000", "95000"])], "Respondent|Language|Salary", N,
           kinds={"Salary": "number"}, missing={"Salary": 10}, reported="lists"),
    _shape("Inside Airbnb: listings.csv", ["id,price,host_response_rate,instant", *_each(N, '{i},"{p}",{r},{b}', p=["$1,250.00", "$85.00"], r=["95%", "N/A", "100%"], b=["t", "f"])], "id|price|host_response_rate|instant", N,
           kinds={"price": "number", "host_response_rate": "number", "instant": "boolean"}, missing={"host_response_rate": 10}),
    _shape("US Census: ACS table", ["GEO_ID,NAME,S0101_C01", "id,Geographic Area Name,Estimate!!Total", *_each(N, '0500000US{c},"{t} County, Ohio",{w}', c=[f"{i:05}" for i in range(N)], t=TOWNS, w=WHOLE)], "GEO_ID id|NAME Geographic Area Name|S0101_C01 Estimate!!Total", N,
           kinds={"S0101_C01 Estimate!!Total": "number"}, reported="joined_header"),
    _shape("Destatis GENESIS: CSV", ["Tabelle: 12411-0001", "Bevölkerung: Deutschland, Stichtag", ";Bevölkerung;Fläche", *_each(N, "{d}.12.{y};{w};{a}", d=["31"], y=[str(1990 + i) for i in range(N)], w=[f"{w}123456" for w in WHOLE], a=[a.replace(".", ",") for a in A]), "__________", "© Statistisches Bundesamt"],
           "column_1|Bevölkerung|Fläche", N, "cp1252", kinds={"column_1": "date", "Fläche": "number"}, reported="preamble"),
    _shape("e-Stat Japan: CSV", ["統計名：人口推計", "", "年,地域,人口", *_each(N, "{y}年,{t},{w}", y=["2019", "2020"], t=["東京都", "大阪府"], w=WHOLE)], "年|地域|人口", N, "cp932", kinds={"年": "date", "人口": "number"}, reported="preamble"),
    _shape("NBS China: CSV", ["数据库：年度数据", "时间：最近10年", "指标,2023年,2022年,2021年", *_each(N, "指标{i},{a},{b},{c}", a=A, b=B, c=C), "数据来源：国家统计局"], "指标|2023年|2022年|2021年", N, "gb18030", kinds={"2023年": "number"}, reported="preamble"),
    _shape("ONS UK: time series CSV", ['"Title","CPIH"', '"CDID","L55O"', '"Unit","%"', *_each(N, '"{q}","{a}"', q=[f"{1990 + i // 4} Q{1 + i % 4}" for i in range(N)], a=A)], "column_1|column_2", N, kinds={"column_1": "date", "column_2": "number"}),
    _shape("sqlite3: .mode column", ["id    city      price", "----  --------  -------", *_each(N, "{w}    {t}      {a}", w=WHOLE, t=TOWNS, a=A)], "id|city|price", N, kinds={"price": "number"}, reported="rule"),
    _shape("psql: aligned output", [" city | price ", "------+-------", *_each(N, " {t} | {a} ", t=TOWNS, a=A), "(30 rows)"], "city|price", N, kinds={"price": "number"}, reported="rule"),
    _shape("pandas: to_csv of columns in two levels", [",price,price,volume", ",open,close,open", "day,,,", *_each(N, "{d},{a},{b},{c}", d=DAYS, a=A, b=B, c=C)], "day|price open|price close|volume open", N, kinds={"day": "date"}),
    _shape("pandas: to_string of a frame", ["       mass  radius", *_each(N, "{i}    {a}    {b}", a=A, b=B)], "row|mass|radius", N, kinds={"mass": "number"}, reported="row_names"),
    _shape("pandas reports: a delimiter at the end of every row", ["a,b,c", *_each(N, "{a},{b},{c},", a=A, b=B, c=C)], "a|b|c", N, kinds={"a": "number"}),
    _shape("Excel: sep= in the first line", ["sep=;", "city;price", *_each(N, "{t};{a}", t=TOWNS, a=A)], "city|price", N, kinds={"price": "number"}),
    _shape("SAP: list with bars", ["-" * 24, "|Material|  Betrag  |", "-" * 24, *_each(N, "|{m}|{v}|", m=MODELS, v=["1.234,50-", "  87,10 ", "2.000,00 "]), "-" * 24], "Material|Betrag", N, kinds={"Betrag": "number"}, reported="rule"),
    _shape("Yahoo Finance: CSV", ["Date,Open,Volume", *_each(N, "{d},{o},{v}", d=DAYS, o=["71.5", "null", "70.2"], v=["120000", "null", "99000"])], "Date|Open|Volume", N, kinds={"Date": "date", "Open": "number"}, missing={"Open": 10}),
    _shape("Garmin: activities", ["Activity,Time,Pace", *_each(N, "{t},{h},{p}", t=TOWNS, h=["1:02:33", "0:45:10", "--"], p=["5:31", "4:58"])], "Activity|Time|Pace", N, kinds={"Time": "number", "Pace": "number"}, missing={"Time": 10}),
    _shape("Mainframe extract in EBCDIC", ["ID,BRANCH,AMOUNT", *_each(N, "{i},{t},{a}", t=TOWNS, a=A)], "ID|BRANCH|AMOUNT", N, "cp037", kinds={"AMOUNT": "number"}, reported="encoding"),
]  # fmt: skip

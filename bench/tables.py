"""How well tables are read: our reader and single libraries on the corpus, on fresh damage and on encodings.

python -m bench.tables                 # all figures of our reader and of the libraries that are installed
python -m bench.tables --ours          # our reader only
python -m bench.tables --fresh 2000    # fresh damage on sound tables, our reader
python -m bench.tables --size          # 200 MB, 2 GB and 10,000 columns: seconds and memory, beside pandas alone
"""

from __future__ import annotations

import argparse
import csv
import gzip
import importlib.util
import io
import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from bench.damage import damaged  # noqa: E402
from bench.pollock import simple_score  # noqa: E402
from bench.words import ENCODED, table_text  # noqa: E402
from dldiag.core.types import DataError  # noqa: E402
from dldiag.data.io import RawTable, read as read_raw  # noqa: E402
from dldiag.data.io.encoding import decide_encoding  # noqa: E402
from tests.shared_data import SHARED  # noqa: E402

RESULTS = ROOT / "bench" / "results" / "tables.json"
SETS = ("wild", "polluted", "spectrum", "w3c", "untruthed")
DRAWS_PER_ENCODING = 30
FOLDER_ENCODINGS = {"gb2312": "gb18030", "shift_jis": "cp932", "euc-kr": "cp949", "big5": "big5hkscs", "tis-620": "cp874",
                    "maccyrillic": "mac_cyrillic"}  # fmt: skip
Read = tuple[list[str], list[list[str]], list[str]]


def read(path: str) -> Read:
    """Return what our reader read as raw cell texts; a file without anything in it is an empty table and a notice."""
    try:
        table = read_raw(path)
    except DataError as error:
        if "empty" in str(error.message):
            return [], [], [str(error)]
        raise
    return _cells(table)


def read_every_line(path: str) -> Read:
    """Return what is read when a person says that no line is a title, a footnote or a name.

    The truth of the W3C files counts such lines as rows.
    """
    return _cells(read_raw(path, header_row=None, first_row=0, footer_rows=0))


def _cells(table: RawTable) -> Read:
    rows = table.frame.astype(object).where(table.frame.notna(), "").to_numpy().tolist()
    return list(table.header), rows, [str(n.message) for n in table.notices]


def read_csv_module(path: str) -> Read:
    text = Path(path).read_bytes().decode("utf-8-sig", errors="replace")
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:20_000])
    except csv.Error:
        dialect = csv.excel
    rows = [r for r in csv.reader(io.StringIO(text, newline=""), dialect) if r]
    return rows[0], rows[1:], []


def read_pandas(path: str) -> Read:
    import pandas as pd

    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    return [str(c) for c in frame.columns], frame.astype(str).to_numpy().tolist(), []


def read_pandas_sniffed(path: str) -> Read:
    import pandas as pd

    frame = pd.read_csv(path, dtype=str, keep_default_na=False, sep=None, engine="python")
    return [str(c) for c in frame.columns], frame.astype(str).to_numpy().tolist(), []


def read_polars(path: str) -> Read:
    import polars

    frame = polars.read_csv(path, infer_schema=False, empty_string_is_null=False)
    return frame.columns, [list(r) for r in frame.rows()], []


def read_duckdb(path: str) -> Read:
    import duckdb

    found = duckdb.sql(f"select * from read_csv('{str(path).replace(chr(39), chr(39) * 2)}', all_varchar = true)")
    return found.columns, [["" if c is None else c for c in r] for r in found.fetchall()], []


def read_clevercsv(path: str) -> Read:
    import clevercsv

    text = Path(path).read_bytes().decode("utf-8-sig", errors="replace")
    dialect = clevercsv.Sniffer().sniff(text[:50_000])
    rows = [r for r in clevercsv.reader(io.StringIO(text, newline=""), dialect) if r]
    return rows[0], rows[1:], []


def read_pyarrow(path: str) -> Read:
    from pyarrow import csv as arrow_csv

    names = arrow_csv.open_csv(path).schema.names
    options = arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, "string"), strings_can_be_null=False)
    table = arrow_csv.read_csv(path, convert_options=options)
    return table.column_names, [list(r) for r in zip(*(c.to_pylist() for c in table.columns), strict=True)], []


LIBRARIES = {
    "pandas": read_pandas,
    "pandas sep=None": read_pandas_sniffed,
    "polars": read_polars,
    "duckdb": read_duckdb,
    "clevercsv": read_clevercsv,
    "pyarrow": read_pyarrow,
    "csv module": read_csv_module,
}


# --- the corpus ---------------------------------------------------------------------------------------------------


def scores(reader: str, sets: tuple[str, ...] = SETS) -> dict[str, dict[str, float]]:
    """Return the figures of the corpus' own score.py for one of the readers of this module."""
    score = _score_module()
    figures = {}
    for name in sets:
        jobs = [(f"bench.tables:{reader}", p, t, h) for p, t, h in score.SETS[name]()]
        with multiprocessing.get_context("fork").Pool(2, maxtasksperchild=50) as pool:
            results = pool.map(score.one, jobs, chunksize=8)
        figures[name] = _figures(results)
        print(f"  {name:10s}", figures[name], flush=True)
    return figures


def _figures(results: list) -> dict[str, float]:
    n, judged = len(results), [r for r in results if r[2]]
    loaded = sum(r[1] in ("ok", "told") for r in results) / n
    errors = Counter(r[1] for r in results if r[1] not in ("ok", "told", "DataError"))
    figures = {
        "files": n,
        "loaded": loaded,
        "slowest_seconds": max(r[3] for r in results),
        "crashes": sum(errors.values()),
    }
    if judged:
        figures |= {k: sum(r[2][i] for r in judged) / n for i, k in enumerate(("header", "shape", "exact"))}
        figures["silently_wrong"] = sum(r[1] == "ok" and not r[2][2] for r in judged) / n
    return {k: round(v, 4) for k, v in figures.items()}


def _score_module():
    path = SHARED / "corpus" / "score.py"
    spec = importlib.util.spec_from_file_location("score", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["score"] = module
    spec.loader.exec_module(module)
    return module


def encodings(seed: int) -> dict[str, float]:
    """Return the share of texts whose encoding is found: the corpus, and tables made up afresh."""
    texts = [
        (d.name, f)
        for d in sorted((SHARED / "corpus/chardet/tests").iterdir())
        if d.is_dir()
        for f in sorted(d.iterdir())
    ]
    found = [_same_text(f.read_bytes(), _folder_encoding(d)) for d, f in texts]
    rng, made = random.Random(seed), defaultdict(list)
    for encoding, language in ENCODED.items():
        for i in range(DRAWS_PER_ENCODING):
            data = table_text(language, rng, numeric_body=i % 2 == 0).encode(encoding)
            made[encoding].append(_same_text(data, encoding))
    chinese = [ok for e, draws in made.items() if ENCODED[e] in {"zh", "tw"} for ok in draws]
    every = [ok for draws in made.values() for ok in draws]
    return {"corpus": _share(found), "made_up": _share(every), "chinese": _share(chinese),
            **{e: _share(d) for e, d in made.items()}}  # fmt: skip


def _folder_encoding(folder: str) -> str:
    name = folder.lower()
    if name.startswith(("iso-8859", "windows")):
        return "-".join(name.split("-")[: 3 if name.startswith("iso") else 2])
    return FOLDER_ENCODINGS.get(name, name)


def _same_text(data: bytes, encoding: str) -> bool:
    found = decide_encoding(data)
    try:
        truth = data.decode(encoding, errors="replace")
    except LookupError:
        return False
    return found == encoding or data.decode(found, errors="replace").lstrip("\ufeff") == truth.lstrip("\ufeff")


def _share(flags: list[bool]) -> float:
    return round(sum(flags) / max(1, len(flags)), 4)


# --- fresh damage -------------------------------------------------------------------------------------------------


def clean_notices() -> dict[str, float]:
    """Return the share of the sound tables about which something is told (there is nothing to tell)."""
    files = sorted((SHARED / "data/tables").iterdir())
    told = {f.name: [n.code for n in found] for f in files if (found := read_raw(str(f)).notices)}
    return {"files": len(files), "told": round(len(told) / len(files), 4), "which": told}


def fresh(count: int, seed: int) -> dict[str, dict[str, float]]:
    """Return figures on fresh damage, by kind: exact, wrong but told, silently wrong, refused."""
    rng, outcome = random.Random(seed), defaultdict(Counter)
    tables = _sound_tables(rng, 20)
    for _ in range(count):
        header, rows = rng.choice(tables)
        begin = rng.randrange(max(1, len(rows) - 200))
        one = damaged(header, rows[begin : begin + rng.randint(20, 200)], rng)
        outcome[one.kind][_outcome(one)] += 1
        outcome["all"][_outcome(one)] += 1
    return {k: {o: round(n / sum(c.values()), 4) for o, n in c.items()} for k, c in sorted(outcome.items())}


def _outcome(one) -> str:
    score = _score_module()
    try:
        table = read_raw(one.data)
    except DataError:
        return "refused"
    rows = table.frame.astype(object).where(table.frame.notna(), "").to_numpy().tolist()
    truth = [one.header, *one.rows] if one.header else one.rows
    _, shape, exact = score.judge(truth, list(table.header), rows, bool(one.header))
    if exact:
        return "exact"
    return ("told, right shape" if shape else "told") if table.notices else "silently wrong"


def _sound_tables(rng: random.Random, count: int) -> list[tuple[list[str], list[list[str]]]]:
    files = [f for f in sorted((SHARED / "data/tables").iterdir()) if f.stat().st_size < 3_000_000]
    tables = []
    for file in rng.sample(files, count):
        opened = gzip.open if file.suffix == ".gz" else open
        with opened(file, "rt", encoding="utf-8", newline="") as stream:
            rows = [r for _, r in zip(range(3000), csv.reader(stream), strict=False)]
        if len(rows[0]) < 40:
            tables.append((rows[0], rows[1:]))
    return tables


# --- size ---------------------------------------------------------------------------------------------------------


def size() -> dict[str, dict[str, float]]:
    """Return seconds and peak memory of files of 200 MB and 2 GB and of 10,000 columns, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        long, longer, wide = (Path(folder) / f"{name}.csv" for name in ("long", "longer", "wide"))
        _write_long(long, 200 << 20)
        _write_long(longer, 2000 << 20)
        _write_wide(wide)
        jobs = [(n, r, p) for n, p in (("200 MB", long), ("10,000 columns", wide)) for r in ("ours", "pandas")]
        jobs.append(("2 GB, rows drawn", "ours", longer))
        context = multiprocessing.get_context("spawn")
        with context.Pool(1, maxtasksperchild=1) as pool:
            return {f"{n}, {r}": pool.apply(_measure, (r, str(p))) for n, r, p in jobs}


def _measure(reader: str, path: str) -> dict[str, float]:
    import pandas as pd

    start = time.perf_counter()
    frame = read_raw(path).frame if reader == "ours" else pd.read_csv(path, dtype=str, keep_default_na=False)
    seconds = time.perf_counter() - start
    cells, peak = frame.size / 1e6, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {"million_cells": round(cells, 1), "seconds": round(seconds, 2), "peak_gib": round(peak, 2),
            "seconds_per_million_cells": round(seconds / cells, 3)}  # fmt: skip


def _write_long(path: Path, size: int) -> None:
    rng = random.Random(0)
    block = "".join(
        f'{i},{rng.gauss(0, 1):.6f},{rng.gauss(0, 1):.4f},"city {i % 50}, north",{i % 2},2024-01-{i % 28 + 1:02d}\n'
        for i in range(100_000)
    )
    with path.open("w") as stream:
        stream.write("id,a,b,city,y,day\n")
        while stream.tell() < size:
            stream.write(block)


def _write_wide(path: Path) -> None:
    rng = random.Random(0)
    with path.open("w") as stream:
        stream.write(",".join(f"c{i}" for i in range(10_000)) + "\n")
        for _ in range(1000):
            stream.write(",".join(str(rng.randrange(1000)) for _ in range(10_000)) + "\n")


def _save(figures: dict) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", action="store_true", help="leave the libraries out")
    parser.add_argument("--fresh", type=int, default=0, help="only fresh damage, this many files")
    parser.add_argument("--size", action="store_true", help="only size")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    if SHARED is None and not args.size:
        sys.exit("The corpus is not here: set DLDIAG_SHARED to the folder that holds it.")
    figures = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    if args.fresh:
        figures["fresh"] = {"files": args.fresh, "seed": args.seed, "outcome": fresh(args.fresh, args.seed)}
    elif args.size:
        figures["size"] = size()
    else:
        _measure_all(figures, args.seed, with_libraries=not args.ours)
    _save(figures)
    shown = figures if not args.ours else {k: figures[k] for k in ("pollock", "encodings", "clean")}
    print(json.dumps(shown, indent=1, ensure_ascii=False))


def _measure_all(figures: dict, seed: int, *, with_libraries: bool) -> None:
    """Measure our reader and the libraries that are installed; what is there already is saved after each."""
    figures["ours"] = scores("read")
    figures["ours, every line a row"] = scores("read_every_line", ("w3c",))
    score = _score_module()
    figures["pollock"] = simple_score(score.SETS["polluted"](), read, score.norm)
    figures["encodings"] = encodings(seed)
    figures["clean"] = clean_notices()
    _save(figures)
    for name, reader in LIBRARIES.items() if with_libraries else ():
        if importlib.util.find_spec(name.split()[0]) is None:
            print(name, "is not installed; its figures stay as they are")
            continue
        print(name)
        figures[name] = scores(reader.__name__, ("wild", "polluted", "spectrum", "w3c"))
        _save(figures)


if __name__ == "__main__":
    main()

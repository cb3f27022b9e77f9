"""Files from the wild, files damaged on purpose, and texts by encoding: at least the shares that were measured."""

import json
import random

import pytest

from tests.shared_data import SHARED, needs_shared

pytestmark = needs_shared


def figures(name: str) -> dict[str, float]:
    from bench import tables

    score = tables._score_module()
    results = [(p.name, *_one(score, tables.read, p, t, h)) for p, t, h in score.SETS[name]()]
    return tables._figures(results)


def _one(score, read, path, truth, has_header):
    try:
        header, rows, notices = read(str(path))
    except Exception as error:
        return type(error).__name__, None, 0.0
    verdict = score.judge(truth, header, rows, has_header) if truth is not None else None
    return "told" if notices else "ok", verdict, 0.0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "exact", "silent"), [("wild", 0.75, 0.05), ("spectrum", 1.0, 0.0), ("w3c", 0.93, 0.005)]
)
def test_files_from_the_wild_are_read_exactly_or_told(name, exact, silent):
    got = figures(name)
    assert got["exact"] >= exact
    assert got["silently_wrong"] <= silent
    assert got["crashes"] == 0


@pytest.mark.slow
def test_polluted_files_keep_header_and_shape_and_nothing_is_silently_wrong():
    got = figures("polluted")
    assert got["header"] >= 0.99
    assert got["shape"] >= 0.99
    assert got["exact"] >= 0.96
    assert got["silently_wrong"] <= 0.005


def test_awkward_files_come_out_as_the_manifest_says():
    from dldiag.core.types import DataError
    from dldiag.data.io import read

    folder = SHARED / "corpus" / "pathology"
    wrong = []
    for entry in json.loads((folder / "manifest.json").read_text(encoding="utf-8")):
        try:
            shape = list(read(folder / entry["name"]).frame.shape)
        except DataError:
            shape = None
        if shape != entry["truth"] and entry["name"] != "ragged_late.csv":  # whose first 3,000 rows are kept
            wrong.append((entry["name"], shape, entry["truth"]))
    assert wrong == []


@pytest.mark.slow
def test_encodings_are_found_in_texts_and_in_short_tables():
    from bench import tables

    got = tables.encodings(seed=11)
    assert got["corpus"] >= 0.95
    assert got["chinese"] == 1.0
    assert got["made_up"] >= 0.985


def test_fresh_damage_is_mended_or_told():
    from bench import tables

    outcome = tables.fresh(60, seed=random.Random(3).randrange(1000))
    wrong = {k: v for k, v in outcome.items() if v.get("silently wrong")}
    assert wrong == {}

"""Reports of earlier versions open, show, and are written again with every number they held.

Each file was written by the version it is named after: 1 has no message ids and no metric, 2 is the last one without
message ids, and 3 to 6 begin to hold where the model is wrong, bias per row, performance, and partial dependence.
"""

import gzip
import json
from pathlib import Path

import pytest

from dldiag.core.i18n import speaking
from dldiag.report import from_json, to_html, to_json, to_text, view

FOLDER = Path(__file__).with_name("old_reports")
FILES = sorted(FOLDER.glob("*.json.gz"))


def written(path):
    return json.loads(gzip.decompress(path.read_bytes()))


def without_texts(plain):
    """Return keys, numbers and codes; sentences are made anew with today's typography, so they may differ."""
    if isinstance(plain, dict):
        return {key: without_texts(one) for key, one in plain.items()}
    if isinstance(plain, list):
        return [without_texts(one) for one in plain]
    return "text" if isinstance(plain, str) and " " in plain else plain


def missing(old, new, path="report"):
    """Yield what an old report holds and the new one does not; new keys are allowed."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key, one in old.items():
            yield from missing(one, new[key], f"{path}.{key}") if key in new else [f"{path}.{key}"]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for i, pair in enumerate(zip(old, new, strict=True)):
            yield from missing(*pair, f"{path}[{i}]")
    elif old != new:
        yield f"{path}: {old!r} became {new!r}"


def test_there_is_a_report_of_every_earlier_version():
    assert [path.name[0] for path in FILES] == list("123456")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_old_report_is_written_again_with_all_that_it_held(path):
    old = written(path)
    assert list(missing(without_texts(old), without_texts(json.loads(to_json(from_json(json.dumps(old))))))) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_old_report_shows_its_verdict_and_its_fixes(path):
    report = from_json(gzip.decompress(path.read_bytes()))
    assert view.fixes(report)
    for language in ("en", "zh"):
        with speaking(language):
            assert " ".join(str(report.verdict.headline).split())[:30] in " ".join(to_text(report).split())


def test_the_oldest_report_makes_a_page_with_its_curves():
    page = to_html(from_json(gzip.decompress(FILES[0].read_bytes())))
    assert "iris" in page
    assert page.count('<div class="chart"') >= 2


def test_what_is_missing_is_found():
    assert list(missing({"a": [1, {"b": 2}]}, {"a": [1, {}], "c": 3})) == ["report.a[1].b"]
    assert list(missing({"a": 1}, {"a": 2})) == ["report.a: 1 became 2"]

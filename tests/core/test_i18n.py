"""Every text that a person reads has a Chinese one, with the same values in it."""

import ast
import io
import re
import tokenize
from string import Formatter

import numpy as np
import pytest

from dldiag.core.i18n import Message, english, format_error, set_language, speaking, tr, translate, trn
from docs import catalog
from docs.catalog import FILES, OTHERS, Text, texts_in, without_values


def values_of(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def pairs(language):
    """Return (English, other) of every text, its plural among them."""
    for one in catalog.read_catalog(language):
        if one.id:
            originals = one.id if isinstance(one.id, tuple) else (one.id,)
            others = one.string if isinstance(one.string, tuple) else (one.string,)
            yield from ((originals[-1], other) for other in others)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language):
    assert catalog.untranslated(language) == [], "run `make catalog` and fill in what it names"


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalog_is_in_step_with_the_code(language):
    assert not catalog.stale(language), "run `make catalog`"


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_values_of_its_text(language):
    assert [text for text, other in pairs(language) if values_of(text) != values_of(other)] == []


def test_chinese_translations_are_chinese():
    latin = {text for text, other in pairs("zh") if not re.search("[一-鿿]", other)}
    assert all(len(without_values(text)) < 30 for text in latin), latin


# Words that the field does not use, and how they were meant (docs/decisions.md).
NOT_OURS = re.compile(
    r"plainest|rows to judge|by heart|learnt|\b(?:is|are) shown to|giveaway|give the target away|\bslept|sleeper|\badopt|"
    r"\bamounts?\b|cleaner answers|re-drawn|take it with you|promises too much|workbench|preflight|\bis sure\b|\bsurely\b|"
    r"\btold\b(?! (?:apart|from))",
    re.I,
)


def test_texts_speak_the_words_of_the_field():
    assert [text for text, _ in pairs("zh") if NOT_OURS.search(catalog.without_values(text))] == []


def test_a_text_that_begins_with_a_count_has_a_singular():
    counted = re.compile(
        r"\{(?:count|n)\b[^}]*\} (?:[a-z]+ )?(?:lines|rows|columns|cells|characters|files|rules|others)\b"
    )
    assert [one.id for one in catalog.read_catalog("zh") if isinstance(one.id, str) and counted.match(one.id)] == []


def prose_of(path):
    """Yield the docstrings and comments of a file, without what they quote."""
    source = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield re.sub(r"`[^`]*`|^ *(?:>>>|\.\.\.).*", "", ast.get_docstring(node) or "", flags=re.M)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield re.sub(r"`[^`]*`|\"[^\"]*\"", "", token.string)


def test_docstrings_and_comments_speak_the_words_of_the_field():
    said = [
        f"{path.name}: {found.group()}" for path in FILES for one in prose_of(path) for found in NOT_OURS.finditer(one)
    ]
    assert said == []


APART = re.compile(r"(?<=[\d}])[ \u00a0]%(?![\w(])")


@pytest.mark.parametrize("language", OTHERS)
def test_a_percent_sign_stands_beside_its_number(language):
    assert [text for pair in pairs(language) for text in pair if APART.search(text)] == []


def test_so_it_does_in_docstrings_and_comments():
    assert [f"{path.name}: {one}" for path in FILES for one in prose_of(path) if APART.search(one)] == []


def test_the_collector_sees_what_it_is_meant_to_see():
    source = (
        'A = "from a name"\ntr("plain")\nMessage(A)\nMessage("x" if y else "z")\nparam(1, "label", "help")\n'
        'tr(f"{x}")\ntrn("{n} row", "{n} rows", 2)\nMessage("loss", context="money")\n'
        'B = A if y else "other"\ntr(B)\nC = {1: "in a table"}\nMessage(C[y])'
    )
    plain = {Text(text) for text in ("plain", "from a name", "x", "z", "label", "help", "other", "in a table")}
    assert set(texts_in(ast.parse(source))) == plain | {Text("{n} row", "{n} rows"), Text("loss", "", "money")}


def test_a_text_that_is_new_or_gone_makes_a_catalog_stale(monkeypatch):
    monkeypatch.setattr(catalog, "all_texts", lambda: {Text("Something that nobody has said before")})
    assert catalog.stale("zh")
    assert catalog.untranslated("zh") == ["Something that nobody has said before"]


def test_no_text_is_built_before_it_is_translated():
    """An f-string, a sum or a format() given to tr or Message has no entry in any catalog."""
    built = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"tr", "Message"} and node.args:
                first = node.args[0]
                if isinstance(first, ast.JoinedStr | ast.BinOp):
                    built.append(f"{path.name}:{node.lineno}")
    assert not built


def test_nothing_branches_on_a_template():
    """A message is told from another by its id; its English may be reworded."""
    branching = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "template" and path.stem not in ALLOWED:
                branching.append(f"{path.name}:{node.lineno}")
    assert not branching


ALLOWED = {"i18n", "starts"}  # a form of the course shows the labels of its starts as choices


def test_a_reader_gets_their_language_and_others_keep_theirs():
    message = Message("Dev error")
    with speaking("zh"):
        chinese = str(message)
        assert english(message) == "Dev error"
    assert chinese != str(message) == "Dev error"


def test_an_unknown_language_is_english():
    with speaking("xx"):
        assert tr("Dev error") == "Dev error"
    set_language("en")
    assert translate("no such text") == "no such text"


def test_numbers_of_things_agree_with_their_noun():
    assert [trn("{n:,} row", "{n:,} rows", n) for n in (0, 1, 2, 1000)] == ["0 rows", "1 row", "2 rows", "1,000 rows"]


@pytest.mark.parametrize("tie", [k / 2_000 for k in range(1, 2_000, 38)])
def test_a_tie_is_written_alike_whatever_the_last_bit_of_a_float(tie):
    written = {format_error(float(one), "rate") for one in (tie, np.nextafter(tie, 0), np.nextafter(tie, 1))}
    assert written == {f"{100 * (tie + 0.0001):.1f}%"}


def test_chinese_has_no_blank_between_its_own_words_and_one_beside_a_number():
    text = Message("between {gain:gap} better and {loss:gap} worse", {"gain": 0.078, "loss": 0.019})
    with speaking("zh"):
        assert str(text.filled(unit="rate")) == "介于改善 7.8 个百分点与变差 1.9 个百分点之间"
        assert str(text.filled(unit="sd")) == "介于改善 0.078 与变差 0.019 之间"

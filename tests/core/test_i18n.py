"""Every text that a person reads has a Chinese one, with the same values in it."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from dldiag.cli.flags import READING_HELP
from dldiag.core.i18n import CATALOGS, LANGUAGES, Message, catalog, set_language, speaking, tr, translate
from dldiag.core.params import Param, params_of
from dldiag.core.settings import Settings
from dldiag.diagnosis.rules import RULES
from dldiag.experiments.models import MODELS
from dldiag.nn import CLASSIFIER_PARAMS, MLP_PARAMS, REGRESSOR_PARAMS

ROOT = Path(__file__).parents[2]
OTHERS = [language for language in LANGUAGES if language != "en"]
FILES = sorted([*ROOT.glob("dldiag/**/*.py"), *ROOT.glob("pages/*.py"), *ROOT.glob("streamlit_app.py")])

TRANSLATED = {"Message": (0,), "tr": (0,), "translate": (0,), "DataError": (0, 1), "param": (1, 2), "Param": (2, 3)}
# Codes that are shown as words.
WORDS = ("classification", "regression", "random", "group", "time", "given")


def texts_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield (line, template) of every literal that is given to something that translates it."""
    named: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    named.setdefault(target.id, []).append(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            arguments = [node.args[i] for i in TRANSLATED.get(name, ()) if i < len(node.args)]
            arguments += [each.value for each in node.keywords if name in ("param", "Param") and each.arg == "empty"]
            for argument in arguments:
                yield from literals(argument, named)


def literals(node: ast.expr, named: dict[str, list[ast.expr]]) -> Iterator[tuple[int, str]]:
    """Yield the literal texts that an argument can be: itself, either side of a choice, or all that a name may hold."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body, named)
        yield from literals(node.orelse, named)
    elif isinstance(node, ast.Name):
        for held in named.get(node.id, ()):
            if isinstance(held, ast.Constant):
                yield from literals(held, {})


def param_texts(one: Param) -> Iterator[str]:
    yield from (one.label, one.help, one.group, one.unit, *(one.choices or {}).values())


def texts_of_rows() -> Iterator[tuple[str, str]]:
    """Yield (where, template) of plain texts that stand in tables of rows and are translated when shown."""
    params = [
        *params_of(Settings).values(),
        *MLP_PARAMS.values(),
        *CLASSIFIER_PARAMS.values(),
        *REGRESSOR_PARAMS.values(),
    ]
    params += [one for row in MODELS.values() for one in row.params.values()]
    yield from (("params", text) for one in params for text in param_texts(one))
    yield from (("rules", text) for rule in RULES for text in (rule.fired, rule.passed, rule.hint))
    yield from (("flags", text) for text in READING_HELP.values())
    yield from (("words", word) for word in WORDS)


def all_texts() -> dict[str, str]:
    """Return {template: where it stands}."""
    found = {text: where for where, text in texts_of_rows()}
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {text: f"{path.relative_to(ROOT)}:{line}" for line, text in texts_in(tree)}
    return {text: where for text, where in found.items() if re.search("[A-Za-z]{2}", without_values(text))}


def without_values(template: str) -> str:
    return "".join(literal for literal, *_ in Formatter().parse(template))


def values_of(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language):
    known = catalog(language)
    missing = {text: where for text, where in all_texts().items() if text not in known}
    assert not missing, f"{len(missing)} texts without {language}:\n" + "\n".join(
        f"  {where}: {text!r}" for text, where in sorted(missing.items(), key=lambda pair: pair[1])
    )


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_values_of_its_text(language):
    wrong = [text for text, other in catalog(language).items() if values_of(text) != values_of(other)]
    assert not wrong


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_outlives_its_text(language):
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in FILES)
    written = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert set(catalog(language)) <= written | set(all_texts())


@pytest.mark.parametrize("language", OTHERS)
def test_two_rooms_do_not_translate_a_text_differently(language):
    seen: dict[str, tuple[str, str]] = {}
    different = []
    for path in sorted((CATALOGS / language).glob("*.json")):
        for text, other in json.loads(path.read_text(encoding="utf-8")).items():
            first = seen.setdefault(text, (path.name, other))
            if first[1] != other:
                different.append((text, first, (path.name, other)))
    assert not different


def test_chinese_translations_are_chinese():
    latin = {text for text, other in catalog("zh").items() if not re.search("[一-鿿]", other)}
    assert all(len(without_values(text)) < 30 for text in latin), latin


def test_the_collector_sees_what_it_is_meant_to_see():
    source = (
        'A = "from a name"\ntr("plain")\nMessage(A)\nMessage("x" if y else "z")\nparam(1, "label", "help")\ntr(f"{x}")'
    )
    assert {text for _, text in texts_in(ast.parse(source))} == {"plain", "from a name", "x", "z", "label", "help"}


def test_no_text_is_built_before_it_is_translated():
    """An f-string, a sum or a format() given to tr or Message has no entry in any catalog."""
    built = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"tr", "Message"} and node.args:
                first = node.args[0]
                if isinstance(first, ast.JoinedStr | ast.BinOp):
                    built.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not built


def test_a_reader_gets_their_language_and_others_keep_theirs():
    message = Message("Dev error")
    with speaking("zh"):
        chinese = str(message)
    assert chinese != str(message) == "Dev error"


def test_an_unknown_language_is_english():
    with speaking("xx"):
        assert tr("Dev error") == "Dev error"
    set_language("en")
    assert translate("no such text") == "no such text"

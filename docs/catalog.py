"""The catalogs of texts: collects every English text of the code and keeps each language's .po and .mo in step with it.

`python -m docs.catalog` adds what is new with an empty translation, drops what is gone, and compiles; `--check` says what
is stale or untranslated instead. The files are gettext's; Babel reads and writes them.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from dldiag.cli.flags import READING_HELP
from dldiag.core.i18n import CATALOGS, DOMAIN, LANGUAGES
from dldiag.core.params import Param, params_of
from dldiag.core.settings import Settings
from dldiag.diagnosis.from_metrics import GivenNumbers
from dldiag.diagnosis.from_metrics.history_rules import EPOCH_RULES
from dldiag.diagnosis.from_metrics.rules import number_rules
from dldiag.diagnosis.rules import RULES
from dldiag.experiments.curved_inputs import CURVES_PARAM
from dldiag.experiments.model_params import MODEL_KINDS
from dldiag.experiments.models import AROUND, MODELS
from dldiag.nn import CLASSIFIER_PARAMS, MLP_PARAMS, REGRESSOR_PARAMS

ROOT = Path(__file__).parent.parent
OTHERS = [language for language in LANGUAGES if language != "en"]
FILES = sorted([*ROOT.glob("dldiag/**/*.py"), *ROOT.glob("pages/*.py"), *ROOT.glob("streamlit_app.py")])
# Calls whose arguments at these places are texts, and those whose keywords are.
TEXTS = {
    "Message": (0,),
    "tr": (0,),
    "translate": (0,),
    "DataError": (0, 1),
    "param": (1, 2),
    "Param": (2, 3),
    "page": (0, 1),
}
KEYWORDS = {"param": ("empty",), "Param": ("empty",)}
WORDS = ("classification", "regression", "random", "group", "time", "given")  # codes that are shown as words
FEWEST_LETTERS = re.compile("[A-Za-z]{2}")  # a template without a word has nothing to translate
WIDTH = 120
FIXED_DATE = datetime(2000, 1, 1, tzinfo=UTC)
HEADER = "# Texts of dldiag: msgid is the code's own English, msgstr is written by hand. `make catalog` keeps the list."


class Text(NamedTuple):
    """One text: what it is in English, in the plural, and in which of two uses."""

    singular: str
    plural: str = ""
    context: str = ""


def texts_in(tree: ast.Module) -> Iterator[Text]:
    """Yield every literal that is given to something that translates it."""
    named: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    named.setdefault(target.id, []).append(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _texts_of_call(node, named)


def _texts_of_call(node: ast.Call, named: dict[str, list[ast.expr]]) -> Iterator[Text]:
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    given = {each.arg: each.value for each in node.keywords}
    if name == "trn":
        yield Text(_literal(node.args[0]), _literal(node.args[1]))
    arguments = [node.args[i] for i in TEXTS.get(name, ()) if i < len(node.args)]
    arguments += [given[key] for key in KEYWORDS.get(name, ()) if key in given]
    more = (_literal(given.get("plural")), _literal(given.get("context"))) if name == "Message" else ("", "")
    for argument in arguments:
        yield from (Text(text, *more) for text in _literals(argument, named))


def _literal(node: ast.AST | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _literals(node: ast.expr, named: dict[str, list[ast.expr]]) -> Iterator[str]:
    """Yield the texts that an argument can be: itself, either side of a choice, or all that a name may hold."""
    if text := _literal(node):
        yield text
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body, named)
        yield from _literals(node.orelse, named)
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        for table in named.get(node.value.id, ()):
            if isinstance(table, ast.Dict):
                yield from (text for value in table.values if (text := _literal(value)))
    elif isinstance(node, ast.Name):
        others = {name: held for name, held in named.items() if name != node.id}
        for held in named.get(node.id, ()):
            yield from _literals(held, others)


def texts_of_rows() -> Iterator[str]:
    """Yield the plain texts that stand in tables of rows and are translated when they are shown."""
    params = [*params_of(Settings).values(), *params_of(GivenNumbers).values()]
    params += [
        *MLP_PARAMS.values(),
        *CLASSIFIER_PARAMS.values(),
        *REGRESSOR_PARAMS.values(),
        *AROUND.values(),
        CURVES_PARAM,
    ]
    params += [one for row in MODELS.values() for one in row.params.values()]
    for one in params:
        yield from _texts_of_param(one)
    yield from MODEL_KINDS.values()
    rules = [*RULES, *number_rules(), *EPOCH_RULES]
    optional = (text for rule in rules for text in (rule.nowhere, rule.unsure) if text)
    yield from (*(text for rule in rules for text in (rule.fired, rule.passed, rule.hint)), *optional)
    yield from READING_HELP.values()
    yield from WORDS


def _texts_of_param(one: Param) -> Iterator[str]:
    yield from (one.label, one.help, one.group, one.unit, one.empty, *(one.choices or {}).values())


def all_texts() -> set[Text]:
    """Return every text of the code that has a word in it."""
    found = {Text(text) for text in texts_of_rows()}
    for path in FILES:
        found |= set(texts_in(ast.parse(path.read_text(encoding="utf-8"))))
    return {text for text in found if FEWEST_LETTERS.search(without_values(text.singular))}


def literals() -> set[str]:
    """Return every string constant of the code: a text may reach its translation through a table."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in FILES)
    return {text for tree in trees for node in ast.walk(tree) if (text := _literal(node))}


def without_values(template: str) -> str:
    """Return a template's own words."""
    return "".join(literal for literal, *_ in Formatter().parse(template))


# --- files --------------------------------------------------------------------------------------------------------


def po_path(language: str) -> Path:
    """Return where a language's translations are written by hand."""
    return CATALOGS / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read_catalog(language: str) -> Catalog:
    """Return a language's catalog, as it is in its file."""
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def translations(language: str) -> dict[str, str]:
    """Return {English text: translation} of all texts without a plural."""
    return {one.id: str(one.string) for one in read_catalog(language) if isinstance(one.id, str) and one.id}


def template() -> Catalog:
    """Return the catalog of all texts, untranslated."""
    made = Catalog(domain=DOMAIN, fuzzy=False)
    for text in sorted(all_texts()):
        made.add((text.singular, text.plural) if text.plural else text.singular, context=text.context or None)
    return made


def updated(language: str) -> Catalog:
    """Return a language's catalog with what is new in the code and without what is gone."""
    old, new = read_catalog(language), Catalog(locale=language, domain=DOMAIN, header_comment=HEADER, fuzzy=False)
    written = literals() - {text.plural for text in all_texts()}  # a plural is kept with its singular
    known = [one for one in old if one.id and isinstance(one.id, str) and one.id in written]
    for one in (*template(), *known):
        if one.id:
            before = old.get(one.id, one.context)
            new.add(one.id, before.string if before else None, context=one.context)
    return new


def po_text(catalog: Catalog) -> bytes:
    """Write a catalog as a .po file."""
    file = io.BytesIO()
    write_po(file, catalog, width=WIDTH, omit_header=False, sort_output=True, no_location=True)
    # Dates and names of tools would make every run a change.
    return re.sub(
        rb'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team).*\n',
        b"",
        file.getvalue(),
        flags=re.M,
    )


def mo_bytes(catalog: Catalog) -> bytes:
    """Compile a catalog; its date is fixed, so that the same texts give the same bytes."""
    catalog.creation_date, file = FIXED_DATE, io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def untranslated(language: str) -> list[str]:
    """Return the texts that have no translation."""
    return [str(one.id) for one in updated(language) if one.id and not _is_complete(one.string)]


def _is_complete(string: Any) -> bool:
    return bool(string) and (isinstance(string, str) or all(string))


def stale(language: str) -> bool:
    """Tell whether a language's files differ from what the code and its translations say."""
    made, po = updated(language), po_path(language)
    compiled = po.with_suffix(".mo")
    is_new = compiled.exists() and compiled.read_bytes() == mo_bytes(read_catalog(language))
    return po.read_bytes() != po_text(made) or not is_new


def main() -> int:
    """Write the catalogs again, or only check them."""
    if "--check" not in sys.argv[1:]:
        for language in OTHERS:
            po_path(language).write_bytes(po_text(updated(language)))
            po_path(language).with_suffix(".mo").write_bytes(mo_bytes(read_catalog(language)))
    faults = 0
    for language in OTHERS:
        if stale(language):
            faults += 1
            sys.stderr.write(f"the catalog {language} is stale: run `make catalog`\n")
        for text in untranslated(language):
            faults += 1
            sys.stderr.write(f"not translated into {language}: {text!r}\n")
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())

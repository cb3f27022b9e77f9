"""Every text of the app's own room has its Chinese, with the same values in it."""

import ast
from pathlib import Path
from string import Formatter

import pytest

import dldiag.app
from dldiag.app.ui.page import ROOT, pages
from dldiag.experiments.models import MODELS
from docs.catalog import translations

OWN_PAGES = ("streamlit_app.py", "pages/2_Record_of_experiments.py", "pages/3_History.py")


def sources():
    folder = Path(dldiag.app.__file__).parent
    own = [path for path in folder.glob("*.py") if not path.name.startswith("course")]
    return [*own, *(ROOT / name for name in OWN_PAGES)]


def templates(path):
    """Every literal that goes through tr, translate, Message or page."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("tr", "translate", "Message", "page"):
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value:
                    yield argument.value
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("CLAIM", "AUTOMATIC"):
            yield ast.literal_eval(node.value)


def own_templates():
    texts = {text for path in sources() for text in templates(path)}
    titles = {page.title for page in pages() if page.file in OWN_PAGES}
    groups = {param.group for row in MODELS.values() for param in row.params.values() if param.group}
    return sorted(texts | titles | groups)


def names(template):
    return sorted(name for _, name, _, _ in Formatter().parse(template) if name)


@pytest.mark.parametrize("template", own_templates())
def test_a_text_has_its_chinese(template):
    chinese = translations("zh")  # a file of another room may hold it
    assert template in chinese
    assert names(chinese[template]) == names(template)

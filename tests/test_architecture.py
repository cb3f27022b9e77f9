"""The promises of the design that a reader relies on: who imports whom, how long things are, where nothing points."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import dldiag

ROOT = Path(__file__).parent.parent
MOST_LINES = 400  # of a file
LONGER: dict[str, int] = {}
MOST_FUNCTION_LINES = 40
CODE = sorted([*ROOT.glob("dldiag/**/*.py"), *ROOT.glob("pages/*.py"), *ROOT.glob("streamlit_app.py")])
TEXT_FILES = {".py", ".md", ".toml", ".txt", ".yml", ".json", ".css", ".js", ".cfg", ".sh", ""}
SKIPPED = {
    ".git",
    ".venv",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    "results",
    "build",
    "dist",
}
# A path of somebody's machine, or a registry's own host.
MACHINE = re.compile(r"(?<![\w.:/{}-])/(?:work|opt/venv|root|home/\w+|Users/\w+|tmp/\w+)\b")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_lines(one: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines after the signature and the docstring."""
    first = one.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    start = one.body[1].lineno if documented and len(one.body) > 1 else first.lineno
    return (one.end_lineno or start) - start + 1


def test_the_core_does_not_import_streamlit():
    rooms = "cli.main course report diagnosis error_analysis experiments nn data core"
    script = (
        "import importlib, sys\n"
        f"for room in {rooms.split()!r}: importlib.import_module('dldiag.' + room)\n"
        "sys.exit('streamlit' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0


def test_only_the_app_names_streamlit():
    allowed = {path for path in CODE if path.is_relative_to(ROOT / "dldiag" / "app")}
    allowed |= {path for path in CODE if not path.is_relative_to(ROOT / "dldiag")}
    naming = [
        name(path)
        for path in CODE
        if path not in allowed and re.search(r"^\s*(import|from) streamlit", path.read_text("utf-8"), re.M)
    ]
    assert naming == []


def test_every_room_stands_in_the_import_contract():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    downwards, streamlit = config["contracts"]
    rooms = {path.parent.name for path in ROOT.glob("dldiag/*/__init__.py")}
    assert rooms | {"__main__"} == set(" ".join(downwards["layers"]).replace("|", " ").split())
    assert downwards["exhaustive"] is True
    assert {f"dldiag.{room}" for room in rooms - {"app"}} == set(streamlit["source_modules"])
    assert streamlit["forbidden_modules"] == ["streamlit"]


def test_nothing_lies_loose_at_the_top():
    assert {path.name for path in ROOT.glob("dldiag/*.py")} == {"__init__.py", "__main__.py"}


@pytest.mark.parametrize("path", CODE, ids=name)
def test_a_file_can_be_read_in_one_sitting(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGER.get(name(path), MOST_LINES)


@pytest.mark.parametrize("path", CODE, ids=name)
def test_a_function_fits_a_screen(path):
    long = {one.name: body_lines(one) for one in functions(path) if body_lines(one) > MOST_FUNCTION_LINES}
    assert not long


@pytest.mark.parametrize("path", [path for path in CODE if path.is_relative_to(ROOT / "dldiag")], ids=name)
def test_a_module_opens_with_what_is_in_it(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_no_module_is_a_drawer_for_everything():
    assert not [name(path) for path in CODE if path.stem in {"utils", "helpers", "manager", "base", "common", "misc"}]


def test_nothing_points_to_somebodys_machine():
    pointing = []
    for path in ROOT.rglob("*"):
        if path.name.startswith(".coverage"):  # what `make test` leaves: it names the files of this machine
            continue
        if path.is_file() and path.suffix in TEXT_FILES and not SKIPPED & set(path.relative_to(ROOT).parts):
            text = path.read_text(encoding="utf-8", errors="ignore")
            pointing += [f"{name(path)}: {found.group()}" for found in MACHINE.finditer(text)]
    assert pointing == []


def test_the_search_for_machine_paths_finds_one():
    assert MACHINE.search("open('" + "/".join(["", "work", "x"]) + "')")
    assert MACHINE.search('"' + "/".join(["", "home", "me", "x"]) + '"')
    assert not MACHINE.search(
        "https://example.org" + "/".join(["", "work", "x"]) + " and " + "/".join(["a", "work", "b"])
    )


def required(file: str) -> set[str]:
    lines = (line.split("#")[0].strip() for line in (ROOT / file).read_text("utf-8").splitlines())
    return {line for line in lines if line and not line.startswith("-r")}


def test_requirements_and_package_ask_for_the_same():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    assert required("requirements.txt") == {*project["dependencies"], *extras["app"], *extras["excel"]}
    assert required("requirements-dev.txt") == set(extras["dev"])


def test_importing_dldiag_loads_nothing_heavy():
    heavy = {"plotly", "scipy", "charset_normalizer", "sklearn", "pandas", "pyarrow", "streamlit"}
    script = f"import sys, dldiag; sys.exit(bool({heavy!r} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0


def test_every_public_name_is_where_it_is_said_to_be():
    assert sorted(dldiag._PUBLIC) == sorted(dldiag.__all__)
    assert all(getattr(dldiag, name) is not None for name in dldiag.__all__)

"""The promises of the design that a reader relies on: who imports whom, how long things are, where nothing points."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import dldiag

ROOT = Path(__file__).parent.parent
MOST_LINES = 400  # of a file
LONGER: dict[str, int] = {}
MOST_FUNCTION_LINES = 40
CODE = sorted([*ROOT.glob("dldiag/**/*.py"), *ROOT.glob("pages/*.py"), *ROOT.glob("*_app.py")])
OTHER_CODE = sorted(path for folder in ("tests", "bench", "docs") for path in ROOT.glob(f"{folder}/**/*.py"))
FOLDERS = sorted({path.parent for path in ROOT.glob("dldiag/**/*.py")})
MOST_ROOMS, MOST_FLOORS = 16, 9  # of the package, seen from its top
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


def imports_inside(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the imports inside functions, each with its line."""
    lines = path.read_text("utf-8").splitlines()
    for one in functions(path):
        for node in ast.walk(one):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield node.lineno, lines[node.lineno - 1]


def imported_files(path: Path) -> Iterator[Path]:
    """Yield the files of the package that a file imports, inside functions too; an `__init__` stands for its folder."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dldiag"):
            place = ROOT.joinpath(*node.module.split("."))
            for one in node.names:
                parts = (
                    (place / one.name).with_suffix(".py"),
                    place / one.name / "__init__.py",
                    place.with_suffix(".py"),
                )
                yield next((part for part in parts if part.exists()), place / "__init__.py")


def arrows_in(folder: Path) -> dict[str, set[str]]:
    """Return which files and folders of a folder import which others; doors (`__init__`) are passed through."""
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*.py"):
        inside = path.relative_to(folder).parts[0]
        if inside == "__init__.py":
            continue
        others = {one.relative_to(folder).parts[0] for one in imported_files(path) if one.is_relative_to(folder)}
        found.setdefault(inside, set()).update(others - {inside, "__init__.py"})
    return found


def floors(arrows: dict[str, set[str]]) -> dict[str, int]:
    """Return on which floor each one stands, 1 for those that import nothing; CycleError for a circle."""
    found: dict[str, int] = {}
    for one in TopologicalSorter(arrows).static_order():
        found[one] = 1 + max((found[below] for below in arrows.get(one, ())), default=0)
    return found


def test_the_core_does_not_import_streamlit():
    rooms = "cli.on_tables course report diagnosis error_analysis experiments nn data core"
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


@pytest.mark.parametrize("path", [*CODE, *OTHER_CODE], ids=name)
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


def test_every_app_module_has_a_test_file_of_its_name():
    app = ROOT / "dldiag" / "app"
    modules = {path.relative_to(app) for path in app.rglob("*.py") if path.name != "__init__.py"}
    tested = {path.relative_to(ROOT / "tests" / "app") for path in ROOT.glob("tests/app/*/test_*.py")}
    assert {str(one) for one in modules if one.with_name(f"test_{one.name}") not in tested} == set()


def test_no_public_name_stands_twice():
    places: dict[str, list[str]] = {}
    for path in CODE:
        if path.is_relative_to(ROOT / "dldiag") and "sample_files" not in path.parts:
            for one in ast.parse(path.read_text("utf-8")).body:
                if isinstance(one, ast.FunctionDef | ast.ClassDef) and not one.name.startswith("_"):
                    places.setdefault(one.name, []).append(name(path))
    assert {one: where for one, where in places.items() if len(where) > 1 and one != "main"} == {}


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


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_no_file_and_no_folder_import_each_other_in_a_circle(folder):
    """Seen from any folder: its files, and its folders as wholes, stand on floors, each above all that it imports."""
    floors(arrows_in(folder))


def test_the_house_has_few_rooms_and_few_floors():
    arrows = arrows_in(ROOT / "dldiag")
    assert len(arrows) <= MOST_ROOMS
    assert max(floors(arrows).values()) <= MOST_FLOORS


def test_a_circle_is_found():
    with pytest.raises(CycleError):
        floors({"a": {"b"}, "b": {"c"}, "c": {"a"}})
    assert floors({"a": {"b"}, "b": {"c"}, "c": set()}) == {"a": 3, "b": 2, "c": 1}


def test_an_import_inside_a_function_keeps_startup_short_and_says_so():
    unsaid = [
        f"{name(path)}:{line}"
        for path in CODE
        for line, text in imports_inside(path)
        if "# keeps start-up short" not in text and "resource" not in text
    ]
    assert unsaid == []


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

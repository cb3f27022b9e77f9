"""Generated pages say what the code says; the README's first command does what it says."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest

import dldiag
from dldiag.diagnosis.remedies import REMEDIES
from dldiag.diagnosis.rules import RULES
from docs import course_lines, generate

ROOT = Path(__file__).parent.parent


def test_no_generated_page_is_stale():
    assert generate.stale() == [], "run `make docs`"


def test_no_line_of_the_course_is_older_than_its_lesson():
    assert course_lines.stale_lessons() == [], "run `python -m docs.course_lines`, then `make docs`"


def test_a_changed_lesson_is_noticed(tmp_path, monkeypatch):
    lines, made_from = course_lines.read_lines()
    kept = {"lines": lines, "made_from": made_from | {"unit": "another"}}
    monkeypatch.setattr(course_lines, "LINES", tmp_path / "lines.json")
    course_lines.LINES.write_text(json.dumps(kept), encoding="utf-8")
    assert course_lines.stale_lessons() == ["unit"]


def test_what_a_lesson_says_about_its_code_does_not_make_its_lines_stale():
    plain, told, other = (
        course_lines._meaning(ast.parse(code))
        for code in (
            "def f(x):\n    return x",
            '"""A room."""\nimport os\ndef f(x):  # why\n    """Say it."""\n    return (x)',
            "def f(x):\n    return -x",
        )
    )
    assert plain == told != other


@pytest.mark.parametrize("name", generate.PAGES)
def test_a_changed_page_is_noticed(name, tmp_path, monkeypatch):
    for page in generate.PAGES:
        (tmp_path / page).write_text(generate.text_of(page), encoding="utf-8")
    monkeypatch.setattr(generate, "HERE", tmp_path)
    assert generate.stale() == []
    (tmp_path / name).write_text(generate.text_of(name) + "more", encoding="utf-8")
    assert generate.stale() == [name]


def test_every_rule_and_every_remedy_is_on_its_page():
    rules, remedies = generate.text_of("rules.md"), generate.text_of("remedies.md")
    assert all(f"### {rule.code} " in rules for rule in RULES)
    assert all(f"`{key}`" in remedies for key in REMEDIES)


PATHS = re.compile(r"\b(?:dldiag|docs|tests|pages|bench)/[\w./-]+\.\w+")
TEXTS = sorted([*ROOT.glob("docs/*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"])


@pytest.mark.parametrize("path", [path for path in TEXTS if path.exists()], ids=lambda path: path.name)
def test_what_a_document_points_to_is_there(path):
    named = set(PATHS.findall(path.read_text(encoding="utf-8")))
    assert [one for one in sorted(named) if not (ROOT / one).exists()] == []


def test_the_reference_names_every_public_function():
    shown = set(re.findall(r"^::: dldiag\.(?:\w+\.)*(\w+)$", (ROOT / "docs" / "api.md").read_text("utf-8"), re.M))
    assert shown >= set(dldiag.__all__)


def test_the_first_start_on_a_new_machine_asks_nothing_and_listens_here_only():
    server = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["server"]
    assert server["showEmailPrompt"] is False
    assert server["address"] == "127.0.0.1"


@pytest.mark.skipif(
    shutil.which("sed") is None or sys.platform != "linux", reason="runs the step of the workflow, on Linux"
)
def test_a_release_points_the_images_and_links_of_the_readme_to_the_repository(tmp_path):
    step = (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")
    command = textwrap.dedent(re.search(r"hold on PyPI, too\n\s+run: \|\n((?: {10}.*\n)+)", step)[1])
    readme = tmp_path / "README.md"
    readme.write_text((ROOT / "README.md").read_text("utf-8"), encoding="utf-8")
    there = {**os.environ, "GITHUB_REPOSITORY": "somebody/dldiag", "GITHUB_REF_NAME": "v1"}
    subprocess.run(["bash", "-c", command], cwd=tmp_path, env=there, check=True)
    text = readme.read_text("utf-8")
    places = re.findall(r"\]\(([^)]+)\)|src=\"([^\"]+)\"", text)
    assert [place for pair in places for place in pair if place and not place.startswith(("https://", "http://"))] == []
    images = re.findall(r"https://raw\.githubusercontent\.com/somebody/dldiag/v1/([^\")]+)", text)
    assert len(images) > 5
    assert all((ROOT / image).is_file() for image in images)


def test_the_badges_say_what_the_package_says():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [one.rpartition(" ")[2] for one in project["classifiers"] if re.fullmatch(r".*Python :: 3\.\d+", one)]
    said = {
        name: (ROOT / f"docs/images/badge_{name}.svg").read_text(encoding="utf-8") for name in ("python", "license")
    }
    assert f">{named[0]} to {named[-1]}<" in said["python"], "the classifiers stand in order"
    assert f">{project['license']}<" in said["license"]


def test_what_the_guide_for_contributors_names_exists():
    """Every file and every table that CONTRIBUTING.md tells a stranger to open is there; each recipe has ten lines."""
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    code = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("dldiag/**/*.py"))
    for named in re.findall(r"`((?:dldiag|tests|docs|pages)/[\w/.]+)`", guide):
        assert (ROOT / named).exists(), named
    for table in re.findall(r"`([A-Z]{4,})`", guide):
        assert re.search(rf"^{table}\b", code, re.M), table
    recipes = re.split(r"^## Add ", guide, flags=re.M)[1:]
    assert len(recipes) == 4
    assert all(len(re.findall(r"^\d+\. ", recipe, re.M)) == 10 for recipe in recipes)

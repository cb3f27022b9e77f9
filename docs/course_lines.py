"""Opens lessons of the course at their defaults and keeps what they computed in docs/course_lines.json.

python -m docs.course_lines [lesson …] opens those named, or those whose code has changed since; `--all` opens all of them.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from dldiag.course.contents import TOPICS, all_lessons
from dldiag.course.shared.lesson import VERDICT_WORDS, Lesson, Topic

LINES = Path(__file__).with_name("course_lines.json")
ROOT = Path(__file__).parent.parent
PATIENCE = 300  # seconds
WORDS = {str(words): verdict for verdict, words in VERDICT_WORDS.items()}


def lines_of(topic: Topic, lesson: Lesson) -> list[dict[str, str]]:
    """Open a lesson and return verdict and line of each of its claims."""
    app = AppTest.from_file(str(ROOT / topic.file), default_timeout=PATIENCE)
    app.query_params["lesson"] = lesson.key
    course = {"guesses": {lesson.key: "skip"}, "seen": {}}
    app.session_state["dldiag"] = {"owner": "l" * 43, "visit": 0, "values": {}, "slots": {}, "course": course}
    app.run()
    deadline = time.monotonic() + PATIENCE
    while any(one.key and one.key.startswith("cancel.") for one in app.button) and time.monotonic() < deadline:
        time.sleep(0.3)
        app.run()
    shown = [re.sub(r"\\(.)", r"\1", one.value) for kind in (app.success, app.info, app.warning) for one in kind]
    found = [re.match(r"\*\*(.+?)(?: \((\d+)\))?\*\* (.*)", text, re.DOTALL) for text in shown]
    return [
        {"number": one.group(2) or "", "verdict": WORDS[one.group(1)], "line": one.group(3).strip()}
        for one in found
        if one is not None and one.group(1) in WORDS
    ]


def fingerprint_of(topic: Topic) -> str:
    """Return a fingerprint of what the lines of a topic are made from: its page, its folder, and what lessons share.

    Comments, docstrings, imports, the layout of the code and shared figures do not count.
    """
    folder = Path(sys.modules[topic.lessons[0].claims.__module__].__file__ or "").parent
    shared = [path for path in (folder.parent / "shared").glob("*.py") if not path.stem.endswith("_figures")]
    files = sorted([*folder.glob("*.py"), *shared, ROOT / topic.file])
    code = [_meaning(ast.parse(path.read_text("utf-8"))) for path in files]
    return hashlib.sha256(repr(code).encode()).hexdigest()[:16]


def _meaning(node: Any) -> Any:
    """Return a syntax tree as plain tuples that every version of Python writes alike."""
    if isinstance(node, list):
        return [_meaning(one) for one in node if not _says_nothing(one)]
    if not isinstance(node, ast.AST):
        return repr(node)
    parts = [(name, _meaning(value)) for name, value in ast.iter_fields(node) if value not in (None, [])]
    return (type(node).__name__, parts)


def _says_nothing(node: Any) -> bool:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    return is_text or isinstance(node, ast.Import | ast.ImportFrom)


def read_lines() -> tuple[dict[str, list[dict[str, str]]], dict[str, str]]:
    """Return the lines by lesson, and by lesson the fingerprint of the code that they were made from."""
    kept = json.loads(LINES.read_text("utf-8")) if LINES.exists() else {"lines": {}, "made_from": {}}
    return kept["lines"], kept["made_from"]


def stale_lessons() -> list[str]:
    """Return the lessons whose code has changed since their lines were written."""
    _, made_from = read_lines()
    now = {topic.file: fingerprint_of(topic) for topic in TOPICS.values()}
    return [lesson.key for topic, lesson in all_lessons() if made_from.get(lesson.key) != now[topic.file]]


def main() -> None:
    """Write the lines of the lessons named, of all of them, or of those that are stale."""
    lines, made_from = read_lines()
    known = {lesson.key: (topic, lesson) for topic, lesson in all_lessons()}
    asked = list(known) if "--all" in sys.argv[1:] else sys.argv[1:] or stale_lessons()
    with tempfile.TemporaryDirectory() as home:
        os.environ["DLDIAG_HOME"] = home
        for key in asked:
            lines[key], made_from[key] = lines_of(*known[key]), fingerprint_of(known[key][0])
    kept = {"lines": _of(known, lines), "made_from": _of(known, made_from)}
    LINES.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _of(known: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    return {key: values[key] for key in sorted(values) if key in known}


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # workers that are still warm would keep the process

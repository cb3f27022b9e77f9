"""Opens every lesson of the course at its defaults and keeps what it computed in docs/course_lines.json.

Takes some minutes: python -m docs.course_lines [lesson …]
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from dldiag.course.contents import all_lessons
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


def main() -> None:
    """Write the lines of all lessons, or of those named."""
    kept: dict[str, Any] = json.loads(LINES.read_text("utf-8")) if LINES.exists() else {}
    asked = sys.argv[1:]
    with tempfile.TemporaryDirectory() as home:
        os.environ["DLDIAG_HOME"] = home
        for topic, lesson in all_lessons():
            if not asked or lesson.key in asked:
                kept[lesson.key] = lines_of(topic, lesson)
    known = {lesson.key for _, lesson in all_lessons()}
    text = json.dumps({key: kept[key] for key in sorted(kept) if key in known}, ensure_ascii=False, indent=1)
    LINES.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # workers that are still warm would keep the process

"""What each lesson of the course costs at its defaults: the whole experiment, and the preview that is seen first.

    python -m bench.course [lesson …]    prints a table, writes bench/results/course.json

Processor seconds of one process, and of the page that asks. Experiments without a preview are waited for.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from dldiag.app.jobs.course import REQUESTS
from dldiag.app.jobs.registry import any_job
from dldiag.app.state import session
from dldiag.app.storage import codec
from dldiag.app.storage.data_ref import load_dataset
from dldiag.course.contents import all_lessons
from dldiag.course.shared.lesson import Lesson, Topic
from dldiag.course.shared.prepared import without_test_rows
from dldiag.course.shared.request import preview_of, preview_rows

ROOT = Path(__file__).parent.parent
DECIMALS = 2  # of seconds: a second run differs in the next one
RESULT = Path(__file__).with_name("results") / "course.json"


def question_of(topic: Topic, lesson: Lesson) -> tuple[Any, float]:
    """Open a lesson twice and return what it asks a worker (None for nothing), and the seconds of the second time."""
    app = AppTest.from_file(str(ROOT / topic.file), default_timeout=300)
    app.query_params["lesson"] = lesson.key
    course = {"guesses": {lesson.key: "skip"}, "seen": {}}
    app.session_state["dldiag"] = {"owner": "b" * 43, "visit": 0, "values": {}, "slots": {}, "course": course}
    app.run()
    slots = app.session_state["dldiag"]["slots"]
    for name in [name for name in slots if not name.startswith("question")]:
        session.pool().cancel(slots[name])
    since = time.process_time()
    app.run()
    seconds = time.process_time() - since
    asked = next((one for name, one in slots.items() if name.startswith("question")), None)
    return None if asked is None else codec.from_bytes(asked, any_job()), seconds


def cost_of(topic: Topic, lesson: Lesson) -> dict[str, Any]:
    """Return the processor seconds of a lesson's page, preview and whole experiment; None where there is none."""
    job, page = question_of(topic, lesson)
    found: dict[str, Any] = {"lesson": lesson.key, "page": round(page, DECIMALS), "preview": None, "whole": None}
    if job is None:
        return found
    dataset, smaller = load_dataset(job.data), preview_of(job.request)
    found["whole"] = _seconds(job.request, dataset)
    if smaller is not None:
        found["preview"] = _seconds(smaller, preview_rows(without_test_rows(dataset)))
    return found


def _seconds(request: Any, dataset: Any) -> float:
    since = time.process_time()
    REQUESTS[type(request)](dataset, request, None, None)
    return round(time.process_time() - since, DECIMALS)


def main() -> None:
    """Print the table and write it."""
    asked, kept = sys.argv[1:], json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
    print(f"{'lesson':20}{'page':>8}{'preview':>9}{'whole':>8}   CPU seconds")
    for topic, lesson in all_lessons():
        if not asked or lesson.key in asked:
            one = kept[lesson.key] = cost_of(topic, lesson)
            cells = ["–" if one[name] is None else f"{one[name]:.2f}" for name in ("page", "preview", "whole")]
            print(f"{lesson.key:20}{cells[0]:>8}{cells[1]:>9}{cells[2]:>8}", flush=True)
    RESULT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["DLDIAG_HOME"] = home
        main()
    sys.stdout.flush()
    os._exit(0)  # workers that are still warm would keep the process

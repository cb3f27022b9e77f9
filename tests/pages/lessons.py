"""A lesson in Streamlit's own test runner: started, run until its job has ended, and read."""

import json
import re
from copy import deepcopy
from pathlib import Path

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from dldiag.app.storage import uploads
from dldiag.course.contents import all_lessons
from dldiag.course.shared.toys import toy
from tests.waiting import until_ended

ROOT = Path(__file__).parents[2]
LESSONS = {lesson.key: (topic, lesson) for topic, lesson in all_lessons()}
# Lessons with a picture that moves.
MOVING = (
    *("unit", "descent", "layer", "bend", "flow", "dying", "scale_of_weights", "small", "ceiling", "labels"),
    *("capacity", "batches", "optimizers", "l2", "dropout"),
)
VERDICTS = ("Seen on this data", "Not seen in this run", "This run contradicts the notes")
QUICK = {
    "scale": {"learners": ("medium", "linear", "neighbors"), "sizes": 3, "repeats": 3, "train_rows": 200},
    "hand": {"repeats": 3},
    "race": {"steps": 50, "seeds": 3, "hidden_layers": 2},
    "linear": {"depth": 3, "steps": 50, "repeats": 3},
    "flow": {"functions": ("logistic", "tanh", "relu"), "hidden_layers": 2, "steps": 50, "seeds": 3},
    "dead_units": {"steps": 50, "seeds": 3},
    "starts": {"steps": 20, "seeds": 3, "hidden_layers": 2},
    "choice": {"models": 4},
    "search": {"first": "alpha", "first_values": "0 1"},
    "validation": {"repeats": 2, "train_rows": 60},
    "guided": {"budget": 4, "repeats": 2, "train_rows": 60},
    "sweep": {"draws": 5},
    "batches": {"passes": 5, "seeds": 3},
    "optimizers": {"passes": 5, "seeds": 3},
    "capacity": {"steps": 60, "repeats": 3},
    "penalty": {"steps": 100, "repeats": 3},
    "dropout": {"steps": 100, "repeats": 3},
    "model": {"hidden_layer_sizes": (8,), "max_iter": 20},
}


def start(key, *, guess="skip", values=None, owner="c", **query):
    topic, _ = LESSONS[key]
    app = AppTest.from_file(str(ROOT / topic.file), default_timeout=120)
    for name, value in {"lesson": key, **query}.items():
        app.query_params[name] = value
    course = {"guesses": {key: guess} if guess else {}, "seen": {}}
    memory = {"owner": owner * 43, "visit": 0, "values": deepcopy(QUICK if values is None else values), "slots": {}}
    memory["looked for table"] = True  # one test's table is not another's
    app.session_state["dldiag"] = memory | {"course": course}
    return app


def until_done(app):
    return until_ended(app.run(), 150)


def with_table(app, frame, target):
    memory = app.session_state["dldiag"]
    content = frame.to_csv(index=False).encode()
    memory["data"] = {"upload": uploads.keep(memory["owner"], content), "name": "table.csv", "target": target}
    return app


def plain(text):
    """Return a text of the screen as it was written: without escapes, and with spaces that may break."""
    return re.sub(r"\\(.)", r"\1", text).replace("\u00a0", " ")


def claims(app):
    shown = [plain(one.value) for kind in (app.success, app.info, app.warning) for one in kind]
    return [one for one in shown if any(words in one for words in VERDICTS)]


def texts(app):
    main = app.main
    kinds = (
        main.markdown,
        main.caption,
        main.info,
        main.success,
        main.warning,
        main.title,
        main.header,
        main.subheader,
    )
    return [plain(one.value) for kind in kinds for one in kind]


def charts(app):
    return app.get("plotly_chart")


def moves(app):
    return any(json.loads(one.proto.spec or "{}").get("frames") for one in charts(app))


def button(app, words):
    return next(one for one in app.button if words in one.label)


def buttons_to_use(app):
    return [one for one in app.button if "Use this in my model" in one.label]


def two_columns(rng):
    x = rng.normal(size=300)
    return pd.DataFrame({"x": x, "y": np.where(x + rng.normal(0, 0.5, 300) > 0, "high", "low")}), "y"


def own_toy(key):
    """Return a toy problem as a visitor's own table, and its target."""
    made = toy(key, 1000)
    return made.X.assign(kind=np.where(made.y == 1, "in", "out")), "kind"


def wide(rng):
    frame = pd.DataFrame(rng.normal(size=(200, 800)), columns=[f"c{j}" for j in range(800)])
    return frame.assign(y=np.where(frame["c7"] > 0, "a", "b")), "y"


def many_classes(rng):
    label = np.repeat(np.arange(100), 8)
    frame = pd.DataFrame({"u": label + rng.normal(0, 5, 800), "v": rng.normal(size=800)})
    return frame.assign(y=[f"class {k}" for k in label]), "y"


def regression(rng):
    frame = pd.DataFrame(rng.normal(size=(300, 3)), columns=["a", "b", "c"])
    return frame.assign(price=1000 * frame["a"] + rng.normal(0, 100, 300).round(2)), "price"


def markup(rng):
    frame, _ = two_columns(rng)
    evil = "![x](http://a.b/c.png) <b>$\\frac{1}{2}$</b>"
    return frame.rename(columns={"x": evil}), "y"


TABLES = {one.__name__: one for one in (two_columns, wide, many_classes, regression, markup)}

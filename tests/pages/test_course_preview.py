"""While an experiment runs a smaller one is shown, as what it is; it decides nothing and leaves no trace."""

import numpy as np
import pytest

from dldiag.app.course import experiment
from dldiag.app.state import session
from tests.pages.lessons import TABLES, buttons_to_use, charts, claims, start, texts, until_done, with_table


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Other tests may keep both cores busy."""
    monkeypatch.setattr(experiment, "LONGEST_PREVIEW", 60.0)


SLOW = {
    "race": {"race": {"steps": 1000, "seeds": 20}},
    "flow": {"flow": {"steps": 1000, "seeds": 20}},
    "values": {"validation": {"repeats": 20}},
    "l2": {"penalty": {"steps": 2000, "repeats": 20}},
}


def cancel_all(app):
    slots = app.session_state["dldiag"]["slots"]
    for job in [one for name, one in slots.items() if not name.startswith("question")]:
        session.pool().cancel(job)


@pytest.mark.parametrize("key", SLOW)
def test_a_slow_experiment_is_previewed_without_a_verdict(key):
    app = start(key, values=SLOW[key]).run()
    assert any(one.key and one.key.startswith("cancel.") for one in app.button), "it is still running"
    assert any("A quick preview" in text for text in texts(app))
    assert charts(app) and not claims(app)
    assert not buttons_to_use(app)
    assert not app.session_state["dldiag"]["course"]["seen"]
    cancel_all(app)


def test_the_full_result_takes_its_place():
    app = until_done(start("race"))
    assert claims(app) and not any("A quick preview" in text for text in texts(app))


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("key", ["scale", "few", "flow", "choice", "values", "loop"])
def test_a_difficult_table_has_a_preview_or_none_but_no_error(key, name):
    app = with_table(start(key, values={}), *TABLES[name](np.random.default_rng(0))).run()
    assert not app.exception and not app.error
    cancel_all(app)

"""The page of numbers: an example fills the fields, typed numbers are read at once, a curve can be uploaded."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dldiag.app.state import session
from dldiag.app.storage import uploads
from dldiag.app.storage.paths import new_token
from dldiag.core.home import dashboard_folder
from dldiag.core.i18n import speaking

HISTORIES = Path(__file__).parent.parent / "data" / "histories"
PAGE = str(dashboard_folder() / "pages/4_Only_numbers.py")


def opened(language="en", **query):
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.query_params["lang"] = language
    for name, value in query.items():
        app.query_params[f"numbers.{name}"] = value
    return app.run()


def headlines(app):
    return " ".join(str(one.value) for one in app.header)


def texts(app):
    return " ".join(str(one.value) for one in [*app.markdown, *app.caption, *app.info]).replace("\\", "")


def test_the_empty_page_says_what_is_enough_to_begin_with():
    app = opened()
    assert not app.exception
    assert "enough to begin with" in app.info[0].value


def test_typed_numbers_are_read_at_once():
    app = opened()
    fields = {one.label: one for one in app.number_input}
    fields["Training error"].set_value(0.01)
    fields["Dev error"].set_value(0.11)
    app.run()
    assert not app.exception
    assert "high variance" in headlines(app)
    assert "Regularization" in texts(app)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_example_fills_the_fields(language):
    with speaking(language):  # AppTest formats the options of a choice in this thread
        app = opened(language)
        next(one for one in app.button if one.key == "example.mismatch").click().run()
    assert not app.exception
    assert {"en": "Data mismatch", "zh": "数据不匹配"}[language] in headlines(app)


def test_numbers_in_the_address_are_a_permalink():
    app = opened(train_error="0.15", dev_error="0.16")
    assert "high bias" in headlines(app)


def test_impossible_numbers_are_explained_calmly():
    app = opened(train_error="15", dev_error="16")
    assert not app.exception
    assert "0.15 for 15" in " ".join(one.value for one in app.warning).replace("\\", "")


def test_an_uploaded_curve_is_read_and_remembered():
    lines = [f"{n},0.01,{0.05 + 2 * n**-0.5:.4f},{r}" for n in (100, 200, 400, 800, 1600) for r in (1, 2)]
    app = opened()
    uploader = app.get("file_uploader")[0]
    uploader.set_value(
        ("curve.csv", ("rows,train_error,dev_error,repeat\n" + "\n".join(lines)).encode(), "text/csv")
    ).run()
    assert not app.exception
    assert "high variance" in headlines(app)


@pytest.mark.parametrize("name", ["keras_csvlogger.csv", "keras_history.json"])
def test_an_uploaded_training_history_is_read_as_one(name):
    app = opened()
    app.get("file_uploader")[0].set_value((name, (HISTORIES / name).read_bytes(), "text/plain")).run()
    assert not app.exception
    assert "high variance" in headlines(app)
    assert "too sure of itself" in texts(app)
    assert "Training curve" in [one.label for one in app.expander]


def test_an_uploaded_curve_survives_f5_for_its_owner_only(monkeypatch):
    ann, bob = new_token(), new_token()
    lines = [f"{n},0.01,{0.05 + 2 * n**-0.5:.4f}" for n in (100, 200, 400, 800, 1600)]
    digest = uploads.keep(ann, ("rows,train_error,dev_error\n" + "\n".join(lines)).encode())
    monkeypatch.setattr(session, "owner", lambda: ann)
    again = opened(curve=f"{digest} curve.csv")
    assert "high variance" in headlines(again)
    (remove,) = (one for one in again.button if "curve.csv" in one.label)
    remove.click().run()
    assert "enough to begin with" in again.info[0].value
    assert "numbers.curve" not in again.query_params
    monkeypatch.setattr(session, "owner", lambda: bob)
    stranger = opened(curve=f"{digest} curve.csv")
    assert not stranger.exception
    assert "enough to begin with" in stranger.info[0].value

"""Where the model is wrong, and the eyeball set, through Streamlit's own test runner."""

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dldiag.app.storage import uploads
from dldiag.app.ui import page as navigation
from dldiag.core.home import dashboard_folder
from tests.html_tables import tables
from tests.waiting import until_ended

HOME = dashboard_folder()
QUICK = {"budget": "quick", "sizes": 2, "repeats": 3, "trials": 0, "baselines": ("linear",)}


def texts(app):
    return " ".join(one.value for one in [*app.markdown, *app.caption, *app.info]).replace("\\", "")


def has_button(app, key):
    return any(one.key == key for one in app.button)


def diagnosed():
    app = AppTest.from_file(str(HOME / navigation.MAIN), default_timeout=60).run()
    app.button(key="sample.german_credit").click().run()
    app.button(key="suggestion").click().run()
    app.session_state["dldiag"]["values"]["settings"] = dict(QUICK)
    app.session_state["dldiag"]["visit"] += 1
    app.run()
    app.button(key="diagnose").click().run()
    return until_ended(app)


def test_without_a_diagnosis_the_page_says_what_to_do():
    app = AppTest.from_file(str(HOME / "pages" / "5_Eyeball_set.py"), default_timeout=60).run()
    assert not app.exception
    assert "Diagnose a model first" in texts(app)


def test_wrong_rows_are_tagged_by_keyboard_and_counted():
    main = diagnosed()
    assert "Always wrong or sometimes wrong" in [one.label for one in main.expander]
    main.button(key="error_rows").click().run()
    until_ended(main)
    assert {"The worst rows", "Rows with suspicious labels"} <= {one.label for one in main.expander}
    app = AppTest.from_file(str(HOME / "pages" / "5_Eyeball_set.py"), default_timeout=60)
    app.session_state["dldiag"] = main.session_state["dldiag"]
    app.run()
    assert not app.exception
    for typed in ("too little income, odd label", "1", ""):
        app.text_input[0].input(typed)
        next(one for one in app.button if one.label == "Keep, next row").click().run()
        assert not app.exception
    table = tables(app)[-1]
    assert table["Category"].tolist() == ["too little income", "odd label"]
    assert table["Rows"].tolist() == ["2", "1"]
    assert "1 too little income" in texts(app)
    again = AppTest.from_file(str(HOME / "pages" / "5_Eyeball_set.py"), default_timeout=60)
    again.session_state["dldiag"] = main.session_state["dldiag"]
    again.run()
    assert tables(again)[-1]["Rows"].tolist() == ["2", "1"], "tags are kept with the diagnosis"
    again.button(key="tags.back").click().run()
    assert tables(again)[-1]["Rows"].tolist() == ["2", "1"], "the row before had no category"


def elsewhere(frame, target, prediction, *probabilities):
    """Return the page about predictions made elsewhere with these columns chosen."""
    app = AppTest.from_file(str(HOME / "pages" / "6_Trained_elsewhere.py"), default_timeout=60).run()
    assert "Upload the table with your predictions" in texts(app)
    memory = app.session_state["dldiag"]
    memory["data"] = {"upload": uploads.keep(memory["owner"], frame.to_csv(index=False).encode()), "name": "p.csv"}
    app.run()
    app.selectbox(key="given predictions.target").select(target).run()
    app.selectbox(key="given predictions.prediction").select(prediction).run()
    for one in probabilities:
        app.multiselect(key="given predictions.probabilities").select(one).run()
    assert not app.exception
    return app


def predictions_of_another():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"age": rng.integers(18, 90, 1_000), "truth": rng.choice(["yes", "no"], 1_000)})
    wrong = rng.random(1_000) < np.where(frame.age > 60, 0.5, 0.05)
    frame["guess"] = np.where((frame.truth == "yes") ^ wrong, "yes", "no")
    frame["p_yes"] = np.where(frame.guess == "yes", 0.8, 0.2)
    opposite = np.where(frame.truth == "yes", "no", "yes")
    return frame.assign(p_no=0.5, other="ja", opposite=opposite, right=frame.truth, always="yes")


def test_predictions_made_elsewhere_are_analyzed_on_their_page():
    app = elsewhere(predictions_of_another(), "truth", "guess", "p_yes")
    assert "age" in tables(app)[0]["Rows with"].iloc[0]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (("truth", "other"), "No prediction is a label of the target"),
        (("truth", "guess", "age"), "are not between 0 and 1"),
        (("truth", "guess", "p_no", "p_yes"), "do not sum to 1"),
        (("truth", "truth"), "is named twice"),
        (("always", "guess", "p_yes"), "The target has a single class"),
    ],
)
def test_predictions_that_cannot_be_read_are_one_line_on_their_page(columns, said):
    app = elsewhere(predictions_of_another(), *columns)
    assert [said in one.value for one in app.warning] == [True]
    assert tables(app) == []


@pytest.mark.parametrize(("prediction", "said"), [("right", "No row is wrong"), ("opposite", "Every row is wrong")])
def test_all_right_and_all_wrong_say_why_nothing_is_shown_on_their_page(prediction, said):
    assert said in texts(elsewhere(predictions_of_another(), "truth", prediction))

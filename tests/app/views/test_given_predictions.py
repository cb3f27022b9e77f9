"""Predictions made elsewhere: asked for by column, and shown where they are wrong."""

from tests.app.drawing import drawn, said, sound


def page():
    import numpy as np
    import pandas as pd

    from dldiag import read_table
    from dldiag.app.views.given_predictions import ask_predictions, show_errors

    rng = np.random.default_rng(0)
    truth = rng.choice(["yes", "no"], 200)
    guess = np.where(rng.random(200) < 0.2, "no", truth)
    found = ask_predictions(read_table(pd.DataFrame({"age": rng.normal(size=200), "truth": truth, "guess": guess})))
    if found is not None:
        show_errors(found)


def test_both_columns_are_needed_before_anything_is_said():
    app = drawn(page)
    assert "Choose the true values and the predictions." in said(app)
    sound(app.selectbox("given predictions.target").set_value("truth").run())
    assert "Choose the true values and the predictions." in said(app)
    sound(app.selectbox("given predictions.prediction").set_value("guess").run())
    assert "Choose" not in said(app)
    assert [one.proto.label for one in app.get("download_button")], "the worst rows can be taken along"

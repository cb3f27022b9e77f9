"""`dldiag errors`: a table of predictions in, slices out; bad input is one plain line."""

import json

import numpy as np
import pandas as pd
import pytest

from dldiag.cli.main import main


@pytest.fixture
def predictions(tmp_path):
    """Predictions that are wrong more often in Bonn above 60; columns of probabilities beside them."""
    rng = np.random.default_rng(0)
    n = 3_000
    frame = pd.DataFrame({"age": rng.integers(18, 90, n), "city": rng.choice(["Bonn", "Oslo"], n)})
    frame["truth"] = rng.choice(["yes", "no"], n)
    wrong = rng.random(n) < np.where((frame.age > 60) & (frame.city == "Bonn"), 0.5, 0.08)
    yes = (frame.truth == "yes") ^ wrong
    frame["guess"] = np.where(yes, "yes", "no")
    frame["p_yes"] = np.where(yes, 0.8, 0.2)
    frame["p_no"] = 1 - frame.p_yes
    frame["off"] = frame.p_yes + 0.5
    frame["other"] = np.where(yes, "ja", "nein")
    frame["always"] = "yes"
    frame["short"] = pd.Series(frame.guess[:5])
    path = tmp_path / "predictions.csv"
    frame.to_csv(path, index=False)
    return path


def run(path, *more):
    return main(["errors", str(path), "--target", "truth", "--prediction", "guess", *map(str, more)])


def test_the_planted_slice_is_in_text_json_and_html(predictions, tmp_path, capsys):
    out, page = tmp_path / "errors.json", tmp_path / "errors.html"
    assert run(predictions, "--probability", "p_no", "--probability", "p_yes", "--json", out, "--html", page) == 0
    assert "city = Bonn" in capsys.readouterr().out
    assert "city = Bonn" in page.read_text("utf-8")
    found = json.loads(out.read_text("utf-8"))
    first = found["errors"]["slices"][0]
    assert found["schema"] == "dldiag-errors/1"
    assert {one["column"] for one in first["rule"]} == {"age", "city"}
    assert first["confirmed"] is True
    assert first["error"]["low"] > first["rest"]["high"]
    assert found["errors"]["suspects"]["tried"] is None


def test_rows_are_written_only_where_they_are_asked_for(predictions, tmp_path):
    worst, suspects = tmp_path / "worst.csv", tmp_path / "suspects.csv"
    assert run(predictions, "--probability", "p_yes", "--worst-csv", worst, "--suspects-csv", suspects, "--quiet") == 0
    rows = pd.read_csv(worst).head(400)  # some 500 of the 3,000 are wrong
    assert (rows.label != rows.prediction).all()
    assert {"age", "city", "probability of the label"} <= set(rows.columns)
    assert (pd.read_csv(suspects).suggested != pd.read_csv(suspects).label).all()


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--prediction", "other"], "No prediction is a label of the target"),
        (["--probability", "off"], "not between 0 and 1"),
        (["--probability", "p_yes", "--probability", "p_yes"], "named twice"),
        (["--target", "always", "--probability", "p_yes"], "The target has a single class, yes"),
        (["--prediction", "short"], "Only 5 rows have a target and a prediction; 10 are needed."),
        (["--probability", "p_yes", "--probability", "p_no", "--probability", "age"], "3 columns of probabilities"),
        (["--prediction", "truth"], "named twice"),
        (["--prediction", "gues"], "Nearest names: guess"),
        (["--probability", "city"], "holds no probabilities"),
        (["--json", "nowhere/out.json"], "its folder does not exist"),
    ],
)
def test_bad_input_is_one_plain_line(predictions, capsys, flags, said):
    assert run(predictions, *flags) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(("column", "said"), [("truth", "No row is wrong"), ("opposite", "Every row is wrong")])
def test_all_right_and_all_wrong_say_why_there_is_nothing(predictions, tmp_path, capsys, column, said):
    frame = pd.read_csv(predictions)
    frame["right"] = frame.truth
    frame["opposite"] = np.where(frame.truth == "yes", "no", "yes")
    path = tmp_path / "more.csv"
    frame.to_csv(path, index=False)
    given = ["errors", str(path), "--target", "truth", "--prediction", "right" if column == "truth" else column]
    assert main(given) == 0
    assert said in capsys.readouterr().out

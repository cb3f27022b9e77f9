"""Past runs in words: what tells runs of one table apart."""

from dataclasses import replace

from dldiag.core.estimate import exactly
from dldiag.report.history import PastReport, RunLabel
from dldiag.report.past_runs import distinct_titles, run_choice

LABEL = RunLabel(key="mlp", model="Neural network", dev_error=exactly(0.352))
RUN = PastReport("a", "2026-11-29T23:24:00", "loans.csv", "default", "", "", label=LABEL)


def test_runs_of_one_table_go_by_their_model_unless_a_person_named_them():
    changed = replace(RUN, label=replace(LABEL, settings={"alpha": (0.0001, 1.0)}))
    other = replace(RUN, name="houses.csv")
    named = replace(RUN, label=replace(LABEL, name="baseline"))
    assert distinct_titles([RUN, other]) == ["loans.csv · default", "houses.csv · default"]
    assert distinct_titles([RUN, changed]) == ["Neural network", "Neural network, L2 penalty 1"]
    assert distinct_titles([named, RUN]) == ["baseline", "loans.csv · default"]


def test_a_choice_begins_with_what_differs():
    assert run_choice(RUN).startswith("35.2% · loans.csv")
    assert run_choice(replace(RUN, label=replace(LABEL, name="first"))).startswith("first · 35.2% · ")

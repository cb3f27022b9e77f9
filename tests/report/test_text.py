"""The plain text of a report: 80 columns, the verdict first, nothing that a terminal would obey."""

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from dldiag.core.i18n import Message, speaking
from dldiag.diagnosis.from_metrics import GivenNumbers, diagnose_numbers
from dldiag.report import to_text
from dldiag.report.text import display_width, wrapped
from tests.reports import make_report


@pytest.mark.parametrize("case", ["bias", "variance", "neither", "undecided"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_line_is_wider_than_the_terminal(case, language):
    with speaking(language):
        lines = to_text(make_report(case)).splitlines()
    assert max(map(display_width, lines)) <= 80


def test_the_verdict_comes_first_then_the_budget_then_the_remedies_then_the_findings():
    text = to_text(make_report())
    places = [text.index(part) for part in ("High bias: the model", "Error budget", "What to do next", "Findings")]
    assert places == sorted(places)
    assert places[0] == 0


def test_recommended_remedies_are_numbered_and_have_their_reason_and_effect():
    text = to_text(make_report())
    assert "  1.  A bigger network: Hidden layers 4 → 64, 64\n      The training error is" in text
    assert "7.1 points better (5.9 to 8.3)" in text


def test_control_characters_of_a_user_do_not_reach_the_terminal():
    evil = "\x1b[31mred\x07\r\u202e"
    verdict = replace(make_report().verdict, headline=Message("{x}", {"x": evil}))
    text = to_text(make_report(verdict=verdict))
    assert not set(text) & set("\x1b\x07\r\u202e")


@given(st.text(alphabet="ab 偏差，。-", max_size=80), st.integers(4, 30))
def test_wrapping_loses_nothing_but_blanks_and_keeps_to_the_width(text, width):
    lines = list(wrapped(text, width))
    assert "".join("".join(lines).split()) == "".join(text.split())
    words_fit = all(display_width(word) <= width for word in text.replace("偏", " ").replace("差", " ").split())
    assert not words_fit or all(display_width(line) <= width + 2 for line in lines)


def test_a_reason_is_said_once():
    report = diagnose_numbers(GivenNumbers(human_error=0.01, train_error=0.08, dev_error=0.10))
    lines = " ".join(to_text(report).split())
    reasons = {" ".join(str(one.because).split()) for one in report.recommendations}
    assert len(reasons) < len(report.recommendations)
    counts = [lines.count(reason) for reason in reasons]
    assert max(counts) == 1
    assert sum(counts) >= 3

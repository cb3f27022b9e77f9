"""How far a visitor has come: guesses and outcomes, kept in their own file and read again in another session."""

from tests.app.drawing import drawn

OWNER = "p" * 43


def visit(owner, guess, data, own, answer, forgets):
    import streamlit as st

    from dldiag.app.course import progress
    from dldiag.app.state import session
    from dldiag.core.i18n import Message
    from dldiag.course.shared.lesson import one_claim

    session.state()["owner"] = owner
    if forgets:
        progress.forget_all()
    if guess:
        progress.note_guess("slopes", guess)
    found = one_claim(11, "shown", Message("Seen."), answer)
    if data:
        progress.note_outcomes("slopes", found, data=data, own=own)
    st.session_state["found"] = (progress.guess_of("slopes"), progress.is_right("slopes", found), progress.seen())


def after(letter, guess="", data="", *, own=False, answer="relu", forgets=False):
    return drawn(visit, letter * 43, guess, data, own, answer, forgets).session_state["found"]


def test_a_guess_is_right_wrong_or_none_was_made():
    assert after("a")[:2] == (None, None)
    assert after("b", "relu")[:2] == ("relu", True)
    assert after("c", "tanh")[1] is False
    assert after("d", "skip")[1] is None
    assert after("e", "relu", answer="")[1] is None, "the run decides nothing"


def test_what_was_seen_is_there_in_the_next_session():
    after("f", "relu", "toy:moons")
    guess, _, seen = after("f")
    assert guess == "relu"
    assert (seen["slopes"].data, seen["slopes"].right) == ("toy:moons", True)
    assert str(seen["slopes"].claims[0].says) == "Seen."


def test_a_guess_kept_under_an_earlier_name_still_counts():
    assert after("h", "blind")[0] == "blind"
    assert after("h", answer="random")[:2] == ("random", True)


def test_an_outcome_on_an_own_table_stays():
    after("g", data="mine.csv", own=True)
    assert after("g", data="toy:moons")[2]["slopes"].data == "mine.csv"
    assert after("g", data="other.csv", own=True)[2]["slopes"].data == "other.csv"


def test_all_can_be_forgotten():
    after("h", "relu", "toy:moons")
    assert after("h", forgets=True) == (None, None, {})
    assert after("h") == (None, None, {})

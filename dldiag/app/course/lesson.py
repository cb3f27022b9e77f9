"""One lesson a screen: a question to guess, the experiment, what came out, one line to remember, the next lesson."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from dldiag.app.course import progress
from dldiag.app.course.data import data_label, is_own
from dldiag.app.course.experiment import forget_preview, is_preview
from dldiag.app.state import session
from dldiag.app.storage.data_ref import Reference
from dldiag.app.ui.page import link_to, page
from dldiag.app.ui.widgets import explained, show_message
from dldiag.core.i18n import Message, tr
from dldiag.core.sanitize import escape_markdown
from dldiag.course.contents import TOPICS, next_topic
from dldiag.course.shared.lesson import VERDICT_WORDS, Claim, Lesson, Outcomes, Statement, Topic

Show = Callable[[Lesson], None]
SUMMARY_PAGE = "pages/21_What_you_have_seen.py"
_FORWARD = ":material/arrow_forward:"

VERDICT_ICONS = {
    "shown": ":material/check_circle:",
    "not_shown": ":material/help:",
    "contradicted": ":material/swap_horiz:",
}
_BOXES: dict[str, Callable[..., Any]] = {"shown": st.success, "not_shown": st.info, "contradicted": st.warning}


def show_topic(key: str, shows: Mapping[str, Show]) -> None:
    """Draw the page of a topic: the chosen lesson, whose experiment `shows` draws by the lesson's key."""
    topic = TOPICS[key]
    page(topic.title, topic.claim)
    lesson = _choose(topic)
    st.header(escape_markdown(lesson.title), anchor=False)
    _show_statements(lesson.statements)
    if _has_guessed(lesson):
        _heading(2, tr("The experiment"))
        forget_preview()
        with explained():
            shows[lesson.key](lesson)
        _show_remember(lesson)
    _show_next(topic, lesson)


def show_outcomes(lesson: Lesson, reference: Reference, *results: Any) -> None:
    """Say what a run shows about the lesson's statements and about the guess, and keep it with the visitor.

    A preview decides nothing: it is shown without a verdict and not kept.
    """
    outcomes = lesson.claims(*results)
    _heading(3, tr("What came out"))
    if is_preview():
        for claim in outcomes.claims:
            show_message(claim.says)
        return
    for claim in outcomes.claims:
        _show_claim(claim)
    _answer_guess(lesson, outcomes)
    progress.note_outcomes(lesson.key, outcomes, data=data_label(reference), own=is_own(reference))


def _choose(topic: Topic) -> Lesson:
    """Let the visitor choose one lesson of the page; the link names it as ?lesson=."""
    keys = [lesson.key for lesson in topic.lessons]
    memory = session.state().setdefault("lessons", {})
    start = memory.get(topic.file, st.query_params.get("lesson"))
    start = start if start in keys else keys[0]
    done, key = progress.seen(), f"lesson.{topic.file}.{session.state()['visit']}"
    labels = {
        lesson.key: f"{number}. {escape_markdown(lesson.title)}" + (" ✓" if lesson.key in done else "")
        for number, lesson in enumerate(topic.lessons, start=1)
    }
    choice = st.pills(tr("Lessons"), keys, default=start, format_func=labels.__getitem__, key=key) or start
    memory[topic.file] = choice
    if st.query_params.get("lesson") != choice:
        st.query_params["lesson"] = choice
    return topic.lesson(choice)


def _show_statements(statements: Sequence[Statement]) -> None:
    """Show what the notes say, a line for each statement."""
    sentences = [
        (tr("The notes, {number}:", number=statement.number) if statement.number else "", statement.says)
        for statement in statements
    ]
    lines = [
        f"**{escape_markdown(who)}** {escape_markdown(says)}" if who else escape_markdown(says)
        for who, says in sentences
    ]
    with st.container(key="statements"):
        st.markdown("> " + "  \n> ".join(lines))


def _has_guessed(lesson: Lesson) -> bool:
    """Ask for a guess; True once there is one, or the visitor wants to be shown."""
    _heading(1, tr("Guess first"))
    guess = progress.guess_of(lesson.key)
    answers = list(lesson.answers)
    chosen = st.radio(
        escape_markdown(lesson.question, 1000),
        answers,
        index=answers.index(guess) if guess in answers else None,
        format_func=lambda code: escape_markdown(lesson.answers[code]),
        key=f"guess.{lesson.key}.{session.state()['visit']}",
        horizontal=True,
    )
    if chosen is not None:
        progress.note_guess(lesson.key, chosen)
    elif guess is None and st.button(tr("Show me without a guess"), key=f"skip.{lesson.key}"):
        progress.note_guess(lesson.key, progress.SKIPPED)
        st.rerun()
    return progress.guess_of(lesson.key) is not None


def _show_claim(claim: Claim) -> None:
    number = f" ({claim.statement})" if claim.statement else ""
    words = f"**{escape_markdown(VERDICT_WORDS[claim.verdict])}{number}** {escape_markdown(claim.says, 2000)}"
    _BOXES[claim.verdict](words, icon=VERDICT_ICONS[claim.verdict])


def _answer_guess(lesson: Lesson, outcomes: Outcomes) -> None:
    right = progress.is_right(lesson.key, outcomes)
    if right is None:
        return
    answer = lesson.answers.get(outcomes.answer, Message(""))
    show_message(
        tr("Your guess was right: {answer}." if right else "You guessed otherwise; it was: {answer}.", answer=answer)
    )


def _show_remember(lesson: Lesson) -> None:
    _heading(4, tr("To remember"))
    with st.container(border=True):
        st.markdown(f"**{escape_markdown(lesson.remember)}**")
    if str(lesson.try_next):
        show_message(lesson.try_next, kind="caption")


def _show_next(topic: Topic, lesson: Lesson) -> None:
    keys = [lesson.key for lesson in topic.lessons]
    place = keys.index(lesson.key) + 1
    if place < len(keys):
        title = topic.lessons[place].title
        if st.button(tr("Next: {title}", title=title), key="next", icon=_FORWARD):
            session.state()["lessons"][topic.file] = keys[place]
            session.state()["to top"] = True
            session.refresh_forms()
            st.rerun()
        return
    following = next_topic(topic)
    if following is None:
        link_to(SUMMARY_PAGE, tr("What you have seen"), icon=_FORWARD)
    else:
        link_to(following.file, tr("Next: {title}", title=following.title), icon=_FORWARD)


def _heading(number: int, words: str) -> None:
    st.subheader(f"{number}. {escape_markdown(words)}", anchor=False)

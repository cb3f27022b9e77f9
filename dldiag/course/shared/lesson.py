"""What a lesson is: a question to guess, statements of the notes, and what a run says about each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from dldiag.core.i18n import Message

ClaimVerdict = Literal["shown", "not_shown", "contradicted"]
VERDICT_WORDS: dict[ClaimVerdict, Message] = {
    "shown": Message("Seen on this data."),
    "not_shown": Message("Not seen in this run."),
    "contradicted": Message("This run contradicts the notes."),
}


@dataclass(frozen=True)
class Statement:
    """One statement of the course's notes, paraphrased; number 0 marks a statement that is not in the notes.

    `widget` is the setting to move, as "form.name" (see `ask_params`).
    """

    number: int
    says: Message
    widget: str


@dataclass(frozen=True)
class Claim:
    """What one run says about a statement, with its numbers."""

    statement: int
    verdict: ClaimVerdict
    says: Message


@dataclass(frozen=True)
class Outcomes:
    """What a run says about the statements of its lesson, and which of the lesson's answers it gave ("" for none)."""

    claims: tuple[Claim, ...]
    answer: str = ""


@dataclass(frozen=True)
class Lesson:
    """One screen of the course; `claims` turns the result of its experiment into outcomes."""

    key: str
    title: Message
    question: Message
    answers: Mapping[str, Message]
    statements: tuple[Statement, ...]
    remember: Message
    claims: Callable[..., Outcomes]
    try_next: Message = field(default_factory=lambda: Message(""))


@dataclass(frozen=True)
class Topic:
    """One page of the course: `file` in pages/, its title and first sentence, and its lessons in order."""

    file: str
    title: Message
    claim: Message
    lessons: tuple[Lesson, ...]

    def lesson(self, key: str) -> Lesson:
        """Return one lesson; KeyError when there is none of this key."""
        return {lesson.key: lesson for lesson in self.lessons}[key]


def claim_verdict(shown: bool, contradicted: bool = False) -> ClaimVerdict:
    """Return the verdict of a run that shows a statement, contradicts it, or neither."""
    return "shown" if shown else "contradicted" if contradicted else "not_shown"


def one_claim(statement: int, verdict: ClaimVerdict, says: Message, answer: str = "") -> Outcomes:
    """Return the outcomes of a lesson with one statement."""
    return Outcomes((Claim(statement, verdict, says),), answer)


def joined_lines(*parts: Message | None) -> Message:
    """Return several sentences as one message; None is left out.

    >>> str(joined_lines(Message("One."), None, Message("Two.")))
    'One. Two.'
    """
    text, *others = [part for part in parts if part is not None]
    for part in others:
        text = Message("{first} {second}", {"first": text, "second": part})
    return text

"""What a visitor has seen of the notes' statements: a row for each, and the file they take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import msgspec

from dldiag.core.i18n import Message, current_language, tr
from dldiag.core.sanitize import legible
from dldiag.course.contents import TOPICS
from dldiag.course.shared.lesson import VERDICT_WORDS, Claim, Lesson, Statement, Topic

LAST = 1000  # Sort key of statements without a number in the notes: they come last.
NOT_YET = Message("Not yet.")
_STYLE = "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:46em;margin:2em auto;padding:0 1em}</style>"


class Seen(msgspec.Struct, frozen=True):
    """What came out of a lesson: its claims, whether the guess was right (None without one), and on which data."""

    claims: tuple[Claim, ...]
    right: bool | None
    data: str
    own: bool
    at: str


@dataclass(frozen=True)
class SeenStatement:
    """A statement of the notes and the verdict of the visitor's last run; `claim` and `seen` are None before any run."""

    topic: Topic
    lesson: Lesson
    statement: Statement
    claim: Claim | None = None
    seen: Seen | None = None

    @property
    def own(self) -> bool:
        """Whether it was seen on the visitor's own table."""
        return self.seen is not None and self.seen.own

    @property
    def verdict(self) -> str:
        """The verdict in words."""
        return str(NOT_YET if self.claim is None else VERDICT_WORDS[self.claim.verdict])

    @property
    def name(self) -> str:
        """The number of the statement with what it says; those that the notes do not number have none."""
        number = self.statement.number
        return f"{number}. {self.statement.says}" if number else str(self.statement.says)


def seen_statements(seen: Mapping[str, Seen]) -> list[SeenStatement]:
    """Return every statement in the order of the course with what was seen of it; seen: by the key of the lesson."""
    statements = []
    for topic in TOPICS.values():
        pairs = [(lesson, statement) for lesson in topic.lessons for statement in lesson.statements]
        for lesson, statement in sorted(pairs, key=lambda pair: pair[1].number or LAST):
            last = seen.get(lesson.key)
            claims = {} if last is None else {claim.statement: claim for claim in last.claims}
            claim = claims.get(statement.number)
            statements.append(SeenStatement(topic, lesson, statement, claim, last if claim else None))
    return statements


def count_seen(rows: Sequence[SeenStatement]) -> Message:
    """Say how many statements were seen, on own data, and against the notes."""
    tried = [row for row in rows if row.claim is not None]
    verdicts = [statement.claim.verdict for statement in tried if statement.claim is not None]
    values = {
        "tried": len(tried),
        "all": len(rows),
        "own": sum(statement.own for statement in tried),
        "shown": verdicts.count("shown"),
        "hidden": verdicts.count("not_shown"),
        "against": verdicts.count("contradicted"),
    }
    return Message(
        "Tried: {tried} of {all} statements, {own} of them on a table of your own. Seen: {shown}, not seen: {hidden}, "
        "contradicted: {against}.",
        values,
    )


def count_guesses(seen: Mapping[str, Seen]) -> Message | None:
    """Say how many guesses were right; None where nothing was guessed."""
    guesses = [one.right for one in seen.values() if one.right is not None]
    if not guesses:
        return None
    return Message("Guesses that were right: {right} of {all}.", {"right": sum(guesses), "all": len(guesses)})


def summary_html(rows: Sequence[SeenStatement], named: Mapping[str, str]) -> str:
    """Write the summary as one HTML file in the current language; named: what each kind of data is called."""
    title = escape(tr("What you have seen"))
    parts = [f"<h1>{title}</h1>", f"<p>{escape(str(count_seen(rows)))}</p>"]
    for topic in TOPICS.values():
        parts.append(f"<h2>{escape(str(topic.title))}</h2>")
        parts += [_statement_html(row, named) for row in rows if row.topic is topic]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>{_STYLE}'
    return f'<!doctype html>\n<html lang="{current_language()}"><head>{head}</head>\n<body>{"".join(parts)}</body></html>\n'


def _statement_html(statement: SeenStatement, named: Mapping[str, str]) -> str:
    lines = [f"<strong>{escape(legible(statement.name, 1000))}</strong>", f"<em>{escape(statement.verdict)}</em>"]
    if statement.claim is not None and statement.seen is not None:
        data = named.get(statement.seen.data, statement.seen.data)
        lines[1] += f" {escape(legible(statement.claim.says, 2000))}"
        lines.append(f"<small>{escape(legible(data))}, {escape(statement.seen.at)}</small>")
    return f"<p>{'<br>'.join(lines)}</p>\n"

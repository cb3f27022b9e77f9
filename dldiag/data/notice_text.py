"""One row of a table of notices: the sentence, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from dldiag.core.i18n import Message


@dataclass(frozen=True)
class NoticeText:
    """What a notice of one code says; its values are filled in where it is made."""

    message: Message
    hint: Message | None = None

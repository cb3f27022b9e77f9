"""The text of a notice: the sentence, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from dldiag.core.i18n import Message


@dataclass(frozen=True)
class NoticeText:
    """The text of one code; its values are filled in where the notice is made."""

    message: Message
    hint: Message | None = None

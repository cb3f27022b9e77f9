"""What a lesson asks to be computed outside its page: a frozen struct with the lesson's settings, named by its tag."""

from __future__ import annotations

from typing import Any

import msgspec


class LessonRequest(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """The settings of one experiment; its rows come with the job."""


class PlaneRequest(LessonRequest, frozen=True, kw_only=True):
    """An experiment on the plane of two columns; None lets the lesson choose them, and which class means yes."""

    columns: tuple[str, ...] | None
    positive: str | None


class ModelRequest(LessonRequest, frozen=True, kw_only=True):
    """An experiment with the visitor's network; model: its settings that differ from the defaults."""

    model: dict[str, Any]

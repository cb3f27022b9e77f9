"""What a verb of the command line writes: files, refused before the work when they cannot be, and harmless texts."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from dldiag.knobs import SettingError
from dldiag.language import Message, tr
from dldiag.report import curves_csv, to_html, to_json
from dldiag.types import Report

# name of the flag: what it writes, and its help
OUTPUTS: dict[str, tuple[Callable[[Report], str], Message]] = {
    "json": (to_json, Message("write the report as JSON")),
    "html": (to_html, Message("write the report as one HTML file")),
    "curves_csv": (curves_csv, Message("write the learning curves as CSV")),
}

_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def add_outputs(group: argparse._ActionsContainer, names: Iterable[str] = OUTPUTS) -> None:
    """Add the flags of some outputs."""
    for name in names:
        group.add_argument("--" + name.replace("_", "-"), metavar="OUT", help=str(OUTPUTS[name][1]))


def check_outputs(given: argparse.Namespace) -> None:
    """Refuse before the work, not after it, when a place to write to is not there."""
    for _, out in _asked(given):
        if not out.absolute().parent.is_dir():
            raise SettingError(tr("{path} cannot be written: its folder does not exist.", path=repr(str(out))))
        if out.is_dir():
            raise SettingError(tr("{path} cannot be written: it is a folder.", path=repr(str(out))))


def write_outputs(given: argparse.Namespace, report: Report) -> None:
    """Write what was asked for, each file whole or not at all."""
    for name, out in _asked(given):
        draft = Path(f"{out}.{os.getpid()}.part")
        draft.write_text(OUTPUTS[name][0](report), encoding="utf-8")
        draft.replace(out)


def harmless(text: str) -> str:
    """Return a text for a terminal: what a file's names hold commands nothing and hides nothing.

    >>> harmless("a\\x1b]0;owned\\x07 b")
    'a�]0;owned� b'
    """
    return _COMMANDS.sub("\ufffd", text)


def _asked(given: argparse.Namespace) -> list[tuple[str, Path]]:
    return [(name, Path(out)) for name in OUTPUTS if (out := getattr(given, name, None))]

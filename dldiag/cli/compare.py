"""The verb `compare`: reports side by side, with the change of the error against the first."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from dldiag.core.i18n import LANGUAGES, tr
from dldiag.core.sanitize import terminal_safe
from dldiag.report import from_json
from dldiag.report.text import comparison_to_text


def add_compare(verbs: Any) -> None:
    """Add the verb to the command line."""
    one: argparse.ArgumentParser = verbs.add_parser(
        "compare", help=tr("compare two or more reports"), allow_abbrev=False
    )
    one.add_argument("first", metavar="A.json", help=tr("the report of the first run, written with --json"))
    one.add_argument("second", metavar="B.json", help=tr("the report of the second run"))
    one.add_argument("more", nargs="*", metavar="C.json", help=tr("reports of further runs"))
    one.add_argument("--language", choices=tuple(LANGUAGES), help=tr("language of every text"))
    one.set_defaults(verb=_compare)


def _compare(given: argparse.Namespace) -> None:
    files = [given.first, given.second, *given.more]
    reports = {_name(files, i): from_json(Path(name).read_bytes()) for i, name in enumerate(files)}
    sys.stdout.write(terminal_safe(comparison_to_text(reports)))


def _name(files: list[str], place: int) -> str:
    """Name a run by its file; add its position where two files share a name."""
    names = [Path(one).stem for one in files]
    return names[place] if names.count(names[place]) == 1 else f"{names[place]} ({place + 1})"

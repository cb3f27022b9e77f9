"""The verb `compare`: two reports side by side, with the change of the error."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from dldiag.core.i18n import LANGUAGES, tr
from dldiag.core.sanitize import terminal_safe
from dldiag.diagnosis.compare import compare
from dldiag.report import from_json
from dldiag.report.text import comparison_to_text


def add_compare(verbs: Any) -> None:
    """Add the verb to the command line."""
    one: argparse.ArgumentParser = verbs.add_parser("compare", help=tr("compare two reports"), allow_abbrev=False)
    one.add_argument("first", metavar="A.json", help=tr("the report of the first run, written with --json"))
    one.add_argument("second", metavar="B.json", help=tr("the report of the second run"))
    one.add_argument("--language", choices=tuple(LANGUAGES), help=tr("language of every text"))
    one.set_defaults(verb=_compare)


def _compare(given: argparse.Namespace) -> None:
    first, second = (from_json(Path(name).read_bytes()) for name in (given.first, given.second))
    sys.stdout.write(terminal_safe(comparison_to_text(first, second, compare(first, second))))

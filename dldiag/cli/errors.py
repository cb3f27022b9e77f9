"""The verb `dldiag errors`: find where any model is wrong, from a table with its predictions."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from dldiag.cli.flags import Parser, add_reading_plan, read_choices, read_kinds
from dldiag.cli.outputs import add_outputs, check_outputs, write_texts
from dldiag.core.i18n import LANGUAGES, Message, tr
from dldiag.core.sanitize import terminal_safe
from dldiag.data.read_table import read_table
from dldiag.error_analysis.of_table import analyze_table
from dldiag.report.error_report import ErrorReport, error_report_html, error_report_json, error_report_text

_WRITERS: dict[str, Callable[[ErrorReport], str]] = {"json": error_report_json, "html": error_report_html}
ROW_FILES = {
    "worst_csv": Message("write the 1,000 worst rows as CSV, with your columns"),
    "suspects_csv": Message("write the rows with suspicious labels as CSV, with your columns"),
}
WORST = 1_000  # Rows in the list.


def add_errors(verbs: argparse._SubParsersAction[Parser]) -> None:
    """Add the verb to the command line."""
    one = verbs.add_parser(
        "errors", help=tr("say where a model is wrong, from its predictions in a table"), allow_abbrev=False
    )
    one.add_argument("file", metavar="FILE", help=tr("a table with the target and the predictions, one row each"))
    one.add_argument("--target", required=True, metavar="Y", help=tr("the column of true labels or values"))
    one.add_argument("--prediction", required=True, metavar="YHAT", help=tr("the column of predictions"))
    one.add_argument(
        "--probability", action="append", default=[], metavar="COLUMN",
        help=tr("a column of class probabilities, one flag per class in their order; one flag for the second of two"),
    )  # fmt: skip
    one.add_argument("--seed", type=int, default=0, metavar="S", help=tr("seed of the halves that find and confirm"))
    add_reading_plan(one)
    output = one.add_argument_group(tr("output"))
    add_outputs(output, tuple(_WRITERS))
    for name, text in ROW_FILES.items():
        output.add_argument("--" + name.replace("_", "-"), metavar="OUT", help=str(text))
    output.add_argument("--quiet", action="store_true", help=tr("write nothing on stdout"))
    one.add_argument("--language", choices=tuple(LANGUAGES), help=tr("language of every text"))
    one.set_defaults(verb=run_errors)


def run_errors(given: argparse.Namespace) -> None:
    """Read the table, analyze the errors, and write what was asked for."""
    check_outputs(given, (*_WRITERS, *ROW_FILES))
    path = Path(given.file)
    table = read_table(path, name=path.name, kinds=read_kinds(given), **read_choices(given))
    found = analyze_table(table, given.target, given.prediction, given.probability, seed=given.seed)
    report = ErrorReport(table.name, given.target, found.findings)
    if not given.quiet:
        sys.stdout.write(terminal_safe(error_report_text(report)))
    texts: dict[str, Callable[[], str]] = {name: partial(write, report) for name, write in _WRITERS.items()}
    texts["worst_csv"] = lambda: found.worst(WORST).to_csv(index=False)
    texts["suspects_csv"] = lambda: found.suspects().to_csv(index=False)
    write_texts(given, texts)

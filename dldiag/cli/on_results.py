"""The verbs that need no table: numbers diagnoses errors measured elsewhere, compare shows reports side by side."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dldiag.cli.flags import Parser, flag, help_of, read_value
from dldiag.cli.outputs import add_outputs, check_outputs, write_outputs
from dldiag.core.i18n import LANGUAGES, speaking, tr
from dldiag.core.params import Param, params_of
from dldiag.core.sanitize import terminal_safe
from dldiag.core.types import LearningCurve
from dldiag.diagnosis.from_metrics import GivenNumbers, TrainingHistory, diagnose_numbers, read_curve_table
from dldiag.report import from_json, to_text
from dldiag.report.text import comparison_to_text


def add_numbers(verbs: argparse._SubParsersAction[Parser]) -> None:
    """Add the verb to the command line; its flags come from the parameters of Numbers."""
    parser = verbs.add_parser("numbers", help=tr("read errors measured elsewhere"), allow_abbrev=False)
    for name, param in params_of(GivenNumbers).items():
        parser.add_argument(
            _flag(name), dest=name, metavar=_placeholder(param), choices=param.choices, help=help_of(param)
        )
    parser.add_argument(
        "--curve", "--history", dest="curve", metavar="FILE",
        help=tr("a learning curve (rows, train_error, dev_error, repeat), or a training history of Keras or Lightning (CSV, JSON)"),
    )  # fmt: skip
    add_outputs(parser, ("json", "html"))
    parser.add_argument("--quiet", action="store_true", help=tr("write nothing on stdout"))
    parser.add_argument("--language", choices=tuple(LANGUAGES), help=tr("language of every text"))
    parser.set_defaults(verb=run_numbers)


def run_numbers(args: argparse.Namespace) -> None:
    """Read the numbers, say what they mean, and write what was asked for."""
    check_outputs(args)
    numbers = read_metrics(args)
    with speaking("en"):  # A report holds English; it is put into the reader's language when it is shown.
        report = diagnose_numbers(numbers, _curve(args.curve, numbers.unit))
    if not args.quiet:
        sys.stdout.write(terminal_safe(to_text(report)))
    write_outputs(args, report)


def read_metrics(args: argparse.Namespace) -> GivenNumbers:
    """Return the numbers that the flags give; SettingError when one cannot be read."""
    params = params_of(GivenNumbers)
    return GivenNumbers(
        **{name: read_value(_flag(name), params[name], text) for name, text in _texts(args, params).items()}
    )


def _texts(args: argparse.Namespace, params: dict[str, Param]) -> dict[str, str]:
    return {name: getattr(args, name) for name in params if getattr(args, name) is not None}


def _flag(name: str) -> str:
    """Return the flag of a number.

    >>> _flag("training_dev_error"), _flag("dev_rows")
    ('--training-dev', '--dev-rows')
    """
    return flag(name.removesuffix("_error"))


def _placeholder(param: Param) -> str | None:
    return None if param.choices is not None else {int: "N", float: "X"}.get(param.kind, "TEXT")


def _curve(path: str | None, unit: str) -> LearningCurve | TrainingHistory | None:
    if path is None:
        return None
    return read_curve_table(Path(path), name=Path(path).name, unit=unit)


def add_compare(verbs: argparse._SubParsersAction[Parser]) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("compare", help=tr("compare two or more reports"), allow_abbrev=False)
    parser.add_argument("first", metavar="A.json", help=tr("the report of the first run, written with --json"))
    parser.add_argument("second", metavar="B.json", help=tr("the report of the second run"))
    parser.add_argument("more", nargs="*", metavar="C.json", help=tr("reports of further runs"))
    parser.add_argument("--language", choices=tuple(LANGUAGES), help=tr("language of every text"))
    parser.set_defaults(verb=_compare)


def _compare(args: argparse.Namespace) -> None:
    files = [args.first, args.second, *args.more]
    reports = {_name(files, i): from_json(Path(name).read_bytes()) for i, name in enumerate(files)}
    sys.stdout.write(terminal_safe(comparison_to_text(reports)))


def _name(files: list[str], place: int) -> str:
    """Name a run by its file; add its position where two files share a name."""
    names = [Path(file).stem for file in files]
    return names[place] if names.count(names[place]) == 1 else f"{names[place]} ({place + 1})"

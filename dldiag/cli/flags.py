"""Command-line flags made from the parameters and from the reading plan, and their values read back."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from dldiag.core.i18n import tr, translate
from dldiag.core.params import Param, SettingError, check, params_of, parse
from dldiag.core.settings import Settings
from dldiag.core.types import Kind, ReadPlan
from dldiag.experiments.models import MODELS, params_for

TRIALS = {"auto": None, "none": 0}  # Words accepted beside a number.
_NOT_ASKED = {"trials", "baselines", "muted"}  # Settings whose flag is written by hand below.

# How the reading plan's texts are written on a command line.
_ESCAPES = {"\\t": "\t", "tab": "\t", "space": " ", "\\s": " ", "comma": ",", "semicolon": ";"}
READING_HELP: dict[str, str] = {
    "format": "csv, parquet, feather, excel or jsonl",
    "compression": "gz, zip, bz2, xz or zst",
    "encoding": "character encoding, for instance gb18030",
    "delimiter": "the character between two cells (tab for a tabulator)",
    "quote": "the character around a cell",
    "escape": "the character that takes the meaning from the next one",
    "header_row": "line of the header, counted from 0; none when there is no header",
    "header_rows": "number of header lines whose names are joined",
    "first_row": "first line of the data, counted from 0",
    "footer_rows": "lines to leave out at the end",
    "missing": "a text that means missing; may be given several times",
    "decimal": "the decimal mark",
    "thousands": "the mark between thousands",
    "sheet": "name of the sheet of an Excel file",
    "member": "name of the file within an archive",
    "max_rows": "keep a sample of so many rows",
    "skip_space": "yes when blanks after a delimiter belong to it",
    "day_first": "yes when 03/04/2024 is the 3rd of April, no when it is March 4th",
}


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one plain line."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage."""
        raise SettingError(message)


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add one flag per parameter of Settings."""
    group = parser.add_argument_group(tr("how to diagnose"))
    for name, param in params_of(Settings).items():
        if name not in _NOT_ASKED:
            group.add_argument(flag(name), dest=name, metavar=_placeholder(param), help=help_of(param))
    params = params_of(Settings)
    group.add_argument("--trials", metavar="auto|none|N", help=help_of(params["trials"]))
    group.add_argument("--baselines", metavar="NAME,…", help=help_of(params["baselines"]))
    group.add_argument("--muted", metavar="CODE,…", help=help_of(params["muted"]))


def read_settings(args: argparse.Namespace) -> Settings:
    """Return the settings that the flags ask for; SettingError when one cannot be used."""
    params = params_of(Settings)
    texts = {name: getattr(args, name) for name in params if getattr(args, name) is not None}
    values = {name: read_value(name, params[name], text) for name, text in texts.items() if name not in _NOT_ASKED}
    if "trials" in texts:
        text = texts["trials"].strip().lower()
        values["trials"] = TRIALS[text] if text in TRIALS else parse("trials", params["trials"], text)
    if "cost" in values:
        values["cost"] = _text_of_costs(values["cost"])
    values |= {name: _names(texts[name]) for name in ("baselines", "muted") if name in texts}
    _check_names("baselines", values.get("baselines", ()), MODELS)
    return Settings(**values)


def _text_of_costs(given: str) -> str:
    """Return what a file of costs holds; a text that names no file is the costs."""
    path = Path(given)
    if "=" in given or (not path.is_file() and any(mark in given for mark in ",;")):
        return given
    if not path.is_file():
        raise SettingError(tr("There is no file {name} with costs. Costs are given as fn=500,fp=10, too.", name=given))
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(tr("The costs in {name} cannot be read: {error}.", name=given, error=str(error))) from error


def add_reading_plan(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add one flag per part of the reading plan and the kinds of columns; return the group about columns."""
    group = parser.add_argument_group(tr("how to read the file (detected when not given)"))
    for field in fields(ReadPlan):
        group.add_argument(
            flag(field.name),
            dest=f"read_{field.name}",
            metavar="X",
            action="append" if field.name == "missing" else "store",
            help=translate(READING_HELP.get(field.name, field.name)),
        )
    columns = parser.add_argument_group(tr("columns"))
    columns.add_argument("--kind", action="append", default=[], metavar="COLUMN=KIND", help=tr("kind of a column"))
    return columns


def add_reading(parser: argparse.ArgumentParser) -> None:
    """Add one flag per part of the reading plan, and those that choose columns."""
    columns = add_reading_plan(parser)
    columns.add_argument("--exclude", action="append", default=[], metavar="COLUMN", help=tr("leave a column out"))
    columns.add_argument("--group", metavar="COLUMN", help=tr("rows of one group stay on one side of every split"))
    columns.add_argument("--time", metavar="COLUMN", help=tr("dev and test rows come after the training rows"))
    columns.add_argument(
        "--domain", metavar="COLUMN=VALUE", help=tr("the rows that the model must work on; dev and test are of these")
    )
    columns.add_argument(
        "--second",
        metavar="FILE",
        help=tr("a second file with rows like those to be predicted; dev and test are of it"),
    )
    columns.add_argument("--log-target", action="store_true", help=tr("learn the logarithm of the target"))


def read_choices(args: argparse.Namespace) -> dict[str, Any]:
    """Return the parts of the reading plan that were given, each in its own type."""
    texts = {field.name: getattr(args, f"read_{field.name}") for field in fields(ReadPlan)}
    return {name: _choice(name, text) for name, text in texts.items() if text is not None}


def read_kinds(args: argparse.Namespace) -> dict[str, Kind]:
    """Return {column: kind} of every --kind."""
    kinds = dict(named_values("--kind", text) for text in args.kind)
    _check_names("--kind", kinds.values(), Kind.__args__)  # type: ignore[attr-defined]
    return kinds  # type: ignore[return-value]


def read_parameters(key: str, texts: Iterable[str]) -> dict[str, Any]:
    """Return the model's settings of every --set NAME=VALUE; SettingError names what cannot be set."""
    params = params_for(key, ("classification", "regression"))
    pairs = dict(named_values("--set", text) for text in texts)
    if pairs and not params:
        raise SettingError(
            tr("{option}: the model {model} has no settings that can be changed here.", option="--set", model=key)
        )
    _check_names("--set", pairs, params)
    return {name: parse(name, params[name], text) for name, text in pairs.items()}


def read_value(name: str, param: Param, text: str) -> Any:
    """Read one value; a number may be written in percent.

    >>> read_value("target_error", Param(None, float, "", "", low=0, high=1), "5%")
    0.05
    """
    number = text.strip().removesuffix("%")
    if param.kind is not float or number == text.strip():
        return parse(name, param, text)
    value = parse(name, Param(0.0, float, "", ""), number or text) / 100
    check(name, param, value)
    return value


def named_values(option: str, text: str) -> tuple[str, str]:
    """Split NAME=VALUE.

    >>> named_values("--set", "alpha=0.1")
    ('alpha', '0.1')
    """
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise SettingError(tr("{option} {text} is not of the form NAME=VALUE.", option=option, text=repr(text)))
    return name.strip(), value


def help_of(param: Param) -> str:
    """Write a parameter's help with its choices, range and default."""
    parts = [translate(param.help)]
    if param.choices is not None:
        parts.append(tr("One of {choices}.", choices=", ".join(param.choices)))
    if param.default not in (None, ()):
        parts.append(tr("Default {default}.", default=_default_text(param.default)))
    return " ".join(parts).replace("%", "%%")


def flag(name: str) -> str:
    """Return the flag of a setting.

    >>> flag("target_error")
    '--target-error'
    """
    return "--" + name.replace("_", "-")


def _choice(name: str, text: Any) -> Any:
    """Read one part of the plan in the type that ReadPlan declares for it."""
    kind = str(ReadPlan.__annotations__[name])
    if isinstance(text, list):
        return tuple(text)
    if "None" in kind and text.lower() == "none":
        return None
    if "int" in kind:
        return parse(flag(name), Param(0, int, "", "", low=0), text)
    if "bool" in kind:
        return parse(flag(name), Param(False, bool, "", ""), text)
    return _ESCAPES.get(text, text)


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip() and part.strip() != "none")


def _check_names(option: str, given: Iterable[str], known: Mapping[str, Any] | Iterable[str]) -> None:
    choices = list(known)
    for name in given:
        if name not in choices:
            near = get_close_matches(name, choices, n=3) or choices
            values = {"option": option, "name": repr(name), "choices": ", ".join(near) or "–"}
            raise SettingError(tr("{option}: there is no {name}. Possible here: {choices}.", **values))


def _placeholder(param: Param) -> str:
    if param.choices is not None:
        return "|".join(param.choices)
    return {int: "N", float: "X"}.get(param.kind, "TEXT")


def _default_text(default: Any) -> str:
    return ",".join(str(part) for part in default) if isinstance(default, tuple) else str(default)

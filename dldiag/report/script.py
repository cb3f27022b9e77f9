"""A report as a Python script that rebuilds its model and its dev error from the user's file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from string import Template
from typing import Any

from dldiag.core.settings import Settings
from dldiag.core.types import DatasetSummary, ReadPlan, Report
from dldiag.data.from_pandas import NAME as FRAME_NAME
from dldiag.data.second_file import FROM_FILE
from dldiag.experiments.models import AROUND, MODELS, build_model
from dldiag.report.view.changes import own_settings

TEMPLATE = Path(__file__).with_name("script_template.txt")
ALWAYS = ("seed", "budget", "repeats")  # Settings that are written even at their default.
_LONGEST_NAME = 40  # The script's name has at most this many characters.


def has_script(report: Report) -> bool:
    """Tell whether a script can rebuild a report: not one that is made of numbers alone."""
    return "dev_error" in report.evidence and bool(report.dataset.fingerprint)


def to_script(report: Report) -> str:
    """Write the Python script of a report: it reads the file, trains the model, and prints its dev error.

    ValueError for a report without a table, such as one made of numbers alone.
    """
    if not has_script(report):
        raise ValueError("this report has no table that a script could read")
    data = report.dataset
    two = _is_second(data)
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        name=ascii_text(data.name),
        target=ascii_text(data.target),
        file=script_name(report),
        usage="FILE SECOND_FILE" if two else "FILE",
        least=3 if two else 2,
        versions=", ".join(f"{name} {version}" for name, version in report.versions.items()) or "dldiag",
        imports="".join(f"{line}\n" for line in _imports(report)),
        table="".join(f"{line}\n" for line in _table(data)),
        model="".join(f"{line}\n" for line in _model(report)),
        settings=_keywords(_settings(report)),
        fingerprint=_fingerprint(data),
        error=repr(float(report.evidence["dev_error"].value)),
        unit=_unit(report),
        parameters="path, second" if two else "path",
        arguments="sys.argv[1], sys.argv[2]" if two else "sys.argv[1]",
        arguments_first="sys.argv[1]",
        reading="\n".join(f"    {line}" for line in _reading(data)),
    )


def script_name(report: Report) -> str:
    """Return a harmless name for the script of a report."""
    stem = re.sub(r"[^A-Za-z0-9]+", "_", report.dataset.name.partition(".")[0]).strip("_")[:_LONGEST_NAME]
    return f"{stem or 'table'}_model.py"


def ascii_text(value: Any) -> str:
    """Return a value as Python has it, in ASCII: no text of a table ends a line or a string, or looks like another."""
    text = ascii(value)
    return text if not text.startswith("'") or '"' in text else f'"{text[1:-1]}"'


def _imports(report: Report) -> Iterator[str]:
    yield from (report.model.get("code") or {}).get("imports", ())
    if _around(report):
        yield "from dldiag.experiments.models import as_model, changed"


def _is_second(data: DatasetSummary) -> bool:
    return (data.choices.get("domain") or ("",))[0] == FROM_FILE


def _table(data: DatasetSummary) -> Iterator[str]:
    """Yield the constants that say how the table is read and used."""
    if data.plan is not None and data.name != FRAME_NAME:
        usual = ReadPlan()
        own = {field.name: getattr(data.plan, field.name) for field in fields(ReadPlan)}
        yield f"READING = dldiag.ReadPlan({_keywords({k: v for k, v in own.items() if v != getattr(usual, k)})})"
    if data.choices.get("kinds"):
        yield f"KINDS = {_plain(data.choices['kinds'])}  # of columns, set by hand"
    yield f"CHOICES = {_plain(_choices(data))}"


def _fingerprint(data: DatasetSummary) -> str:
    if data.name == FRAME_NAME:
        return "None  # the report is of a DataFrame: write it to a CSV or Parquet file first, target included"
    return f"{ascii_text(data.fingerprint)}  # of the table with the choices above"


def _choices(data: DatasetSummary) -> dict[str, Any]:
    """Return what make_dataset is given; reports of earlier versions know the task alone."""
    choices = data.choices or {"task": data.task}
    return {name: value for name, value in choices.items() if name not in ("kinds", "target") and value != "auto"}


def _reading(data: DatasetSummary) -> Iterator[str]:
    plan = ", plan=READING" if data.plan is not None and data.name != FRAME_NAME else ""
    kinds = ", kinds=KINDS" if data.choices.get("kinds") else ""
    yield f"table = dldiag.read_table(path{plan}{kinds})"
    if _is_second(data):
        yield "table = dldiag.with_second_file(table, second)"
    yield "return dldiag.make_dataset(table, TARGET, **CHOICES)"


def _model(report: Report) -> Iterator[str]:
    """Yield the lines that make the model."""
    model, task = report.model, report.dataset.task
    if model.get("code"):
        own, around = model["code"]["expression"], _around(report)
        yield f"MODEL = changed(as_model({own}), {_plain(around)})" if around else f"MODEL = {own}"
    elif model["key"] in MODELS:
        estimator = build_model(task, key=model["key"]).estimator
        changed = {name: value for name, (_, value) in own_settings(report).items()}
        yield f"# Its estimator is {type(estimator).__module__.split('.')[0]}'s {type(estimator).__name__}."
        yield f"MODEL = dldiag.build_model({_plain(task)}, {_plain(changed)}, key={_plain(model['key'])})"
    else:
        yield f"# Put your own model here: {ascii_text(model.get('label', ''))} cannot be written as text."
        yield 'MODEL = sys.exit("put your own model into MODEL first")'


def _around(report: Report) -> dict[str, Any]:
    """Return what a user's own estimator got around it, such as added features; its expression does not hold them."""
    parameters = report.model.get("parameters", {}) if report.model.get("code") else {}
    return {name: value for name, value in parameters.items() if name in AROUND}


def _settings(report: Report) -> dict[str, Any]:
    usual = asdict(Settings())
    changed = {name: value for name, value in report.settings.items() if name in usual}
    return {name: value for name, value in changed.items() if name in ALWAYS or value != usual[name]}


def _unit(report: Report) -> str:
    name = report.metric.name if report.metric is not None else "error"
    return f"metric {name}, as a loss: lower is better"


def _keywords(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={_plain(value)}" for name, value in values.items())


def _plain(value: Any) -> str:
    """Write a value of a report as Python."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_plain(key)}: {_plain(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        inner = ", ".join(_plain(one) for one in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return ascii_text(value)

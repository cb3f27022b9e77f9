"""Output files of a verb; paths that cannot be written are refused before the work starts."""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dldiag.core.home import require
from dldiag.core.i18n import Message, tr
from dldiag.core.params import SettingError
from dldiag.core.types import Report
from dldiag.report import curves_csv, to_html, to_json

if TYPE_CHECKING:
    from dldiag.experiments.table_model import TableModel


def _to_script(report: Report) -> str:
    from dldiag.report.script import to_script  # keeps start-up short

    return to_script(report)


# Each flag has the function that makes its text, and its help.
OUTPUTS: dict[str, tuple[Callable[[Report], str], Message]] = {
    "json": (to_json, Message("write the report as JSON")),
    "html": (to_html, Message("write the report as one HTML file")),
    "curves_csv": (curves_csv, Message("write the learning curves as CSV")),
    "script": (_to_script, Message("write a Python script that rebuilds the model and its dev error")),
}
# Packages that some outputs need, with the extra that brings them.
_NEEDED = {
    "html": ("plotly", "app"),
    "save_model": ("skops", "app"),
    "mlflow": ("mlflow", "mlflow"),
}
_MODEL = "save_model"  # This output needs the table, not only the report.


def add_outputs(group: argparse._ActionsContainer, names: Iterable[str] = OUTPUTS) -> None:
    """Add the flags of some outputs."""
    for name in names:
        group.add_argument("--" + name.replace("_", "-"), metavar="OUT", help=str(OUTPUTS[name][1]))


def add_model_output(group: argparse._ActionsContainer) -> None:
    """Add the flag of the fitted model."""
    text = tr("train the model on all rows that are not sealed, and write it as a skops file")
    group.add_argument("--save-model", metavar="OUT", help=text)


def check_outputs(args: argparse.Namespace, names: Iterable[str] = (*OUTPUTS, _MODEL)) -> None:
    """Refuse paths that cannot be written, and two outputs at one path, before the work starts."""
    for name, (package, extra) in _NEEDED.items():
        if getattr(args, name, None):
            require(package, extra)
    places = set()
    paths = _paths_of(args, names)
    for _, out in paths:
        try:
            _check_place(out)
            places.add(out.resolve())
        except (OSError, RuntimeError) as error:  # A link that leads to itself raises one or the other.
            reason = getattr(error, "strerror", None) or str(error)
            raise SettingError(tr("{path} cannot be written: {reason}.", path=repr(str(out)), reason=reason)) from error
    if len(places) < len(paths):
        raise SettingError(tr("Two outputs cannot be written to one place; give two outputs two names."))


def _check_place(out: Path) -> None:
    if not out.absolute().parent.is_dir():
        raise SettingError(tr("{path} cannot be written: its folder does not exist.", path=repr(str(out))))
    if out.is_symlink():
        with contextlib.suppress(FileNotFoundError):
            out.stat()  # A link that leads to itself raises here; `resolve` raises only up to Python 3.12.
    if out.is_dir():
        raise SettingError(tr("{path} cannot be written: it is a folder.", path=repr(str(out))))
    if not _is_special(out):
        draft = _draft(out)
        draft.touch()
        draft.unlink()


def write_outputs(args: argparse.Namespace, report: Report) -> None:
    """Write every requested form of a report."""
    write_texts(args, {name: partial(write, report) for name, (write, _) in OUTPUTS.items()})


def write_model(args: argparse.Namespace, train: Callable[[], TableModel]) -> None:
    """Train and write the model where its flag was given."""
    from dldiag.report.model_file import model_bytes  # keeps start-up short

    write_texts(args, {_MODEL: lambda: model_bytes(train())})


def write_texts(args: argparse.Namespace, texts: Mapping[str, Callable[[], str | bytes]]) -> None:
    """Write every requested output, each file whole or not at all."""
    for name, out in _paths_of(args, texts):
        text = texts[name]()
        content = text if isinstance(text, bytes) else text.encode()
        if _is_special(out):
            out.write_bytes(content)
            continue
        draft = _draft(out)
        try:
            draft.write_bytes(content)
            draft.replace(out.resolve())
        finally:
            draft.unlink(missing_ok=True)


def _is_special(out: Path) -> bool:
    """Tell whether the path is a pipe or a device, which is written to and not replaced."""
    return out.exists() and not out.is_file()


def _draft(out: Path) -> Path:
    """Return the temporary name beside the file, or beside the target of a link."""
    return Path(f"{out.resolve()}.{os.getpid()}.part")


def _paths_of(args: argparse.Namespace, names: Iterable[str]) -> list[tuple[str, Path]]:
    return [(name, Path(out)) for name in names if (out := getattr(args, name, None)) is not None]

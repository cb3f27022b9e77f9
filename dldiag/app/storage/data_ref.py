"""A reference names data, so that a page, a job and a URL can speak of the same rows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TypedDict, cast

from dldiag.app.storage import codec, uploads
from dldiag.core.i18n import Message
from dldiag.core.types import DataError, Dataset, Kind, Table
from dldiag.course.shared.toys import toy
from dldiag.data.dataset import make_dataset
from dldiag.data.io import Sampling
from dldiag.data.isolated_read import FileNamed, read_isolated
from dldiag.data.read_table import read_table
from dldiag.data.samples import SAMPLES, sample_bytes
from dldiag.data.second_file import FROM_FILE, SECOND, with_second_file


class Reference(TypedDict, total=False):
    """The name of some data: an upload (by sha256), a path, a sample or a toy, with the choices made by hand.

    rows, noise and seed belong to a toy.
    """

    upload: str
    path: str
    stamp: str  # Size and time of the file at a path when it was chosen.
    sample: str
    toy: str
    rows: int
    noise: float | None
    seed: int
    name: str
    plan: dict[str, Any]  # Fields of a ReadPlan.
    kinds: dict[str, Kind]
    second: Reference  # A second file, with upload or path, and name.
    target: str
    task: str
    groups: str
    times: str
    domain: tuple[str, str]
    exclude: tuple[str, ...]
    log_target: bool


OF_FILE = ("upload", "path", "stamp", "sample", "toy", "second", "rows", "noise", "seed")
OF_TABLE = (*OF_FILE, "name", "plan", "kinds")
OF_DATASET = ("task", "groups", "times", "domain", "exclude", "log_target")


def identity(reference: Reference, what: str) -> str:
    """Return a key that is equal for references to the same table, dataset or rows of a file."""
    parts = {"table": OF_TABLE, "dataset": (*OF_TABLE, "target", *OF_DATASET), "rows": (*OF_FILE, "target")}[what]
    choices = cast("dict[str, Any]", reference)
    return codec.to_bytes([[key, choices[key]] for key in parts if key in choices]).decode()


def located(reference: Reference, owner: str) -> Reference:
    """Return the reference with the paths of this owner's uploads; KeyError when there is no such upload."""
    complete = reference.copy()
    if "second" in reference:
        complete["second"] = located(reference["second"], owner)
    if "upload" in reference:
        complete["path"] = str(uploads.path_of(owner, reference["upload"]))
    return complete


def path_reference(text: str) -> Reference:
    """Return a reference to a file, or a folder of Parquet files, on the server; DataError when it cannot be read."""
    path = Path(text.strip().strip("\"'")).expanduser()
    try:
        facts = path.stat()
        if not path.is_dir():
            path.open("rb").close()
    except (OSError, ValueError) as error:
        raise DataError(
            Message("The file {path} cannot be read: {reason}.", {"path": text, "reason": _reason(error)}),
            Message("Check the path; it is a path on the machine that runs dldiag."),
        ) from error
    return {"path": str(path.resolve()), "stamp": _stamp(facts), "name": path.name}


def check_unchanged(reference: Reference) -> None:
    """Raise DataError when a file on the server has changed since it was chosen."""
    path = Path(reference["path"])
    if "stamp" in reference and path.exists() and _stamp(path.stat()) != reference["stamp"]:
        raise DataError(
            Message("The file {name} changed since it was chosen.", {"name": reference.get("name", "")}),
            Message("Choose it again."),
        )


def _stamp(facts: os.stat_result) -> str:
    return f"{facts.st_size}-{facts.st_mtime_ns}"


def load_table(reference: Reference, rows: int | None = None, *, apart: bool = False) -> Table:
    """Read the table that a reference names; an upload's path must be in it by now.

    rows: drawn of a large file. apart: files are read in a process with bounds, as the pages of a server must.
    """
    plan: dict[str, Any] = dict(reference.get("plan", {}))
    if reference.get("kinds"):
        plan["kinds"] = reference["kinds"]
    second = reference.get("second")
    for one in (reference, second or {}):
        if "path" in one:
            check_unchanged(one)
    name, source = _sample(reference["sample"]) if "sample" in reference else _file(reference)
    sampling = Sampling(rows, reference.get("target") or "", reference.get("groups") or "")
    if apart and ("path" in reference or second):
        below = FileNamed(second["path"], second["name"]) if second else None
        return read_isolated(source, name=name, second=below, sampling=sampling, **plan)
    table = read_table(source, name=name, sampling=sampling, **plan)
    return with_second_file(table, Path(second["path"]), name=second["name"]) if second else table


def load_dataset(
    reference: Reference, table: Table | None = None, *, drawn: int | None = None, apart: bool = False
) -> Dataset:
    """Return the rows that a reference names, ready to learn from; a toy is made, everything else is read.

    table: what `load_table` gave, where somebody has it already; of a file larger than memory rows are drawn anew, by the
    target. drawn: how many of them; None: as many as are usually kept. apart: as for `load_table`.
    """
    if "toy" in reference:
        rows, seed = reference.get("rows", 400), reference.get("seed", 0)
        return toy(reference["toy"], rows, noise=reference.get("noise"), seed=seed)
    if not reference.get("target"):
        raise DataError(Message("No target is chosen yet."), Message("Pick the column to predict."))
    choices = cast("dict[str, Any]", reference)
    options = {key: choices[key] for key in OF_DATASET if key in choices}
    if reference.get("second"):
        options["domain"] = (FROM_FILE, SECOND)
    if table is None or table.totals is not None:
        table = load_table(reference, drawn, apart=apart)
    return make_dataset(table, reference["target"], **options)


def _sample(key: str) -> tuple[str, bytes]:
    if key not in SAMPLES:
        raise DataError(Message("There is no sample {name}.", {"name": key}), Message("Pick another."))
    return SAMPLES[key].file, sample_bytes(key)


def _file(reference: Reference) -> tuple[str, Path]:
    return reference.get("name", ""), Path(reference["path"])


def _reason(error: OSError | ValueError) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()

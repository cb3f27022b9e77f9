"""Which rows and columns a course page draws: the open rows of the data, two columns of them, and what counts as yes."""

from __future__ import annotations

from typing import Any, cast

from dldiag.app.course.data import lesson_dataset
from dldiag.app.state import session
from dldiag.app.storage import data_ref
from dldiag.app.storage.data_ref import Reference
from dldiag.app.ui.forms import ask_params
from dldiag.core.params import Param
from dldiag.core.types import Dataset
from dldiag.course.shared.prepared import without_test_rows
from dldiag.course.shared.problem import binary_problem, default_positive, feature_names


def open_dataset(reference: Reference) -> Dataset:
    """Return the rows of a reference without the sealed test rows; the last one is kept with the visitor."""
    identity = data_ref.identity(reference, "dataset")
    cached = session.state().get("kept open rows")
    if cached is None or cached[0] != identity:
        cached = session.state()["kept open rows"] = (identity, without_test_rows(lesson_dataset(reference)))
    return cast(Dataset, cached[1])


def with_rows(reference: Reference, rows: int) -> Reference:
    """Return a reference to as many rows of a toy; a table has the rows it has."""
    return {**reference, "rows": rows} if "toy" in reference else reference


def ask_plane(dataset: Dataset, reference: Reference, prefix: str) -> dict[str, Any]:
    """Let the visitor choose two columns and the class taken for yes; returns {"columns": […], "positive": …}.

    A table with one usable column gives one. The choice is remembered for each table on its own.
    """
    own = reference.get("toy") or reference.get("sample") or "own"
    settings = ask_params(plane_params(dataset), f"{prefix}.{own}", columns=3)
    columns = [settings[name] for name in ("across", "up") if name in settings]
    return {"columns": columns, "positive": settings.get("positive")}


def plane_params(dataset: Dataset) -> dict[str, Param]:
    """Return the settings of `ask_plane`: the two columns that say most about the target come first."""
    offered, strongest = feature_names(dataset), binary_problem(dataset, most=2).names
    strongest = tuple(sorted(strongest, key=lambda name: offered.index(name) if name in offered else len(offered)))
    names = {name: name for name in (*strongest, *offered)}
    params = {
        key: Param(strongest[place], str, label, "The column drawn on this axis.", choices=names)
        for place, (key, label) in enumerate((("across", "Column across"), ("up", "Column up")))
        if place < len(strongest)
    }
    if len(dataset.classes) > 2:
        classes = {name: name for name in dataset.classes}
        help_text = "The positive class; all others count as no."
        params["positive"] = Param(default_positive(dataset), str, "Yes means", help_text, choices=classes)
    return params

"""The data of a course page: the visitor's own table when there is one, else a sample or a toy problem."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import streamlit as st

from dldiag.app.state import session
from dldiag.app.state.last_table import reopen_table
from dldiag.app.storage import data_ref
from dldiag.app.storage.data_ref import Reference
from dldiag.app.ui.widgets import show_message
from dldiag.core.i18n import Message, tr
from dldiag.core.sanitize import legible
from dldiag.core.types import DataError, Dataset
from dldiag.course.shared.first_error import FirstError, first_error
from dldiag.course.shared.toys import TOYS
from dldiag.data.samples import SAMPLES

if TYPE_CHECKING:
    from dldiag.experiments.metric_choice import MetricChoice

_OWN = "own"


def ask_data(
    prefix: str,
    *,
    toys: Sequence[str] = (),
    samples: Sequence[str] | None = None,
    own: bool = True,
    default: str = "",
) -> Reference:
    """Let the visitor choose what a course page runs on and return its reference (plain JSON, for a job).

    `toys` and `samples` are keys (samples: all when None); `own` offers the visitor's table once a target is chosen,
    and then begins with it. The choice stays in the URL as `?prefix.data=toy:moons`. For the visitor's own table, which is
    private, the URL only says that there was one, so that the page can explain after F5 that it has to be opened again.
    """
    if own:
        reopen_table()
    offered = _offered(toys, samples, own)
    start = _start(prefix, offered, default)
    _say_if_closed(prefix, offered)
    key, labels = f"{prefix}.data.{session.state()['visit']}", {one: _label(one) for one in offered}
    choice = st.selectbox(
        tr("Data"),
        list(offered),
        index=list(offered).index(start),
        format_func=labels.__getitem__,
        key=key,
        help=tr("Your own table appears here once it is uploaded and a target is chosen."),
    )
    session.state()["values"].setdefault(prefix, {})["data"] = choice
    _write_url(f"{prefix}.data", choice)
    return offered[choice]


@st.cache_data(show_spinner=False, max_entries=32)
def _public(identity: str, _reference: Reference) -> Dataset:
    return data_ref.load_dataset(_reference)


def lesson_dataset(reference: Reference) -> Dataset:
    """Return the rows of a reference; what belongs to everybody is made once, the visitor's own is kept with them."""
    if "toy" in reference or "sample" in reference:
        return _public(data_ref.identity(reference, "dataset"), reference)
    dataset = session.current_dataset()
    return dataset if dataset is not None else data_ref.load_dataset(session.own_reference(reference), apart=True)


def expected_error(reference: Reference, choice: MetricChoice) -> FirstError:
    """Return the error to expect on the rows of a reference by a metric; the last one is kept with the visitor."""
    identity = (data_ref.identity(reference, "dataset"), choice)
    cached = session.state().get("kept first error")
    if cached is None or cached[0] != identity:
        cached = session.state()["kept first error"] = (identity, first_error(lesson_dataset(reference), choice=choice))
    return cast(FirstError, cached[1])


def data_label(reference: Reference) -> str:
    """Name the rows of a reference for the visitor's own record."""
    if "toy" in reference:
        return f"toy:{reference['toy']}"
    return f"sample:{reference['sample']}" if "sample" in reference else _own_name()


def is_own(reference: Reference) -> bool:
    """Say whether a reference names the visitor's own table."""
    return "toy" not in reference and "sample" not in reference


def label_of(name: str) -> str:
    """Return what `data_label` wrote in the visitor's language."""
    return _label(name) if name.partition(":")[0] in ("toy", "sample") else name


def _offered(toys: Sequence[str], samples: Sequence[str] | None, own: bool) -> dict[str, Reference]:
    offered: dict[str, Reference] = {}
    mine = session.current_reference()
    if own and mine is not None and ("toy" in mine or mine.get("target")):
        offered[_OWN] = mine
    offered |= {f"toy:{key}": {"toy": key} for key in toys}
    for key in SAMPLES if samples is None else samples:
        offered[f"sample:{key}"] = {"sample": key, "target": SAMPLES[key].target}
    return offered


def _start(prefix: str, offered: dict[str, Reference], default: str) -> str:
    remembered = session.state()["values"].get(prefix, {}).get("data")
    for one in (remembered, st.query_params.get(f"{prefix}.data"), _OWN, default):
        if one in offered:
            return cast(str, one)
    return next(iter(offered))


def _say_if_closed(prefix: str, offered: dict[str, Reference]) -> None:
    """Say that the link's own table is not open here, until one is; its columns' names leave the link."""
    closed = session.state().setdefault("closed", [])
    if st.query_params.get(f"{prefix}.data") == _OWN and _OWN not in offered and prefix not in closed:
        closed.append(prefix)
        for name in [name for name in st.query_params if f".{_OWN}." in name]:
            del st.query_params[name]
    if prefix in closed and _OWN not in offered:
        show_message(
            Message(
                "Your own table is not open any more: reloading a page closes it. Open it again under Diagnose a model; until then another table is shown."
            ),
            kind="info",
        )


def _label(choice: str) -> str:
    if choice == _OWN:
        return tr("Your table: {name}", name=_own_name())
    kind, _, key = choice.partition(":")
    return str(TOYS[key].label if kind == "toy" else SAMPLES[key].title)


def _own_name() -> str:
    try:
        dataset = session.current_dataset()
    except (DataError, KeyError, OSError):
        dataset = None
    return legible(dataset.name if dataset is not None else "", 60)


def _write_url(name: str, chosen: str) -> None:
    if st.query_params.get(name) != chosen:
        st.query_params[name] = chosen

"""Asking for numbers measured elsewhere: examples to start from, the fields, and a learning curve's table."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import streamlit as st

from dldiag.app.state import session
from dldiag.app.storage import uploads
from dldiag.app.ui import forms
from dldiag.app.ui.widgets import explained
from dldiag.core.i18n import tr
from dldiag.core.sanitize import escape_markdown, legible
from dldiag.core.types import LearningCurve
from dldiag.data.isolated_read import read_isolated
from dldiag.diagnosis.from_metrics import EXAMPLES, GivenNumbers, TrainingHistory, read_curve_table

_PREFIX = "numbers"
_KEPT = "curve of numbers"  # The uploaded curve is remembered under this key.
IN_ADDRESS = f"{_PREFIX}.curve"
EXAMPLES_IN_A_ROW = 3
_HEADER = "rows,train_error,dev_error,repeat"


def offer_examples() -> None:
    """Draw a button per example; it fills the fields."""
    with st.expander(tr("Fill in an example: training and dev error")):
        columns = st.columns(EXAMPLES_IN_A_ROW)
        for k, (key, (label, numbers)) in enumerate(EXAMPLES.items()):
            if columns[k % EXAMPLES_IN_A_ROW].button(escape_markdown(label), key=f"example.{key}", width="stretch"):
                forms.set_values(_PREFIX, asdict(numbers))
                st.rerun()


def ask_numbers() -> GivenNumbers:
    """Draw the fields and return what they hold."""
    return GivenNumbers(**forms.ask_params(GivenNumbers, _PREFIX, columns=2))


def ask_curve(unit: str) -> LearningCurve | TrainingHistory | None:
    """Ask for the table of a learning curve, or a training history; it is remembered, in the address too, until it is removed."""
    file = st.file_uploader(
        tr("A learning curve ({header}), or a training history of Keras or Lightning (CSV, JSON)", header=_HEADER),
        key=f"{_PREFIX}.curve.{session.state()['visit']}",
        help=tr("One line per number of training rows and repeat, from any framework. Scores are turned into errors."),
    )
    if file is not None:
        with explained():
            digest = uploads.keep(session.owner(), file.getvalue())
        session.state()[_KEPT] = {"digest": digest, "name": legible(file.name, 120)}
    upload = _uploaded_curve()
    if upload is None:
        return None
    if file is None and st.button(tr("Remove the learning curve {name}", name=upload["name"])):
        session.state().pop(_KEPT)
        st.query_params.pop(IN_ADDRESS, None)
        st.rerun()
    if (address := f"{upload['digest']} {upload['name']}") != st.query_params.get(IN_ADDRESS):
        st.query_params[IN_ADDRESS] = address
    path = uploads.path_of(session.owner(), upload["digest"])
    return read_curve_table(path, upload["name"], unit, read_rows=read_isolated)


def _uploaded_curve() -> dict[str, Any] | None:
    """Return the curve of this session, or after F5 that of the URL, if this visitor uploaded it."""
    if _KEPT not in session.state() and IN_ADDRESS in st.query_params:
        digest, _, name = st.query_params[IN_ADDRESS].partition(" ")
        try:
            uploads.path_of(session.owner(), digest)
        except KeyError:
            st.query_params.pop(IN_ADDRESS)
        else:
            session.state()[_KEPT] = {"digest": digest, "name": legible(name, 120)}
    upload: dict[str, Any] | None = session.state().get(_KEPT)
    return upload


def enough(numbers: GivenNumbers, curve: LearningCurve | TrainingHistory | None) -> bool:
    """Return whether there are enough numbers for a diagnosis."""
    return curve is not None or None not in (numbers.train_error, numbers.dev_error)

"""The finished report of a sample, opened at once, with the way to run it oneself beside it."""

from __future__ import annotations

import streamlit as st

from dldiag.app.state import session
from dldiag.app.ui.widgets import show_message
from dldiag.app.views.report import show_past_report
from dldiag.core.i18n import tr
from dldiag.core.types import Report
from dldiag.data.samples import SAMPLES
from dldiag.report import sample_reports

PARAMETER = "sample"  # Parameter of the URL.


def current_sample() -> str | None:
    """Return the sample whose finished report the URL names, None where it names none."""
    key = st.query_params.get(PARAMETER)
    return key if key in sample_reports.reported_samples() else None


def open_sample(key: str) -> None:
    """Show the finished report of a sample."""
    st.query_params[PARAMETER] = key
    session.state()["to top"] = True
    st.rerun()


def show_sample(key: str) -> None:
    """Show a sample's finished report."""
    with st.container(key="heading"):
        text, run, other = st.columns([3, 1.2, 1.2], vertical_alignment="center")
    with text:
        show_message(
            tr("A finished report of the sample {name}. {story}", name=SAMPLES[key].title, story=SAMPLES[key].story)
        )
    if run.button(tr("Run it yourself"), key="run.sample", type="primary", width="stretch"):
        sample = SAMPLES[key]
        _leave()
        session.use_data({"sample": key, "name": sample.file, "target": sample.target, "task": sample.task})
        st.rerun()
    if other.button(tr("Your own table"), key="another", width="stretch"):
        _leave()
        st.rerun()
    show_past_report(_report(key))


def _leave() -> None:
    st.query_params.pop(PARAMETER, None)


@st.cache_resource(show_spinner=False)
def _report(key: str) -> Report:
    return sample_reports.read_sample_report(key)

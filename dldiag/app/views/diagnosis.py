"""The main page's second half: settings, the Diagnose button, the running state, and the report once it is there."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dldiag.app.jobs import store
from dldiag.app.jobs.job_kinds import DiagnosisJob
from dldiag.app.jobs.pool import JobStatus
from dldiag.app.state import session
from dldiag.app.state.eyeball import with_error_facts
from dldiag.app.state.history import keep_in_history, keep_trials
from dldiag.app.state.improvement import with_trials
from dldiag.app.state.session import KEY, NAME, SKLEARN
from dldiag.app.storage.data_ref import Reference
from dldiag.app.ui import forms
from dldiag.app.ui.widgets import warned
from dldiag.app.views.metric import METRIC_SETTINGS, ask_metric
from dldiag.app.views.model import ask_model
from dldiag.app.views.progress import restart, show_ending, watch
from dldiag.app.views.report import show_first_look, show_reached, show_report
from dldiag.app.views.start import SLOT, diagnosis_settings, model_params, start_diagnosis
from dldiag.app.views.table_preview import show_reading
from dldiag.app.views.target import ask_target
from dldiag.core.i18n import listed, tr, translate, trn
from dldiag.core.params import Param, params_of
from dldiag.core.sanitize import escape_markdown, legible
from dldiag.core.settings import Settings
from dldiag.core.types import Dataset, Progress
from dldiag.data.dataset import ROW_BLOCKS, ROW_ORDER
from dldiag.experiments.model_params import MODEL_KINDS
from dldiag.experiments.models import MODELS
from dldiag.report import view

FIRST_SETTINGS = ("target_error", "budget")


def current_job() -> str | None:
    """Return the diagnosis this visitor is looking at; the URL names it, too."""
    slots = session.state()["slots"]
    if SLOT not in slots and "job" in st.query_params:  # `page` did not find the job.
        st.query_params.pop("job")
        st.info(escape_markdown(tr("The result in this link is not here any more. Start again with your table.")))
    job: str | None = slots.get(SLOT)
    if job and st.query_params.get("job") != job:
        st.query_params["job"] = job
    return job


def forget_job() -> None:
    """Go back to the settings; the result stays in the history."""
    restart(SLOT)
    st.query_params.pop("job")
    session.state().pop("followed", None)  # The browser's Back may open it again.
    session.refresh_forms()


def ask_all() -> None:
    """Ask for everything before a diagnosis: the target and the button first, what was read below them."""
    asking, reading = st.container(), st.container()
    with reading:
        st.subheader(tr("Your table"), anchor=False)
        table = show_reading()
        if st.button(tr("Another table"), key="another"):
            session.use_data(None)
            st.rerun()
    if table is None:
        return
    with asking:
        target, start, more = st.container(), st.container(), st.container()
        dataset = ask_target(table, target, more)
        if dataset is not None:
            with start:
                ask_and_start(dataset)


def ask_and_start(dataset: Dataset) -> None:
    """Draw the settings and the button that starts the diagnosis."""
    button = st.container()  # The button goes above rarely changed settings.
    metric, can_judge = ask_metric(dataset)
    first = forms.ask_params(Settings(), "settings", names=FIRST_SETTINGS, columns=2)
    model = ask_model(dataset.task)
    settings = metric | first | _ask_settings()
    with button:
        _offer_start(dataset, model if can_judge else None, settings)


def _offer_start(dataset: Dataset, model: dict[str, Any] | None, settings: dict[str, Any]) -> None:
    if st.button(tr("Diagnose"), type="primary", key="diagnose", icon=":material/stethoscope:", disabled=model is None):
        start_diagnosis(model or {}, Settings(**settings))
    text = trn(
        "{rows:,} rows, one feature. Some rows are sealed as a test set first.",
        "{rows:,} rows, {n} features. Some rows are sealed as a test set first.",
        len(dataset.columns),
        rows=dataset.n_rows,
    )
    st.caption(escape_markdown(text))


def _ask_settings() -> dict[str, Any]:
    baselines = {key: row.label for key, row in MODELS.items() if key != "mlp"}
    first_names = (*FIRST_SETTINGS, *METRIC_SETTINGS)
    rest = tuple(name for name in forms.remembered(Settings(), "settings") if name not in first_names)
    with st.expander(tr("More settings of the diagnosis"), icon=":material/settings:"):
        choices = {"baselines": baselines}
        return forms.ask_params(Settings(), "settings", names=rest, choices=choices, columns=3)


# --- running and done ---------------------------------------------------------------------------------------------


def show_job(job: str) -> None:
    """Show a diagnosis: how far it is, or its report."""
    diagnosis = store.request_of(job, DiagnosisJob)
    _show_heading(diagnosis)
    status = session.pool().look(job)
    if not status.has_ended:
        watch(job, _partial, None)
        return
    show_ending(status)
    _offer_going_on(status, diagnosis)
    report = store.report_of(job)
    if report is not None:
        report = with_error_facts(with_trials(report, job), job)
        if status.state == "finished":
            with warned():
                keep_in_history(job, report)
            with warned():
                keep_trials(job, report)
        show_report(report, job, complete=status.state == "finished")
    elif (reached := store.reached_by(job)) is not None:
        show_reached(reached.curves)


def _offer_going_on(status: JobStatus, diagnosis: DiagnosisJob) -> None:
    """Offer to rerun a diagnosis that was stopped."""
    if status.state != "finished" and st.button(tr("Run it again"), key="run.again", icon=":material/play_arrow:"):
        restart(SLOT)
        start_diagnosis(
            diagnosis.model,
            diagnosis.settings,
            start=diagnosis.start,
            dev_uses=diagnosis.dev_uses,
            parent=diagnosis.parent,
        )


def _show_heading(diagnosis: DiagnosisJob) -> None:
    """Say in one line what is diagnosed, with the way back."""
    with st.container(key="heading"):
        text, change, other = st.columns([3, 1.2, 1.2], vertical_alignment="center")
    data = diagnosis.data
    with text:
        parts = [tr("target {name}", name=legible(data.get("target", ""), 60)), *_uses(data), _settings_text(diagnosis)]
        st.markdown(
            f"**{escape_markdown(legible(data.get('name', ''), 60))}** · " + " · ".join(map(escape_markdown, parts))
        )
    if change.button(tr("Change settings"), width="stretch", key="change"):
        forget_job()
        st.rerun()
    if other.button(tr("Another table"), width="stretch", key="another"):
        forget_job()
        session.use_data(None)
        st.rerun()


def _uses(data: Reference) -> list[str]:
    """Say how the table is used where that was decided by hand or by a repair."""
    words = [tr("without {columns}", columns=legible(", ".join(data["exclude"]), 60))] if data.get("exclude") else []
    marks = {ROW_BLOCKS: tr("neighboring rows of the file"), ROW_ORDER: tr("their order in the file")}
    columns = (data.get("groups"), data.get("times"))
    words += [tr("split by {column}", column=marks.get(column, legible(column, 60))) for column in columns if column]
    return words + ([tr("logarithm of the target")] if data.get("log_target") else [])


def _settings_text(diagnosis: DiagnosisJob) -> str:
    choice: dict[str, Any] = dict(diagnosis.model)
    key, name = choice.pop(KEY, "mlp"), choice.pop(NAME, "")
    params = {} if key == SKLEARN else model_params("classification", "regression", key=key)
    changed = {**choice, **diagnosis_settings(diagnosis.settings)}
    settings = [_setting(one, value, (params | params_of(Settings)).get(one)) for one, value in changed.items()]
    return listed([name or translate(MODEL_KINDS[key]), *(settings or [tr("default settings")])])


def _setting(name: str, value: Any, param: Param | None) -> str:
    """Write a setting with the labels of its form field."""
    label = name if param is None else translate(param.label)
    return f"{label} = {legible(view.value_text(value, param), 40)}"


def _partial(progress: Progress) -> None:
    show_first_look(progress.curves, progress.report)

"""Going through wrong rows by keyboard: one row at a time, categories typed, counts and ceilings beside them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dldiag.app.state import eyeball, session
from dldiag.app.ui.widgets import show_message, show_rows
from dldiag.core.estimate import Estimate
from dldiag.core.i18n import tr, typeset
from dldiag.core.sanitize import escape_markdown, legible
from dldiag.error_analysis.eyeball import EyeballSet, known_tags, read_tags, tag_counts
from dldiag.report.view.error_rows import LIST_COLUMNS, tags_section
from dldiag.report.view.labels import share_text

Tags = Mapping[int, tuple[str, ...]]
_HIDDEN = ("bias", "variance", "loss", "predictions", "wrong")  # Columns that are not needed to judge a row.
_LARGE = 1e6  # Whole numbers below it are written as such.


def review_rows(job: str, rows: eyeball.ErrorRows) -> None:
    """Show the next row and ask for its categories; below it, what was counted so far."""
    if rows.drawn is None or rows.eyeball.empty:
        show_message(tr("No dev row is wrong: there is nothing to look at."))
        return
    tags = eyeball.tags_of(job)
    tags_so_far = known_tags(tags)
    left = [i for i, row in enumerate(rows.eyeball["row"]) if int(row) not in tags]
    done = len(rows.eyeball) - len(left)
    st.progress(done / len(rows.eyeball), tr("{done} of {all} rows looked at", done=done, all=len(rows.eyeball)))
    if left:
        _show_row(rows.eyeball.iloc[left[0]])
        _ask_tags(job, int(rows.eyeball["row"].iloc[left[0]]), tags, tags_so_far)
    _show_counts(tags, rows.drawn.error)
    _show_parts(rows.drawn)
    _offer_exports(job, rows.eyeball, tags)


def _show_row(row: pd.Series) -> None:
    cells = {name: row[name] for name in row.index if name not in _HIDDEN and not pd.isna(row[name])}
    rows = [
        {tr("Column"): legible(LIST_COLUMNS.get(name, name), 80), tr("Value"): legible(_written(value), 300)}
        for name, value in cells.items()
    ]
    show_rows(rows, alt=tr("The row to judge"))


def _written(value: object) -> str:
    """Write a cell: a row taken from a table has its whole numbers as floats."""
    if not isinstance(value, float):
        return str(value)
    return typeset(f"{value:g}" if value.is_integer() and abs(value) < _LARGE else f"{value:.6g}")


def _ask_tags(job: str, row: int, tags: Tags, known: list[str]) -> None:
    with st.container():  # There also while it is empty: a form that moved would lose the cursor.
        if known:
            names = " · ".join(f"{i} {tag}" for i, tag in enumerate(known, 1))
            show_message(tr("Your categories: {names}", names=names))
    with st.form(f"tags.{job}", clear_on_submit=True):
        typed = st.text_input(
            tr("Why is it wrong? Type categories, or their numbers, between commas; Enter goes to the next row."),
            key=f"typed.{session.state()['visit']}",
        )
        if st.form_submit_button(tr("Keep, next row"), type="primary"):
            eyeball.keep_tags(job, {**tags, row: read_tags(typed, known)})
            st.rerun()
    if tags and st.button(tr("Back to the row before"), key="tags.back"):
        eyeball.keep_tags(job, dict(list(tags.items())[:-1]))
        st.rerun()


def _show_counts(tags: Tags, error: Estimate) -> None:
    counts = tag_counts(tags, error.value) if tags else []
    if counts:
        section = tags_section(counts)
        st.subheader(section.title, anchor=False)
        show_rows(section.rows, alt=section.title)
        for line in section.lines:
            show_message(line, kind="caption")


def _show_parts(eyeball_set: EyeballSet) -> None:
    show_message(
        tr(
            "Eyeball part: {error} wrong of {rows:,} rows. Blackbox part, at which nobody looks: {other} wrong of "
            "{others:,} rows.",
            error=share_text(eyeball_set.error),
            rows=eyeball_set.rows,
            other=share_text(eyeball_set.blackbox_error),
            others=eyeball_set.blackbox_rows,
        )
    )
    if eyeball_set.gap.surely_above > 0:
        show_message(
            tr(
                "The eyeball part looks better than the blackbox part. That is chance, or fixes were made to fit the rows you saw."
            ),
            kind="warning",
        )


def _offer_exports(job: str, rows: pd.DataFrame, tags: Tags) -> None:
    if not tags:
        return
    tagged = rows[rows["row"].isin(list(tags))].copy()
    tagged.insert(1, "categories", ["; ".join(tags[int(row)]) for row in tagged["row"]])
    with st.container(horizontal=True):
        name = "dldiag-eyeball.csv"
        st.download_button(
            tr("Download the tagged rows (CSV)"), tagged.to_csv(index=False), name, "text/csv", on_click="ignore"
        )
        if st.button(escape_markdown(tr("Forget all tags")), key="tags.forget"):
            eyeball.keep_tags(job, {})
            st.rerun()

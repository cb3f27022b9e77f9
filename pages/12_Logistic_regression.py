"""Logistic regression: one unit, its loss, its derivatives on your rows, and the layer made of such units."""

from typing import Any

import msgspec
import streamlit as st

from dldiag.app.course.columns import ask_plane, open_dataset
from dldiag.app.course.data import ask_data
from dldiag.app.course.layout import add, heading, link_to_diagnosis, look_at, offer
from dldiag.app.ui.forms import ask_params
from dldiag.app.ui.page import page
from dldiag.app.ui.widgets import explained, figure_mode, show_figure, show_message, show_rows
from dldiag.app.views.progress import run_job
from dldiag.core.i18n import Message, tr
from dldiag.course.logistic import figures as draw
from dldiag.course.logistic.graph import computation_graph
from dldiag.course.logistic.hidden_layer import Widening, layer_to_use, look_at_widening
from dldiag.course.logistic.regression import (
    DERIVATION,
    Pass,
    UnitSettings,
    cost_map,
    descend,
    look_at_descent,
    loss_curve,
    map_words,
    pass_at,
    place,
    step_rows,
)
from dldiag.course.shared.problem import YesNo, feature_names, marks_words, yes_no


def show_derivation(row: Pass) -> None:
    with st.expander(tr("The derivation, step by step, with this row's numbers"), icon=":material/function:"):
        for step in DERIVATION:
            show_message(step.says)
            st.latex(rf"{step.formula} = {step.value(row):.4g}")


def show_unit(problem: YesNo) -> None:
    asked = ask_params(UnitSettings(), "unit", columns=4)
    descent = descend(problem, learning_rate=asked["learning_rate"], steps=asked["steps"])
    shown = place(problem, descent, asked["step"], asked["row"])
    at, row = shown.step, pass_at(problem, descent, shown.step, shown.row)
    look_at(look_at_descent(descent))
    add(shown.words)
    heading(tr("One example: forward and backward"))
    show_message(Message("The question: {event}? Features are standardized.", {"event": problem.event}))
    graph = computation_graph(row)
    show_figure(draw.graph_figure(graph, theme=figure_mode()), draw.alt_graph(row), key="graph")
    show_derivation(row)
    show_figure(draw.loss_figure(loss_curve(), row, theme=figure_mode()), draw.alt_loss(row), key="loss")
    heading(tr("All examples: the cost, one step at a time"))
    st.latex(r"J(w, b) = \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}(a^{(i)}, y^{(i)})")
    st.latex(
        r"w \leftarrow w - \alpha \frac{\partial J}{\partial w}, \quad b \leftarrow b - \alpha \frac{\partial J}{\partial b}"
    )
    left, right = st.columns(2)
    with left:
        show_figure(draw.descent_figure(descent, at, theme=figure_mode()), draw.alt_descent(descent, at), key="cost")
    with right:
        made = cost_map(problem, descent)
        show_figure(draw.cost_map_figure(made, at, theme=figure_mode()), draw.alt_cost_map(made, at), key="map")
    add(map_words(made))
    show_rows(step_rows(descent, at), alt=tr("Weights, slopes and the next weights at this step"))
    show_message(
        tr("Break it: set the learning rate to 100 and watch the cost climb out of the valley."), kind="caption"
    )


def show_layer(reference: dict[str, Any], plane: dict[str, Any], columns: int) -> None:
    heading(tr("The same unit, repeated: a hidden layer"))
    st.latex(r"z = W x + b, \; a = \sigma(z), \; W = \begin{pmatrix} w_1^T \\ \vdots \\ w_k^T \end{pmatrix}")
    if len(plane["columns"]) < 2:
        show_message(
            Message("This table has one usable column; lines need two, so a toy problem is drawn."), kind="info"
        )
        reference, plane = {"toy": "circles"}, {"columns": None, "positive": None}
    found = run_job("course_widening", {"data": reference, **plane})
    if found is None:
        return
    result = msgspec.convert(found, Widening)
    look_at(look_at_widening(result))
    cells = [*st.columns(2), *st.columns(2)]  # row by row, also where a phone puts them under each other
    for index, one in enumerate(result.widths):
        with cells[index]:
            show_message(draw.alt_layer(one), kind="caption")
            show_figure(
                draw.layer_figure(result, index, theme=figure_mode()), draw.alt_layer(one), key=f"layer.{index}"
            )
    add(marks_words(result.marks))
    offer(layer_to_use(result, columns), key="use.layer")


page("Logistic regression", "Logistic regression is one unit of a network: what it does, every unit does.")
chosen = ask_data("logistic", toys=("moons", "circles", "xor", "two_blobs", "line"), default="toy:moons")
with explained():
    data = open_dataset(chosen)
    plane = ask_plane(data, chosen, "plane")
    show_unit(yes_no(data, plane["columns"], positive=plane["positive"]))
    show_layer(chosen, plane, len(feature_names(data)))
link_to_diagnosis(tr("In your diagnosis: the linear model is this unit, and the gap to it is what hidden layers bring"))

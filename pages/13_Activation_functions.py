"""Activation functions: why they must bend, what they let through, and what leaky slopes add."""

from typing import Any

import msgspec
import streamlit as st

from dldiag.app.course.columns import ask_plane, open_dataset
from dldiag.app.course.data import ask_data
from dldiag.app.course.layout import add, formulas, heading, link_to_diagnosis, look_at, offer
from dldiag.app.ui.forms import ask_params
from dldiag.app.ui.page import page
from dldiag.app.ui.widgets import explained, figure_mode, show_figure, show_message, show_rows
from dldiag.app.views.progress import run_job
from dldiag.core.i18n import Message, tr
from dldiag.course.activations import figures as draw
from dldiag.course.activations.dead_units import Sleepers, SleepersSettings, look_at_sleepers, slope_to_use
from dldiag.course.activations.deep_linear import DeepLinear, DeepLinearSettings, look_at_deep_linear
from dldiag.course.activations.functions import OFFERED, ShapeSettings, look_at_shapes, shape
from dldiag.course.shared.problem import marks_words
from dldiag.course.shared.signal_flow import Flow, FlowSettings, activation_to_use, look_at_flow
from dldiag.nn.activations import ACTIVATIONS

LABELS = {name: Message(ACTIVATIONS[name].label) for name in OFFERED}
DEEP = (
    (r"W_2 (W_1 x + b_1) + b_2 = (W_2 W_1)\,x + (W_2 b_1 + b_2)", Message("Two linear layers are one linear layer:")),
)
BACK = (
    (
        r"dZ^{[l]} = W^{[l+1]T} dZ^{[l+1]} \odot g'(Z^{[l]}), \qquad dW^{[l]} = \tfrac{1}{m}\, dZ^{[l]} A^{[l-1]T}",
        Message("Every layer multiplies the gradient by a slope of the activation and by its weights:"),
    ),
)


def show_shapes() -> None:
    heading(tr("Values and slopes"))
    asked = ask_params(ShapeSettings(), "shapes", choices={"functions": LABELS}, columns=2)
    shapes = [shape(name) for name in asked["functions"] or OFFERED]
    look_at(look_at_shapes(shapes, asked["layers"]))
    for column, slopes in zip(st.columns(2), (False, True), strict=True):
        with column:
            figure = draw.shapes_figure(shapes, slopes=slopes, theme=figure_mode())
            show_figure(figure, draw.alt_shapes(shapes, slopes=slopes), key=f"shapes.{slopes}")
    formulas([(rf"{one.formula}, \qquad {one.derivative_formula}", Message(one.label)) for one in shapes])


def show_deep_linear(reference: dict[str, Any], plane: dict[str, Any]) -> None:
    heading(tr("Why they must bend"))
    if len(plane["columns"]) < 2:
        show_message(
            Message("This table has one usable column; lines need two, so a toy problem is drawn."), kind="info"
        )
        reference, plane = {"toy": "circles"}, {"columns": None, "positive": None}
    asked = ask_params(DeepLinearSettings(), "linear", columns=5)
    found = run_job("course_deep_linear", {"data": reference, **plane, "asked": asked})
    if found is None:
        return
    result = msgspec.convert(found, DeepLinear)
    look_at(look_at_deep_linear(result))
    cells = [*st.columns(2), *st.columns(2)]  # row by row, also where a phone puts them under each other
    for index, one in enumerate(result.models):
        with cells[index]:
            show_message(draw.model_name(one), kind="caption")
            figure = draw.boundary_figure(result, index, theme=figure_mode())
            show_figure(figure, draw.alt_boundary(result, index), key=f"plane.{index}")
    add(marks_words(result.marks))
    show_rows(draw.boundary_rows(result), alt=tr("Dev errors, and their differences from logistic regression"))
    st.latex(draw.matrix_latex(result.collapsed))
    formulas(DEEP)
    show_message(
        tr("Break it: two clouds need no bend; on the four squares a line is no better than a coin."), kind="caption"
    )


def show_flow(reference: dict[str, Any]) -> None:
    heading(tr("Why ReLU learns faster"))
    asked = ask_params(FlowSettings(), "flow", choices={"functions": LABELS}, columns=3)
    found = run_job("course_flow", {"data": reference, "asked": asked})
    if found is None:
        return
    result = msgspec.convert(found, Flow)
    look_at(look_at_flow(result))
    left, right = st.columns(2)
    with left:
        show_figure(draw.layers_figure(result, "start", theme=figure_mode()), draw.alt_flow(result), key="flow.layers")
    with right:
        show_figure(draw.depth_figure(result, theme=figure_mode()), draw.alt_flow(result), key="flow.depth")
    show_rows(draw.flow_rows(result), alt=tr("Gradient, saturation and steps of every activation"))
    formulas(BACK)
    show_message(tr("Break it: take one hidden layer and see what is left of the difference."), kind="caption")
    offer(activation_to_use(result), key="use.flow")


def show_sleepers(reference: dict[str, Any]) -> None:
    heading(tr("What a leaky slope adds when units die"))
    asked = ask_params(SleepersSettings(), "sleepers", columns=3)
    found = run_job("course_sleepers", {"data": reference, "asked": asked})
    if found is None:
        return
    result = msgspec.convert(found, Sleepers)
    look_at(look_at_sleepers(result))
    for column, (name, figure) in zip(
        st.columns(2), (("silent", draw.silent_figure), ("loss", draw.waking_figure)), strict=True
    ):
        with column:
            show_figure(figure(result, theme=figure_mode()), draw.alt_sleepers(result), key=f"sleepers.{name}")
    show_message(tr("Break it: start at a bias of 0, or take steps ten times as long."), kind="caption")
    offer(slope_to_use(result), key="use.leaky")


page(
    "Activation functions",
    "Without a bend between them, many layers are one layer; with a bend that keeps its slope, they learn fast.",
)
chosen = ask_data("activations", toys=("moons", "circles", "xor", "two_blobs", "wave"), default="toy:moons")
show_shapes()
with explained():
    data = open_dataset(chosen)
    show_deep_linear(chosen, ask_plane(data, chosen, "plane"))
    show_flow(chosen)
    show_sleepers(chosen)
link_to_diagnosis(
    tr("In your diagnosis: vanishing gradients, saturation and dead units are health signals of your own network")
)

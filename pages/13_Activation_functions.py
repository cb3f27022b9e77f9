"""Activation functions: why they must bend, what they let through, and what leaky slopes add."""

import streamlit as st

from dldiag.app.course.columns import ask_plane, open_dataset
from dldiag.app.course.data import ask_data
from dldiag.app.course.experiment import run_experiment
from dldiag.app.course.layout import ask_few, offer_settings, show_formulas, show_remark
from dldiag.app.course.lesson import show_outcomes, show_topic
from dldiag.app.storage.data_ref import Reference
from dldiag.app.ui.forms import ask_params
from dldiag.app.ui.widgets import figure_mode, show_figure, show_message, show_moving, show_rows
from dldiag.core.i18n import Message, tr
from dldiag.course.activations import figures as draw
from dldiag.course.activations.dead_units import DeadUnitsRun, DeadUnitsSettings, slope_to_use
from dldiag.course.activations.deep_linear import DeepLinear, DeepLinearSettings
from dldiag.course.activations.functions import OFFERED, ShapeSettings, shape
from dldiag.course.activations.jobs import DeadUnitsRequest, DeepLinearRequest, FlowRequest
from dldiag.course.shared.lesson import Lesson
from dldiag.course.shared.problem import marks_words
from dldiag.course.shared.signal_flow import Flow, FlowSettings, activation_to_use
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


def data_of_page(default: str = "toy:circles") -> Reference:
    prefix = "activations" if default == "toy:circles" else "dying"
    return ask_data(prefix, toys=("circles", "moons", "xor", "two_blobs", "wave"), default=default)


def show_bend(lesson: Lesson) -> None:
    reference = data_of_page()
    plane = ask_plane(open_dataset(reference), reference, "plane")
    if len(plane["columns"]) < 2:
        show_message(
            Message("This table has one usable column; a plane needs two, so a toy problem is shown."), kind="info"
        )
        reference, plane = Reference(toy="circles"), {"columns": None, "positive": None}
    values = ask_few(DeepLinearSettings(), "linear", ("depth", "bend"))
    result = run_experiment(reference, DeepLinearRequest(**plane, settings=DeepLinearSettings(**values)), DeepLinear)
    if result is None:
        return
    show_outcomes(lesson, reference, result)
    show_moving(draw.boundaries_moving(result, theme=figure_mode()), draw.alt_boundaries_moving(result), key="bend")
    show_remark(marks_words(result.marks))
    show_rows(draw.boundary_rows(result), alt=tr("Dev errors, and their differences from logistic regression"))
    with st.expander(tr("The matrices, multiplied out"), icon=":material/grid_on:"):
        st.latex(draw.matrix_latex(result.collapsed))
    show_formulas(DEEP)


def show_shapes(lesson: Lesson) -> None:
    values = ask_params(ShapeSettings(), "shapes", choices={"functions": LABELS}, columns=2, sliders=("layers",))
    shapes = [shape(name) for name in values["functions"] or OFFERED]
    show_outcomes(lesson, Reference(toy="circles"), shapes, values["layers"])
    for column, slopes in zip(st.columns(2), (False, True), strict=True):
        with column:
            figure = draw.shapes_figure(shapes, slopes=slopes, theme=figure_mode())
            show_figure(figure, draw.alt_shapes(shapes, slopes=slopes), key=f"shapes.{slopes}")
    show_formulas([(rf"{shape.formula}, \qquad {shape.derivative_formula}", Message(shape.label)) for shape in shapes])


def show_flow(lesson: Lesson) -> None:
    reference = data_of_page()
    values = ask_few(
        FlowSettings(),
        "flow",
        ("hidden_layers", "functions"),
        choices={"functions": LABELS},
    )
    result = run_experiment(reference, FlowRequest(settings=FlowSettings(**values)), Flow)
    if result is None:
        return
    show_outcomes(lesson, reference, result)
    left, right = st.columns(2)
    with left:
        show_moving(draw.gradients_moving(result, theme=figure_mode()), draw.alt_gradients_moving(result), key="flow")
    with right:
        show_figure(draw.depth_figure(result, theme=figure_mode()), draw.alt_flow(result), key="flow.depth")
    with st.expander(tr("The numbers"), icon=":material/table:"):
        show_rows(draw.flow_rows(result), alt=tr("Gradient, saturation and steps of every activation"))
    show_formulas(BACK)
    offer_settings(activation_to_use(result), reference, key="use.flow")


def show_dying(lesson: Lesson) -> None:
    reference = data_of_page("toy:moons")
    values = ask_few(DeadUnitsSettings(), "dead_units", ("start_bias", "learning_rate"))
    result = run_experiment(reference, DeadUnitsRequest(settings=DeadUnitsSettings(**values)), DeadUnitsRun)
    if result is None:
        return
    show_outcomes(lesson, reference, result)
    figure = draw.dead_units_moving(result, result.plain.dead_share.x, theme=figure_mode())
    show_moving(figure, draw.alt_dead_units_moving(result), key="dying")
    show_remark(Message("A cell for each hidden unit. Colored: active on some row. Gray: dead, 0 on every row."))
    for column, (name, drawing) in zip(
        st.columns(2), (("dead_share", draw.dead_units_figure), ("loss", draw.dead_units_loss_figure)), strict=True
    ):
        with column:
            show_figure(drawing(result, theme=figure_mode()), draw.alt_dead_units(result), key=f"dead_units.{name}")
    offer_settings(slope_to_use(result), reference, key="use.leaky")


show_topic("activations", {"bend": show_bend, "slopes": show_shapes, "flow": show_flow, "dying": show_dying})

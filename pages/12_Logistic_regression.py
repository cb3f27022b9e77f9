"""Logistic regression: one unit, its loss, its derivatives on your rows, and the layer made of such units."""

from typing import Any

import streamlit as st

from dldiag.app.course.columns import ask_plane, open_dataset
from dldiag.app.course.data import ask_data
from dldiag.app.course.experiment import run_experiment
from dldiag.app.course.layout import ask_few, offer_settings, show_remark
from dldiag.app.course.lesson import show_outcomes, show_topic
from dldiag.app.storage.data_ref import Reference
from dldiag.app.ui.forms import ask_params
from dldiag.app.ui.widgets import figure_mode, show_figure, show_message, show_moving, show_rows
from dldiag.core.i18n import Message, tr
from dldiag.course.logistic import figures as draw
from dldiag.course.logistic.figures import alt_costs, costs_figure
from dldiag.course.logistic.graph import computation_graph
from dldiag.course.logistic.hidden_layer import WidthComparison, layer_to_use
from dldiag.course.logistic.jobs import WideningRequest
from dldiag.course.logistic.likelihood import LikelihoodSettings, alt_likelihood, likelihood_figure, likelihood_of
from dldiag.course.logistic.regression import (
    DERIVATION,
    Descent,
    UnitSettings,
    cost_map,
    descend,
    loss_curve,
    map_words,
    pass_at,
    step_to_show,
)
from dldiag.course.logistic.two_layers import TwoLayerSettings, gradient_rows, train_two_layers
from dldiag.course.shared.lesson import Lesson
from dldiag.course.shared.problem import BinaryProblem, binary_problem, feature_names, marks_words

LIKELIHOOD = (
    r"p(y \mid x) = a^{y} (1-a)^{1-y}",
    r"-\log p(y \mid x) = \mathcal{L}(a, y)",
    r"\mathcal{L}(a, y) = -y \log a - (1-y) \log (1-a)",
    r"\log \prod_i p(y^{(i)} \mid x^{(i)}) = -\sum_i \mathcal{L}(a^{(i)}, y^{(i)})",
)
COST = (
    r"J(w, b) = \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}(a^{(i)}, y^{(i)})",
    r"w \leftarrow w - \alpha \frac{\partial J}{\partial w}, \quad b \leftarrow b - \alpha \frac{\partial J}{\partial b}",
)
# No line of a formula is wider than a phone.
TWO_LAYERS = (
    r"Z_1 = W_1 X + b_1, \quad A_1 = \sigma(Z_1)",
    r"Z_2 = W_2 A_1 + b_2, \quad A_2 = \sigma(Z_2)",
    r"dZ_2 = A_2 - Y",
    r"dW_2 = \tfrac{1}{m} dZ_2 A_1^T, \quad db_2 = \tfrac{1}{m} \textstyle\sum dZ_2",
    r"dZ_1 = W_2^T dZ_2 \odot A_1 (1 - A_1)",
    r"dW_1 = \tfrac{1}{m} dZ_1 X^T, \quad db_1 = \tfrac{1}{m} \textstyle\sum dZ_1",
)


def ask_problem() -> tuple[Reference, BinaryProblem, dict[str, Any]]:
    reference = ask_data("logistic", toys=("moons", "circles", "xor", "two_blobs", "line"), default="toy:moons")
    data = open_dataset(reference)
    plane = ask_plane(data, reference, "plane")
    return reference, binary_problem(data, plane["columns"], positive=plane["positive"]), plane


def descent_of(problem: BinaryProblem, values: dict[str, Any]) -> Descent:
    return descend(problem, learning_rate=values["learning_rate"], steps=values["steps"])


def show_unit(lesson: Lesson) -> None:
    reference, problem, _ = ask_problem()
    values = ask_few(UnitSettings(), "unit", ("row", "step"))
    descent = descent_of(problem, values)
    shown = step_to_show(problem, descent, values["step"], values["row"])
    row = pass_at(problem, descent, shown.step, shown.row)
    show_outcomes(lesson, reference, row, descent)
    show_remark(shown.words)
    show_message(
        Message(
            "a is the probability that {event}. Each column has mean 0 and standard deviation 1.",
            {"event": problem.event},
        )
    )
    graph = computation_graph(row)
    show_moving(draw.graph_moving(graph, theme=figure_mode()), draw.alt_graph(row), key="graph")
    with st.expander(tr("The derivation, step by step, with this row's numbers"), icon=":material/function:"):
        for step in DERIVATION:
            show_message(step.says)
            st.latex(rf"{step.formula} = {step.value(row):.4g}")
    show_figure(draw.loss_figure(loss_curve(), row, theme=figure_mode()), draw.alt_loss(row), key="loss")


def show_likelihood(lesson: Lesson) -> None:
    reference, problem, _ = ask_problem()
    values = ask_params(LikelihoodSettings(), "likelihood", columns=2, sliders=("rows", "step"))
    likelihood = likelihood_of(problem, descend(problem), values["rows"], values["step"])
    show_outcomes(lesson, reference, likelihood)
    for formula in LIKELIHOOD:
        st.latex(formula)
    show_figure(likelihood_figure(likelihood, theme=figure_mode()), alt_likelihood(likelihood), key="likelihood")


def show_descent(lesson: Lesson) -> None:
    reference, problem, _ = ask_problem()
    values = ask_few(UnitSettings(), "unit", ("learning_rate", "steps"))
    descent = descent_of(problem, values)
    made = cost_map(problem, descent)
    show_outcomes(lesson, reference, descent, len(problem.y))
    last = len(descent.steps) - 1
    show_moving(draw.descent_moving(descent, made, theme=figure_mode()), draw.alt_cost_map(made, last), key="descent")
    show_remark(map_words(made))
    for formula in COST:
        st.latex(formula)


def show_layer(lesson: Lesson) -> None:
    reference, problem, plane = ask_problem()
    if len(problem.names) < 2:
        show_message(
            Message("This table has one usable column; a plane needs two, so a toy problem is shown."), kind="info"
        )
        reference, plane = Reference(toy="circles"), {"columns": None, "positive": None}
    result = run_experiment(reference, WideningRequest(**plane), WidthComparison)
    if result is None:
        return
    show_outcomes(lesson, reference, result)
    show_moving(draw.layer_moving(result, theme=figure_mode()), draw.alt_layers(result), key="layer")
    show_remark(marks_words(result.marks))
    st.latex(r"z = W x + b, \; a = \sigma(z), \; W = \begin{pmatrix} w_1^T \\ \vdots \\ w_k^T \end{pmatrix}")
    offer_settings(layer_to_use(result, len(feature_names(open_dataset(reference)))), reference, key="use.layer")


def show_backprop(lesson: Lesson) -> None:
    reference, problem, _ = ask_problem()
    settings = TwoLayerSettings()
    values = ask_params(settings, "two", columns=3, sliders=("hidden_units", "learning_rate"))
    training = train_two_layers(problem, TwoLayerSettings(**values))
    show_outcomes(lesson, reference, training)
    for formula in TWO_LAYERS:
        st.latex(formula)
    show_rows(gradient_rows(training), alt=tr("The gradients of the first step, from the back"))
    show_figure(costs_figure(training.costs, theme=figure_mode()), alt_costs(training.costs), key="costs")


SHOWS = {
    "unit": show_unit,
    "likelihood": show_likelihood,
    "descent": show_descent,
    "layer": show_layer,
    "backprop": show_backprop,
}
show_topic("logistic", SHOWS)

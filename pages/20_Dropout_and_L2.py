"""Dropout and L2: a large network on few rows, held back in two ways, and what that does to both errors."""

from typing import Any

from dldiag.app.course.columns import ask_plane, open_dataset, with_rows
from dldiag.app.course.data import ask_data
from dldiag.app.course.experiment import run_experiment
from dldiag.app.course.layout import ask_few, lesson_metric, offer_settings, show_formulas
from dldiag.app.course.lesson import show_outcomes, show_topic
from dldiag.app.course.side_by_side import show_compared
from dldiag.app.storage.data_ref import Reference
from dldiag.core.i18n import Message
from dldiag.course.regularization.jobs import DropoutRequest, PenaltyRequest
from dldiag.course.regularization.penalties import DropoutSettings, PenaltySettings, Regularized, penalty_to_use
from dldiag.course.shared.lesson import Lesson

ROWS = 3000  # Rows of a toy.
L2 = (
    (
        r"J = \frac{1}{m} \sum_i \mathcal{L}^{(i)} + \frac{\alpha}{2m} \lVert W \rVert^2 \quad\Longrightarrow\quad "
        r"W \leftarrow W - \eta \left( \nabla J_0 + \tfrac{\alpha}{m} W \right)",
        Message("The penalty makes every step shrink the weights a little (weight decay):"),
    ),
)
DROPOUT = (
    (
        r"A \leftarrow \frac{A \odot M}{1 - p}, \qquad M_{ij} \in \{0, 1\}, \; P(M_{ij} = 0) = p",
        Message("In training a mask M leaves out units with probability p; the others count for more:"),
    ),
)


def ask_rows() -> tuple[Reference, dict[str, Any]]:
    reference = with_rows(ask_data("penalties", toys=("twist", "moons", "circles", "xor"), default="toy:twist"), ROWS)
    return reference, ask_plane(open_dataset(reference), reference, "plane")


def show_l2(lesson: Lesson) -> None:
    reference, plane = ask_rows()
    values = ask_few(PenaltySettings(), "penalty", ("alpha", "train_rows"))
    result = run_experiment(
        reference,
        PenaltyRequest(**plane, metric=lesson_metric(reference), settings=PenaltySettings(**values)),
        Regularized,
    )
    if result is None:
        return
    show_outcomes(lesson, reference, result)
    show_compared(result.compared)
    show_formulas(L2)
    offer_settings(penalty_to_use(result), reference, key="use.penalty")


def show_dropout(lesson: Lesson) -> None:
    reference, plane = ask_rows()
    values = ask_few(DropoutSettings(), "dropout", ("dropout", "train_rows"))
    result = run_experiment(
        reference,
        DropoutRequest(**plane, metric=lesson_metric(reference), settings=DropoutSettings(**values)),
        Regularized,
    )
    if result is None:
        return
    show_outcomes(lesson, reference, result)
    show_compared(result.compared)
    show_formulas(DROPOUT)
    offer_settings(penalty_to_use(result), reference, key="use.dropout")


show_topic("regularization", {"l2": show_l2, "dropout": show_dropout})

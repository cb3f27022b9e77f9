"""Mini-batches, momentum and Adam: the same network and rows, and how far a pass gets with each way of taking steps."""

from typing import Any

from dldiag.app.course.columns import ask_plane, open_dataset, with_rows
from dldiag.app.course.data import ask_data
from dldiag.app.course.experiment import run_experiment
from dldiag.app.course.layout import ask_few, offer_settings, show_formulas
from dldiag.app.course.lesson import show_outcomes, show_topic
from dldiag.app.storage.data_ref import Reference
from dldiag.app.ui.widgets import figure_mode, show_figure, show_message, show_moving, show_rows
from dldiag.core.i18n import Message, tr
from dldiag.course.optimization import figures as draw
from dldiag.course.optimization.descents import BatchSettings, OptimizerComparison, OptimizerSettings, optimizer_to_use
from dldiag.course.optimization.jobs import BatchesRequest, OptimizersRequest
from dldiag.course.shared.lesson import Lesson

ROWS = 1000  # Rows of a toy.
MINI_BATCHES = (
    (
        r"g = \frac{1}{|B|} \sum_{i \in B} \nabla_w \mathcal{L}^{(i)}, \qquad w \leftarrow w - \eta\, g",
        Message("One step for every mini-batch B of the rows, against the mean gradient of its rows:"),
    ),
)
METHODS = (
    (r"v \leftarrow \mu v - \eta g, \qquad w \leftarrow w + v", Message("Momentum keeps a part of the last step:")),
    (
        r"m \leftarrow \beta_1 m + (1-\beta_1) g, \quad s \leftarrow \beta_2 s + (1-\beta_2) g^2, \quad "
        r"w \leftarrow w - \eta\, \frac{\hat m}{\sqrt{\hat s} + \epsilon}",
        Message("Adam divides every weight's step by the usual size of its gradient:"),
    ),
)


def ask_rows() -> tuple[Reference, dict[str, Any]]:
    reference = with_rows(
        ask_data("optimization", toys=("moons", "circles", "xor", "twist"), default="toy:moons"), ROWS
    )
    return reference, ask_plane(open_dataset(reference), reference, "plane")


def show_ways(result: OptimizerComparison) -> None:
    show_moving(draw.valley_moving(result, theme=figure_mode()), draw.alt_valley(result), key="valley")
    show_message(
        tr(
            "The moving picture is of one unit on two columns, one of them stretched. The curves below are of the whole network. "
            "Every way has its own best learning rate."
        ),
        kind="caption",
    )
    show_figure(draw.passes_figure(result, theme=figure_mode()), draw.alt_passes(result), key="passes")
    show_rows(draw.way_rows(result), alt=tr("Steps, learning rate and loss of every way"))


def show_batches(lesson: Lesson) -> None:
    reference, plane = ask_rows()
    values = ask_few(BatchSettings(), "batches", ("batch_rows", "passes", "stretch"))
    result = run_experiment(reference, BatchesRequest(**plane, settings=BatchSettings(**values)), OptimizerComparison)
    if result is None:
        return
    show_outcomes(lesson, reference, result)
    show_ways(result)
    show_formulas(MINI_BATCHES)


def show_optimizers(lesson: Lesson) -> None:
    reference, plane = ask_rows()
    values = ask_few(OptimizerSettings(), "optimizers", ("method", "hidden_layers", "stretch"))
    result = run_experiment(
        reference, OptimizersRequest(**plane, settings=OptimizerSettings(**values)), OptimizerComparison
    )
    if result is None:
        return
    show_outcomes(lesson, reference, result)
    show_ways(result)
    show_formulas(METHODS)
    offer_settings(optimizer_to_use(result, OptimizerSettings(**values)), reference, key="use.optimizer")


show_topic("optimization", {"batches": show_batches, "optimizers": show_optimizers})

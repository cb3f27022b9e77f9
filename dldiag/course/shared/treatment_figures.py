"""Ways to train side by side: boundaries while they train, both losses over steps, and the errors as rows."""

from __future__ import annotations

from math import log10

import plotly.graph_objects as go

from dldiag.core.i18n import Message, Value, format_error, rounded, tr
from dldiag.course.shared.band_figures import bands_figure, decades_axis
from dldiag.course.shared.moving_figures import two_planes_moving
from dldiag.course.shared.treatments import PlaneComparison, SetupComparison, SetupResult
from dldiag.report.figures.theme import ThemeName

ROOM = 0.05  # Part of the range of an axis that is left free above and below.


def treated_moving(found: SetupComparison, plane: PlaneComparison, *, theme: ThemeName = "light") -> go.Figure:
    """Play how the boundary moves without and with the treatment; the marks are the training rows."""
    titles = [str(one.label) for one in found.ways[:2]]
    course = (plane.steps, plane.predictions)
    return two_planes_moving(titles, plane.names, (plane.x, plane.y), plane.marks, course, theme=theme)


def alt_treated(found: SetupComparison, plane: PlaneComparison) -> Message:
    """Say what the moving picture of the boundaries shows."""
    return Message(
        "Moving picture: the boundary that a network draws between {rows} training rows, as it is and {how}. It runs from step 0 to step {steps}.",
        {"rows": len(plane.marks.rows), "steps": plane.steps[-1], "how": found.ways[1].label},
    )


def treated_figure(found: SetupComparison, one: SetupResult, *, theme: ThemeName = "light") -> go.Figure:
    """Draw training and dev loss over steps of one way to train."""
    named = [(tr("training loss"), one.train), (tr("dev loss"), one.dev)]
    both = [band for way in found.ways[:2] for band in (way.train, way.dev)]
    drawn = bands_figure(named, tr("step"), tr("loss"), theme=theme, **decades_axis(both))
    values = [value for band in both for value in band.mean if value > 0]
    low, high = (log10(pick(values)) for pick in (min, max)) if values else (-1.0, 0.0)
    room = ROOM * max(high - low, 1.0)
    return drawn.update_layout(height=300, yaxis_range=[low - room, high + room])


def alt_treated_losses(one: SetupResult) -> Message:
    """Say where both losses end."""
    values: dict[str, Value] = {"way": one.label, "train": one.train.mean[-1], "dev": one.dev.mean[-1]}
    return Message("{way}: training loss {train:.3f} and dev loss {dev:.3f} at the end.", values)


def treated_rows(found: SetupComparison) -> list[dict[str, str]]:
    """Return a row for every way to train: training error, dev error and the gap between them."""
    return [_treated_row(one, found.unit) for one in found.ways]


def _treated_row(one: SetupResult, unit: str) -> dict[str, str]:
    train, dev = (sum(errors) / len(errors) for errors in (one.train_error, one.dev_error))
    return {
        tr("Way"): str(one.label),
        tr("Training error"): format_error(train, unit),
        tr("Dev error"): format_error(dev, unit),
        tr("Gap"): str(Message("{gap:gap}", {"gap": rounded(dev) - rounded(train), "unit": unit})),
    }

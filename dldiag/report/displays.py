"""Displays of results in a notebook: a short repr, a page, and figures, as in scikit-learn.

They are attached to the result classes, which know no figures, when the library is first used.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from dldiag.core.types import LearningCurve, Report

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from dldiag.report.figures.theme import ThemeName

_HEIGHT = 600  # In pixels; the page in a notebook scrolls.


@dataclass(frozen=True, eq=False)
class FigureDisplay:
    """A figure that was drawn, in the manner of scikit-learn's displays.

    figure_: plotly's, whose attributes and methods are found here, too; the last line of a notebook's cell shows it. drawn:
    what it shows, a report or a curve. kind: which figure of it.
    """

    figure_: go.Figure
    drawn: Report | LearningCurve
    kind: str

    def plot(self, *, theme: ThemeName = "light") -> FigureDisplay:
        """Draw it again, in another appearance: "light" or "dark"."""
        if isinstance(self.drawn, Report):
            return plot_report(self.drawn, self.kind, theme=theme)
        return plot_curve(self.drawn, theme=theme)

    def _repr_mimebundle_(self, *args: Any, **kwargs: Any) -> Any:
        return self.figure_._repr_mimebundle_(*args, **kwargs)

    def _repr_html_(self) -> str:
        return str(self.figure_._repr_html_())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.figure_, name)

    def __repr__(self) -> str:
        of = self.drawn.dataset.name if isinstance(self.drawn, Report) else self.drawn.model
        return f"<FigureDisplay {self.kind!r} of {of!r}>"


def report_repr(report: Report) -> str:
    """Return a report in one line: what it is about, the dev error, and the verdict."""
    dev = report.evidence.get("dev_error")
    error = "" if dev is None else f", dev error {dev.brief()}"
    return f"<Report of {report.dataset.name!r}, target {report.dataset.target!r}{error}: {report.verdict.headline}>"


def curve_repr(curve: LearningCurve) -> str:
    """Return a learning curve in one line."""
    rows = f"{int(curve.sizes[0])} to {int(curve.sizes[-1])} rows" if len(curve.sizes) else "no rows"
    last = curve.dev_estimates[-1] if curve.dev_estimates else None
    error = "" if last is None else f", dev error {last.brief()}"
    return f"<LearningCurve of {curve.model!r}: {len(curve.sizes)} sizes, {rows}{error}>"


def report_page(report: Report) -> str:
    """Return a report as it shows in a notebook: its page in a frame of its own, without charts, which `plot` draws."""
    from dldiag.report.html import html_of  # keeps start-up short: it loads plotly

    page = escape(html_of(report, charts=False), quote=True)
    return f'<iframe srcdoc="{page}" style="width:100%;height:{_HEIGHT}px;border:0" title="dldiag report"></iframe>'


def plot_report(report: Report, kind: str = "learning_curves", *, theme: ThemeName = "light") -> FigureDisplay:
    """Draw one figure of a report; kind: a key of dldiag.report.figures.FIGURES. ValueError for another."""
    from dldiag.report.figures import FIGURES  # keeps start-up short: it loads plotly

    if kind not in FIGURES:
        raise ValueError(f"kind must be one of {', '.join(FIGURES)}, not {kind!r}")
    if not FIGURES[kind].shown(report):
        raise ValueError(f"this report has nothing to draw as {kind!r}")
    return FigureDisplay(FIGURES[kind].draw(report, theme), report, kind)


def plot_curve(curve: LearningCurve, *, theme: ThemeName = "light") -> FigureDisplay:
    """Draw a learning curve: training and dev error against training rows."""
    from dldiag.report.figures import learning_curves  # keeps start-up short: it loads plotly

    return FigureDisplay(learning_curves([curve], theme=theme), curve, "learning_curve")


def attach() -> None:
    """Give the nouns their displays."""
    for noun, methods in (
        (Report, {"__repr__": report_repr, "_repr_html_": report_page, "plot": plot_report}),
        (LearningCurve, {"__repr__": curve_repr, "plot": plot_curve}),
    ):
        for name, method in methods.items():
            setattr(noun, name, method)

"""Categories of wrong rows counted one row after the other, how many rows it takes, and what wrong labels add."""

from __future__ import annotations

from textwrap import wrap

import plotly.graph_objects as go

from dldiag.core.i18n import Message, Value, format_error, tr
from dldiag.core.sanitize import escape_plotly, legible
from dldiag.course.shared.moving_figures import AT, Frame, moving
from dldiag.course.wrong_rows.categories import RELIABLE, Categories, Category
from dldiag.course.wrong_rows.wrong_labels import WrongLabels
from dldiag.report.figures.theme import THEMES, ThemeName, figure
from dldiag.report.view.error_rows import rule_text

_COUNTING_FRAMES = 40
_NAME_WIDTH = 18  # Characters of a line of a category's name.
_LONGEST_NAME = 54  # Most characters of a category's name on an axis.


def category_name(one: Category) -> str:
    """Name a category in the current language."""
    if one.rule:
        return rule_text(one.rule)
    if not one.label:
        return tr("prediction too high") if one.prediction == "high" else tr("prediction too low")
    return tr("{label} taken for {prediction}", label=legible(one.label, 40), prediction=legible(one.prediction, 40))


def categories_moving(found: Categories, *, theme: ThemeName = "light") -> go.Figure:
    """Play the counting: after each row looked at, the share of every category with its interval."""
    drawn = figure(theme, height=90 + 62 * max(2, len(found.categories)))
    drawn.add_trace(_truth(found, theme))
    counts = sorted({max(1, round(found.looked * i / _COUNTING_FRAMES)) for i in range(1, _COUNTING_FRAMES + 1)})
    drawn.add_trace(_counted(found, counts[-1], theme))
    drawn.update_xaxes(title={"text": tr("share of the wrong rows")}, range=[0, 1], tickformat=".0%")
    names = [_wrapped(category_name(one)) for one in found.categories]
    drawn.update_yaxes(
        tickvals=list(range(len(names))), ticktext=names, autorange="reversed", showgrid=False, zeroline=False
    )
    frames = [Frame(str(n), [_counted(found, n, theme)]) for n in counts]
    return moving(drawn, frames, tr("rows looked at: {at}", at=AT), theme=theme, still=1, at_end=True)


def _wrapped(name: str) -> str:
    return "<br>".join(escape_plotly(line) for line in wrap(legible(name, _LONGEST_NAME), _NAME_WIDTH))


def _truth(found: Categories, theme: ThemeName) -> go.Scatter:
    look = THEMES[theme]
    return go.Scatter(
        x=[one.share for one in found.categories],
        y=list(range(len(found.categories))),
        name=tr("of all wrong rows"),
        mode="markers",
        marker={"symbol": "line-ns-open", "size": 26, "color": look.ink, "line": {"width": 2}},
        hovertemplate="%{x:.1%}<extra></extra>",
    )


def _counted(found: Categories, rows: int, theme: ThemeName) -> go.Scatter:
    shares = [one.after(rows) for one in found.categories]
    return go.Scatter(
        x=[one.value for one in shares],
        y=list(range(len(shares))),
        name=tr("of those looked at (90%)"),
        mode="markers",
        marker={"size": 12, "color": THEMES[theme].series[0]},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [one.high - one.value for one in shares],
            "arrayminus": [one.value - one.low for one in shares],
            "thickness": 3,
            "color": THEMES[theme].series[0],
        },
        hovertemplate="%{x:.1%}<extra></extra>",
    )


def alt_categories(found: Categories) -> Message:
    """Say the share of every category among the rows looked at."""
    text = Message(
        "Moving picture: shares of the categories while {rows} wrong rows are looked at.", {"rows": found.looked}
    )
    for one in found.categories:
        values: dict[str, Value] = {"name": category_name(one), "share": one.after(found.looked).value, "unit": "rate"}
        text = Message("{first} {second}", {"first": text, "second": Message("{name}: {share:error}.", values)})
    return text


def category_rows(found: Categories) -> list[dict[str, str]]:
    """Return a row for every category: rows, share with its interval, and the most that fixing it gains."""
    return [_category_row(found, one) for one in found.categories]


def _category_row(found: Categories, one: Category) -> dict[str, str]:
    share = one.after(found.looked)
    return {
        tr("Category"): category_name(one),
        tr("Rows"): f"{one.counted[found.looked - 1]:,}",
        tr("Share of the errors looked at"): format_error(share.value, "rate"),
        tr("90% interval"): f"{format_error(share.low, 'rate')} – {format_error(share.high, 'rate')}",
        tr("Most that fixing it can gain"): str(
            Message("{gap:gap}", {"gap": share.value * found.error, "unit": found.unit})
        ),
    }


def reliability_figure(found: Categories, *, theme: ThemeName = "light") -> go.Figure:
    """Draw how often the largest category comes out as the largest, against the wrong rows looked at."""
    drawn, look = figure(theme, height=320), THEMES[theme]
    drawn.add_scatter(
        x=[n for n, _ in found.right],
        y=[share for _, share in found.right],
        mode="lines+markers",
        line={"color": look.series[0], "width": 2.5},
        marker={"size": 9},
        showlegend=False,
        hovertemplate="%{x}: %{y:.0%}<extra></extra>",
    )
    drawn.add_hline(y=RELIABLE, line={"color": look.faint, "dash": "dash"})
    drawn.update_xaxes(type="log", tickvals=[n for n, _ in found.right], title={"text": tr("wrong rows looked at")})
    return drawn.update_yaxes(range=[0, 1.02], tickformat=".0%", title={"text": tr("largest category named rightly")})


def alt_reliability(found: Categories) -> Message:
    """Say how often the largest category was named rightly."""
    text = Message("How often the largest category comes out as the largest.")
    for n, share in found.right:
        part = Message(
            "{n} row: {share:error}.", {"n": n, "share": share, "unit": "rate"}, plural="{n} rows: {share:error}."
        )
        text = Message("{first} {second}", {"first": text, "second": part})
    return text


def labels_moving(found: WrongLabels, *, theme: ThemeName = "light") -> go.Figure:
    """Play more and more wrong labels: the errors counted, of the model and of the labels."""
    drawn, look = figure(theme, height=330), THEMES[theme]
    drawn.add_traces(_label_bars(found, len(found.shares) - 1, theme))
    highest = max(one.counted for one in found.shares)
    drawn.update_layout(barmode="stack")
    drawn.update_xaxes(
        title={"text": tr("wrong labels")},
        tickformat=".0%",
        range=[-0.01, found.shares[-1].share + 0.01],
        zeroline=False,
    )
    drawn.update_yaxes(title={"text": tr("rows counted as wrong")}, tickformat=".0%", range=[0, 1.1 * highest or 1.0])
    drawn.add_hline(y=found.chosen.own, line={"color": look.ink, "dash": "dash", "width": 1.5})
    frames = [Frame(f"{100 * one.share:.0f}%", _label_bars(found, at, theme)) for at, one in enumerate(found.shares)]
    return moving(drawn, frames, tr("wrong labels: {at}", at=AT), theme=theme, at_end=True)


def _label_bars(found: WrongLabels, last: int, theme: ThemeName) -> list[go.Bar]:
    shown, look = found.shares[: last + 1], THEMES[theme]
    x = [one.share for one in shown]
    rows = (
        (tr("errors of the model"), [one.counted - one.blamed for one in shown], look.series[0], ""),
        (tr("errors of the labels"), [one.blamed for one in shown], look.series[1], "/"),
    )
    return [
        go.Bar(
            x=x,
            y=y,
            name=name,
            marker={"color": color, "pattern": {"shape": pattern}},
            width=0.014,
            hovertemplate="%{y:.1%}<extra></extra>",
        )
        for name, y, color, pattern in rows
    ]


def alt_labels(found: WrongLabels) -> Message:
    """Say what the most wrong labels do to the counted error."""
    last = found.shares[-1]
    return Message(
        "Moving picture: errors counted while the share of wrong labels grows. With {share:error} wrong labels {counted:error} of "
        "the rows count as wrong, {blamed:error} because of their labels.",
        {"share": last.share, "counted": last.counted, "blamed": last.blamed, "unit": "rate"},
    )

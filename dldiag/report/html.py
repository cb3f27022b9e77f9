"""A report as one offline HTML page: the conclusion, then the numbers, then the charts; nothing is fetched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from plotly.offline import get_plotlyjs

from dldiag.core.i18n import current_language, speaking, tr
from dldiag.core.types import Column_, Outcome, Report
from dldiag.report import view
from dldiag.report.figures import FIGURES
from dldiag.report.interval_bars import BarScale, interval_bar, look_of, scale_of
from dldiag.report.view import Cell, Fix, TextRow
from dldiag.report.view.error_rows import TITLE as ERRORS_TITLE
from dldiag.report.view.error_rows import Section, error_sections
from dldiag.report.view.performance import TITLE as PERFORMANCE_TITLE
from dldiag.report.view.performance import performance_sections

HERE = Path(__file__).parent
# No request can leave the page, whatever a text in it says.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
SPEAKING: tuple[Outcome, ...] = ("fired", "undecided", "could_not_run")
HTML_LANGUAGES = {"zh": "zh-Hans"}


def html_of(report: Report, language: str | None = None) -> str:
    """Write a report as one HTML file in a language (the current one when None)."""
    with speaking(language or current_language()):
        return "\n".join(_page(report)) + "\n"


def _page(report: Report) -> Iterator[str]:
    yield from _head(tr("dldiag: {name}, {target}", name=report.dataset.name, target=report.dataset.target))
    yield from _sections(report)
    yield "</main>"
    yield from _scripts(report)
    yield "</body>\n</html>"


def _head(title: str) -> Iterator[str]:
    language = HTML_LANGUAGES.get(current_language(), current_language())
    yield f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(title)}</title>\n<style>\n{_asset('style.css')}{_asset('interval_bars.css')}</style>\n</head>\n<body>\n<main>"


def _sections(report: Report) -> Iterator[str]:
    if meaning := view.test_meaning(report):
        yield f"<p><strong>{escape(meaning)}</strong></p>"
    yield from _verdict(report)
    yield from _before_after(report)
    yield from _table(tr("Before anything else, consider"), view.repairs(report))
    yield from _budget(report)
    yield from _remedies(report)
    yield from _performance(report)
    yield from _errors(report)
    yield from _curves(report)
    yield from _findings(report)
    yield from _forecast(report)
    yield from _training(report)
    yield from _test(report)
    yield from _table(tr("Data, split and settings"), view.facts(report))
    yield from _table(tr("Notices"), view.notices(report))
    yield f"<footer>{escape(_versions(report))}</footer>"


# --- sections, in the order of the page ---------------------------------------------------------------------------


def _verdict(report: Report) -> Iterator[str]:
    data, verdict = report.dataset, report.verdict
    about = tr("Diagnosis of {name}, target {target}", name=data.name, target=data.target)
    yield f'<p class="about">{escape(about)}</p>'
    kind = view.verdict_kind(report)
    yield f'<p class="kind {kind}">{escape(str(view.FIX_KINDS[kind]))}</p>'
    yield f"<h1>{escape(str(verdict.headline))}</h1>"
    if verdict.detail is not None:
        yield f'<p class="detail">{escape(str(verdict.detail))}</p>'
    yield f'<p class="note">{escape(view.judged_line(report))}</p>'
    best = view.best_fix(report)
    if best is not None:
        yield f'<p class="next"><strong>{escape(tr("Next"))}</strong> {escape(view.action_text(best, report))}</p>'
    chips = "".join(f"<li>{escape(name)}:<b>{escape(text)}</b></li>" for name, text in view.answers(report))
    yield f'<ul class="chips">{chips}</ul>'


def _before_after(report: Report) -> Iterator[str]:
    if line := view.applied_line(report):
        yield _heading(tr("Before and after"))
        yield f"<p>{escape(line)}</p>"
        yield from _rows(tr("Before and after"), view.side_by_side(report))
        if report.parent is not None and report.parent.earlier:
            yield from _table(tr("The path so far"), view.steps_so_far(report))


def _budget(report: Report) -> Iterator[str]:
    yield _heading(str(FIGURES["error_budget"].title))
    line = view.budget_line(report)
    if line:
        yield f'<p class="budget">{escape(line)}</p>'
    if line := view.unit_line(report):
        yield f'<p class="note">{escape(line)}</p>'
    yield from _rows(tr("Error budget"), view.budget(report))
    yield from _chart("error_budget", report)


def _remedies(report: Report) -> Iterator[str]:
    yield _heading(tr("What to do next"))
    if line := view.order_line(report):
        yield f'<p class="note">{escape(line)}</p>'
    shown = view.fixes(report)
    scale = scale_of(shown)
    if any(one.effect for one in shown):
        yield f'<p class="note">{escape(tr("Bars: change in dev error, left of the line is better."))}</p>'
    yield '<ol class="fixes">'
    yield from (_fix(one, scale) for one in shown)
    yield '</ol><div class="remedies">'
    for column in view.COURSE_COLUMNS:
        yield from _remedy_column(column, view.remedy_table(report)[column])
    yield "</div>"
    yield from _folded(tr("Why not the others?"), view.not_recommended(report))


def _fix(one: Fix, scale: BarScale) -> str:
    change = f'<span class="change">{escape(one.change)}</span>' if one.change else ""
    words = f'<p class="effect {look_of(one)}">{escape(one.words)}</p>' if one.words else ""
    note = f'<p class="note">{escape(one.note)}</p>' if one.note else ""
    mark = f'<span class="rank">{escape(tr("Recommended"))}</span>' if one.is_recommended else ""
    return (
        f'<li class="cell {"lit" if one.is_recommended else "ranked"}"><div>{mark}<strong>{escape(one.title)}</strong> {change}'
        f"<p>{escape(one.because)}</p></div><div>{interval_bar(one, scale)}{words}{note}</div></li>"
    )


def _remedy_column(column: Column_, cells: Sequence[Cell]) -> Iterator[str]:
    yield f"<section><h3>{escape(str(view.COLUMNS[column]))}</h3><ul>"
    yield from (_cell(cell) for cell in cells)
    yield "</ul></section>"


def _cell(cell: Cell) -> str:
    mark = f" ({escape(tr('recommended'))})" if cell.lit else ""
    return f'<li class="cell {"lit" if cell.lit else ""}">{escape(cell.title)}{mark}</li>'


def _errors(report: Report) -> Iterator[str]:
    if report.errors is not None:
        yield _heading(str(ERRORS_TITLE))
        for one in error_sections(report.errors):
            yield from _section(one, "h3")


def _performance(report: Report) -> Iterator[str]:
    sections = performance_sections(report)
    if sections:
        yield _heading(str(PERFORMANCE_TITLE))
    for one in sections:
        yield from _section(one, "h3")
        for name in one.figures:
            yield from _chart(name, report)


def _section(one: Section, heading: str) -> Iterator[str]:
    yield f"<{heading}>{escape(one.title)}</{heading}>"
    yield from (f"<p>{escape(line)}</p>" for line in one.lines)
    yield from _rows(one.title, one.rows)


def plain_page(about: str, headline: str, sections: Sequence[Section]) -> str:
    """Write a page of sections without charts."""
    parts = [*_head(about), f'<p class="about">{escape(about)}</p>', f"<h1>{escape(headline)}</h1>"]
    parts += [line for one in sections for line in _section(one, "h2")]
    return "\n".join([*parts, "</main>\n</body>\n</html>"]) + "\n"


def _curves(report: Report) -> Iterator[str]:
    yield _heading(str(FIGURES["learning_curves"].title))
    yield from _chart("learning_curves", report)
    yield from _folded(tr("The numbers of the learning curves"), view.curves(report))


def _findings(report: Report) -> Iterator[str]:
    yield from _table(tr("Findings"), view.findings(report, SPEAKING))
    quiet = [outcome for outcome in view.OUTCOMES if outcome not in SPEAKING]
    yield from _folded(tr("The rules that found nothing or do not apply"), view.findings(report, quiet))
    yield from _folded(tr("Evidence: every number that the rules read"), view.evidence(report))


def _forecast(report: Report) -> Iterator[str]:
    yield _heading(str(FIGURES["forecast"].title))
    if report.forecast.abstains is not None:
        yield f"<p>{escape(str(report.forecast.abstains))}</p>"
    yield from _rows(str(FIGURES["forecast"].title), view.forecast_rows(report))
    yield from _chart("forecast", report)


def _training(report: Report) -> Iterator[str]:
    if FIGURES["training_curve"].shown(report):
        yield _heading(str(FIGURES["training_curve"].title))
        yield from _chart("training_curve", report)


def _test(report: Report) -> Iterator[str]:
    if report.test is not None:
        yield _heading(tr("The sealed test set"))
        yield f"<p>{escape(view.test_line(report.test, view.unit_of(report)))}</p>"


def _versions(report: Report) -> str:
    found = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    return tr("Made with {versions}. All intervals hold with 90% confidence.", versions=found)


# --- parts --------------------------------------------------------------------------------------------------------


def _heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def _table(title: str, rows: Sequence[TextRow]) -> Iterator[str]:
    if rows:
        yield _heading(title)
        yield from _rows(title, rows)


def _folded(title: str, rows: Sequence[TextRow]) -> Iterator[str]:
    if rows:
        yield f"<details><summary>{escape(title)}</summary>"
        yield from _rows(title, rows)
        yield "</details>"


def _rows(title: str, rows: Sequence[TextRow]) -> Iterator[str]:
    """Write rows of texts as a table; columns without any text are left out."""
    headers = [header for header in rows[0] if any(row[header] for row in rows)] if rows else []
    if not headers:
        return
    head = "".join(f'<th scope="col">{escape(header)}</th>' for header in headers)
    yield f'<div class="scroll" role="region" aria-label="{escape(title)}" tabindex="0">'
    yield f'<table class="rows"><thead><tr>{head}</tr></thead><tbody>'
    for row in rows:
        cells = "".join(f'<td data-label="{escape(header)}">{escape(row[header])}</td>' for header in headers)
        yield f"<tr>{cells}</tr>"
    yield "</tbody></table></div>"


def _chart(name: str, report: Report) -> Iterator[str]:
    row = FIGURES[name]
    if row.shown(report):
        words = escape(str(row.alt(report)))
        yield f"<figure><figcaption>{escape(str(row.caption))}</figcaption>"
        yield f'<div id="chart-{name}" role="img" aria-label="{words}"></div><noscript>{words}</noscript></figure>'


def _scripts(report: Report) -> Iterator[str]:
    shown = {name: row for name, row in FIGURES.items() if row.shown(report)}
    charts = {
        name: {theme: row.draw(report, theme).to_plotly_json() for theme in ("light", "dark")}
        for name, row in shown.items()
    }
    yield f'<script type="application/json" id="charts">{_json(charts)}</script>'
    yield f"<script>{get_plotlyjs()}</script>"
    yield f"<script>\n{_asset('charts.js')}</script>"


def _json(charts: object) -> str:
    """Write JSON that cannot end the script it stands in."""
    return json.dumps(charts, default=list).replace("<", "\\u003c")


def _asset(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")

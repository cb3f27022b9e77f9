"""A report as one offline HTML page: the conclusion, then the numbers, then the charts; nothing is fetched.

The templates in templates/ hold the markup and escape every text; here stands what they are filled with.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from dldiag.core.i18n import current_language, speaking, tr
from dldiag.core.types import Column_, Outcome, Report
from dldiag.report import view
from dldiag.report.figures import FIGURES
from dldiag.report.interval_bars import BarScale, bar_look, interval_bar, scale_of
from dldiag.report.view import TextRow
from dldiag.report.view.error_rows import TITLE as ERRORS_TITLE, Section, sections_of_report
from dldiag.report.view.performance import PERFORMANCE_TITLE, performance_sections

HERE = Path(__file__).parent
SPEAKING: tuple[Outcome, ...] = ("fired", "undecided", "could_not_run")
HTML_LANGUAGES = {"zh": "zh-Hans"}


@dataclass(frozen=True)
class TextTable:
    """Rows of texts under a title; headers: the columns that have any text."""

    title: str
    rows: Sequence[TextRow]

    @property
    def headers(self) -> list[str]:
        """The columns that are shown."""
        return [name for name in self.rows[0] if any(row[name] for row in self.rows)] if self.rows else []


def html_of(report: Report, language: str | None = None, *, charts: bool = True) -> str:
    """Write a report as one HTML file in a language (the current one when None); without charts it holds no script."""
    with speaking(language or current_language()):
        title = tr("dldiag: {name}, {target}", name=report.dataset.name, target=report.dataset.target)
        return _page("report.html", title, **_parts(report), **_charts(report, drawn=charts))


def plain_page(about: str, headline: str, sections: Sequence[Section]) -> str:
    """Write a page of sections without charts."""
    return _page("sections.html", about, headline=headline, sections=[_section(section) for section in sections])


def _page(template: str, title: str, **parts: Any) -> str:
    language = HTML_LANGUAGES.get(current_language(), current_language())
    styles = Markup(_asset("style.css") + _asset("interval_bars.css"))  # These files are our own.
    return _templates().get_template(template).render(language=language, title=title, styles=styles, **parts)


@cache
def _templates() -> Environment:
    loader = FileSystemLoader(HERE / "templates")
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip


def _parts(report: Report) -> dict[str, Any]:
    """Return what the template of a report is filled with."""
    data = report.dataset
    return {
        "about": tr("Diagnosis of {name}, target {target}", name=data.name, target=data.target),
        "words": _words(report),
        "meaning": view.test_meaning(report),
        "titles": {name: str(row.title) for name, row in FIGURES.items()}
        | {"errors": str(ERRORS_TITLE), "performance": str(PERFORMANCE_TITLE)},
        "verdict": _verdict(report),
        "applied": _applied(report),
        "repairs": TextTable(tr("Before anything else, consider"), view.repairs(report)),
        "budget": {
            "line": FIGURES["error_budget"].line(report),
            "unit": view.unit_line(report),
            "table": TextTable(tr("Error budget"), view.budget(report)),
        },
        "fixes": _fixes(report),
        "performance": [_section(section) for section in performance_sections(report)],
        "errors": [_section(section) for section in sections_of_report(report)],
        "curves": _curves(report),
        "findings": _findings(report),
        "forecast": _forecast(report),
        "test": "" if report.test is None else view.test_line(report.test, view.unit_of(report)),
        "facts": TextTable(tr("Data, split and settings"), view.facts(report)),
        "notices": TextTable(tr("Notices"), view.notices(report)),
    }


def _charts(report: Report, *, drawn: bool) -> dict[str, Any]:
    """Return the charts, with what draws them."""
    if not drawn:
        return {"charts": dict.fromkeys(FIGURES), "drawn": ""}
    return {
        "charts": {name: _chart(name, report) for name in FIGURES},
        "drawn": _packed(json.dumps(_figures(report), default=list)),
        "bundle": _library(),
        "code": Markup(_asset("charts.js")),  # This file is our own.
    }


# --- sections, in the order of the page ---------------------------------------------------------------------------


def _words(report: Report) -> dict[str, str]:
    versions = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    return {
        "next": tr("Next"),
        "no_charts": tr("This browser is too old to draw the charts; the tables hold the same numbers."),
        "fixes": tr("What to do next"),
        "recommended": tr("Recommended"),
        "test": tr("The sealed test set"),
        "versions": tr("Made with {versions}. All intervals hold with 90% confidence.", versions=versions),
    }


def _verdict(report: Report) -> dict[str, Any]:
    verdict, kind, best = report.verdict, view.verdict_kind(report), view.best_fix(report)
    return {
        "kind": kind,
        "kind_label": str(view.FIX_KINDS[kind]),
        "headline": str(verdict.headline),
        "detail": "" if verdict.detail is None else str(verdict.detail),
        "may_help": view.what_may_help(report),
        "judged": view.judged_line(report),
        "next": "" if best is None else view.action_text(best, report),
        "answers": view.answers(report),
    }


def _applied(report: Report) -> dict[str, Any] | None:
    line = view.applied_line(report)
    if not line:
        return None
    earlier = report.parent is not None and report.parent.earlier
    return {
        "line": line,
        "table": TextTable(tr("Before and after"), view.side_by_side(report)),
        "note": str(view.SIDE_EFFECTS_NOTE),
        "side_effects": TextTable(str(view.SIDE_EFFECTS), view.side_effects(report)),
        "path": TextTable(tr("The path so far"), view.steps_so_far(report) if earlier else ()),
    }


def _fixes(report: Report) -> dict[str, Any]:
    fixes = view.fixes(report)
    scale, table = scale_of(fixes), view.remedy_table(report)
    bars = tr("Bars: change in dev error, left of the line is better.") if any(fix.effect for fix in fixes) else ""
    return {
        "notes": [line for line in (view.order_line(report), bars) if line],
        "shown": [{"fix": fix, "bar": _bar(fix, scale), "look": bar_look(fix)} for fix in fixes],
        "columns": [_column(column, table[column]) for column in view.COURSE_COLUMNS],
        "others": TextTable(tr("Why not the others?"), view.all_not_recommended(report)),
    }


def _bar(fix: view.Fix, scale: BarScale) -> Markup:
    return Markup(interval_bar(fix, scale))  # The bar holds only numbers.


def _column(column: Column_, cells: Iterable[view.Cell]) -> dict[str, Any]:
    return {"title": str(view.COLUMNS[column]), "cells": list(cells)}


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "lines": section.lines,
        "table": TextTable(section.title, section.rows),
        "figures": section.figures,
    }


def _curves(report: Report) -> dict[str, Any]:
    table = TextTable(tr("The numbers of the learning curves"), view.curves(report))
    return {"line": FIGURES["learning_curves"].line(report), "table": table}


def _findings(report: Report) -> dict[str, TextTable]:
    quiet = [outcome for outcome in view.OUTCOMES if outcome not in SPEAKING]
    return {
        "said": TextTable(tr("Findings"), view.findings(report, SPEAKING)),
        "quiet": TextTable(tr("The rules that found nothing or do not apply"), view.findings(report, quiet)),
        "evidence": TextTable(tr("Evidence: every number that the rules read"), view.evidence(report)),
    }


def _forecast(report: Report) -> dict[str, Any]:
    abstains = report.forecast.abstains
    return {
        "line": FIGURES["forecast"].line(report) if abstains is None else str(abstains),
        "table": TextTable(str(FIGURES["forecast"].title), view.forecast_rows(report)),
    }


# --- charts -------------------------------------------------------------------------------------------------------


def _chart(name: str, report: Report) -> dict[str, str] | None:
    row = FIGURES[name]
    if not row.shown(report):
        return None
    return {"name": name, "caption": str(row.caption), "words": str(row.alt(report))}


def _figures(report: Report) -> dict[str, Any]:
    rows = {name: row for name, row in FIGURES.items() if row.shown(report)}
    return {
        name: {theme: row.draw(report, theme).to_plotly_json() for theme in ("light", "dark")}
        for name, row in rows.items()
    }


def _packed(text: str) -> str:
    """Compress a text to base64, which cannot end the script element that holds it."""
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


@cache
def _library() -> str:
    return _packed(get_plotlyjs())


def _asset(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")

"""The HTML report: one file that asks for nothing, conclusion first, and every user text harmless."""

import base64
import gzip
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from plotly.offline import get_plotlyjs

from dldiag.core.i18n import Message, current_language
from dldiag.core.types import Notice
from dldiag.report import to_html
from dldiag.report.html import plain_page
from dldiag.report.view.error_rows import Section
from tests.reports import make_report

MOST_BYTES = 2_100_000  # it was 4.9 MB with the library as it is
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&"


class Page(HTMLParser):
    """Collects tags, texts and attributes, leaving scripts out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._silent = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._silent = tag in {"script", "style"}

    def handle_endtag(self, tag):
        self._silent = False

    def handle_data(self, data):
        if not self._silent and data.strip():
            self.texts.append(data.strip())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(to_html(make_report()))


def test_nothing_is_fetched(page):
    assert not [a for _, a in page.tags for name in ("src", "href") if a.get(name)]
    (policy,) = [a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")


def test_the_drawing_library_is_in_the_file_once_and_compressed():
    html = to_html(make_report())
    (packed,) = re.findall(r'<script type="text/plain" id="plotly">(.*?)</script>', html, re.S)
    assert gzip.decompress(base64.b64decode(packed)).decode() == get_plotlyjs()
    assert "plotly.js v" not in html
    assert len(html) < MOST_BYTES


def test_a_page_of_sections_has_no_script_and_no_library():
    page = Page(plain_page(EVIL, EVIL, [Section("any", EVIL, (EVIL,), ({EVIL: EVIL},))]))
    assert not page.all("script")
    assert page.texts.count(EVIL) == 7


def test_the_conclusion_comes_before_numbers_and_numbers_before_charts(page):
    order = [tag for tag, attributes in page.tags if tag in {"h1", "td"} or attributes.get("role") == "img"]
    assert order[0] == "h1"
    assert order.index("td") < len(order) - 1 - order[::-1].index("div")


def test_sections_are_in_the_order_of_the_page(page):
    headings = [
        "Where the error comes from",
        "What to do next",
        "Learning curves",
        "Findings",
        "What more rows would do",
        "Notices",
    ]
    places = [page.texts.index(heading) for heading in headings]
    assert places == sorted(places)


def test_every_chart_has_its_words(page):
    charts = [a for _, a in page.tags if (a.get("id") or "").startswith("chart-")]
    assert len(charts) == 9
    assert all(a["role"] == "img" and len(a["aria-label"] or "") > 40 for a in charts)


def test_every_number_of_the_tables_is_in_the_page(page):
    report = make_report()
    assert str(report.verdict.headline) in page.texts
    assert {one.code for one in report.findings} <= set(page.texts)
    assert report.dataset.fingerprint in page.texts


def test_recommended_remedies_are_marked_in_words(page):
    assert page.texts.count("Recommended") == 2
    assert "Hidden layers 4 → 64, 64" in page.texts


def test_texts_of_a_user_are_shown_and_not_run():
    base = make_report()
    notice = Notice("any", Message("{x}", {"x": EVIL}), 1, EVIL, Message("{x}", {"x": EVIL}))
    dataset = replace(base.dataset, name=EVIL, target=EVIL, classes=(EVIL, "b"), notices=(notice,))
    curves = (replace(base.curves[0], label=EVIL),)
    html = to_html(replace(base, dataset=dataset, curves=curves, model={"label": EVIL, "parameters": {"x": EVIL}}))
    page = Page(html)
    assert len(page.all("script")) == 3
    assert not page.all("img")
    assert not [a for _, a in page.tags if any(name.startswith("on") for name in a)]
    assert EVIL in page.texts
    assert "alert(1)</script>" not in html


def test_a_report_can_be_read_in_chinese_and_the_reader_keeps_their_language():
    html = to_html(make_report(), "zh")
    assert '<html lang="zh-Hans">' in html
    assert "误差分解" in html
    assert current_language() == "en"


@pytest.mark.parametrize("case", ["bias", "variance", "neither", "undecided"])
@pytest.mark.parametrize("task", ["classification", "regression"])
def test_tags_are_balanced_in_every_case(case, task):
    html = to_html(make_report(case, task=task))
    body = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.S)
    for tag in ("table", "div", "section", "ol", "li", "figure", "details", "tr", "td"):
        assert len(re.findall(rf"<{tag}\b", body)) == body.count(f"</{tag}>"), tag


def test_an_empty_report_is_still_a_page():
    report = make_report(
        "undecided", curves=(), evidence={}, findings=(), recommendations=(), training_curve=None, versions={}
    )
    assert "<h1>" in to_html(report)

"""The HTML report opened in a real browser, from a file, as a reader who was sent it would."""

import pytest

from dldiag.report import to_html
from dldiag.report.figures import FIGURES, THEMES
from tests.reports import make_report

PAPER_WIDTH = 680  # pixels between the margins of A4

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]  # one process: two browsers starve each other


@pytest.fixture
def opened(chromium, tmp_path):
    """Open a report: opened(case, dark=…, width=…, language=…) -> (page, what it asked for, what went wrong)."""
    contexts = []

    def open_report(case="bias", *, dark=False, width=1100, language="en"):
        path = tmp_path / "report.html"
        path.write_text(to_html(make_report(case), language), encoding="utf-8")
        scheme = "dark" if dark else "light"
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page, asked, wrong = context.new_page(), [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(path.as_uri())
        page.wait_for_selector("#chart-learning_curves .main-svg")
        return page, asked, wrong

    yield open_report
    for context in contexts:
        context.close()


def test_the_report_draws_every_chart_and_asks_for_nothing(opened):
    page, asked, wrong = opened()
    shown = [name for name, row in FIGURES.items() if row.shown(make_report())]
    assert page.locator(".js-plotly-plot").count() == len(shown) >= 4
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert wrong == []


@pytest.mark.parametrize("width", [360, 390, 768, 1400])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_wider_than_the_screen(opened, width, language):
    page, _, _ = opened(width=width, language=language)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("dark", [False, True])
def test_page_and_charts_follow_the_appearance_of_the_system(opened, dark):
    page, _, _ = opened(dark=dark)
    look = THEMES["dark" if dark else "light"]
    color = page.evaluate("document.getElementById('chart-error_budget').layout.font.color")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    red, green, blue = (int(look.paper[i : i + 2], 16) for i in (1, 3, 5))
    assert (color, paper) == (look.ink, f"rgb({red}, {green}, {blue})")


def test_charts_change_when_the_appearance_does_and_are_light_on_paper(opened):
    page, _, _ = opened(dark=True)
    ink = "document.getElementById('chart-error_budget').layout.font.color"
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(ink) == THEMES["light"].ink
    assert page.evaluate("[...document.querySelectorAll('details')].every(part => part.open)")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(ink) == THEMES["dark"].ink
    page.emulate_media(color_scheme="light")
    page.wait_for_timeout(500)
    assert page.evaluate(ink) == THEMES["light"].ink


def test_a_chart_is_saved_as_a_picture(opened):
    page, _, _ = opened()
    chart = page.locator("#chart-error_budget")
    for number, ending in enumerate((".svg", ".png")):
        chart.hover()
        with page.expect_download() as download:
            chart.locator(".modebar-btn").nth(number).click()
        assert download.value.suggested_filename == f"chart-error_budget{ending}"


def test_charts_fit_the_paper(opened, tmp_path):
    page, _, _ = opened()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER_WIDTH, "height": 1000})
    widths = page.evaluate("[...document.querySelectorAll('.main-svg')].map(one => one.getBoundingClientRect().right)")
    assert max(widths) <= PAPER_WIDTH
    assert page.pdf(format="A4", prefer_css_page_size=True).startswith(b"%PDF")


def test_an_old_browser_says_that_it_draws_no_charts(opened, chromium, tmp_path):
    path = tmp_path / "old.html"
    path.write_text(to_html(make_report()), encoding="utf-8")
    context = chromium.new_context()
    context.add_init_script("delete window.DecompressionStream")
    page = context.new_page()
    page.goto(path.as_uri())
    page.locator("#no-charts").wait_for(state="visible")
    context.close()

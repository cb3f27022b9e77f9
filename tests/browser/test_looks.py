"""Readable for everybody: no serious or critical finding of axe-core, light and dark, and nothing wider than a phone."""

from pathlib import Path

import pytest

from dldiag.app.ui.page import pages
from tests.browser.conftest import settle
from tests.browser.test_main_flow import CSV, diagnose, pick_target, upload

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]  # one process: two browsers starve each other

PHONE = 390
OWN = [one for one in pages() if not one.course]
RULES_OFF: tuple[str, ...] = ()


def address(server, page):
    name = Path(page.file).stem.split("_", 1)[-1]
    return server.url if page.file == "streamlit_app.py" else f"{server.url}/{name}"


def findings(page):
    """Return the serious and critical findings of axe-core on a page that stay when it is looked at again.

    On a busy machine the sidebar has its size before it has its links, and a page without links cannot be scrolled by keys.
    """
    package = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    page.evaluate((Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    if not _findings_now(page):
        return []
    settle(page, 3_000)
    return _findings_now(page)


def _findings_now(page):
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [
        (one["id"], one["nodes"][0]["html"][:200], len(one["nodes"]))
        for one in found
        if one["impact"] in ("serious", "critical") and one["id"] not in RULES_OFF
    ]


def overflow(page):
    return page.evaluate(
        """() => { const main = document.querySelector('[data-testid="stMain"]');
            return Math.max(main.scrollWidth - main.clientWidth,
                            document.documentElement.scrollWidth - document.documentElement.clientWidth); }"""
    )


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("one", OWN, ids=lambda one: Path(one.file).stem)
def test_a_page_has_no_serious_finding_and_fits_a_phone(server, visit, one, dark):
    page = visit(address(server, one), dark=dark)
    assert findings(page) == []
    phone = visit(address(server, one), dark=dark, width=PHONE, height=844)
    assert overflow(phone) <= 0


@pytest.mark.parametrize(("dark", "language"), [(False, "en-US"), (True, "zh-CN")], ids=["light-en", "dark-zh"])
def test_the_report_has_no_serious_finding_and_fits_a_phone(slow_server, visit, dark, language):
    page = visit(f"{slow_server.url}/?lang=en", dark=dark)
    upload(page, CSV)
    assert findings(page) == [], "what was read"
    pick_target(page, "label")
    for title in ("Settings of the model", "More settings of the diagnosis"):
        page.get_by_text(title).click()
    settle(page)  # While the script runs the page is pale, and axe reads pale words as words of low contrast.
    assert findings(page) == [], "settings"
    diagnose(page)
    page.locator(".st-key-export").wait_for()
    settle(page)
    assert findings(page) == [], "report"
    for label in ("Findings: what each rule said", "Evidence: every number the rules read"):
        page.get_by_text(label).click()
    settle(page)
    assert findings(page) == [], "evidence"
    job = page.url.split("job=")[1].split("&")[0]
    code = language.split("-")[0]
    phone = visit(f"{slow_server.url}/?job={job}&lang={code}", dark=dark, width=PHONE, height=844)
    phone.wait_for_selector(".st-key-verdict h2")
    settle(phone)
    assert overflow(phone) <= 0
    assert findings(phone) == []
    cells = phone.locator(".rows:has(th:nth-child(3)) td:not(:first-child)")
    assert cells.first.evaluate("e => getComputedStyle(e, '::before').content") != "none", "a card names its columns"
    assert cells.first.evaluate("e => e.clientWidth") > PHONE / 2
    phone.locator('a[href="#export"]').first.click()
    assert 0 <= phone.locator(".st-key-export").evaluate("e => e.getBoundingClientRect().y") < 844
    with phone.expect_download() as download:
        phone.get_by_role("button", name="HTML").click()
    assert f'<html lang="{code}' in download.value.path().read_text(encoding="utf-8")[:200], "in the page's language"


def test_every_figure_has_words_and_every_field_a_help(slow_server, visit):
    page = visit(f"{slow_server.url}/?lang=en")
    upload(page, CSV)
    pick_target(page, "label")
    for title in ("Settings of the model", "More settings of the diagnosis"):
        page.get_by_text(title).click()
    settle(page)  # While the script runs the page is pale, and axe reads pale words as words of low contrast.
    fields = page.locator('[data-testid="stMain"] [data-testid="stWidgetLabel"]')
    helped = fields.filter(has=page.locator('[data-testid="stTooltipIcon"]'))
    assert fields.count() == helped.count() > 10
    diagnose(page)
    page.locator(".st-key-export").wait_for()
    settle(page)
    figures = page.locator('[data-testid="stPlotlyChart"]')
    words = [
        figures.nth(k).evaluate(
            "e => e.closest('[aria-label]')?.ariaLabel || e.querySelector('[aria-label]')?.ariaLabel"
        )
        for k in range(figures.count())
    ]
    assert len(words) >= 3
    assert all(one and len(one) > 20 for one in words), words


def test_everything_that_was_picked_is_seen(server, visit):
    page = visit(f"{server.url}/Activation_functions?lesson=slopes")
    page.get_by_role("button", name="Show me without a guess").click()
    picked = page.get_by_test_id("stMultiSelectTagsContainer")
    picked.first.wait_for()
    for one in picked.all():
        assert one.evaluate("e => Math.max(e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight)") <= 0

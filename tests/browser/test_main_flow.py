"""The main job in a real browser: a real CSV in, a verdict out; and what may go wrong on the way."""

import re
import time

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Error

from tests.browser.conftest import settle
from tests.shared_data import SHARED

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]  # one process: two browsers starve each other

CSV = "x1,x2,label\n" + "".join(
    f"{(k * 37) % 101},{(k * 53) % 97},{'yes' if (k * 37) % 101 > 50 else 'no'}\n" for k in range(400)
)
REPORT_SECONDS = 240_000


def upload(page, content, name="table.csv"):
    page.locator('input[type="file"]').set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content if isinstance(content, bytes) else content.encode()}
    )
    page.wait_for_timeout(500)
    settle(page)


def pick_target(page, name):
    choose(page, "What should be predicted?", name)


def choose(page, label, option):
    """Pick an option of a select box; a busy machine may close the list once."""
    for attempt in range(4):
        page.get_by_role("combobox", name=label).click()
        found = page.get_by_role("option", name=re.compile(f"^{re.escape(option)}"))
        try:
            found.click(timeout=5_000)
            break
        except Error:
            assert attempt < 3, f"{label}: {option} cannot be picked"
            page.keyboard.press("Escape")
    settle(page)


def quick(page):
    choose(page, "Effort", "quick")
    assert "settings.budget=quick" in page.url, "a setting is part of the permalink"


def diagnose(page):
    page.get_by_role("button", name="Diagnose", exact=True).click()


def test_a_real_csv_becomes_a_verdict_with_evidence_and_downloads(server, visit):
    page = visit(server.url)
    content = (SHARED / "data/tables/titanic.csv").read_bytes() if SHARED else CSV.encode()
    upload(page, content, "titanic.csv")
    assert page.get_by_text("titanic.csv").first.is_visible()
    page.get_by_role("button", name=re.compile("^Use ")).click()
    settle(page)
    quick(page)
    diagnose(page)
    page.wait_for_selector('[class*="st-key-progress"]')
    page.wait_for_selector(".js-plotly-plot .scatterlayer .trace")
    page.locator(".st-key-export").wait_for(timeout=REPORT_SECONDS)
    settle(page)
    verdict = page.locator(".st-key-verdict h2").inner_text()
    assert len(verdict) > 20
    assert page.get_by_role("heading", name="What to do next").is_visible()
    page.get_by_text("Evidence: every number the rules read").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Report (JSON)").click()
    assert '"schema": "dldiag-report/1"' in download.value.path().read_text(encoding="utf-8")
    with page.expect_download() as download:
        page.get_by_role("button", name="Report (HTML)").click()
    assert "<html" in download.value.path().read_text(encoding="utf-8")[:500]
    url = page.url
    assert "job=" in url

    page.reload()
    settle(page)
    assert page.locator(".st-key-verdict h2").inner_text() == verdict, "F5 brings the result back"
    page.get_by_role("link", name="History").click()
    settle(page)
    page.get_by_role("button", name="Open").first.click()
    settle(page)
    assert page.locator(".st-key-verdict h2").inner_text() == verdict, "the history holds it"
    page.get_by_role("link", name="Diagnose a model").click()
    settle(page)
    assert page.locator(".st-key-verdict h2").inner_text() == verdict, "a page switch loses nothing"

    stranger = visit(server.url)
    assert stranger.get_by_text("titanic.csv").count() == 0
    stranger.goto(f"{server.url}/History")
    settle(stranger)
    assert stranger.get_by_text("Nothing here yet").is_visible()


def test_cancel_stops_within_a_second_or_so_and_keeps_what_there_is(slow_server, visit):
    page = visit(slow_server.url)
    upload(page, CSV + "1,2,yes\n")
    pick_target(page, "label")
    diagnose(page)
    page.wait_for_selector(".js-plotly-plot .scatterlayer .trace")
    start = time.monotonic()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Canceled").wait_for()
    assert time.monotonic() - start < 10, "the job stops within a second (tests/app); the rest is the page"
    settle(page)
    assert page.locator(".js-plotly-plot").count() >= 1
    page.get_by_role("button", name="Change settings").click()
    settle(page)
    assert page.get_by_role("button", name="Diagnose", exact=True).is_visible()


def test_nothing_jumps_while_a_job_runs(slow_server, visit):
    page = visit(slow_server.url)
    upload(page, CSV)
    pick_target(page, "label")
    diagnose(page)
    page.wait_for_selector('[class*="st-key-progress"]')
    page.wait_for_selector(".js-plotly-plot .scatterlayer .trace")
    page.evaluate(
        """() => { window.shift = 0; new PerformanceObserver(list => {
            for (const entry of list.getEntries()) window.shift += entry.value; }).observe({type: 'layout-shift'}); }"""
    )
    tops = []
    for _ in range(12):
        page.wait_for_timeout(300)
        tops += page.evaluate(
            """() => { const top = selector => [...document.querySelectorAll(selector)]
                .map(e => e.getBoundingClientRect()).filter(box => box.height > 0).map(box => Math.round(box.y))[0];
                const both = [top('[class*="st-key-progress"]'), top('.js-plotly-plot')];
                return both.includes(undefined) ? [] : [both.join(',')]; }"""
        )
    assert len(tops) > 5
    assert len(set(tops)) == 1, tops
    assert page.evaluate("window.shift") < 0.02


def test_two_visitors_diagnose_at_once(slow_server, visit):
    ann, bob = visit(slow_server.url), visit(slow_server.url)
    for page, name in ((ann, "ann.csv"), (bob, "bob.csv")):
        upload(page, CSV + f"{len(name)},1,no\n" * 2, name)
        pick_target(page, "label")
        diagnose(page)
    for page in (ann, bob):
        page.locator(".st-key-export").wait_for()
    assert ann.get_by_text("bob.csv").count() == 0
    assert ann.url != bob.url


def test_a_running_job_survives_f5(slow_server, visit):
    page = visit(slow_server.url)
    upload(page, CSV + "5,5,yes\n")
    pick_target(page, "label")
    diagnose(page)
    page.wait_for_selector('[class*="st-key-progress"]')
    page.wait_for_url(re.compile("job="))
    page.reload()
    page.wait_for_selector('[class*="st-key-progress"], .st-key-verdict')
    page.locator(".st-key-export").wait_for()


def test_back_after_changing_settings_finds_the_result_again_after_f5_too(slow_server, visit):
    page = visit(slow_server.url)
    upload(page, CSV + "7,7,yes\n")
    pick_target(page, "label")
    diagnose(page)
    page.locator(".st-key-export").wait_for()
    page.reload()
    page.locator(".st-key-export").wait_for()
    page.get_by_role("button", name="Change settings").click()
    settle(page)
    assert "job=" not in page.url
    page.go_back()
    page.locator(".st-key-verdict").wait_for()
    assert "job=" in page.url


BAD = {
    "empty": b"",
    "header only": b"a,b,c\n",
    "one column": b"a\n1\n2\n3\n",
    "random bytes": bytes((k * 131 + 17) % 256 for k in range(4000)),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_upload_gets_a_message_and_the_page_stays_usable(server, visit, name):
    page = visit(server.url)
    upload(page, BAD[name], "bad.csv")
    alert = page.locator('[data-testid="stAlert"]')
    if alert.count() == 0:
        page.get_by_role("combobox", name="What should be predicted?").click()
        page.get_by_role("option").last.click()
        settle(page)
    assert alert.first.is_visible()
    assert page.get_by_text("Traceback").count() == 0
    page.get_by_role("button", name="Another table").click()
    settle(page)
    assert page.get_by_role("button", name="Iris").is_visible()


def test_a_hostile_header_reaches_nothing_outside(server, visit):
    page = visit(server.url)
    outside = []
    page.on("request", lambda request: None if request.url.startswith(server.url) else outside.append(request.url))
    bad = '"![x](http://evil.example/a.png)","<img src=http://evil.example/b.png>","$\\frac{1}{2}$",label\n'
    upload(page, bad + "".join(f"{k},{k % 7},{k % 3},{'a' if k % 2 else 'b'}\n" for k in range(60)), "<b>x</b>.csv")
    pick_target(page, "label")
    page.get_by_text("Columns and detected types").click()
    page.wait_for_timeout(800)
    assert [url for url in outside if not url.startswith(("data:", "blob:", "ws:"))] == []
    assert page.locator("img[src*=evil]").count() == 0


def test_the_language_is_kept_across_pages_and_in_the_url(server, visit):
    page = visit(server.url)
    page.get_by_text("简体中文").click()
    settle(page)
    assert "lang=zh" in page.url
    assert page.get_by_role("heading", name="诊断模型").is_visible()
    page.get_by_role("link", name="历史记录").click()
    settle(page)
    assert page.get_by_role("heading", name="历史记录").is_visible()
    assert "lang=zh" in page.url


def test_a_chinese_browser_is_greeted_in_chinese(server, visit):
    page = visit(server.url, language="zh-CN")
    assert page.get_by_role("heading", name="诊断模型").is_visible()

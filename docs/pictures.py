"""Take the README's pictures from the running dashboard: python -m docs.pictures (needs Chromium and playwright)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from tests.browser.conftest import QUIET, ROOT, Server, find_browser

IMAGES = ROOT / "docs" / "images"
COURSE = {
    "course_1": "Why_deep_learning_took_off",
    "course_2": "Logistic_regression",
    "course_3": "Activation_functions",
    "course_4": "Weight_initialization",
    "course_5": "Train_dev_and_test_sets",
    "course_6": "Hyperparameters_and_the_loop",
    "course_7": "Bias_and_variance",
}
MINUTES = 60_000  # in milliseconds


def main() -> None:
    """Diagnose a sample, picture the verdict, then every page of the course."""
    from playwright.sync_api import sync_playwright

    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        server = Server(Path(home))
        browser = playwright.chromium.launch(executable_path=find_browser(), args=QUIET)
        try:
            page = browser.new_page(viewport={"width": 1180, "height": 1500}, device_scale_factor=1)
            page.set_default_timeout(3 * MINUTES)
            _verdict(page, server.url)
            for name, path in COURSE.items():
                page.set_viewport_size({"width": 1180, "height": 1000})
                page.goto(f"{server.url}/{path}")
                _until_done(page)
                page.screenshot(path=IMAGES / f"{name}.png")
        finally:
            browser.close()
            server.close()


def _verdict(page: Any, url: str) -> None:
    page.goto(url)
    page.locator('[data-testid="stMain"] button').filter(has_text="piral").first.click()
    page.get_by_role("button", name="Use ", exact=False).first.click()
    page.get_by_role("button", name="Diagnose", exact=True).click()
    page.get_by_role("button", name="Report (HTML)").wait_for()
    _until_done(page)
    page.mouse.move(0, 0)  # where the button was may be another one now, with its help shown
    page.wait_for_timeout(1_000)
    page.screenshot(path=IMAGES / "verdict.png")


def _until_done(page: Any) -> None:
    page.wait_for_timeout(3_000)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    for _ in range(120):
        if page.get_by_role("button", name="Cancel").count() == 0:
            break
        page.wait_for_timeout(1_000)
    page.wait_for_timeout(2_500)


if __name__ == "__main__":
    main()

"""Drive the whole story of three tables in Chromium and lay out what a visitor sees: python -m docs.story FOLDER.

A balanced table, one with a rare class and one with a numeric target go from the upload to the report, an applied fix and
the comparison of both runs. Every report is pictured at each width, light and dark, in both languages, and laid out as a
contact sheet per table. The clicks that five tasks take are counted and printed.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from PIL import Image

from tests.browser.conftest import QUIET, Server, find_browser, settle

TABLES = {"balanced": "german_credit.csv", "rare": "credit_card_default.csv.gz", "numeric": "concrete.csv"}
WIDTHS = (360, 390, 820, 1440, 2560)  # in pixels
HEIGHT = 900
LANGUAGES = {"en": "en-US", "zh": "zh-CN"}
THUMBNAIL, TALLEST, GAP = 300, 3000, 12  # of a contact sheet, in pixels
MINUTE = 60_000  # in milliseconds
MAIN = '[data-testid="stMain"]'
REPORT_HEIGHT = f"document.querySelector('{MAIN}').scrollHeight"


@dataclass
class Visitor:
    """One browser context that counts its clicks and keeps its pictures."""

    page: Any
    folder: Path
    clicks: int = 0
    pictures: list[Path] = field(default_factory=list)

    def click(self, selector: str) -> None:
        """Click what a selector finds first, and wait until the page has settled."""
        self.page.locator(selector).first.click(timeout=MINUTE)
        self.clicks += 1
        settle(self.page)

    def picture(self, name: str, *, whole: bool = False) -> None:
        """Keep a picture of the screen, or of the whole page."""
        view = dict(self.page.viewport_size)
        if whole:
            self.page.set_viewport_size({**view, "height": int(self.page.evaluate(REPORT_HEIGHT)) + 40})
            self.page.wait_for_timeout(1_500)
        self.pictures.append(self.folder / f"{name}.png")
        self.page.screenshot(path=self.pictures[-1])
        self.page.set_viewport_size(view)


def main(folder: Path) -> None:
    """Write the pictures and the contact sheets into a folder, and print the clicks of each task."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        server = Server(Path(home))
        browser = playwright.chromium.launch(executable_path=find_browser(), args=QUIET)
        try:
            for name, file in TABLES.items():
                _story(browser, server.url, name, file, folder / name)
        finally:
            browser.close()
            server.close()


def _story(browser: Any, url: str, name: str, file: str, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    context = browser.new_context(viewport={"width": 1440, "height": HEIGHT}, locale=LANGUAGES["en"])
    visitor = Visitor(context.new_page(), folder)
    diagnose_file(visitor, url, file)
    counted = {task: done(visitor) for task, done in TASKS.items()}
    for task, count in counted.items():
        sys.stdout.write(f"{name:10} {task:45} {count} clicks\n")
    address = visitor.page.url
    context.storage_state(path=folder / "state.json")
    for look in _looks():
        _picture_report(browser, folder, address, look, visitor)
    context.close()
    _contact_sheet(visitor.pictures, folder.with_suffix(".png"))


def diagnose_file(visitor: Visitor, url: str, file: str) -> None:
    """Upload a shipped table, take the suggested target, and diagnose it; every screen is pictured."""
    visitor.page.goto(url)
    settle(visitor.page)
    visitor.picture("1_empty")
    visitor.page.locator('input[type="file"]').set_input_files(files("dldiag.data") / "sample_files" / file)
    visitor.page.locator(".st-key-suggestion button").wait_for(timeout=MINUTE)
    settle(visitor.page)
    visitor.picture("2_table")
    visitor.click(".st-key-suggestion button")
    visitor.picture("3_settings")
    visitor.click(".st-key-diagnose button")
    visitor.picture("4_running")
    _await_report(visitor)
    visitor.clicks = 0
    visitor.picture("5_report")


def _await_report(visitor: Visitor) -> None:
    visitor.page.locator(".st-key-export").wait_for(timeout=5 * MINUTE)
    settle(visitor.page)


# --- five tasks, from the report on -------------------------------------------------------------------------------


def _counted(steps: Callable[[Visitor], None]) -> Callable[[Visitor], int]:
    def count(visitor: Visitor) -> int:
        before = visitor.clicks
        steps(visitor)
        return visitor.clicks - before

    return count


def _find_first_fix(visitor: Visitor) -> None:
    box = visitor.page.locator(".st-key-action, .st-key-verdict").first.bounding_box()
    assert box["y"] + box["height"] <= HEIGHT, "the verdict and its action stand in the first screen"


def _find_worst(visitor: Visitor) -> None:
    visitor.click('a[href="#where-wrong"]')
    box = visitor.page.locator(".st-key-where_wrong").first.bounding_box()
    assert 0 <= box["y"] < HEIGHT, "one click, and where it is wrong stands in the screen"


def apply_first_fix(visitor: Visitor) -> None:
    """Apply the verdict's action, or the first fix of the list where it has none, and picture what it did."""
    apply = '.st-key-apply button, .st-key-fixes button:has-text("Apply")'
    if not visitor.page.locator(apply).count():
        return
    visitor.click(apply)
    visitor.page.locator(".st-key-before_after").wait_for(timeout=5 * MINUTE)
    _await_report(visitor)
    visitor.picture("6_applied")


def _take_home(visitor: Visitor) -> None:
    visitor.click('a[href="#export"]')
    with visitor.page.expect_download(timeout=5 * MINUTE):
        visitor.page.locator(".st-key-export button").first.click()
    visitor.clicks += 1


def _compare(visitor: Visitor) -> None:
    address = visitor.page.url
    visitor.click('[data-testid="stSidebar"] a:has-text("History")')
    if visitor.page.locator(".st-key-compare-go").count():  # With a single run there is nothing to compare.
        visitor.click(".st-key-compare-go button:enabled")
    visitor.picture("7_compared")
    visitor.page.goto(address)
    settle(visitor.page)


TASKS = {
    "find the first fix and its effect": _counted(_find_first_fix),
    "find which rows are judged worst": _counted(_find_worst),
    "apply the fix and read what changed": _counted(apply_first_fix),
    "take the model home": _counted(_take_home),
    "compare two runs": _counted(_compare),
}


# --- every look of the report -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    """One way to see a page."""

    width: int
    dark: bool
    language: str

    @property
    def name(self) -> str:
        """The name of its picture."""
        return f"8_{self.width}_{'dark' if self.dark else 'light'}_{self.language}"


def _looks() -> Iterator[Look]:
    for width in WIDTHS:
        for dark in (False, True):
            for language in LANGUAGES:
                yield Look(width, dark, language)


def _picture_report(browser: Any, folder: Path, address: str, look: Look, visitor: Visitor) -> None:
    context = browser.new_context(
        viewport={"width": look.width, "height": HEIGHT},
        color_scheme="dark" if look.dark else "light",
        locale=LANGUAGES[look.language],
        storage_state=folder / "state.json",
    )
    seen = Visitor(context.new_page(), folder)
    seen.page.goto(f"{address}&lang={look.language}")
    _await_report(seen)
    seen.picture(look.name, whole=True)
    visitor.pictures += seen.pictures
    context.close()


def _contact_sheet(pictures: list[Path], path: Path) -> None:
    """Lay out pictures in rows, each reduced to the same width and cut where it is very tall."""
    thumbnails = [_thumbnail(one) for one in pictures]
    across = 8
    rows = [thumbnails[start : start + across] for start in range(0, len(thumbnails), across)]
    heights = [max(one.height for one in row) for row in rows]
    sheet = Image.new("RGB", (across * (THUMBNAIL + GAP), sum(heights) + GAP * len(rows)), "#888888")
    top = 0
    for row, height in zip(rows, heights, strict=True):
        for place, one in enumerate(row):
            sheet.paste(one, (place * (THUMBNAIL + GAP), top))
        top += height + GAP
    sheet.save(path)


def _thumbnail(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        height = round(picture.height * THUMBNAIL / picture.width)
        return picture.convert("RGB").resize((THUMBNAIL, height)).crop((0, 0, THUMBNAIL, min(height, TALLEST)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

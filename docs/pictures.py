"""Take the README's pictures from the running dashboard: python -m docs.pictures (needs Chromium and playwright)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from docs.story import MINUTE, Visitor, apply_first_fix, diagnose_file
from tests.browser.conftest import QUIET, ROOT, Server, find_browser, settle

IMAGES = ROOT / "docs" / "images"
FRAME_SECONDS, LAST_SECONDS = 1.6, 4.0
FRAME_WIDTH = 900  # in pixels
COLORS = 96  # of the animation's palette: text stays sharp and the file small
COURSE = {
    "course_1": "Why_deep_learning_took_off",
    "course_2": "Logistic_regression",
    "course_3": "Activation_functions",
    "course_4": "Weight_initialization",
    "course_5": "Train_dev_and_test_sets",
    "course_6": "Hyperparameters_and_the_loop",
    "course_7": "Bias_and_variance",
    "course_8": "Error_analysis",
    "course_9": "Mini_batches_momentum_and_Adam",
    "course_10": "Dropout_and_L2",
}


def main() -> None:
    """Diagnose a sample and apply its first fix, then picture every page of the course."""
    from playwright.sync_api import sync_playwright

    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        server = Server(Path(home))
        browser = playwright.chromium.launch(executable_path=find_browser(), args=QUIET)
        try:
            page = browser.new_page(viewport={"width": 1180, "height": 900}, device_scale_factor=1)
            _picture_story(page, server.url, Path(home))
            page.set_viewport_size({"width": 1180, "height": 1000})
            for name, path in COURSE.items():
                page.goto(f"{server.url}/{path}")
                _open_lesson(page)
                page.screenshot(path=IMAGES / f"{name}.png")
        finally:
            browser.close()
            server.close()


def _picture_story(page: Any, url: str, folder: Path) -> None:
    visitor = Visitor(page, folder)
    diagnose_file(visitor, url, "spirals.csv")
    page.mouse.move(0, 0)  # where the button was may be another one now, with its help shown
    apply_first_fix(visitor)
    _animate(visitor.pictures, IMAGES / "story.gif")


def _animate(pictures: list[Path], path: Path) -> None:
    """Show pictures one after the other, the last one longer."""
    frames = []
    for one in pictures:
        with Image.open(one) as picture:
            height = round(picture.height * FRAME_WIDTH / picture.width)
            frames.append(picture.convert("RGB").resize((FRAME_WIDTH, height)).quantize(COLORS))
    seconds = [FRAME_SECONDS] * (len(frames) - 1) + [LAST_SECONDS]
    milliseconds = [int(1000 * one) for one in seconds]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=milliseconds, loop=0, optimize=True)


def _open_lesson(page: Any) -> None:
    """Leave the guess out, and wait until the experiment has ended: its button to cancel it is gone."""
    settle(page)
    page.get_by_role("button", name="Show me without a guess").click(timeout=MINUTE)
    settle(page)
    page.get_by_role("button", name="Cancel").wait_for(state="detached", timeout=5 * MINUTE)
    settle(page)
    page.get_by_role("heading", name="What came out").first.evaluate("one => one.scrollIntoView()")
    page.mouse.move(0, 0)
    settle(page, 1_000)


if __name__ == "__main__":
    main()

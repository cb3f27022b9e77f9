"""The first four course pages in a real browser: a changed setting changes the computed claim; light, dark, phone."""

import os
import re
import time
from pathlib import Path

import pytest

from tests.browser.conftest import settle

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]  # one process: two browsers starve each other

PAGES = {
    "Why_deep_learning_took_off": (
        "scale.learners=medium,linear&scale.sizes=3&scale.repeats=3&race.steps=60&race.seeds=3",
        3,
    ),
    "Logistic_regression": ("", 2),
    "Weight_initialization": ("starts.hidden_layers=3&starts.steps=60&starts.seeds=3", 2),
}
LOOK = "[data-testid=stAlert]"


def lines(page):
    return [text.replace("\n", " ") for text in page.locator(LOOK).all_inner_texts() if "What to look at" in text]


def until(page, condition, seconds=150):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, page.locator("body").inner_text()[-2000:]
        page.wait_for_timeout(300)


def ready(page, count):
    until(page, lambda: len(lines(page)) >= count and not page.locator("[class*=st-key-cancel]").count())
    settle(page)
    return lines(page)


def fill(page, label, value):
    box = page.get_by_label(label, exact=True).first
    box.fill(str(value))
    box.press("Enter")
    settle(page)


def picture(page, name):
    """Keep a picture of the whole page where DLDIAG_SCREENSHOTS says."""
    folder = os.environ.get("DLDIAG_SCREENSHOTS")
    if folder:
        height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": page.viewport_size["width"], "height": int(height) + 50})
        page.wait_for_timeout(1000)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_in_the_dark_on_a_phone(name, server, visit):
    query, count = PAGES[name]
    page = visit(f"{server.url}/{name}?{query}", dark=True, width=390)
    assert len(ready(page, count)) >= count
    assert not page.locator("[data-testid=stException]").count()
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth"), "nothing is wider than the phone"
    charts = page.locator("[data-testid=stPlotlyChart]")
    assert charts.count() >= 3
    picture(page, f"{name}-phone-dark")


def test_a_long_step_makes_the_cost_climb_and_the_url_says_how(server, visit):
    page = visit(f"{server.url}/Logistic_regression")
    assert "never rose" in ready(page, 2)[0]
    fill(page, "Learning rate", 500)
    until(page, lambda: "overshoots" in lines(page)[0])
    assert "unit.learning_rate=500" in page.url
    again = visit(page.url)
    assert "overshoots" in ready(again, 2)[0]
    picture(page, "Logistic_regression-light")


def test_the_numbers_of_the_graph_change_with_the_step(server, visit):
    page = visit(f"{server.url}/Logistic_regression")
    ready(page, 2)
    first = page.locator("[data-testid=stPlotlyChart]").first.inner_text()
    page.get_by_label("Step looked at", exact=True).first.press("ArrowUp")  # by keyboard alone
    until(page, lambda: page.locator("[data-testid=stPlotlyChart]").first.inner_text() != first)
    assert "unit.step=2" in page.url


def test_zeros_stay_twins_and_the_settings_go_into_the_model(server, visit):
    page = visit(f"{server.url}/Weight_initialization?initialization.data=toy:circles&starts.activation=relu")
    said = ready(page, 2)
    assert "still the same" in said[0]
    page.get_by_role("button", name=re.compile("Use this in my model")).click()
    settle(page)
    assert page.get_by_text(re.compile("It is used from now on")).count()
    picture(page, "Weight_initialization-light")


def test_networks_overtake_the_linear_model_where_the_truth_has_a_twist(server, visit):
    query = "scale.learners=large,linear&scale.sizes=4&scale.repeats=5&race.steps=60&race.seeds=3"
    page = visit(f"{server.url}/Why_deep_learning_took_off?{query}")
    assert re.search(r"overtakes Linear model at about [\d,]+ rows", ready(page, 3)[0])
    picture(page, "Why_deep_learning_took_off-light")

"""The last three course pages in a real browser: a setting is changed and the computed claim follows."""

import re

import pytest

from tests.browser.conftest import settle
from tests.browser.test_looks import overflow

Error = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").Error
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]  # one process: two browsers starve each other

SPLITS, SEARCH, BIAS = "Train_dev_and_test_sets", "Hyperparameters_and_the_loop", "Bias_and_variance"
QUICK = {
    SPLITS: "choice.models=8",
    SEARCH: "search.first_values=0+1+100&validation.repeats=2&validation.train_rows=100",
    BIAS: "sweep.draws=8",
}
PHONE = 390
SLOW = "hyperparameters.data=toy:moons&model.learning_rate_init=1e-06"  # a present setting that surely loses
SURE = {  # with these a page's result is clear enough to recommend something
    SPLITS: f"{QUICK[SPLITS]}&size.difference=0.2",
    SEARCH: f"{SLOW}&validation.repeats=2&validation.train_rows=100&search.first=learning_rate_init&search.first_values=0.000001+0.01+5",
    BIAS: "sweep.draws=20",
}


def line(page, number=0):
    """Return the computed line to look at, once it is there."""
    lines = page.get_by_text("What to look at:")
    lines.nth(number).wait_for()
    return lines.nth(number).locator("xpath=ancestor::*[@data-testid='stAlert']").first.inner_text()


def fill(page, label, value):
    box = page.get_by_role("spinbutton", name=label, exact=True).first
    box.fill(value)
    box.press("Enter")
    settle(page)


def until_other(page, before, number=0):
    """Wait until the computed line differs from before and return it."""
    for _ in range(120):
        now = line(page, number)
        if now != before:
            return now
        page.wait_for_timeout(500)
    raise AssertionError(f"still: {before}")


def choose(page, label, option):
    """Pick an option by typing its name (a long list is not all drawn); a busy machine may close the list once."""
    for attempt in range(4):
        page.get_by_role("combobox", name=label).click()
        page.keyboard.type(option)
        try:
            page.get_by_role("option", name=option, exact=True).first.click(timeout=5_000)
            break
        except Error:
            page.keyboard.press("Escape")
            assert attempt < 3, f"{label}: {option} cannot be picked"
    settle(page)


def both_lines(page):
    """Wait for the second line too: the first one's result comes from a job."""
    line(page, 1)
    return line(page)


def test_a_million_rows_move_the_advice_and_guesses_widen_the_gap(server, visit):
    page = visit(f"{server.url}/{SPLITS}?{QUICK[SPLITS]}")
    advice = line(page)
    assert "60/20/20" in advice
    fill(page, "Rows", "1000000")
    assert "98/1/1" in until_other(page, advice)
    assert "size.rows=1000000" in page.url
    before = line(page, 1)
    choose(page, "Models to choose from", "guesses")
    after = until_other(page, before, 1)
    gap = float(re.search(r"gap of \+([\d.]+) points", after).group(1))
    assert gap > 3  # eight coins on 100 rows: 1.42 · 4.6 points
    assert "choice.kind=guesses" in page.url


def test_another_hyperparameter_gets_its_own_best_value_and_can_be_used(server, visit):
    page = visit(f"{server.url}/{SEARCH}?{QUICK[SEARCH]}&{SLOW}")
    before = line(page)
    assert "alpha = " in before
    page.get_by_role("textbox", name="Its values").fill("0.000001 0.01 5")
    page.get_by_role("textbox", name="Its values").press("Enter")
    settle(page)
    choose(page, "Hyperparameter", "Learning rate")
    after = until_other(page, before)
    if "alpha" in after:
        after = until_other(page, after)
    assert "learning_rate_init = 0.01" in after
    button = page.get_by_role("button", name=re.compile("Use this in my model"))
    assert "learning_rate_init = 0.01" in button.inner_text()
    button.click()
    page.get_by_text("It is used from now on").wait_for()
    page.get_by_text("One experiment so far").wait_for()


def test_turning_rows_instead_of_regularization_lets_variance_fall(server, visit):
    page = visit(f"{server.url}/{BIAS}?{QUICK[BIAS]}")
    before = both_lines(page)
    assert "bias rises" in before and "variance falls" in before
    choose(page, "What to turn", "training rows")
    after = both_lines(page)
    assert "Training rows" in after and "variance falls" in after
    assert "sweep.axis=rows" in page.url


def test_few_dev_rows_leave_the_number_pairs_open(server, visit):
    page = visit(f"{server.url}/{BIAS}?{QUICK[BIAS]}")
    line(page, 1)
    fill(page, "Dev rows behind these numbers", "100")
    both_lines(page)
    assert page.get_by_text(re.compile(r"leave \d+ of 10 answers open")).count() == 1


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", [SPLITS, SEARCH, BIAS])
def test_a_finished_page_fits_a_phone_and_its_charts_have_words(server, visit, name, dark):
    page = visit(f"{server.url}/{name}?{QUICK[name]}", dark=dark, width=PHONE, height=844)
    line(page, 0 if name == SEARCH else 1)
    settle(page, 1500)
    assert overflow(page) <= 0
    for chart in page.locator('[data-testid="stPlotlyChart"]').all():
        words = chart.evaluate("e => (e.closest('[aria-label]') || e.querySelector('[aria-label]'))?.ariaLabel || ''")
        assert len(words) > 20


@pytest.mark.parametrize("name", SURE)
def test_a_page_can_be_gone_through_with_the_keyboard(server, visit, name):
    page = visit(f"{server.url}/{name}?{SURE[name]}")
    page.get_by_role("button", name=re.compile("Use this in my model")).wait_for()
    seen = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.innerText || document.activeElement.ariaLabel || ''").strip())
    assert any("Use this in my model" in text for text in seen)

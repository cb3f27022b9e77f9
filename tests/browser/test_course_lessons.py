"""Lessons of the course in a real browser: the guess, a changed setting, the claim that follows, keyboard, phone, dark."""

import re

import pytest

from dldiag.course.contents import TOPICS, all_lessons
from tests.browser.conftest import settle
from tests.browser.test_looks import findings, overflow

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]  # one process: two browsers starve each other

FILES = {lesson.key: topic.file.removeprefix("pages/").removesuffix(".py") for topic, lesson in all_lessons()}
FIRST = {topic.lessons[0].key: name for name, topic in TOPICS.items()}
QUICK = "batches.passes=5&penalty.steps=100&scale.learners=medium,linear&scale.sizes=3&scale.repeats=3&linear.steps=100&starts.steps=60&sweep.draws=8"
CLAIM = re.compile("Seen on this data|Not seen in this run|contradicts the notes")


def until(page, condition, seconds=150):
    for _ in range(int(seconds / 0.3)):
        if condition():
            return
        page.wait_for_timeout(300)
    raise AssertionError(page.locator("body").inner_text()[-2000:])


def open_lesson(page, server, key, query=QUICK):
    page.goto(f"{server.url}/{FILES[key].split('_', 1)[1]}?lesson={key}&{query}")
    settle(page)
    skip = page.locator("[class*=st-key-skip] button")
    if skip.count():
        skip.first.click()
    return claims(page)


def claims(page):
    until(page, lambda: page.get_by_text(CLAIM).count() and not page.locator("[class*=st-key-cancel]").count())
    settle(page)
    return [text.replace("\n", " ") for text in page.locator("[data-testid=stAlert]").all_inner_texts()]


@pytest.mark.parametrize("key", FIRST)
def test_a_lesson_is_whole_in_the_dark_on_a_phone_and_its_charts_have_words(key, server, visit):
    page = visit(server.url, dark=True, width=390, height=844)
    assert open_lesson(page, server, key)
    assert not page.locator("[data-testid=stException]").count()
    assert overflow(page) <= 0
    for chart in page.locator('[data-testid="stPlotlyChart"]').all():
        words = chart.evaluate("e => (e.closest('[aria-label]') || e.querySelector('[aria-label]'))?.ariaLabel || ''")
        assert len(words) > 20
    page.evaluate(
        "document.querySelectorAll('[data-testid=stExpander] details:not([open]) summary').forEach(one => one.click())"
    )
    settle(page)
    wide = "[...document.querySelectorAll('.katex-display')].filter(one => one.scrollWidth > one.clientWidth).map(one => one.innerText)"
    assert page.evaluate(wide) == [], "no formula is cut"
    assert findings(page) == []


def test_a_guess_by_keyboard_opens_the_experiment_and_is_answered(server, visit):
    page = visit(f"{server.url}/Activation_functions?lesson=slopes")
    assert not page.get_by_text(CLAIM).count()
    page.get_by_role("radio", name="about a thousandth").focus()
    page.keyboard.press("Space")
    assert claims(page)
    assert page.get_by_text("Your guess was right").count()


def test_a_setting_changes_the_claim_and_the_link_says_how(server, visit):
    page = visit(server.url)
    open_lesson(page, server, "sizes", "")
    box = page.get_by_role("spinbutton", name="Rows", exact=True).first
    box.fill("1000000")
    box.press("Enter")
    until(page, lambda: "98/1/1" in page.locator("[data-testid=stAlert]").first.inner_text())
    assert "size.rows=1000000" in page.url


@pytest.mark.parametrize(("width", "language"), [(360, "zh"), (2560, "en")])
def test_the_summary_is_whole_and_names_what_was_seen(width, language, server, visit):
    page = visit(server.url, width=width)
    open_lesson(page, server, "slopes", "")
    page.goto(f"{server.url}/What_you_have_seen?lang={language}")
    settle(page)
    until(page, lambda: page.get_by_text("check_circle").count())
    assert overflow(page) <= 0
    with page.expect_download() as download:
        page.locator("[class*=st-key-summary-download] button").click()
    assert download.value.suggested_filename == "dldiag-course.html"


def test_next_goes_on_and_the_lesson_before_is_ticked(server, visit):
    page = visit(server.url)
    open_lesson(page, server, "zeros")
    page.get_by_role("button", name=re.compile("Next: How large")).click()
    until(page, lambda: "lesson=scale_of_weights" in page.url)
    assert (
        page.get_by_role("radio", name=re.compile("All weights at zero ✓")).count()
        or page.get_by_text("All weights at zero ✓").count()
    )

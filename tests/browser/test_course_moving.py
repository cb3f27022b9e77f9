"""The moving pictures of the course in a real browser: played, stepped by keyboard, and still where that was asked for."""

import pytest

from dldiag.course.contents import all_lessons
from tests.browser.conftest import settle
from tests.browser.test_course_lessons import until
from tests.pages.lessons import MOVING

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

QUICK = "flow.hidden_layers=3&flow.steps=60&flow.seeds=3&linear.steps=200&starts.steps=60&starts.seeds=3"
QUICK += "&batches.passes=5&optimizers.passes=5&penalty.steps=100&dropout.steps=100&capacity.steps=60"
FILES = {lesson.key: topic.file.removeprefix("pages/").removesuffix(".py") for topic, lesson in all_lessons()}
ACTIVE = "(group) => group.closest('.js-plotly-plot')._fullLayout.sliders[0].active"
DRAWN = """(group) => JSON.stringify(group.closest('.js-plotly-plot')._fullData.map(
    (trace) => [trace.x, trace.y, trace.z, trace.marker && trace.marker.color].map((part) => Array.from(part || []).flat())))"""
# A picture that begins with its end has that again once it was played, so every frame is noted.
RECORD = f"""(group) => {{ window.pictures = []; group.closest('.js-plotly-plot').on(
    'plotly_animatingframe', () => window.pictures.push(({DRAWN})(group))); }}"""

STILL = {"small"}  # From such small weights nothing moves in five layers: that is what its picture is there to show.

BOXES = """() => [...document.querySelectorAll('.js-plotly-plot')[0].querySelectorAll('.textpoint text')].map((text) => {
    const box = text.getBoundingClientRect();
    return {says: text.textContent, l: box.left + 1, r: box.right - 1, t: box.top + 2, b: box.bottom - 2}; })"""


def open_lesson(page, server, key):
    page.goto(f"{server.url}/{FILES[key].split('_', 1)[1]}?lesson={key}&{QUICK}")
    skip = page.locator("[class*=st-key-skip] button")
    until(page, lambda: skip.count() or page.locator(".slider-group").count())  # The guess is asked once a visitor.
    settle(page)
    if skip.count():
        skip.first.click()
    until(page, lambda: page.locator(".slider-group").count() and not page.locator("[class*=st-key-cancel]").count())
    settle(page, 1500)
    return page.locator(".slider-group").first


@pytest.mark.parametrize("key", MOVING)
def test_a_picture_plays_and_changes(key, server, visit):
    page = visit(server.url)
    slider = open_lesson(page, server, key)
    slider.evaluate(RECORD)
    play = page.locator(".updatemenu-button").first
    play.focus()
    page.keyboard.press("Enter")
    until(page, lambda: len(page.evaluate("window.pictures")) > 2)
    if key not in STILL:
        until(page, lambda: len(set(page.evaluate("window.pictures"))) > 2)
    assert not page.locator("[data-testid=stException]").count()


def test_the_derivatives_of_the_graph_cover_nothing_on_a_phone(server, visit):
    page = visit(server.url, width=390)
    open_lesson(page, server, "unit")
    boxes = page.evaluate(BOXES)
    assert len(boxes) >= 14, "nodes and derivatives"
    for i, one in enumerate(boxes):
        for other in boxes[i + 1 :]:
            apart = one["r"] <= other["l"] or other["r"] <= one["l"] or one["b"] <= other["t"] or other["b"] <= one["t"]
            assert apart, (one, other)


def test_arrow_keys_step_and_the_slider_says_where_it_is(server, visit):
    page = visit(server.url)
    slider = open_lesson(page, server, "bend")
    assert slider.evaluate(ACTIVE) == int(slider.get_attribute("aria-valuemax")), "the end is drawn"
    slider.focus()
    page.keyboard.press("Home")
    until(page, lambda: slider.evaluate(ACTIVE) == 0)
    page.keyboard.press("ArrowRight")
    until(page, lambda: slider.evaluate(ACTIVE) == 1)
    page.keyboard.press("End")
    until(page, lambda: slider.evaluate(ACTIVE) == int(slider.get_attribute("aria-valuemax")))
    until(page, lambda: slider.get_attribute("aria-valuetext") == "200")


def test_with_reduced_motion_nothing_plays_but_the_slider_steps(server, chromium):
    context = chromium.new_context(reduced_motion="reduce")
    page = context.new_page()
    slider = open_lesson(page, server, "dying")
    assert not page.locator(".updatemenu-button").first.is_visible()
    slider.focus()
    page.keyboard.press("End")
    until(page, lambda: slider.evaluate(ACTIVE) > 0)
    context.close()


def test_a_lesson_is_whole_on_a_phone_in_the_dark(server, visit):
    page = visit(server.url, dark=True, width=390)
    open_lesson(page, server, "flow")
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth")

"""Error analysis: wrong dev rows counted by category, how many one has to look at, and wrong labels among them."""

from dldiag.app.course.data import ask_data
from dldiag.app.course.experiment import run_experiment
from dldiag.app.course.layout import ask_few, lesson_metric, lesson_settings
from dldiag.app.course.lesson import show_outcomes, show_topic
from dldiag.app.storage.data_ref import Reference
from dldiag.app.ui.page import link_to
from dldiag.app.ui.widgets import figure_mode, show_figure, show_moving, show_rows
from dldiag.app.views.where_wrong import EYEBALL_PAGE
from dldiag.core.i18n import tr
from dldiag.course.shared.lesson import Lesson
from dldiag.course.wrong_rows import figures as draw
from dldiag.course.wrong_rows.categories import Categories, EyeballSettings
from dldiag.course.wrong_rows.jobs import CategoriesRequest, WrongLabelsRequest
from dldiag.course.wrong_rows.wrong_labels import LabelSettings, WrongLabels


def data_of_page() -> Reference:
    return ask_data("wrong_rows", toys=("moons", "blobs", "wave"), default="sample:credit_card_default")


def count(lesson: Lesson) -> Categories | None:
    reference = data_of_page()
    values = ask_few(EyeballSettings(), "eyeball", ("rows", "seed"))
    request = CategoriesRequest(
        model=lesson_settings(), metric=lesson_metric(reference), settings=EyeballSettings(**values)
    )
    result = run_experiment(reference, request, Categories)
    if result is not None:
        show_outcomes(lesson, reference, result)
    return result


def show_ceiling(lesson: Lesson) -> None:
    result = count(lesson)
    if result is None:
        return
    show_moving(draw.categories_moving(result, theme=figure_mode()), draw.alt_categories(result), key="categories")
    show_rows(draw.category_rows(result), alt=tr("Categories of wrong rows, with their ceilings"))
    link_to(EYEBALL_PAGE, tr("Go through wrong rows and tag them"))


def show_eyeball(lesson: Lesson) -> None:
    result = count(lesson)
    if result is not None:
        show_figure(draw.reliability_figure(result, theme=figure_mode()), draw.alt_reliability(result), key="reliable")


def show_labels(lesson: Lesson) -> None:
    reference = data_of_page()
    values = ask_few(LabelSettings(), "labels", ("share", "seed"))
    request = WrongLabelsRequest(model=lesson_settings(), settings=LabelSettings(**values))
    result = run_experiment(reference, request, WrongLabels)
    if result is None:
        return
    show_outcomes(lesson, reference, result)
    show_moving(draw.labels_moving(result, theme=figure_mode()), draw.alt_labels(result), key="wrong_labels")


show_topic("wrong_rows", {"ceiling": show_ceiling, "eyeball": show_eyeball, "labels": show_labels})

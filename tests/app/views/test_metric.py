"""The choice of the metric: what suits the target, and only the fields that have an effect."""

from tests.app.drawing import drawn, said, sound


def page(toy):
    import streamlit as st

    from dldiag.app.views.metric import ask_metric
    from dldiag.course.shared.toys import toy as make

    st.session_state["asked"] = ask_metric(make(toy, 60))


def labels(app):
    return [one.label for one in [*app.selectbox, *app.text_input, *app.number_input]]


def choose(app, name):
    key = next(one.key for one in app.selectbox if one.key.startswith("settings.metric."))
    return sound(app.selectbox(key).set_value(name).run())


def test_the_automatic_choice_says_what_it_is():
    app = drawn(page, "moons")
    assert "Judged by: " in said(app)
    assert app.session_state["asked"][1]


def test_classes_and_values_are_offered_their_own_metrics():
    classes, values = (set(drawn(page, toy).selectbox[0].options) for toy in ("moons", "wave"))
    assert "ROC AUC" in classes - values
    assert "RMSE" in values - classes


def test_a_field_without_effect_is_not_drawn():
    app = drawn(page, "moons")
    plain = labels(app)
    held = labels(choose(app, "recall_at_precision"))
    assert len(held) == len(plain) + 1


def test_a_metric_that_lacks_something_is_explained_and_stops_the_button():
    app = choose(drawn(page, "moons"), "cost")
    assert app.warning
    assert not app.session_state["asked"][1]


def test_another_target_has_fields_of_its_own():
    keys = [{one.key for one in drawn(page, toy).selectbox} for toy in ("moons", "wave")]
    assert keys[0].isdisjoint(keys[1]), "a browser keeps the label that a field showed"

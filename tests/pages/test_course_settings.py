"""Settings of the lessons through Streamlit's own test runner: links restore them, claims follow, results can be used."""

import numpy as np
import pytest

from dldiag.app.state import history, session
from tests.pages.lessons import (
    QUICK,
    button,
    buttons_to_use,
    charts,
    claims,
    own_toy,
    plain,
    start,
    two_columns,
    until_done,
    with_table,
)


@pytest.mark.parametrize(
    ("key", "query", "shown"),
    [
        ("sizes", {"size.rows": "1000000"}, "98/1/1"),
        ("values", {"search.first": "dropout", "search.first_values": "0 0.5"}, "Dropout"),
        ("pairs", {"pairs.dev_rows": "100"}, "undecided"),
        ("descent", {"unit.learning_rate": "500"}, "overshoots"),
        ("slopes", {"shapes.layers": "20"}, "20 layers"),
    ],
)
def test_a_link_restores_settings_and_the_claim_follows(key, query, shown):
    quick = {name: values for name, values in QUICK.items() if name != next(iter(query)).split(".")[0]}
    app = until_done(start(key, values=quick, **query))
    assert any(shown in line for line in claims(app)), claims(app)


def test_a_claim_that_the_run_contradicts_says_so():
    app = until_done(start("sizes", **{"size.rows": "30000", "size.difference": "0.02"}))
    assert any("contradicts" in line and "60/20/20" in line for line in claims(app)), claims(app)


def test_a_reload_without_the_own_table_says_so_and_drops_its_columns_from_the_link():
    query = {"logistic.data": "own", "plane.own.across": "salary", "unit.step": "3"}
    app = until_done(start("unit", **query))
    assert any("not open any more" in one.value for one in app.info)
    assert "plane.own.across" not in app.query_params and "unit.step" in app.query_params
    app.run()
    assert any("not open any more" in one.value for one in app.info), "it stays until a table is open"
    frame, target = two_columns(np.random.default_rng(0))
    app = until_done(with_table(start("unit", **query), frame, target))
    assert not any("not open any more" in one.value for one in app.info)
    assert app.query_params["logistic.data"] in ("own", ["own"])


def test_a_page_opened_by_its_address_finds_the_table_of_the_main_page_again():
    frame, target = two_columns(np.random.default_rng(0))
    until_done(with_table(start("slopes", owner="i"), frame, target))
    app = start("sizes", owner="i")
    del app.session_state["dldiag"]["looked for table"]  # a session of its own, by the same browser
    app = until_done(app)
    assert app.session_state["dldiag"]["data"]["target"] == target
    assert app.query_params["splits.data"] in ("own", ["own"])
    other = start("sizes", owner="j")
    del other.session_state["dldiag"]["looked for table"]
    assert "data" not in until_done(other).session_state["dldiag"], "nobody finds another's"


def test_a_canceled_lesson_does_not_claim_to_keep_what_it_does_not_show():
    slow = {"starts": {"steps": 1000, "seeds": 20, "hidden_layers": 10, "units": 64}}
    app = start("scale_of_weights", values=slow).run()
    session.pool().cancel(app.session_state["dldiag"]["slots"]["starts"])
    app = until_done(app)
    assert any("Canceled before there was a result" in one.value for one in app.info)
    assert not charts(app)


def test_use_this_puts_the_setting_into_the_model():
    # With ReLU the starts that are not made to measure blow up or do not learn, whatever the last digits.
    quick = {"starts": {"activation": "relu"}}
    app = until_done(with_table(start("scale_of_weights", values=quick), *own_toy("circles")))
    app = buttons_to_use(app)[0].click().run()
    assert app.session_state["dldiag"]["values"]["model"]["init"] in ("he_normal", "glorot_normal")


def test_what_was_found_on_a_toy_or_a_sample_is_not_offered_for_the_own_model():
    app = until_done(
        start("scale_of_weights", values={"starts": {"activation": "relu"}}, **{"initialization.data": "toy:circles"})
    )
    assert claims(app) and not buttons_to_use(app)
    assert not buttons_to_use(until_done(start("sizes", **{"size.difference": "0.2"})))


def test_where_nothing_was_learned_nothing_is_recommended():
    app = until_done(start("scale_of_weights", **{"starts.learning_rate": "0.0001"}))
    assert "Not seen in this run" in claims(app)[0]
    assert not buttons_to_use(app)


def test_two_hyperparameters_draw_a_map():
    asked = {"first": "alpha", "first_values": "0 1", "second": "dropout", "second_values": "0 0.5"}
    app = until_done(start("values", values=QUICK | {"search": asked}))
    assert len(charts(app)) == 2


def test_using_the_best_value_sets_the_model_and_writes_the_record():
    bad = {"model": {"hidden_layer_sizes": (16,), "max_iter": 20, "learning_rate_init": 0.0001}}
    asked = {"first": "learning_rate_init", "first_values": "0.0001 0.03 10"}
    values = QUICK | bad | {"search": asked, "validation": {"repeats": 3, "train_rows": 300}}
    app = until_done(with_table(start("values", values=values, owner="g"), *own_toy("circles")))
    app = button(app, "Use this in my model").click().run()
    assert app.session_state["dldiag"]["values"]["model"]["learning_rate_init"] == 0.03
    assert history.History().experiments("g" * 43)


def test_without_a_sure_gain_no_value_is_recommended():
    assert not buttons_to_use(until_done(start("values")))


def test_an_impossible_value_is_refused_with_its_reason_and_the_page_stays():
    app = until_done(start("values", values=QUICK | {"search": {"first": "dropout", "first_values": "2"}}))
    assert any("above its highest" in plain(one.value) for one in app.warning)
    assert app.title


def test_the_difference_asked_for_becomes_the_material_one_of_the_diagnosis_where_it_can_be_seen():
    table = two_columns(np.random.default_rng(0))
    assert not buttons_to_use(until_done(with_table(start("sizes"), *table)))
    app = until_done(with_table(start("sizes", **{"size.difference": "0.2"}), *table))
    app = button(app, "Use this in my model").click().run()
    assert app.session_state["dldiag"]["values"]["settings"]["material"] == 0.2


def test_too_many_test_rows_are_said():
    app = until_done(start("choice", values=QUICK | {"choice": {"models": 4, "test_rows": 10_000}}))
    assert any("10,000 test rows were asked for" in plain(one.value) for one in app.caption)


def test_the_first_idea_fills_an_empty_record():
    app = until_done(start("loop", owner="h"))
    app = button(app, "Note the first idea").click().run()
    assert len(history.History().experiments("h" * 43)) == 1
    assert not [one for one in app.button if "Note the first idea" in one.label]

"""Choosing a table: a sample by a click, a path only where the server was started with it."""

from tests.app.drawing import drawn, keys, said, sound


def page():
    from dldiag.app.state import session
    from dldiag.app.views.upload import ask_table

    session.state()
    ask_table()


def test_every_sample_opens_its_report_or_runs():
    app = drawn(page)
    assert keys(app) >= {"report.iris", "sample.iris", "report.concrete", "sample.concrete"}
    sound(app.button("report.iris").click().run())
    assert app.query_params["sample"] == "iris"
    sound(app.button("sample.iris").click().run())
    assert app.session_state["dldiag"]["data"] == {"sample": "iris", "name": "iris.csv"}


def test_a_path_is_not_asked_for_by_default():
    assert not drawn(page).text_input


def test_a_path_is_read_where_it_is_allowed(monkeypatch, tmp_path):
    monkeypatch.setattr("dldiag.app.state.server.may_read_paths", lambda: True)
    file = tmp_path / "a.csv"
    file.write_text("a,b\n1,2\n", "utf-8")
    app = drawn(page)
    app.text_input[0].set_value(str(tmp_path / "missing.csv"))
    next(one for one in app.button if one.form_id).click().run()
    assert "cannot be read" in said(sound(app))
    app.text_input[0].set_value(str(file))
    next(one for one in app.button if one.form_id).click().run()
    assert sound(app).session_state["dldiag"]["data"]["path"] == str(file)

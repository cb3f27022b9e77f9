"""With DLDIAG_AUTH nobody sees anything before a login, and what is kept belongs to the login, not to the browser."""

import pytest
from streamlit.testing.v1 import AppTest

from dldiag.app.storage.paths import is_token
from dldiag.app.ui import page as navigation
from dldiag.core.home import dashboard_folder

ANN = {"is_logged_in": True, "iss": "https://id.example.org", "sub": "1", "name": "Ann *A*", "email": "ann@example.org"}


@pytest.fixture(autouse=True)
def required(monkeypatch):
    monkeypatch.setenv("DLDIAG_AUTH", "1")


def start(user, file=navigation.MAIN, **query):
    app = AppTest.from_file(str(dashboard_folder() / file), default_timeout=60)
    app.user = user
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def seen(app):
    return " ".join(one.value for one in [*app.markdown, *app.caption, *app.error, *app.warning]).replace("\\", "")


@pytest.mark.parametrize("file", [one.file for one in navigation.pages()])
@pytest.mark.parametrize("user", [{}, {"is_logged_in": False}], ids=["unknown", "logged out"])
def test_a_page_shows_the_login_and_nothing_else(file, user):
    app = start(user, file)
    assert not app.exception
    assert [one.key for one in app.button] == ["login"]
    assert not app.sidebar.markdown
    assert "owner" not in app.session_state or "data" not in app.session_state


def test_a_link_to_a_result_shows_the_login_first():
    app = start({}, job="x" * 32)
    assert [one.key for one in app.button] == ["login"]


def test_a_login_that_is_not_set_up_is_explained_in_words():
    app = start({})
    app.button(key="login").click().run()
    assert not app.exception
    assert "The login is not set up" in seen(app)
    assert "docs/server.md" in seen(app)


def test_who_logged_in_sees_the_page_their_name_and_the_way_out():
    app = start(ANN)
    assert not app.exception
    assert "Logged in as Ann *A*" in seen(app)
    assert [one for one in app.button if one.key == "logout"]
    assert [one for one in app.button if one.key == "sample.iris"]


def test_a_login_has_the_same_history_in_every_browser_and_another_login_another(monkeypatch):
    script = "import streamlit as st\nfrom dldiag.app.state import session\nst.write(session.owner())"

    def owner(user):
        app = AppTest.from_string(script)
        app.user = user
        return app.run().markdown[0].value

    first = owner(ANN)
    assert is_token(first) and first == owner(dict(ANN, email="new@example.org"))
    assert first not in (owner(dict(ANN, sub="2")), owner(dict(ANN, iss="https://other.example.org")))
    monkeypatch.setenv("DLDIAG_AUTH", "0")
    assert owner(ANN) != first

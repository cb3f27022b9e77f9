"""What DLDIAG_AUTH asks for, and the token that a login owns its things by."""

import pytest

from dldiag.app.state import auth
from dldiag.app.storage.paths import app_home, is_token

ANN = {"iss": "https://id.example.org", "sub": "1"}


@pytest.mark.parametrize(
    ("value", "required", "provider"),
    [("", False, ""), ("0", False, "0"), ("off", False, "off"), ("1", True, None), ("Yes", True, None), ("okta", True, "okta")],
)  # fmt: skip
def test_the_variable_turns_the_login_on_and_may_name_a_provider(monkeypatch, value, required, provider):
    monkeypatch.setenv("DLDIAG_AUTH", value)
    assert auth.is_required() is required
    assert auth.provider() == provider


def test_a_login_owns_the_same_token_everywhere_and_another_one_another(monkeypatch):
    tokens = []
    for user in (ANN, ANN, ANN | {"sub": "2"}, ANN | {"iss": "https://other.example.org"}):
        monkeypatch.setattr("streamlit.user", user)
        tokens.append(auth.owner_of_user())
    assert all(map(is_token, tokens))
    assert tokens[0] == tokens[1]
    assert len(set(tokens)) == 3


def test_the_secret_is_made_once_and_private(monkeypatch):
    monkeypatch.setattr("streamlit.user", ANN)
    auth.owner_of_user()
    path = app_home() / "auth_key"
    secret = path.read_bytes()
    auth.owner_of_user()
    assert path.read_bytes() == secret
    assert path.stat().st_mode & 0o077 == 0
    assert not list(path.parent.glob("auth_key.*"))

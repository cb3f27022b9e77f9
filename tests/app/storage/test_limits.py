"""Limits of the dashboard, each set by a variable of the environment and checked."""

import pytest

from dldiag.app.storage.limits import ServerLimits
from dldiag.core.params import SettingError, from_environment, params_of


def test_every_limit_can_be_set_from_the_environment(monkeypatch):
    for name in params_of(ServerLimits):
        monkeypatch.setenv(f"DLDIAG_{name.upper()}", "2")
    limits = from_environment(ServerLimits)
    assert {getattr(limits, name) for name in params_of(ServerLimits)} == {2}


@pytest.mark.parametrize("value", ["many", "0", "-1"])
def test_a_limit_that_allows_no_job_is_refused(monkeypatch, value):
    monkeypatch.setenv("DLDIAG_WORKERS", value)
    with pytest.raises(SettingError, match="workers"):
        from_environment(ServerLimits)

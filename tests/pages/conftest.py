"""The pages' tests keep their files in a folder of their own."""

import os

import pytest


@pytest.fixture(scope="package", autouse=True)
def home(tmp_path_factory):
    before = os.environ.get("DLDIAG_HOME")
    os.environ["DLDIAG_HOME"] = str(tmp_path_factory.mktemp("home"))
    yield
    os.environ.pop("DLDIAG_HOME") if before is None else os.environ.update(DLDIAG_HOME=before)

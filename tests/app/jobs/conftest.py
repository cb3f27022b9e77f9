"""A pool with one worker, and two visitors."""

import pytest

from dldiag.app.jobs.pool import Pool
from dldiag.app.storage.limits import ServerLimits
from dldiag.app.storage.paths import new_token
from tests.app.jobs.pools import MODULES


@pytest.fixture(scope="module")
def pool(home):
    pool = Pool(ServerLimits(workers=1, cancel_seconds=1.0), MODULES)
    yield pool
    pool.close()


@pytest.fixture
def ann():
    return new_token()


@pytest.fixture
def bob():
    return new_token()

"""A server is known to live by its file, and says when it goes."""

import os
import time

from dldiag.app.jobs import lease
from dldiag.app.jobs.lease import Lease
from dldiag.app.storage.paths import new_token


def test_a_server_is_known_to_live_by_its_file_not_by_a_process_id(home):
    mine, other = Lease(), Lease()
    assert mine.is_held(other.token)
    assert not mine.is_held(new_token())
    assert not mine.is_held(str(os.getpid()))
    hour_ago = time.time() - 3600
    os.utime(lease.app_home() / "servers" / other.token, (hour_ago, hour_ago))
    assert not mine.is_held(other.token)
    other.beat()
    assert mine.is_held(other.token)
    mine.release()
    assert not other.is_held(mine.token)


def test_a_server_that_goes_takes_expired_leases_with_it_and_no_others():
    mine, silent = Lease(), Lease()
    alive = [Lease() for _ in range(20)]  # A folder lists its files in any order: some before that of the server.
    hour_ago = time.time() - 3600
    os.utime(lease.app_home() / "servers" / silent.token, (hour_ago, hour_ago))
    mine.release()
    left = {path.name for path in (lease.app_home() / "servers").iterdir()}
    assert {one.token for one in alive} <= left
    assert not {mine.token, silent.token} & left

"""A lease tells servers that share a home apart: a file named by the server's token, touched every two seconds.

Process ids are not enough, because containers and the system reuse them.
"""

from __future__ import annotations

from dldiag.app.storage.paths import app_home, is_token, new_token, private

BEAT_SECONDS = 2.0  # The file is touched this often.
LEASE_SECONDS = 15.0  # A server whose file was not touched for so long counts as gone.


class Lease:
    """One server's lease; its `token` is written into the jobs it runs. OSError when the home is not writable."""

    def __init__(self) -> None:
        self.token = new_token()
        self._file = private(app_home() / "servers") / self.token
        self.beat()

    def beat(self) -> None:
        """Touch the file."""
        self._file.touch(mode=0o600)

    def is_held(self, token: str) -> bool:
        """Return whether the server of this token is alive; only file system times are compared."""
        try:
            last_beat = self._file.with_name(token).stat().st_mtime if is_token(token) else 0.0
            return self._file.stat().st_mtime - last_beat < LEASE_SECONDS
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Give the lease up, and remove expired leases."""
        others = [path for path in self._file.parent.iterdir() if path != self._file]
        # Its own file tells the time, so it goes last.
        expired = [path for path in others if not self.is_held(path.name)]
        for path in (*expired, self._file):
            path.unlink(missing_ok=True)

"""A server's sign of life in the home that it may share with others: a file named by its token, touched again and again.

Process ids tell nothing: a container's first process has the same one in every container, and the system gives them out anew.
"""

from __future__ import annotations

from dldiag.app.state.paths import app_home, is_token, new_token, private

BEAT_SECONDS = 2.0  # how often the file is touched
LEASE_SECONDS = 15.0  # without a touch; then the server counts as gone


class Lease:
    """What one server holds; `token` names it in the jobs that it runs. OSError when the home cannot be written."""

    def __init__(self) -> None:
        self.token = new_token()
        self._file = private(app_home() / "servers") / self.token
        self.beat()

    def beat(self) -> None:
        """Give a sign of life."""
        self._file.touch(mode=0o600)

    def is_held(self, token: str) -> bool:
        """Say whether the server of this token lives; times are compared as the file system gives them."""
        try:
            seen = self._file.with_name(token).stat().st_mtime if is_token(token) else 0.0
            return self._file.stat().st_mtime - seen < LEASE_SECONDS
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Say that this server is gone, and remove the signs of those that are."""
        for path in self._file.parent.iterdir():
            if path == self._file or not self.is_held(path.name):
                path.unlink(missing_ok=True)

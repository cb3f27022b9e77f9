"""Waits for the jobs that a page started."""

import time


def until_ended(app, seconds=300):
    """Run a page again until no job on it can be canceled any more; it must not fail."""
    deadline = time.monotonic() + seconds
    while any(one.key and one.key.startswith("cancel.") for one in app.button):
        assert time.monotonic() < deadline, "the page takes too long"
        time.sleep(0.3)
        app.run()
    assert not app.exception, app.exception
    return app

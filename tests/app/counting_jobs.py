"""Job kinds of the tests: they count, disobey, break and die, but compute nothing."""

import os
import signal
import time
from pathlib import Path

from dldiag.app.jobs.registry import JOBS
from dldiag.core.i18n import Message
from dldiag.core.types import DataError, Progress, Stopped


def count(arguments, on_progress, should_stop):
    """Count to `to`, `seconds` apart, telling each number."""
    for k in range(arguments["to"]):
        if should_stop():
            raise Stopped
        on_progress(Progress(Message("Counting: {k}", {"k": k}), k, arguments["to"]))
        time.sleep(arguments.get("seconds", 0.01))
    return {"counted": arguments["to"]}


def half(arguments, on_progress, should_stop):
    """Count until stopped and return how far it came."""
    k = 0
    while not should_stop():
        time.sleep(0.01)
        k += 1
    return {"counted": k}


def deaf(arguments, on_progress, should_stop):
    """Never ask whether to stop."""
    time.sleep(60)


def freeze(arguments, on_progress, should_stop):
    """Stand still as a whole process, so that no thread of it gives a sign of life."""
    os.kill(os.getpid(), signal.SIGSTOP)


def die(arguments, on_progress, should_stop):
    """End the process as the kernel would when memory runs out."""
    os._exit(9)


def refuse(arguments, on_progress, should_stop):
    raise DataError(Message("The column {name} is not there.", {"name": "x"}), Message("Pick another."))


def broken(arguments, on_progress, should_stop):
    return 1 / 0


def size_of_upload(arguments, on_progress, should_stop):
    return len(Path(arguments["data"]["path"]).read_bytes())


def chatty(arguments, on_progress, should_stop):
    """Print to the standard output, as careless libraries do."""
    os.write(1, b"done with everything\n" * 3)
    return "still here"


JOBS |= {f.__name__: f for f in (count, half, deaf, freeze, die, refuse, broken, size_of_upload, chatty)}

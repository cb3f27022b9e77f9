"""Job kinds of the tests: they count, disobey, break and die, but compute nothing."""

import os
import signal
import time
from pathlib import Path

from dldiag.app.jobs.job_kinds import DataJob, Job
from dldiag.app.jobs.registry import JOBS
from dldiag.core.i18n import Message
from dldiag.core.types import DataError, Progress, Stopped


class Count(Job, tag="count"):
    to: int
    seconds: float = 0.01
    mark: str = ""  # tells apart two questions of the same numbers


class Half(Job, tag="half"):
    pass


class Deaf(Job, tag="deaf"):
    pass


class Freeze(Job, tag="freeze"):
    pass


class Die(Job, tag="die"):
    pass


class Refuse(Job, tag="refuse"):
    pass


class Broken(Job, tag="broken"):
    pass


class SizeOfUpload(DataJob, tag="size_of_upload"):
    pass


class Chatty(Job, tag="chatty"):
    pass


def count(job, on_progress, should_stop):
    """Count to `to`, `seconds` apart, telling each number."""
    for k in range(job.to):
        if should_stop():
            raise Stopped
        on_progress(Progress(Message("Counting: {k}", {"k": k}), k, job.to))
        time.sleep(job.seconds)
    return {"counted": job.to}


def half(job, on_progress, should_stop):
    """Count until stopped and return how far it came."""
    k = 0
    while not should_stop():
        time.sleep(0.01)
        k += 1
    return {"counted": k}


def deaf(job, on_progress, should_stop):
    """Never ask whether to stop."""
    time.sleep(60)


def freeze(job, on_progress, should_stop):
    """Stand still as a whole process, so that no thread of it gives a sign of life."""
    os.kill(os.getpid(), signal.SIGSTOP)


def die(job, on_progress, should_stop):
    """End the process as the kernel would when memory runs out."""
    os._exit(9)


def refuse(job, on_progress, should_stop):
    raise DataError(Message("The column {name} is not there.", {"name": "x"}), Message("Pick another."))


def broken(job, on_progress, should_stop):
    return 1 / 0


def size_of_upload(job, on_progress, should_stop):
    return len(Path(job.data["path"]).read_bytes())


def chatty(job, on_progress, should_stop):
    """Print to the standard output, as careless libraries do."""
    os.write(1, b"done with everything\n" * 3)
    return "still here"


JOBS |= {
    Count: count,
    Half: half,
    Deaf: deaf,
    Freeze: freeze,
    Die: die,
    Refuse: refuse,
    Broken: broken,
    SizeOfUpload: size_of_upload,
    Chatty: chatty,
}

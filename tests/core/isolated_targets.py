"""Functions that are called in a process of their own and misbehave there."""

import ctypes
import mmap
import os
import time


def echo(request, out):
    out.write(request)


def spin(request, out):
    while True:
        pass


def sleep(request, out):
    time.sleep(100)


def spin_and_tell(request, out):
    """Write the process id to the file that the request names, then use processor time."""
    with open(request.decode(), "w") as file:  # noqa: PTH123
        file.write(str(os.getpid()))
    while True:
        pass


def crash(request, out):
    ctypes.string_at(0)


def leave(request, out):
    os._exit(9)


def break_off(request, out):
    out.write(b"half of an answer")
    out.flush()
    os.abort()


def swallow(request, out):
    bytearray(10**9)


def reserve(request, out):
    held = mmap.mmap(-1, 10**10)
    out.write(b"reserved")
    held.close()

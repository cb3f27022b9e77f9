"""What holds for every test."""

import os

from hypothesis import settings

from tests.homes import without_workers

__all__ = ["without_workers"]

# A job of a test is done by its worker alone: each process more takes seconds to import the models.
os.environ.setdefault("DLDIAG_PROCESSES", "1")
# Property tests run without a time limit, which only measures how busy a machine is.
settings.register_profile("here", deadline=None)
settings.load_profile("here")

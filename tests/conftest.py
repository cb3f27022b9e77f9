"""Property tests run without a time limit, which only measures how busy a machine is."""

from hypothesis import settings

from tests.homes import without_workers

__all__ = ["without_workers"]

settings.register_profile("here", deadline=None)
settings.load_profile("here")

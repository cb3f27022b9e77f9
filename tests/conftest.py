"""Property tests run without a time limit, which only measures how busy a machine is."""

from hypothesis import settings

settings.register_profile("here", deadline=None)
settings.load_profile("here")

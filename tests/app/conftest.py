"""The app's tests keep their files in a folder of their own."""

from tests.homes import home_of_a_folder as home

__all__ = ["home"]

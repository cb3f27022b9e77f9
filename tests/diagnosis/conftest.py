"""Every test has a home of its own: what one test opened, the next may open again."""

from tests.homes import home_of_a_test as home

__all__ = ["home"]

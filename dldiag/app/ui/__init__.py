"""Widgets, forms, theme and the frame of every page."""

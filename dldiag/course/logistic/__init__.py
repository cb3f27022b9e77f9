"""Logistic regression: one unit, its loss and its graph."""

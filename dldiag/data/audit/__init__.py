"""Checks of a table before training: leakage, duplicates, groups, time order, scales."""

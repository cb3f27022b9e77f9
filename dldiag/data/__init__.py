"""Data: bytes to a table of typed columns, a target, checks before training, and splits."""

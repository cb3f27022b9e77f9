"""Train, dev and test sets."""

"""Hyperparameters and the loop of experiments."""

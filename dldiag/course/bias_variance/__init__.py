"""Bias and variance, decomposed."""

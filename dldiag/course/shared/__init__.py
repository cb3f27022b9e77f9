"""What several lessons share: toy data, prepared rows, the instrumented run."""

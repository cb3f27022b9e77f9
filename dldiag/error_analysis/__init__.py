"""Where a model is wrong: slices, label suspects, importance, worst rows; it reads predictions and fits nothing."""

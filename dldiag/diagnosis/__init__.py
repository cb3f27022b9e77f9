"""What is wrong with a model, what to do about it, and whether that helped."""

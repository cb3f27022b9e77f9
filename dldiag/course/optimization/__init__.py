"""Mini-batches, momentum and Adam: how the same network trains faster."""

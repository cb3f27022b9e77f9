"""Mini-batches, momentum and Adam: how the same network gets down faster."""

"""Many fits: models, tasks, fits and their memo, learning curves, estimates and the forecast."""

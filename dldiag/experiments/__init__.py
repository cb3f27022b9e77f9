"""Many fits: models, tasks, the fit cache, learning curves, estimates and the forecast."""

"""Words every room speaks: types, parameters, settings, texts, statistics, processes."""

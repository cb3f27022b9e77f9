"""L2 penalty and dropout: what lowers high variance, and what it costs."""

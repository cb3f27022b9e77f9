"""Jobs that run outside the page: the worker pool, the queue, and every kind of job."""

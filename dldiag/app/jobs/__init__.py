"""Work outside the page: the pool of processes, the queue, and every kind of job."""

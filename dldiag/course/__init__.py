"""The course, live: each idea of the deep-learning notes as a computation on a table, and the figure that shows it."""

"""Systems on a chip: a phase-driven simulator, and the task that pairs it with FARSI's spaces."""

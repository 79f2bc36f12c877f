"""Benchmark tables: designs that somebody measured, with what was found for each.

`declare` says what a table's columns are, `read` makes checked arrays of a file, `store` keeps them in the cache
folder, `evaluator` measures by looking up, `rows` is the space of a table that holds only part of one, and `task` opens
an imported table as a task of its own name.
"""

"""Data sets: a file's name is the data set's, hyphens for underscores; adding one is adding a file.

A file has `load(...)`, which gives a `Data`. Its parameters, all with a default, are the options of the data set:
`folder` where the files lie; `train`, `valid` and `test` how many samples; and what else it needs. Nothing is
downloaded: what is missing says where it comes from. A module that begins with an underscore holds what sets share.
"""

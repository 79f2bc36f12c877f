"""Surrogates: a task whose evaluator is a random forest, fitted on what a sweep measured.

`fit` learns from a sweep and finds the errors on designs held out, `folder` keeps surrogates in the cache folder, `task`
opens one as a task of its own name. Krishnan et al., ArchGym, ISCA 2023, arXiv 2306.08888 call them proxy models.
"""

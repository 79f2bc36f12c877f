"""Sweeps: a grid of runs, and the folder where they are stored."""


def load(folder):
    """Read a sweep folder, finished or not."""
    from .load import Sweep

    return Sweep(folder)

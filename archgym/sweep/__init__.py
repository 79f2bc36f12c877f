"""Sweeps: a grid of runs, and the folder where they are stored."""

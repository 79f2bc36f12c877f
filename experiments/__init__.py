"""Sweep files and reproductions, each with what it shows."""

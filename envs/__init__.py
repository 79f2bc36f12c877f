"""Evaluators, and the tasks that pair them with spaces."""

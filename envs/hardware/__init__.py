"""Simulators of hardware, and the tasks that pair them with spaces."""

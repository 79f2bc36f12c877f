"""DNN accelerators: how often a mapping touches each memory, what that costs, and the tasks."""

"""Agents: one file an agent; the file's name is the agent's."""

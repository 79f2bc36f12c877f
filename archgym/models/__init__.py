"""Models of what a design is worth, for agents and reports: they know graphs, and no space."""

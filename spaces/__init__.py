"""Search spaces: one family a module."""

"""Where imported tables lie: all that listing tasks needs, and light to import."""

from ..shelf import Shelf

DECIDE = ("space", "metrics", "holdout", "objective", "cost_unit", "identity", "sample")

TABLES = Shelf("table", "imported", lambda known: f"import it again from {known['declaration']['file']}",
               lambda known: {k: known["declaration"][k] for k in DECIDE}, format=2)

"""Where imported tables lie, and what they are called: all that listing tasks needs, and light to import."""

import os
from pathlib import Path

from ..cache import default_folder


def folder() -> Path:
    """Where imported tables are kept."""
    return default_folder() / "tables"


def names() -> list[str]:
    """The imported tables."""
    try:
        return sorted(entry.name for entry in os.scandir(folder())
                      if os.path.isfile(os.path.join(entry.path, "about.json")))
    except OSError:  # nothing was imported yet, or the folder cannot be read: no reason for archgym not to start
        return []

"""Where surrogates lie, and what they are called: all that listing tasks needs, and light to import."""

import os
from pathlib import Path

from ..cache import default_folder


def folder() -> Path:
    """Where surrogates are kept."""
    return default_folder() / "surrogates"


def names() -> list[str]:
    """The surrogates that were fitted."""
    try:
        return sorted(entry.name for entry in os.scandir(folder())
                      if os.path.isfile(os.path.join(entry.path, "about.json")))
    except OSError:  # nothing was fitted yet, or the folder cannot be read
        return []

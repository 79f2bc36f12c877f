"""Where surrogates lie: all that listing tasks needs, and light to import."""

from ..shelf import Shelf

SURROGATES = Shelf("surrogate", "fitted", lambda known: "fit it again", lambda known: {
    "parent": known["parent"]["id"], "metrics": known["metrics"], "parameters": known["parameters"]}, format=1)

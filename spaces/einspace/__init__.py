"""einspace: a grammar of whole networks, its derivations, and known architectures written as derivations."""

from .derivation import Branching, Computation, Derivation, Profile, Routing, Sequential, infer
from .seeds import SEEDS
from .space import EinSpace

__all__ = ["Branching", "Computation", "Derivation", "EinSpace", "Profile", "Routing", "SEEDS", "Sequential", "infer"]

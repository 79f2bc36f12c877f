"""Designs that a run has not measured yet: for agents that propose none twice while there are others."""

from collections.abc import Container

from .space import Genome, Space
from .streams import Uniform

DRAWS = 1_000  # until nothing new is said to be near


def fresh_sample(space: Space, seen: Container[Genome], u: Uniform) -> Genome:
    """A random design that is not in `seen`; the last one drawn where none turns up in a thousand."""
    for _ in range(DRAWS):
        genome = space.sample(u)
        if genome not in seen:
            break
    return genome


def fresh_mutant(space: Space, genome: Genome, seen: Container[Genome], u: Uniform, law: str = "choice") -> Genome | None:
    """A mutant of `genome` that is not in `seen`; None where none turns up in a hundred."""
    for _ in range(DRAWS // 10):
        child = space.mutate(genome, u, law=law)
        if child is None:
            return None
        if child not in seen:
            return child
    return None

"""Every registered space draws by the law that it states: small instances in full, the spaces themselves by choice."""

from collections import defaultdict
from math import log

import pytest
from narrow import masked, narrow

from archgym import ProductSpace, registry
from archgym.errors import Reject
from archgym.streams import uniform
from archgym.testing.contract import Checks
from archgym.testing.law import check_law, chi_square, exact_law

NAMES = registry.space_names()
SMALL = {
    "ActivationFunctions": lambda: narrow(registry.space("ActivationFunctions"), first=2, width=3),
    "HierarchicalNASBench201SharedCell": lambda: narrow(registry.space("HierarchicalNASBench201SharedCell"), 3, 5),
    "HierarchicalNASBench201FixedMacro": lambda: narrow(registry.space("HierarchicalNASBench201FixedMacro"), width=4),
    "GAMMA": lambda: registry.space("GAMMA", layer="K2-P2", hardware="2x2-8-64-4-4"),
    "Mapping": lambda: registry.space("Mapping", layer="K4-P2", hardware="2x2-8-64-4-4"),
    "MappingIndependent": lambda: registry.space("MappingIndependent", layer="K4-P2", hardware="2x2-8-64-4-4"),
    "NASBench101": lambda: nearly_full_cells(),
    "TransNASBench101Macro": lambda: narrow(registry.space("TransNASBench101Macro"), first=3, width=4),
    "einspace": lambda: registry.space("einspace", input=(1, 2, 2), max_depth=1, max_nodes=5),
}
"""Where two options of the first choice of every sort are too few, or where the space's own options make it small."""


def nearly_full_cells():
    """Cells of NAS-Bench-101 with seven edges given and five left open: those of more than nine are rejected."""
    space = registry.space("NASBench101")
    given = ((0, 3), (0, 4), (0, 5), (3, 4), (4, 5), (3, 6), (5, 6))
    open_names = {"vertex5/from3", "vertex6/from4", "vertex6/from0", "vertex1/from0", "vertex6/from1",
                  "vertex1/operation"}
    given_names = {f"vertex{b}/from{a}" for a, b in given}
    space.choices = tuple(choice if choice.name in open_names else masked(choice, [int(choice.name in given_names)])
                          for choice in space.choices)
    space.size = None
    return space


def rejects(space):
    """Whether a few hundred of its builds are not all accepted: the law of a sample is then not that of each choice."""
    u = uniform(0)
    try:
        return any(space.play(lambda choice: choice.law[0][int(u() * len(choice.law[0]))]) is None for _ in range(200))
    except Reject:
        return True


CHOOSING = [name for name in NAMES if not registry.space(name).dead_ends and not rejects(registry.space(name))]


@pytest.mark.parametrize("name", NAMES)
def test_a_small_instance_is_enumerated_and_sampled_by_its_law(name):
    space = SMALL[name]() if name in SMALL else narrow(registry.space(name))
    law = exact_law(space)
    assert law and len(law.probability) >= 12, "too many or too few designs: give an instance in SMALL"
    checks = Checks(name)
    check_law(space, checks, seed=1)
    assert len(checks.kept) == 4 and checks.untried == []


@pytest.mark.parametrize("name", CHOOSING)
def test_every_pick_of_a_sample_follows_the_law_of_its_choice(name):
    """Where builds are never rejected or undone, a pick has that law whatever was picked before."""
    space, u = registry.space(name), uniform(2)
    drawn, picks = defaultdict(lambda: [0] * 1_000), 0
    while picks < 6_000:
        trace = space.trace(space.sample(u))
        for choice, pick in zip(trace.choices, trace.picks):
            drawn[choice.path if isinstance(space, ProductSpace) else choice.sort_name, choice.law][pick] += 1
        picks += max(len(trace.picks), 6)
    chances = [chi_square([counts[pick] for pick in law[0]], law[2]) for (_, law), counts in drawn.items()]
    assert min(chances) > 1e-3 / len(chances)


@pytest.mark.parametrize("name", [name for name in NAMES if registry.space(name).law.startswith("uniform over")])
def test_a_law_that_is_called_uniform_is(name):
    space, u = registry.space(name), uniform(3)
    for _ in range(50):
        assert space.log_prob(space.sample(u)) == pytest.approx(-log(space.size))

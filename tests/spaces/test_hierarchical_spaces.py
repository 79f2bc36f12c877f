"""What holds for every hierarchical space: the ways there and back, variation, vectors, streams, agents."""

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import archgym
from archgym import registry
from archgym.streams import uniform
from archgym.testing import check_space

NAMES = ("ActivationFunctions", "HierarchicalMotifs", "HierarchicalNASBench201", "HierarchicalNASBench201FixedMacro",
         "HierarchicalNASBench201SharedCell")
SPACES = {name: registry.space(name) for name in NAMES}
every = pytest.mark.parametrize("space", SPACES.values(), ids=NAMES)
spaces = st.sampled_from(list(SPACES.values()))
seeds = st.integers(0, 2**32)


@every
def test_it_keeps_what_spaces_promise(space):
    checks = check_space(space, samples=2)
    assert all("small" in why or "50,000" in why for _, why in checks.untried)


@given(spaces, seeds)
def test_genome_design_text_design_genome(space, seed):
    genome = space.sample(uniform(seed))
    design = space.decode(genome)
    again = space.parse(space.format(design))
    assert again == design and space.encode(again) == genome
    assert space.key(again) == space.key_of(genome)


@given(spaces, seeds, st.sampled_from(["choice", "path"]))
def test_variation_gives_other_designs_of_the_space(space, seed, law):
    u = uniform(seed)
    genome, donor = space.sample(u), space.sample(u)
    assert space.mutate(genome, u, law=law) != genome
    for child in (space.mutate(genome, u, law=law), space.regrow(genome, u), space.exchange(genome, donor, u)):
        assert child is None or child != genome and space.encode(space.decode(child)) == child


@given(spaces, seeds)
def test_a_vector_decodes_to_the_same_design_twice(space, seed):
    u = uniform(seed)
    vector = [u() for _ in range(space.vector_length)]
    genome = space.from_vector(vector)
    assert space.from_vector(vector) == genome == space.encode(space.decode(genome))


@settings(max_examples=20)
@given(st.sampled_from([SPACES[n] for n in NAMES if n != "HierarchicalNASBench201"]), seeds)
def test_neighbours_differ_in_one_choice_that_both_have(space, seed):
    u = uniform(seed)
    trace = space.trace(space.sample(u))
    picks = dict(zip(trace.paths, trace.picks, strict=True))
    for near in space.neighbours(trace.picks, u)[::11]:
        other = space.trace(near)
        differing = [c for c, p in zip(other.choices, near, strict=True)
                     if picks.get(c.path, p) != p and c.is_legal(picks[c.path])]
        assert len(differing) == 1


@pytest.mark.parametrize("name, digest", [
    ("ActivationFunctions", "7977c59939e92121"),
    ("HierarchicalMotifs", "4fd24144ebee89ca"),
    ("HierarchicalNASBench201", "cd173bb3f9b2e3d5"),
    ("HierarchicalNASBench201FixedMacro", "0798d893bfd653f2"),
    ("HierarchicalNASBench201SharedCell", "bbcd99efdb114bac"),
])
def test_a_seed_gives_the_same_designs_everywhere(name, digest):
    space, u = SPACES[name], uniform(7)
    texts = json.dumps([space.text_of(space.sample(u)) for _ in range(20)])
    assert hashlib.sha256(texts.encode()).hexdigest()[:16] == digest


def graph_statistics(space):
    """Many kinds of operations on few edges: something to climb, whatever the space."""
    def value(design):
        graph = space.graph(design)
        return len(set(graph.labels)) - len(graph.edges) / (1 + len(graph.labels))

    return value


@every
@pytest.mark.parametrize("agent, options", [
    ("random", {}), ("local-search", {}), ("regularized-evolution", {"population": 15, "tournament": 5})])
def test_agents_run_on_it(space, agent, options):
    task = archgym.task(space=space, evaluate=graph_statistics(space), worst=-1000.0)
    run, again = (archgym.run(task, archgym.agent(agent, **options), budget=archgym.Budget(evaluations=50), seed=3)
                  for _ in range(2))
    assert len(run.trajectory.value) == 50
    assert run.incumbent.value == max(run.trajectory.value) > min(run.trajectory.value)
    assert again.incumbent.genome == run.incumbent.genome

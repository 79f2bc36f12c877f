"""What holds for every cell and chain space without a grammar: the contract, the ways there and back, variation."""

import hashlib
import json

import pytest
from archgym.experiments import space_counts
from hypothesis import given
from hypothesis import strategies as st

import archgym
from archgym import registry
from archgym.errors import IllegalDesign
from archgym.streams import uniform
from archgym.testing import check_space

NAMES = ("DARTS", "FBNet", "FCNet", "HPOBenchMLP", "NASBench101", "NASBench1Shot1Space1", "NASBench1Shot1Space2",
         "NASBench1Shot1Space3", "NASNet", "NATSBenchSize", "TransNASBench101Macro", "TransNASBench101Micro")
SPACES = {name: registry.space(name) for name in NAMES}
every = pytest.mark.parametrize("space", SPACES.values(), ids=NAMES)
spaces = st.sampled_from(list(SPACES.values()))
seeds = st.integers(0, 2**32)


@every
def test_it_keeps_what_spaces_promise(space):
    checks = check_space(space, samples=6)
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


@given(spaces, spaces, seeds)
def test_a_text_of_another_space_is_refused(space, other, seed):
    text = other.text_of(other.sample(uniform(seed)))
    if space is not other:
        with pytest.raises(IllegalDesign, match=space.name):
            space.parse(text)


@every
def test_a_text_cut_short_or_with_a_part_too_many_is_refused(space):
    text = space.text_of(space.sample(uniform(1)))
    for wrong in (text[:-1], text[: len(text) // 2], text + "x"):
        with pytest.raises(IllegalDesign):
            space.parse(wrong)


@pytest.mark.parametrize("name, digest", [
    ("DARTS", "926a8df54095bedd"),
    ("FBNet", "84d4ac24c55d7ca3"),
    ("FCNet", "81dffd5ef83771c4"),
    ("HPOBenchMLP", "b9dfdf4e8e22336b"),
    ("NASBench101", "97444046822d9280"),
    ("NASBench1Shot1Space1", "ae9d3bd6e629f388"),
    ("NASBench1Shot1Space2", "8722f435adea6c56"),
    ("NASBench1Shot1Space3", "978470cc029c435c"),
    ("NASNet", "81f044db9b2b23e8"),
    ("NATSBenchSize", "91bb4ad4b1dc447e"),
    ("TransNASBench101Macro", "35429f65e4379648"),
    ("TransNASBench101Micro", "ca2ac111cc91d060"),
])
def test_a_seed_gives_the_same_designs_everywhere(name, digest):
    space, u = SPACES[name], uniform(7)
    texts = json.dumps([space.text_of(space.sample(u)) for _ in range(20)])
    assert hashlib.sha256(texts.encode()).hexdigest()[:16] == digest


def graph_statistics(space):
    """Many kinds of operations on few edges: something to climb, whatever the space."""
    def value(design):
        graph = space.graph(design)
        return len(set(graph.labels)) - len(graph.edges) / (1 + len(graph.labels)) - space.encode(design)[0] / 100

    return value


@every
@pytest.mark.parametrize("agent, options", [
    ("random", {}), ("local-search", {}), ("regularized-evolution", {"population": 15, "tournament": 5})])
def test_agents_run_on_it(space, agent, options):
    task = archgym.task(space=space, evaluate=graph_statistics(space), worst=-1000.0)
    run, again = (archgym.run(task, archgym.agent(agent, **options), budget=archgym.Budget(evaluations=40), seed=3)
                  for _ in range(2))
    assert len(run.trajectory.value) == 40
    assert run.incumbent.value == max(run.trajectory.value) > min(run.trajectory.value)
    assert again.incumbent.genome == run.incumbent.genome


def test_every_count_agrees_with_what_was_published():
    counts = list(space_counts.rows(NAMES))
    assert {count.space for count in counts} == set(NAMES)
    assert [count for count in counts if count.agrees is False] == []

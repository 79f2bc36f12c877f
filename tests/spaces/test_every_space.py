"""What holds for every registered space and for products of them: the contract, the ways there and back, variation."""

import hashlib
import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import archgym
from archgym import registry
from archgym.errors import IllegalDesign
from archgym.experiments import space_counts
from archgym.streams import uniform
from archgym.testing import check_space

NAMES = registry.space_names()
REGISTERED = {name: registry.space(name) for name in NAMES}
PRODUCTS = {f"{a} * {b}": REGISTERED[a] * REGISTERED[b] for a, b in (
    ("NASBench201", "NATSBenchSize"), ("einspace", "HPOBenchMLP"), ("TransNASBench101Macro", "ActivationFunctions"))}
SPACES = REGISTERED | PRODUCTS
every = pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)
seeds = st.integers(0, 2**32)
DIGESTS = {
    "Accelerator": "1f5e4e1360543206",
    "ActivationFunctions": "7977c59939e92121",
    "ConfuciuX": "6ad2aae660faf576",
    "DARTS": "926a8df54095bedd",
    "DRAMController": "e5d9a35b41fd6e41",
    "FBNet": "84d4ac24c55d7ca3",
    "FCNet": "81dffd5ef83771c4",
    "GAMMA": "813fe4e42cc0ffa9",
    "HPOBenchMLP": "b9dfdf4e8e22336b",
    "HierarchicalMotifs": "4fd24144ebee89ca",
    "HierarchicalNASBench201": "cd173bb3f9b2e3d5",
    "HierarchicalNASBench201FixedMacro": "0798d893bfd653f2",
    "HierarchicalNASBench201SharedCell": "bbcd99efdb114bac",
    "Mapping": "6f50d25531af4b40",
    "MappingIndependent": "61ab524a68ecb300",
    "NASBench101": "97444046822d9280",
    "NASBench1Shot1Space1": "ae9d3bd6e629f388",
    "NASBench1Shot1Space2": "8722f435adea6c56",
    "NASBench1Shot1Space3": "978470cc029c435c",
    "NASBench201": "6355219e03bacfa6",
    "NASBenchGraph": "1de065ca05461d82",
    "NASBenchGraphProteins": "0f0ed6b54a95e12d",
    "NASNet": "81f044db9b2b23e8",
    "NATSBenchSize": "91bb4ad4b1dc447e",
    "SoC": "8aca93a3092622ad",
    "SoCIndependent": "0fdb8c081969503e",
    "TransNASBench101Macro": "35429f65e4379648",
    "TransNASBench101Micro": "ca2ac111cc91d060",
    "einspace": "c329705027081d5b",
}


def few(examples):
    """So many seeds of each space: together as many examples as any property has."""
    return lambda test: every(settings(max_examples=examples)(given(seed=seeds)(test)))


@every
def test_it_keeps_what_spaces_promise(space):
    checks = check_space(space, samples=2)
    assert all("small" in why or "50,000" in why for _, why in checks.untried)


@few(12)
def test_genome_design_text_design_genome(space, seed):
    genome = space.sample(uniform(seed))
    design = space.decode(genome)
    again = space.parse(space.format(design))
    assert again == design and space.encode(again) == genome
    assert space.key(again) == space.key_of(genome)


@few(12)
def test_variation_gives_other_designs_of_the_space_or_says_that_it_could_not(space, seed):
    u = uniform(seed)
    genome, donor = space.sample(u), space.sample(u)
    for child in (space.mutate(genome, u), space.mutate(genome, u, law="path"), space.regrow(genome, u),
                  space.exchange(genome, donor, u)):
        assert child is None or child != genome and space.encode(space.decode(child)) == child
    if not space.dead_ends:
        assert space.mutate(genome, u) is not None


@few(6)
def test_exchanged_subtrees_are_of_the_parents(space, seed):
    u = uniform(seed)
    genome, donor = space.sample(u), space.sample(u)
    child = space.exchange(genome, donor, u)
    assume(child is not None)
    known = {(c.sort_name, pick) for parent in (genome, donor) for c, pick in zip(space.trace(parent).choices, parent)}
    assert {(c.sort_name, pick) for c, pick in zip(space.trace(child).choices, child)} <= known


@few(12)
def test_a_vector_decodes_to_the_same_design_twice(space, seed):
    u = uniform(seed)
    vector = [u() for _ in range(space.vector_length)]
    genome = space.from_vector(vector)
    assert space.from_vector(vector) == genome == space.encode(space.decode(genome))


@pytest.mark.parametrize("name", [name for name, space in SPACES.items() if not space.dead_ends])
@settings(max_examples=2)
@given(seed=seeds)
def test_neighbours_differ_in_one_choice_that_both_have(name, seed):
    space, u = SPACES[name], uniform(seed)
    trace = space.trace(space.sample(u))
    picks = dict(zip(trace.paths, trace.picks, strict=True))
    for near in space.neighbours(trace.picks, u)[::17]:
        differing = [c for c, p in zip(space.trace(near).choices, near, strict=True)
                     if picks.get(c.path, p) != p and c.is_legal(picks[c.path])]
        assert len(differing) == 1


def named_or_refused(space, name, text):
    """A text is refused by the space's name, or names a design that is written so."""
    try:
        design = space.parse(text)
    except IllegalDesign as why:
        assert name.lower() in str(why).lower()
        return None
    assert space.format(design) == text
    return design


@pytest.mark.parametrize("name", NAMES)
def test_a_text_of_another_space_is_refused(name):
    """Unless it is a text of this one too: some spaces hold others."""
    read = {other for other in NAMES if other != name and named_or_refused(
        SPACES[name], name, SPACES[other].text_of(SPACES[other].sample(uniform(1)))) is not None}
    assert len(read) <= 2


@every
def test_a_text_cut_short_or_with_a_part_too_many_is_refused(space):
    design = space.decode(space.sample(uniform(1)))
    text = space.format(design)
    for wrong in (text[:-1], text[: len(text) // 2], text + "x"):
        try:
            assert space.parse(wrong) == design  # only its last bracket or bar is gone
        except IllegalDesign:
            pass


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_gives_the_same_designs_everywhere(name):
    space, u = SPACES[name], uniform(7)
    texts = json.dumps([space.text_of(space.sample(u)) for _ in range(20)])
    digest = hashlib.sha256(texts.encode()).hexdigest()[:16]
    assert DIGESTS.get(name) == digest, f'where the space is new, add to DIGESTS: "{name}": "{digest}",'


def graph_statistics(space):
    """Many kinds of operations on few edges: something to climb, whatever the space."""
    def value(design):
        graph = space.graph(design)
        return len(set(graph.labels)) - len(graph.edges) / (1 + len(graph.labels)) - sum(space.encode(design)) / 1_000

    return value


@every
@pytest.mark.parametrize("agent, options", [
    ("random", {}), ("local-search", {}), ("regularized-evolution", {"population": 10, "tournament": 4})])
def test_agents_run_on_it(space, agent, options):
    task = archgym.task(space=space, evaluate=graph_statistics(space), worst=-1000.0)
    run, again = (archgym.run(task, archgym.agent(agent, **options), budget=archgym.Budget(evaluations=30), seed=3)
                  for _ in range(2))
    assert len(run.trajectory.value) == 30
    assert run.incumbent.value == max(run.trajectory.value) > min(run.trajectory.value)
    assert again.incumbent.genome == run.incumbent.genome


def test_every_count_agrees_with_what_was_published():
    counts = list(space_counts.rows())
    assert {count.space for count in counts} == set(NAMES)
    assert [count for count in counts if count.agrees is False] == []

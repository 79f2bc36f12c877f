"""check_space: what every search space must do."""

import inspect
import json
import math
import pickle

from ..choice import Choice
from ..drawing import Drawing
from ..drawing.text import lines
from ..encoding import one_hot
from ..errors import ArchGymError, IllegalDesign, IllegalGenome
from ..product import ProductSpace
from ..space import Space
from ..streams import generator, uniform
from .contract import Checks, Untried, need
from .law import check_law

LAWS = ("choice", "path")
DRAWN = 8  # designs whose drawings are looked at


def check_space(space: Space, *, samples: int = 48, seed: int = 0) -> Checks:
    """Try the contract of a space on `samples` draws, and on all designs where there are few.

    Returns what was kept and what could not be tried; ContractBroken says what is broken.
    """
    if not isinstance(space, Space):
        raise ArchGymError(f"check_space takes an archgym Space, got {space!r}")
    checks = Checks(f"space {space.name}")
    with checks.promise("build() is a generator: it yields Choices with one path each and returns the design"):
        need(inspect.isgenerator(space.build()), f"build() gives {space.build()!r}, not a generator")
        u = uniform(seed)
        traces = [space.trace(space.sample(u)) for _ in range(samples)]
        for trace in traces:
            _sound_choices(trace)
    genomes = list(dict.fromkeys(trace.picks for trace in traces))
    _sampling(space, genomes, checks, seed)
    _decoding(space, genomes, checks)
    _text(space, genomes, checks)
    _keys(space, genomes, checks)
    _variation(space, genomes, checks, seed)
    _numbers(space, genomes, checks, seed)
    with checks.promise("graph() gives node labels that are texts, and edges between nodes"):
        if not _answers(space) and type(space).graph is Space.graph:
            raise Untried("the space has no answer()")
        for genome in genomes:
            _sound_graph(space, genome)
    with checks.promise("drawing() gives panels that can be told in lines"):
        for genome in genomes[:DRAWN]:
            drawing = space.drawing_of(genome)
            need(isinstance(drawing, Drawing), f"drawing gives {drawing!r} for {genome}, not a Drawing")
            lines(drawing)
    _pickled(space, genomes, checks)
    check_law(space, checks, seed)
    return checks


def _answers(space) -> bool:
    return type(space).answer is not Space.answer


def _sound_choices(trace):
    names = [choice.name for choice in trace.choices]
    for i, choice in enumerate(trace.choices):
        need(isinstance(choice, Choice), f"build() yields {choice!r}, which is no Choice")
        need(choice.name not in names[:i], f"two choices of one build are called {choice.name!r} ({trace.picks})")
        texts = [str(option) for option in choice.options]
        need(len(set(texts)) == len(texts), f"choice {choice.name!r} has options that read alike: {', '.join(texts)}")
        need(choice.is_legal(trace.picks[i]),
             f"choice {choice.name!r} took pick {trace.picks[i]}, which is not legal there")


def _legal(space, genome, what):
    """The genome is a clean tuple of ints that builds a design."""
    need(type(genome) is tuple and all(type(pick) is int for pick in genome),
         f"{what} gives {genome!r}, not a tuple of ints")
    trace = space.trace(genome)
    need(space.clean(trace) == genome, f"{what} gives {genome}, which holds picks that its build abandons; "
                                       f"the clean genome is {space.clean(trace)}")
    return trace


def _sampling(space, genomes, checks, seed):
    with checks.promise("sample() gives clean genomes that build a design, and follows its stream alone"):
        for genome in genomes:
            _legal(space, genome, "sample")
        once, again = ([space.sample(u) for u in [uniform(seed)] for _ in genomes] for _ in range(2))
        need(once == again, f"sample from the same stream gives {once} once and {again} then")
    with checks.promise("sample_many() gives as many legal genomes as were asked for, and follows its generator alone"):
        rows = space.sample_many(generator(seed), len(genomes))
        need(len(rows) == len(genomes), f"sample_many was asked for {len(genomes)} and gives {len(rows)}")
        again = space.sample_many(generator(seed), len(genomes))
        for row, other in zip(rows, again):
            _legal(space, tuple(map(int, row)), "sample_many")
            need(tuple(row) == tuple(other), f"sample_many from the same generator gives {row} once and {other} then")
    with checks.promise("every choice has one of the declared sorts, and a sort has the same options everywhere"):
        for genome in genomes:
            for choice in space.trace(genome).choices:
                need(space.sorts.get(choice.sort_name) == choice.options,
                     f"choice {choice.name!r} of sort {choice.sort_name!r} has the options {choice.options}; sorts "
                     f"says {space.sorts.get(choice.sort_name, 'nothing of that sort')}")
    with checks.promise("options are JSON values or have a text of their own, so that designs can be written down"):
        for sort, options in space.sorts.items():
            json.dumps([o if isinstance(o, (str, int, float)) else str(o) for o in options], allow_nan=False)
            for option in options:
                need(" at 0x" not in str(option),
                     f"option {option} of sort {sort!r} reads differently in every process")


def _decoding(space, genomes, checks):
    with checks.promise("decode() refuses what builds no design with IllegalGenome: too short, too long, out of range"):
        for genome in genomes:
            wrong = [genome + (0,)]
            if genome:
                wrong += [genome[:-1], (len(space.trace(genome).choices[0].options), *genome[1:]), (-1, *genome[1:])]
            for given in wrong:
                try:
                    design = space.decode(given)
                except IllegalGenome:
                    continue
                need(False, f"genome {given} is illegal, but decodes to {design!r}")
    with checks.promise("encode(decode(genome)) is the genome, and decode(encode(design)) the design"):
        if not _answers(space):
            need(not space.dead_ends, "the space has dead ends but no answer(design, choice) to tell clean genomes by")
            raise Untried("the space has no answer()")
        for genome in genomes:
            design = space.decode(genome)
            need(space.encode(design) == genome,
                 f"genome {genome} decodes to {design!r}, which encodes to {space.encode(design)}")
            if type(design).__eq__ is not object.__eq__:
                need(space.decode(space.encode(design)) == design, f"design {design!r} comes back as "
                                                                   f"{space.decode(space.encode(design))!r}")


def _text(space, genomes, checks):
    with checks.promise("text_of() gives one text a genome, and different designs different texts"):
        texts = {}
        for genome in genomes:
            text = space.text_of(genome)
            need(isinstance(text, str) and text == space.text_of(genome), f"the text of {genome} is {text!r}, then "
                                                                          f"{space.text_of(genome)!r}")
            other = texts.setdefault(text, genome)
            need(other == genome, f"genomes {other} and {genome} have one text: {text}")
    with checks.promise("parse(format(design)) is the design, and parse refuses what is no design with IllegalDesign"):
        if not _answers(space) and type(space).parse is Space.parse:
            raise Untried("the space has no answer()")
        for genome in genomes:
            text = space.format(space.decode(genome))
            back = space.encode(space.parse(text))
            need(back == genome, f"design {genome} is written as {text}, which reads as {back}")
        for nonsense in ("", "no design at all", "{}" if genomes[0] else "[]", '{"no such choice": 1}', "null"):
            try:
                design = space.parse(nonsense)
            except IllegalDesign:
                continue
            need(False, f"the text {nonsense!r} is read as the design {design!r}")


def _keys(space, genomes, checks):
    with checks.promise("key_of() gives one text a design, the same for equal genomes"):
        for genome in genomes:
            key = space.key_of(genome)
            need(isinstance(key, str), f"the key of {genome} is {key!r}, not a text")
            need(space.key_of(genome) == key, f"the key of {genome} is {key!r}, then {space.key_of(genome)!r}")
            if _answers(space):
                need(space.key(space.decode(genome)) == key, f"key_of and key differ on {genome}")


def _variation(space, genomes, checks, seed):
    pairs = list(zip(genomes, genomes[1:] + genomes[:1]))

    def offspring(what, make):
        for i, pair in enumerate(pairs):
            child, again = (make(*pair, uniform(seed + i)) for _ in range(2))
            need(child == again, f"{what} of {pair[0]} from the same stream gives {child} once and {again} then")
            if child is not None:
                _legal(space, child, f"{what} of {pair[0]}")
                need(child != pair[0],
                     f"{what} of {pair[0]} gives the same genome; where no other is near it gives None")
                yield *pair, child

    for law in LAWS:
        with checks.promise(f"mutate(law={law!r}) changes one pick, others only where theirs is no longer legal"):
            for genome, _, child in offspring(f"mutate(law={law!r})", lambda g, _, u: space.mutate(g, u, law=law)):
                if not space.dead_ends:
                    before = dict(zip(space.trace(genome).paths, genome))
                    after = space.trace(child)
                    moved = [c.name for c, p in zip(after.choices, child) if before.get(c.path, p) != p
                             and c.is_legal(before[c.path])]
                    need(len(moved) == 1,
                         f"from {genome} to {child}, {len(moved)} choices changed that could have kept "
                         f"their pick: {', '.join(moved)}")
    with checks.promise("regrow() gives another legal design, or None"):
        list(offspring("regrow", lambda g, _, u: space.regrow(g, u)))
    with checks.promise("exchange() gives a legal design made of both parents' picks, or None; nothing is drawn again"):
        for genome, donor, child in offspring("exchange", lambda g, donor, u: space.exchange(g, donor, u)):
            known = {(c.sort_name, p) for parent in (genome, donor)
                     for c, p in zip(space.trace(parent).choices, parent)}
            for choice, pick in zip(space.trace(child).choices, child):
                need((choice.sort_name, pick) in known, f"exchange of {genome} with {donor} gives {child}, whose "
                                                        f"{choice.name!r} is neither parent's")
    with checks.promise("neighbours() are different legal genomes, the genome itself not among them"):
        for i, genome in enumerate(genomes[:12]):
            near = space.neighbours(genome, uniform(seed + i))
            need(near == space.neighbours(genome, uniform(seed + i)),
                 f"neighbours of {genome} from the same stream differ")
            need(len(set(near)) == len(near) and genome not in near, f"neighbours of {genome} repeat: {near}")
            for other in near:
                _legal(space, other, f"neighbours of {genome}")


def _numbers(space, genomes, checks, seed):
    length = space.vector_length
    rng = generator(seed, "vectors")
    with checks.promise("from_vector() decodes vector_length numbers in [0, 1], and refuses anything else"):
        for vector in rng.random((len(genomes), length)):
            genome = space.from_vector(vector)
            _legal(space, genome, "from_vector")
            need(space.from_vector(vector.tolist()) == genome,
                 f"from_vector decodes one vector to {genome} and another time "
                 f"to {space.from_vector(vector.tolist())}")
        for corner in ([0.0] * length, [1.0] * length):
            try:
                _legal(space, space.from_vector(corner), "from_vector")
            except ArchGymError as why:
                need(not isinstance(space, ProductSpace), str(why))
        for wrong in ([0.5] * (length + 1), [-0.1] * max(length, 1), [math.nan] * max(length, 1)):
            try:
                genome = space.from_vector(wrong)
            except ArchGymError:
                continue
            need(False, f"from_vector takes {wrong} for {genome}")
    if hasattr(space, "to_vector"):
        with checks.promise("to_vector() gives a vector that decodes to the genome"):
            for genome in genomes:
                back = space.from_vector(space.to_vector(genome))
                need(back == genome, f"genome {genome} becomes {space.to_vector(genome)}, which decodes to {back}")
    with checks.promise("one_hot() counts every pick once"):
        codes = one_hot(space, genomes)
        need(codes.sum(axis=1).tolist() == [len(genome) for genome in genomes],
             "a row does not sum to its number of picks")


def _sound_graph(space, genome):
    graph = space.graph(space.decode(genome))
    need(all(isinstance(label, str) for label in graph.labels), f"the graph of {genome} has labels {graph.labels}")
    for edge in graph.edges:
        need(len(edge) == 2 and all(0 <= node < len(graph.labels) for node in edge),
             f"the graph of {genome} has an edge {edge} but {len(graph.labels)} nodes")
    need(len(set(graph.edges)) == len(graph.edges), f"the graph of {genome} repeats an edge")
    need(graph == space.graph(space.decode(genome)), f"the graph of {genome} differs from call to call")


def _pickled(space, genomes, checks):
    with checks.promise("a pickled space comes back with the same draws, texts and keys"):
        try:
            text = pickle.dumps(space)
        except (pickle.PicklingError, AttributeError, TypeError) as why:
            if "<locals>" in str(why) or "__main__" in str(why) or "lambda" in str(why):
                raise Untried(f"its class cannot be imported: {why}") from None
            raise
        copy = pickle.loads(text)
        for i, genome in enumerate(genomes):
            need(copy.text_of(genome) == space.text_of(genome), f"the copy writes {genome} as {copy.text_of(genome)}")
            need(copy.key_of(genome) == space.key_of(genome), f"the copy has another key for {genome}")
            need(copy.sample(uniform(i)) == space.sample(uniform(i)), "the copy draws differently from the same stream")

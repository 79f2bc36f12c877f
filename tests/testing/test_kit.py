"""The conformance kit: sound plug-ins pass, and each way of breaking a contract is found and named."""

import dataclasses
import math
import random

import numpy as np
import pytest

import archgym
from archgym import AskTellAgent, Choice, DeadEnd, Measurement, Metric, ProductSpace, Proposal, Space, tunable
from archgym.errors import ArchGymError
from archgym.evaluator import Evaluator, Measurements
from archgym.testing import (
    ContractBroken,
    Expressions,
    Ladders,
    NoChoice,
    OneDesign,
    check_agent,
    check_evaluator,
    check_space,
    check_task,
    toy,
)
from archgym.testing.law import chi_square, exact_law

PAIR = (Choice(("a",), (1, 2, 3), weights=(0.6, 0.3, 0.1)), Choice(("b",), ("x", "y")))


@pytest.mark.parametrize("space", [
    Expressions(), Expressions(depth=None), Expressions(1), Ladders(), OneDesign(), NoChoice()], ids=repr)
def test_the_toys_are_sound(space):
    assert check_space(space).kept
    assert check_task(toy(space, seeds=3, fails=0.2)).kept


def test_findings_list_what_was_kept_and_what_could_not_be_tried():
    found = check_space(Expressions())
    assert "  kept     sample() gives clean genomes that build a design, and follows its stream alone" in str(found)
    assert "  untried  sample() follows the law of the choices (the space is not small)" in str(found)
    kept, untried = len(found.kept), len(found.untried)
    assert repr(found) == f"<Checks of space Expressions: {kept} promises kept, {untried} untried>"


class Sound(Space):
    """What the broken spaces below break one piece of."""

    size = 6

    def build(self):
        return (yield PAIR[0]), (yield PAIR[1])

    def answer(self, design, choice):
        return design[0] if choice is PAIR[0] else design[1]


class NoGenerator(Sound):
    def build(self):
        return 1, "x"


class TwoOfOneName(Sound):
    def build(self):
        return (yield Choice(("a", 1), (1, 2))), (yield Choice(("a", "1"), ("x", "y")))


class LooksAlike(Sound):
    def build(self):
        return (yield Choice(("a",), (1, "1"))), (yield PAIR[1])


class OwnMind(Sound):
    def sample(self, u):
        return (random.randrange(3), 0)


class Unclean(Sound):
    dead_ends = True

    def build(self):
        if (yield PAIR[0]) == 2:
            yield PAIR[1]  # asked for nothing
        return 1, (yield Choice(("c",), ("x", "y")))

    def answer(self, design, choice):
        return design[0] if choice is PAIR[0] else design[1]

    def sample(self, u):
        return (1, 0, 0)


class TooFew(Sound):
    def sample_many(self, rng, n):
        return super().sample_many(rng, n - 1)


class OtherSorts(Sound):
    sorts = {"a": (1, 2), "b": ("x", "y")}


class Permissive(Sound):
    def decode(self, genome):
        return 1, "x"


class WrongAnswer(Sound):
    def answer(self, design, choice):
        return 1 if choice is PAIR[0] else design[1]


class WrongText(Sound):
    def format(self, design):
        return f"{design[0]}"

    def parse(self, text):
        return int(text), "x"


class ReadsAnything(Sound):
    def parse(self, text):
        try:
            return super().parse(text)
        except ArchGymError:
            return 1, "x"


class FleetingKey(Sound):
    def key(self, design):
        return f"{random.random()}"


class NumberKey(Sound):
    def key(self, design):
        return 3


class IdleMutation(Sound):
    def mutate(self, genome, u, *, law="choice"):
        return genome


class WildMutation(Sound):
    def mutate(self, genome, u, *, law="choice"):
        return ((genome[0] + 1) % 3, 1 - genome[1])


class IllegalRegrowth(Sound):
    def regrow(self, genome, u):
        return (3, 0)


class InventiveExchange(Sound):
    def exchange(self, genome, donor, u):
        return next((a, b) for a in range(3) for b in range(2) if (a, b) != genome and a not in (genome[0], donor[0]))


class SelfishNeighbours(Sound):
    def neighbours(self, genome, u):
        return [genome]


class RepeatingNeighbours(Sound):
    def neighbours(self, genome, u):
        return super().neighbours(genome, u) * 2


class LongVectors(Sound):
    def from_vector(self, vector):
        return (0, 0)


class OpenGraph(Sound):
    def graph(self, design):
        return archgym.encoding.LabelledGraph(("a",), ((0, 1),))


class WrongSize(Sound):
    size = 7


class Forgetful(Sound):
    def enumerate(self):
        return iter(list(super().enumerate())[:-1])


class Disorderly(Sound):
    def enumerate(self):
        return iter(list(super().enumerate())[::-1])


class WrongLogProb(Sound):
    def log_prob(self, genome):
        return -math.log(6)


class Uniform(Sound):
    def sample(self, u):
        return int(u() * 3), int(u() * 2)


class UniformRows(Sound):
    def sample_many(self, rng, n):
        return [tuple(row) for row in rng.integers((3, 2), size=(n, 2)).tolist()]


class UnlikeItself(Sound):
    def __init__(self, other=False):
        self.other = other

    def text_of(self, genome):
        return super().text_of(genome) + "!" * self.other

    def __reduce__(self):
        return UnlikeItself, (True,)


class BrokenVector(ProductSpace):
    choices = PAIR

    def to_vector(self, genome):
        return (0.0, 0.0)


class WrongMargins(ProductSpace):
    choices = tuple(Choice((i,), tuple(range(10)), weights=tuple(range(1, 11))) for i in range(6))

    def sample(self, u):
        return tuple(int(u() * 10) for _ in range(6))


@pytest.mark.parametrize("space, complaint", [
    (NoGenerator, r"space NoGenerator: build\(\) gives \(1, 'x'\), not a generator\. The contract: build\(\) is"),
    (TwoOfOneName, "two choices of one build are called 'a/1'"),
    (LooksAlike, "choice 'a' has options that read alike: 1, 1"),
    (OwnMind, "sample from the same stream gives .* The contract: sample.. gives .* follows its stream alone"),
    (Unclean, "sample gives .*, which holds picks that its build abandons; the clean genome is"),
    (TooFew, "sample_many was asked for .* and gives"),
    (OtherSorts, r"choice 'a' of sort 'a' has the options \(1, 2, 3\); sorts says \(1, 2\)"),
    (Permissive, r"is illegal, but decodes to \(1, 'x'\)\. The contract: decode\(\) refuses what builds no design"),
    (WrongAnswer, r"genome \(1, .\) decodes to .*, which encodes to \(0, .\)"),
    (WrongText, "have one text"),
    (ReadsAnything, "the text '' is read as the design"),
    (FleetingKey, "the key of .* is .*, then"),
    (NumberKey, "the key of .* is 3, not a text"),
    (IdleMutation, "gives the same genome; where no other is near it gives None"),
    (WildMutation, "2 choices changed that could have kept their pick: a, b"),
    (IllegalRegrowth, r"IllegalGenome: .*picks 3 at choice 'a'.* The contract: regrow\(\) gives another legal design"),
    (InventiveExchange, "whose 'a' is neither parent's"),
    (SelfishNeighbours, "neighbours of .* repeat"),
    (RepeatingNeighbours, "neighbours of .* repeat"),
    (LongVectors, r"from_vector takes \[0.5, .* for \(0, 0\)"),
    (OpenGraph, r"the graph of .* has an edge \(0, 1\) but 1 nodes"),
    (WrongSize, r"size is 7, but enumerate\(\) gives 6 genomes"),
    (Forgetful, r"enumerate\(\) gives 5 genomes, and 6 can be built; for one, \(2, 1\)"),
    (Disorderly, "not in lexicographic order"),
    (WrongLogProb, r"log_prob of \(0, 0\) says 0.166666667, its picks have 0.3"),
    (Uniform, "sample draws by another law .chi-square p = "),
    (UniformRows, "sample_many draws by another law"),
    (UnlikeItself, "the copy writes"),
    (BrokenVector, "which decodes to"),
    (WrongMargins, "sample draws choice '0' by another law"),
], ids=lambda p: getattr(p, "__name__", ""))
def test_a_broken_space_is_told_what_is_broken_and_what_the_contract_says(space, complaint):
    assert check_space(Sound()).untried == []
    with pytest.raises(ContractBroken, match=complaint) as error:
        check_space(space())
    assert str(error.value).startswith(f"space {space.__name__}: ") and "The contract: " in str(error.value)
    assert isinstance(error.value, AssertionError) and isinstance(error.value, ArchGymError)


def test_a_space_without_answers_is_sound_and_says_what_was_not_tried():
    class Short(Space):
        def build(self):
            return (yield PAIR[0]), (yield PAIR[1])

    found = check_space(Short())
    assert {why for _, why in found.untried} >= {"the space has no answer()"}

    class Dead(Short):
        dead_ends = True

        def build(self):
            if (yield PAIR[0]) == 3:
                raise DeadEnd(())
            return 1

    with pytest.raises(ContractBroken, match="does not say how a design answers its choices"):
        check_space(Dead())


# Evaluators.


class Fine(Evaluator):
    metrics = (Metric("m"), Metric("n", goal="min"))
    fidelities, seeds, instant, fingerprint = (1, 4), 2, True, "fine"

    def evaluate(self, design, *, fidelity, seed):
        return Measurement({"m": design[0] + (fidelity or 4) + seed / 2, "n": 1.0}, 2.0)


def spoilt(**changes):
    return type("Spoilt", (Fine,), changes)()


class Moody(Fine):
    calls = 0

    def evaluate(self, design, *, fidelity, seed):
        Moody.calls += 1
        return Measurement({"m": float(Moody.calls), "n": 1.0}, 2.0)


class OwnColumns(Fine):
    def evaluate_many(self, designs, *, fidelity, seeds):
        found = super().evaluate_many(designs, fidelity=fidelity, seeds=seeds)
        return Measurements(found.values, found.cost + (fidelity == 1))


class Keyed(ProductSpace):
    choices = (Choice((0,), (1, 2, 3)), Choice((1,), (1, 2, 3)))

    def key(self, design):
        return str(sorted(design))


@pytest.mark.parametrize("evaluator, complaint", [
    (spoilt(metrics=()), r"metrics is \(\), not a tuple of Metrics"),
    (spoilt(metrics=(Metric("m"), Metric("m"))), "two metrics have one name: m, m"),
    (spoilt(fidelities=(4, 1)), r"fidelities are \(4, 1\)"),
    (spoilt(seeds=0), "seeds is 0"),
    (spoilt(identity="design"), "identity is 'design'"),
    (spoilt(fingerprint=""), "fingerprint is ''"),
    (spoilt(fingerprint="<object at 0x7f12>"), "fingerprint changes with every process"),
    (spoilt(seeds_of=lambda self, design: 3), "has 3 seeds of 2"),
    (spoilt(seeds_of_many=lambda self, designs: np.ones(len(designs), int)), "seeds_of_many of a list gives"),
    (spoilt(metrics=(Metric("m"), Metric("n"), Metric("o"))), "NotAnEvaluation: no value for metric 'o'"),
    (spoilt(metrics=(Metric("m"),)), "comes with n, which metrics does not declare"),
    (spoilt(evaluate=lambda self, design, fidelity, seed: Measurement({"m": math.nan, "n": 1.0})), "is nan, not"),
    (spoilt(evaluate=lambda self, design, fidelity, seed: 1 / 0), "ZeroDivisionError"),
    (spoilt(evaluate=lambda self, design, fidelity, seed: Measurement({"m": fidelity or 0.0, "n": 1.0})),
     "at fidelity None and at 4: m is 0.0 and 4"),
    (Moody(), "measured twice: m is .* The contract: a measurement is a function of design, fidelity and seed"),
    (OwnColumns(), r"in evaluate_many of a list and in evaluate: the cost is 3.0 and 2.0"),
])
def test_a_broken_evaluator_is_told_what_is_broken(evaluator, complaint):
    with pytest.raises(ContractBroken, match=complaint):
        check_evaluator(evaluator, ProductSpace(PAIR))


def test_twins_that_measure_differently_break_an_evaluator_of_keys():
    class ByKey(Fine):
        identity = "key"

    with pytest.raises(ContractBroken, match="twins .* and .*: m is"):
        check_evaluator(ByKey(), Keyed())

    class Really(ByKey):
        def evaluate(self, design, *, fidelity, seed):
            return Measurement({"m": float(sum(design)), "n": 1.0})

    assert "under identity 'key', designs of one key measure alike" in check_evaluator(Really(), Keyed()).kept


def test_a_sound_evaluator_passes_and_needs_a_space():
    assert check_evaluator(Fine(), ProductSpace(PAIR)).untried == []
    with pytest.raises(ArchGymError, match="check_evaluator also takes the space of its designs"):
        check_evaluator(Fine())


# Tasks.


def task_with(**changes):
    return dataclasses.replace(toy(Ladders(), seeds=2), **changes)


class Peeking(Evaluator):
    """A judge whose metric is the search's."""

    metrics, seeds, instant, fingerprint = (Metric("score", split="holdout"),), 2, True, "peeking"

    def evaluate(self, design, *, fidelity, seed):
        return Measurement({"score": 1.0})


@pytest.mark.parametrize("task, complaint", [
    (task_with(worst=0.99), "worst is 0.99, and a design is worth 0"),
    (task_with(worst=math.nan), "worst is NaN"),
    (task_with(optimum=0.5), "the optimum is 0.5, and a design is worth 0.9"),
    (task_with(optimum=1.5), "the optimum is 1.5, and the best of all designs is worth 0.9"),
    (task_with(about=archgym.TaskInfo("x")), "about.holdout_note is empty"),
    (task_with(objective=archgym.Objective("score", "min", "", "secret")), "metric 'score' says max"),
    (task_with(objective=archgym.Objective("score", "max", "%", "secret")), "the objective is in '%', its metric"),
    (task_with(objective=archgym.Objective("score", "max", "", "other")), "the objective's holdout is 'other'"),
    (task_with(open_judge=None), "the objective's holdout is 'secret', but nothing measures it"),
    (task_with(open_judge=lambda: Peeking()), "agents see score"),
    (task_with(name="NASBench201-v0", options={"dataset": "cifar10"}),
     "it opens NASBench201-v0.dataset=cifar10,noise=seed."),
])
def test_a_broken_task_is_told_what_is_broken(task, complaint):
    with pytest.raises(ContractBroken, match=complaint):
        check_task(task)


def test_an_optimum_that_too_many_or_too_few_designs_reach_is_found():
    rows = toy(Ladders()).population()
    best = float(rows.values.max())
    sound = dataclasses.replace(toy(Ladders()), optimum=best, optimum_count=1)
    assert "no value passes the optimum; where all are known, optimum_count of them reach it" in check_task(sound).kept
    with pytest.raises(ContractBroken, match="optimum_count is 2, but 1 designs reach it"):
        check_task(dataclasses.replace(sound, optimum_count=2))


def test_a_tasks_space_and_evaluators_are_checked_along():
    with pytest.raises(ContractBroken, match="space Uniform: sample draws by another law"):
        check_task(archgym.task(space=Uniform(), evaluate=lambda design: design[0]))
    with pytest.raises(ContractBroken, match="evaluator FunctionEvaluator: .* measured twice"):
        check_task(archgym.task(space=Sound(), evaluate=lambda design: random.random()))


def test_a_task_opened_by_name_is_sound():
    found = check_task("NASBench201-v0")
    assert "its id opens the same task again: archgym.task(name, **options)" in found.kept
    with pytest.raises(ArchGymError, match="check_task takes an archgym Task or its name, got 3"):
        check_task(3)


# Agents.


@dataclasses.dataclass
class Good(AskTellAgent):
    """Draws at random; what the broken agents below break one piece of."""

    def setup(self, bench):
        self.space, self.u = bench.space, bench.uniform("draws")

    def ask(self, n):
        return [Proposal(self.space.sample(self.u)) for _ in range(min(n, 3))]


@dataclasses.dataclass
class KeepsForAll(Good):
    seen = []

    def ask(self, n):
        KeepsForAll.seen.append(self.u() if len(self.seen) % 3 == 0 else None)
        return super().ask(1)


class Global(Good):
    def ask(self, n):
        return [Proposal(self.space.sample(np.random.random))]


class GlobalBesides(Good):
    def ask(self, n):
        random.random()
        return super().ask(n)


class Deterministic(Good):
    def setup(self, bench):
        self.space, self.u = bench.space, archgym.streams.uniform(0)


class Greedy(Good):
    def ask(self, n):
        return [Proposal(self.space.sample(self.u)) for _ in range(9)]


class Illegal(Good):
    def ask(self, n):
        return [Proposal((99,))]


class NeedsFour(Good):
    def ask(self, n):
        if n < 4:
            raise ValueError("I need four")
        return super().ask(n)


class BelievesInSuccess(Good):
    def tell(self, trials):
        for trial in trials:
            trial.values["score"]


class NeedsFinite(Good):
    def tell(self, trials):
        for trial in trials:
            int(trial.value)


class Swallows(Good):
    def search(self, bench):
        self.setup(bench)
        while True:
            try:
                bench.measure(self.ask(1))
            except Exception:
                pass


class Idle(Good):
    def search(self, bench):
        pass


@dataclasses.dataclass
class BadRange(Good):
    size: int = tunable(2, over=(2, 3, 5), at_least=1)

    def ask(self, n):
        if self.size == 5:
            raise ZeroDivisionError("five")
        return super().ask(n)


@dataclasses.dataclass
class OutOfDomain(Good):
    size: int = tunable(2, over=(0, 2), at_least=1)


class NoDataclass(Good):
    size: int = tunable(2, over=(2,))


@dataclasses.dataclass
class NoData(Good):
    size: object = dataclasses.field(default=(1, 2))


class Peeks(Good):
    """Gets at the judge through what the process has open."""

    def setup(self, bench):
        import gc

        super().setup(bench)
        tasks = [t for t in gc.get_objects() if isinstance(t, archgym.Task) and t.memo is bench._memo]
        self.found = [t.judge.evaluate(bench.space.decode((0, 0, 0, 0)), fidelity=None, seed=0).values["secret"]
                      for t in tasks if type(bench.space) is Ladders]


class HoldsTheTask(Good):
    def setup(self, bench):
        import gc

        super().setup(bench)
        self.tasks = [t for t in gc.get_objects() if isinstance(t, archgym.Task) and t.memo is bench._memo]


@pytest.mark.parametrize("agent, complaint", [
    (KeepsForAll, "the same instance with the same seed differs from evaluation|a fresh instance"),
    (Global, "differs from evaluation 0 on"),
    (GlobalBesides, "it drew from the module random"),
    (Deterministic, "seeds 0 and 1 give the same run; draw from bench.rng or bench.uniform"),
    (Greedy, r"ask\(.\) must return 1 to . proposals, got 9"),
    (Illegal, "IllegalGenome: .* The contract: it copes with a product space"),
    (NeedsFour, "ValueError: I need four"),
    (BelievesInSuccess, "KeyError: 'score'. The contract: it copes with an evaluator that fails often"),
    (NeedsFinite, "OverflowError: .* an evaluator that always fails, and a worst value of -inf"),
    (Swallows, "asked 10,000 times more after its budget was spent"),
    (Idle, r"it returned without measuring anything \(finished\)"),
    (BadRange, r"size = 5: ZeroDivisionError: five\. The contract: it runs with every value of .* size"),
    (OutOfDomain, "size = 0 is not allowed; give a whole number, 1 or more"),
    (NoDataclass, "size is no field: NoDataclass lacks @dataclass"),
    (NoData, "is changed by JSON"),
    (Peeks, "it holds holdout values"),
    (HoldsTheTask, "it holds the task"),
], ids=lambda p: getattr(p, "__name__", ""))
def test_a_broken_agent_is_told_what_is_broken(agent, complaint):
    with pytest.raises(ContractBroken, match=complaint) as error:
        check_agent(agent)
    assert str(error.value).startswith(f"agent {__name__}:{agent.__name__}: ")


def test_a_sound_agent_passes_by_class_instance_and_file(tmp_path):
    assert check_agent(Good).untried == check_agent(Good()).untried == []
    path = tmp_path / "mine.py"
    path.write_text("from archgym import AskTellAgent, Proposal\n\n\nclass Mine(AskTellAgent):\n"
                    "    def setup(self, bench):\n        self.space, self.u = bench.space, bench.uniform('x')\n\n"
                    "    def ask(self, n):\n        return [Proposal(self.space.sample(self.u))]\n")
    assert check_agent(f"{path}:Mine").subject == "agent mine.py:Mine"


def test_an_agent_may_refuse_a_space_in_words():
    class ProductsOnly(Good):
        def setup(self, bench):
            if not isinstance(bench.space, ProductSpace):
                raise ArchGymError("products-only searches product spaces")
            super().setup(bench)

    found = check_agent(ProductsOnly)
    grammar = "it copes with a grammar with dead ends and a cap"
    assert (grammar, "products-only searches product spaces") in found.untried

    class RefusesAll(Good):
        def setup(self, bench):
            raise ArchGymError("not today")

    with pytest.raises(ContractBroken, match="refuses everything: not today"):
        check_agent(RefusesAll)


def test_a_check_leaves_the_global_generators_as_they_were():
    before = random.getstate(), np.random.get_state()[1].tolist()
    check_agent(Good)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


# The law that spaces are held to.


def test_the_exact_law_of_a_small_space_is_its_weights():
    law = exact_law(Sound())
    expected = {(a, b): p / 2 for a, p in enumerate((0.6, 0.3, 0.1)) for b in range(2)}
    assert law.probability == pytest.approx(expected) and law.direct == pytest.approx(expected)
    assert (law.rejected, law.detours) == (0.0, 0)
    assert exact_law(archgym.space("NASBench201")) is None


def test_chi_square_is_pearsons():
    stats = pytest.importorskip("scipy.stats")
    counts, p = [30, 50, 20, 60], [0.2, 0.3, 0.1, 0.4]
    assert chi_square(counts, p) == pytest.approx(stats.chisquare(counts, np.array(p) * 160).pvalue)
    assert chi_square([10, 0, 1], [1.0, 0.0, 0.0]) == 0.0  # what cannot be was drawn
    assert chi_square([100, 3, 2], [0.96, 0.02, 0.02]) == pytest.approx(
        stats.chisquare([100, 5], [105 * 0.96, 105 * 0.04]).pvalue, rel=0.2)

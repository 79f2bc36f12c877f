"""Checks of agents: a sound one passes, and each way of breaking the contract is found and named."""

import dataclasses
import random

import numpy as np
import pytest

import archgym
from archgym import AskTellAgent, ProductSpace, Proposal, tunable
from archgym.errors import ArchGymError
from archgym.testing import ContractBroken, Ladders, check_agent


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

"""A small table, an agent with everything that can go wrong, and a lottery of them."""

from archgym.lottery.play import lottery

FILE = """
from dataclasses import dataclass

from archgym import AskTellAgent, Choice, ProductSpace, Proposal, task
from archgym.agent import tunable
from archgym.errors import ArchGymError

CHOICES = tuple(Choice((i,), (0, 1, 2, 3), ordered=True) for i in range(4))


def hill(height: int = 12):
    return task(space=ProductSpace(CHOICES), evaluate=lambda d: float(sum(d)), name=f"hill{height}", optimum=12.0,
                worst=-1.0)


def valley():
    return task(space=ProductSpace(CHOICES), evaluate=lambda d: 12.0 - sum(d), name="valley", optimum=12.0, worst=-1.0)


@dataclass
class Fickle(AskTellAgent):
    'Climbs in steps; refuses one setting when it is made, and breaks under another when it runs.'

    step: int = tunable(1, over=(0, 1, 2, 3))
    mode: str = tunable("sound", over=("sound", "refused", "broken"))

    def __post_init__(self):
        super().__post_init__()
        if self.mode == "refused":
            raise ArchGymError("mode 'refused' is refused")

    def setup(self, bench):
        if self.mode == "broken":
            raise RuntimeError("it broke")
        self.uniform, self.best = bench.uniform("fickle"), None

    def ask(self, n):
        if self.best is None:
            return [Proposal((1, 1, 1, 1))]
        genome = list(self.best.genome)
        place = int(self.uniform() * 4)
        genome[place] = min(3, genome[place] + self.step)
        return [Proposal(tuple(genome))]

    def tell(self, trials):
        if self.best is None or trials[0].value > self.best.value:
            self.best = trials[0]
"""


def entered(place, **asked):
    tasks = asked.pop("tasks", ("hill", "valley"))
    agents = asked.pop("agents", [f"{place}/toy.py:Fickle", "random"])
    return lottery([(f"{place}/toy.py:{name}", {}) for name in tasks], agents,
                   **{"configurations": 12, "seeds": 3, "evaluations": 6, **asked})

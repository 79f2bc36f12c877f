"""Playing a lottery: all configurations in one folder, then the best and the defaults on seeds that chose nothing.

    lottery.json                     what was entered
    manifest.json, runs/, failed/    a sweep, for 'archgym status' and 'archgym verify'
    tuning/                          a sweep of its own, where an agent did the tuning: it evaluates configurations
"""

from dataclasses import dataclass
from pathlib import Path

from .. import registry
from ..budget import Budget
from ..errors import ArchGymError
from ..run import checked_seed
from ..sweep import manifest
from ..sweep.execute import execute
from ..sweep.plan import AgentEntry, Plan, TaskEntry
from .configurations import Entrant, enter
from .record import FAR, held, write
from .scores import Scores
from .tuning import tuning_plan

FRESH = 30
"""Runs that judge a chosen configuration."""


@dataclass
class Lottery:
    """What is entered: agents, tasks, how many configurations, seeds and evaluations."""

    tasks: list[TaskEntry]
    entrants: list[Entrant]
    configurations: int
    seeds: list[int]
    evaluations: int
    tuner: str | None = None

    @property
    def fresh(self) -> list[int]:
        """Seeds of the runs that judge what was chosen."""
        return [FAR + self.seeds[0] + i for i in range(FRESH)]

    @property
    def budget(self) -> Budget:
        return Budget(evaluations=self.evaluations)

    def plan(self) -> Plan:
        """Every configuration on every task with every seed that chooses."""
        return self._planned({(t.label, e.name): e.taken for t in self.tasks for e in self.entrants}, self.seeds)

    def judgement(self, chosen: dict[tuple[str, str], list[dict]]) -> Plan:
        """The chosen configurations of (task, agent), and every default, with fresh seeds."""
        return self._planned({(t.label, e.name): [e.default, *chosen.get((t.label, e.name), ())]
                              for t in self.tasks for e in self.entrants}, self.fresh)

    def _planned(self, wanted, seeds):
        entries = {e.label(o): AgentEntry(e.label(o), e.name, o)
                   for e in self.entrants for t in self.tasks for o in wanted[t.label, e.name]}
        plan = Plan("lottery", self.tasks, list(entries.values()), seeds)
        asked = {(t.label, e.label(o)) for e in self.entrants for t in self.tasks for o in wanted[t.label, e.name]}
        plan.cells = [cell for cell in plan.cells if (cell[1].label, cell[2].label) in asked]
        return plan


def _entry(name, options, budget) -> TaskEntry:
    """A task under a label that stays the same when others join the lottery."""
    inside = ",".join(f"{k}={v}" for k, v in sorted(options.items()))
    entry = TaskEntry(f"{name}({inside})" if inside else name, name, options, budget)
    entry.task
    return entry


def lottery(tasks, agents, *, configurations=40, seeds=10, evaluations=300, first_seed=0, tuner=None) -> Lottery:
    """Check what was asked for, and draw.

    tasks: (name, options) pairs. agents: names. ArchGymError for what is unknown, and where there is too little to say
    anything.
    """
    if configurations < 2:
        raise ArchGymError(f"a lottery draws at least 2 configurations an agent, got {configurations}; 30 or more tell "
                           "a distribution")
    if seeds < 2:
        raise ArchGymError(f"a lottery needs at least 2 seeds, got {seeds}: some choose a configuration, the others "
                           "say "
                           "what it is worth; 10 are a start")
    if evaluations < 1:
        raise ArchGymError(f"--evaluations must be 1 or more, got {evaluations}")
    for name in agents:
        if agents.count(name) > 1:
            raise ArchGymError(f"agent {name!r} is entered twice")
    if tuner is not None:
        registry.agent(tuner)
    first = checked_seed(first_seed)
    if first + seeds > FAR:
        raise ArchGymError(f"seeds that choose lie below {FAR:,}, for those above judge; got {first} to "
                           f"{first + seeds - 1}")
    entries = [_entry(*named, Budget(evaluations=evaluations)) for named in tasks]
    for entry in entries:
        if [e.label for e in entries].count(entry.label) > 1:
            raise ArchGymError(f"task {entry.label} is named twice")
    entrants = [enter(name, configurations, first) for name in agents]
    if all(e.space.size == 1 for e in entrants):
        raise ArchGymError(f"none of these agents has a hyper-parameter to draw ({', '.join(agents)}); "
                           "'archgym show AGENT' lists an agent's")
    return Lottery(entries, entrants, configurations, list(range(first, first + seeds)), evaluations, tuner)


def play(entered: Lottery, folder: "Path | str", workers: int = 1, progress=lambda p: None, cache=None):
    """Run what the folder lacks, and return its Scores. A wider lottery in the same folder runs only what is new.

    KeyboardInterrupt ends the workers; calling this again goes on. ArchGymError where the folder holds another lottery.
    """
    folder = Path(folder)
    entered = _widened(folder, entered)
    write(folder, entered)
    execute(entered.plan(), folder, workers, progress, cache)
    if entered.tuner:
        execute(tuning_plan(entered), folder / "tuning", workers, progress, cache)
    scores = Scores(folder)
    execute(entered.judgement(scores.chosen()), folder, workers, progress, cache)
    return Scores(folder, scores)


def _widened(folder, entered):
    """The lottery with what the folder holds already, so that nothing is lost from its page."""
    old = held(folder)
    if old is None:
        if manifest.read(folder) is not None:
            raise ArchGymError(f"{folder} holds a sweep and no lottery; use another --out")
        return entered
    if (old["seeds"][0], old["evaluations"]) != (entered.seeds[0], entered.evaluations):
        raise ArchGymError(f"{folder} holds a lottery of {old['evaluations']} evaluations from seed {old['seeds'][0]} "
                           "on, "
                           f"this one has {entered.evaluations} from seed {entered.seeds[0]} on; use another --out")
    there = {t.label for t in entered.tasks}
    tasks = [TaskEntry(t["label"], t["name"], t["options"], entered.budget) for t in old["tasks"]
             if t["label"] not in there]
    count = max(old["configurations"], entered.configurations)
    seeds = max(entered.seeds, old["seeds"], key=len)
    names = [a["name"] for a in old["agents"]]
    names += [e.name for e in entered.entrants if e.name not in names]
    return Lottery([*tasks, *entered.tasks], [enter(n, count, seeds[0]) for n in names], count, seeds,
                   entered.evaluations, entered.tuner or old["tuner"])

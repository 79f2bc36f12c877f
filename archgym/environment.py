"""The Gymnasium faces of a bench: `construct` picks one option a step, `select` takes a whole design.

An episode of these ends with one measurement, whose value is the reward; one of `edit` and `joint` is a walk from
design to design. An environment made by `bench.env` shares that bench's ledger; one made by `gymnasium.make` has a
bench of its own, which `reset(seed=)` starts anew.
"""

import dataclasses
import inspect
import logging
import math
from functools import cache, lru_cache
from operator import index

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.error import ResetNeeded
from gymnasium.utils import seeding

from . import registry
from .bench import Bench
from .budget import Budget
from .errors import ArchGymError, IllegalGenome, unknown
from .product import ProductSpace
from .task import Task
from .trial import Proposal

RESET = "the episode has ended, or none has begun: call reset() before step()"


def own_stream(bench):
    """(generator, its seed) of the next environment over a bench."""
    bench.environments += 1
    return seeding.np_random(int(bench.rng(f"environment {bench.environments}").integers(2**63)))


class Face(gymnasium.Env):
    """What the faces share: the bench, the seeding, and how an episode ends.

    bench: a Bench, or a function of a seed that opens one; it is called again at every seeded reset.
    strict: an illegal action raises IllegalGenome and changes nothing. Otherwise it ends the episode, is charged as an
        evaluation, and earns `worst`.
    worst: the reward of an episode that fails, where the task's own worst value is not finite or not wanted.
    """

    metadata = {"render_modes": []}

    def __init__(self, bench, *, strict: bool = False, worst: float | None = None):
        if isinstance(bench, Bench):
            self._open, self.bench = None, bench
            self._np_random, self._np_random_seed = own_stream(bench)
        else:
            self._open, self.bench = bench, bench(self.np_random_seed)
        self.space = self.bench.space
        self.strict = strict
        self.worst = float(self.bench.worst if worst is None else worst)
        if not math.isfinite(self.worst):
            raise ArchGymError(f"this task values a failed design at {self.worst}, but a reward must be finite: give "
                               "worst=, the reward of a failure, to the environment (or to the task)")
        self._ready = False  # whether an episode is under way
        self._text = lru_cache(maxsize=32_768)(self.space.text_of)
        self._define()
        self.action_space.seed(self.np_random_seed)

    def _define(self):
        """Set the action and the observation space, and the state before the first episode."""
        raise NotImplementedError

    def _begin(self, seed):
        """Seed where a seed is given. BudgetSpent where nothing is left for an episode."""
        if seed is not None:
            super().reset(seed=seed)
            self.action_space.seed(seed)
            if self._open is not None:
                self.bench = self._open(seed)
        self.bench.room()

    def _measure(self, genome):
        return self._outcome(self.bench.measure([Proposal(genome)])[0])

    def _forfeit(self, why):
        return self._outcome(self.bench.forfeit(why))

    def _outcome(self, trial):
        """(reward, terminated, truncated, info) of the last step of an episode."""
        genome, found = trial.genome, trial.measurement
        return trial.value if trial.ok else self.worst, True, self.bench.spent, {"trial": {
            "id": trial.id, "value": trial.value, "values": dict(found.values), "cost": found.cost,
            "status": found.status, "error": found.error, "seed": trial.seed, "genome": genome,
            "design": self._text(genome) if genome else None}}


class Select(Face):
    """A whole design an action, a step an episode: for bandits, evolution, continuous optimisers. For open spaces.

    There is one state, so an observation is always 0. An action is `space.vector_length` random keys in [0, 1], which
    `space.from_vector` decodes; in a product space it is the genome itself.
    """

    def _define(self):
        self.observation_space = spaces.Discrete(1)
        self.action_space = self._actions()

    def _actions(self):
        return spaces.Box(0.0, 1.0, (self.space.vector_length,), np.float32)

    def reset(self, *, seed=None, options=None):
        self._begin(seed)
        self._ready = True
        return 0, {}

    def step(self, action):
        if not self._ready:
            raise ResetNeeded(RESET)
        try:
            genome, why = self._genome(action), None
        except (ArchGymError, TypeError, ValueError) as error:
            why = f"{self.space.name}: illegal action: {error}"
            if self.strict:
                raise IllegalGenome(why) from None
        self._ready = False
        return 0, *(self._measure(genome) if why is None else self._forfeit(why))

    def _genome(self, action):
        return self.space.from_vector(np.asarray(action, float).tolist())


class SelectProduct(Select):
    """`select` in a product space: `MultiDiscrete`, an entry a choice."""

    def _actions(self):
        return spaces.MultiDiscrete([len(choice.options) for choice in self.space.choices])

    def action_masks(self) -> np.ndarray:
        """Which options are legal, choice after choice."""
        return np.array([c.is_legal(pick) for c in self.space.choices for pick in range(len(c.options))], bool)

    def _genome(self, action):
        genome = tuple(map(index, action))
        self.space.decode(genome)
        return genome


def make_face(bench: Bench, face: str = "construct", num_envs: int | None = None, **options):
    """An environment over a bench; `num_envs` gives a vector of them on the one ledger."""
    kind = _kind(face, bench.space)
    known = _options(kind)
    for name in options:
        if name not in known:
            raise unknown(f"option of face {face}:", name, known)
    return kind(bench, **options) if num_envs is None else _vector(kind, bench, num_envs, options)


def make_env(task: "Task | str", face: str = "construct", budget: "Budget | dict | int | None" = None, **options):
    """What `gymnasium.make("archgym/<task>", ...)` makes: an environment with a bench of its own.

    budget: a Budget, its fields as a dict, or a number of evaluations. Without one nothing is limited, and trials are
        measured but not recorded.
    options: of the face, and of the task where it is given by name.
    """
    kind, open_bench, for_face = _own_bench(task, face, budget, options)
    return kind(open_bench, **for_face)


def make_vec_env(task: "Task | str", num_envs: int = 1, face: str = "construct",
                 budget: "Budget | dict | int | None" = None, **options):
    """What `gymnasium.make_vec("archgym/<task>", num_envs=...)` makes: many environments on one bench of their own."""
    kind, open_bench, for_face = _own_bench(task, face, budget, options)
    return _vector(kind, open_bench, num_envs, for_face)


def _own_bench(task, face, budget, options):
    """(face, function of a seed that opens a bench, options of the face)."""
    known = _options(_kind(face, None))
    for_face = {name: options.pop(name) for name in known if name in options}
    taken = inspect.signature(registry.task_factory(task)).parameters if isinstance(task, str) else {}
    if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in taken.values()):
        for name in options:
            if name not in taken:
                raise unknown(f"option of face {face} or its task:", name, ["budget", *known, *taken])
    if isinstance(task, str):
        task = registry.task(task, **options)
    if budget is None:
        _say_unlimited()
    budget = _budget(budget)

    def open_bench(seed):
        return Bench(task.memo, budget, seed, task.id, "gymnasium", keep=budget.limited)

    return _kind(face, task.space), open_bench, for_face


def _kind(face, space):
    from .construct import Construct, ConstructProduct
    from .edit import Edit, Joint

    faces = {"construct": (Construct, ConstructProduct), "select": (Select, SelectProduct), "edit": (Edit, Edit),
             "joint": (Joint, Joint)}
    if face not in faces:
        raise unknown("face", face, faces)
    return faces[face][isinstance(space, ProductSpace)]


def _vector(kind, bench, num_envs, options):
    from .construct import ConstructProduct
    from .edit import Edit, Joint
    from .vector import Copies
    from .vector_faces import ConstructVector, EditVector

    if isinstance(num_envs, bool) or not isinstance(num_envs, int) or num_envs < 1:
        raise ArchGymError(f"num_envs must be a whole number, 1 or more, got {num_envs!r}")
    arrays = {ConstructProduct: ConstructVector, Edit: EditVector, Joint: EditVector}
    return arrays.get(kind, Copies)(bench, num_envs, kind, **options)


def _options(kind):
    return [name for name in inspect.signature(kind).parameters if name != "bench"]


def _budget(given) -> Budget:
    if given is None or isinstance(given, Budget):
        return given or Budget()
    if not isinstance(given, dict):
        return Budget(evaluations=given)
    known = [field.name for field in dataclasses.fields(Budget)]
    for name in given:
        if name not in known:
            raise unknown("key of a budget:", name, known)
    return Budget(**given)


@cache  # once a process
def _say_unlimited():
    logging.getLogger("archgym").warning(
        "no budget= was given to gymnasium.make: evaluations are not limited, and trials are not recorded")

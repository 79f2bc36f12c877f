"""The face `construct`: a design is built pick by pick, as reinforcement learning and tree search want it."""

from functools import lru_cache
from operator import index

import numpy as np
from gymnasium import spaces
from gymnasium.error import ResetNeeded

from .environment import RESET, Face
from .errors import ArchGymError, DeadEnd, IllegalGenome, Reject
from .space import Trace

HALF = 8  # depths and lengths are squashed to x / (x + HALF), for grammars have no largest


class Construct(Face):
    """The next pick of a build, a step: `Discrete(largest sort)`, masked by what is legal. This one for open spaces.

    last: how many of the last picks an observation shows (in a product space it shows them all).
    max_picks: a design that asks for more is rejected, so that every episode ends.

    An observation is a flat array of numbers in [0, 1]. `columns` names its parts:
    "sort": one-hot, of the choice that is asked. All zeros at the end.
    "legal": the action mask. All zeros at the end.
    "depth": the squashed length of the choice's path, and the squashed number of picks so far. In a product space the
        share of its choices that are made.
    "picks": a block a pick, the latest first, one-hot over the options of all sorts. In a product space a block a
        choice, in their order, one-hot once it is made.
    """

    def __init__(self, bench, *, strict: bool = False, worst: float | None = None, last: int = 8,
                 max_picks: int = 10_000):
        for name, given in (("last", last), ("max_picks", max_picks)):
            if isinstance(given, bool) or not isinstance(given, int) or given < 1:
                raise ArchGymError(f"face construct: {name} must be a whole number, 1 or more, got {given!r}")
        self.last, self.max_picks = last, max_picks
        super().__init__(bench, strict=strict, worst=worst)

    def _define(self):
        sorts = self.space.sorts
        if not sorts:
            raise ArchGymError(f"{self.space.name} has no choices: there is nothing to construct")
        self._width = max(map(len, sorts.values()))
        ends = np.cumsum([0, len(sorts), self._width, *self._history()]).tolist()
        self.columns = {name: slice(*part) for name, part in zip(("sort", "legal", "depth", "picks"),
                                                                zip(ends, ends[1:]))}
        self._picks_at = ends[3]
        self.action_space = spaces.Discrete(self._width)
        self.observation_space = spaces.Box(0.0, 1.0, (ends[-1],), np.float32)
        self._state = np.zeros(ends[-1], np.float32)  # never handed out, only copies
        self._done = np.zeros(self._width, np.int8)
        self._prepare()
        self._restart()

    def _history(self):
        """Widths of "depth" and "picks"."""
        self._offsets, self._block = {}, 0
        for sort, options in self.space.sorts.items():
            self._offsets[sort] = self._block
            self._block += len(options)
        return 2, self.last * self._block

    def _prepare(self):
        self._head = slice(0, self._picks_at - 2)  # sort and legal
        self._last_head = np.zeros(self._picks_at - 2, np.float32)
        self._look = lru_cache(maxsize=8192)(self._look)

    def _look(self, sort, legal, count):
        """(sort and legal columns, mask, column of the sort's first option), once for all that look alike."""
        if sort not in self._offsets or count != len(self.space.sorts[sort]):
            raise ArchGymError(f"{self.space.name}: sort {sort!r} with {count} options is not among its sorts "
                               f"({', '.join(self._offsets)}); declare all: sorts = {{sort: options}} in the class")
        mask = [i < count and (legal is None or bool(legal[i])) for i in range(self._width)]
        return (np.array([*(sort == other for other in self._offsets), *mask], np.float32), np.array(mask, np.int8),
                self._offsets[sort])

    def _restart(self):
        self._ready, self._picks = False, []
        self._state[:] = 0
        build = self.space.build()
        self._send = build.send
        self._ask(next(build))

    def _ask(self, choice):
        self.choice = choice
        """The choice that the next action answers: its path, its options, its law."""
        state, at, depth, made = self._state, self._picks_at, len(choice.path), len(self._picks)
        state[self._head], self._mask, self._offset = self._look(choice.sort or choice.name, choice.legal,
                                                                 len(choice.options))
        state[at - 2] = depth / (depth + HALF)
        state[at - 1] = made / (made + HALF)

    def action_masks(self) -> np.ndarray:
        """Which actions are legal now; between episodes, and before the first, those of the first choice."""
        return self._mask.astype(bool)

    def reset(self, *, seed=None, options=None):
        self._begin(seed)
        if self._ready:  # an episode was left unfinished
            self._restart()
        self._ready = True
        return self._state.copy(), {"action_mask": self._mask.copy()}

    def step(self, action):
        try:
            pick = index(action)
        except TypeError:
            pick = -1
        choice = self.choice
        if not (self._ready and choice.is_legal(pick)):
            return self._illegal(action)
        state, at, block = self._state, self._picks_at, self._block
        if self.last > 1:
            state[at + block:] = state[at:-block]
            state[at:at + block] = 0
        else:
            state[at:] = 0
        state[at + self._offset + pick] = 1
        self._picks.append(pick)
        try:
            choice = self._send(choice.options[pick])
        except StopIteration as stop:
            return self._end(self._measure_clean, Trace([], tuple(self._picks), stop.value))
        except (DeadEnd, Reject) as why:
            return self._end(self._forfeit, f"{self.space.name}: the picks build no design: {why!r}")
        if len(self._picks) >= self.max_picks:
            return self._end(self._forfeit, f"{self.space.name}: a design of more than {self.max_picks:,} picks")
        self._ask(choice)
        return state.copy(), 0.0, False, False, {"action_mask": self._mask.copy()}

    def _illegal(self, action):
        if not self._ready:
            raise ResetNeeded(RESET)
        why = self.why_illegal(self.choice, action)
        if self.strict:
            raise IllegalGenome(why)
        return self._end(self._forfeit, why)

    def why_illegal(self, choice, action) -> str:
        """What is said of an action that this choice does not allow."""
        return (f"{self.space.name}: action {action} is illegal at choice {choice.name!r}; allowed: "
                + ", ".join(f"{i} ({choice.options[i]})" for i in choice.legal_picks()))

    def _end(self, outcome, argument):
        """The last step of an episode. The state is that between episodes, whatever the measurement raises."""
        self._state[self._head] = self._last_head
        observation = self._state.copy()
        self._restart()
        reward, terminated, truncated, info = outcome(argument)
        info["action_mask"] = self._done.copy()
        return observation, reward, terminated, truncated, info

    def _measure_clean(self, trace):
        return self._measure(self.space.clean(trace))


class ConstructProduct(Construct):
    """`construct` in a product space: the choices are known, so all but the picks is made ready once."""

    def _history(self):
        return 1, sum(len(choice.options) for choice in self.space.choices)

    def _prepare(self):
        self._heads, self._masks, self._places = [], [], []
        at, choices = self._picks_at, self.space.choices
        for i, choice in enumerate(choices):
            legal = [choice.is_legal(pick) for pick in range(self._width)]
            sort = [choice.sort_name == other for other in self.space.sorts]
            self._heads.append(np.array([*sort, *legal, i / len(choices)], np.float32))
            self._masks.append(np.array(legal, np.int8))
            # The column that a pick sets, None where it is illegal.
            self._places.append([at + pick if legal[pick] else None for pick in range(self._width)])
            at += len(choice.options)
        self._head = slice(0, self._picks_at)  # sort, legal and depth
        self._last_head = np.array([0.0] * (self._picks_at - 1) + [1.0], np.float32)

    def _restart(self):
        self._ready, self._picks = False, []
        self._state[:] = 0
        self._state[self._head] = self._heads[0]
        self._mask = self._masks[0]

    @property
    def choice(self):
        """The choice that the next action answers: its path, its options, its law."""
        return self.space.choices[len(self._picks)]

    def step(self, action):
        picks = self._picks
        at = len(picks)
        try:
            pick = index(action)
            place = self._places[at][pick] if pick >= 0 and self._ready else None
        except (TypeError, IndexError):
            place = None
        if place is None:
            return self._illegal(action)
        state = self._state
        state[place] = 1
        picks.append(pick)
        at += 1
        if at == len(self._heads):
            return self._end(self._measure, tuple(picks))
        state[self._head] = self._heads[at]
        self._mask = mask = self._masks[at]
        return state.copy(), 0.0, False, False, {"action_mask": mask.copy()}

"""The faces `edit` and `joint`: an episode walks from design to design, and every step is measured and rewarded."""

import math
from operator import index

import numpy as np
from gymnasium import spaces
from gymnasium.error import ResetNeeded

from .environment import RESET, Face
from .errors import ArchGymError, IllegalGenome
from .product import ProductSpace


class Edit(Face):
    """Sets one pick of the current design: `Discrete`, a number for every option of every choice. For product spaces.

    steps: measurements an episode. It begins at a design drawn by the space's law, which is not measured. Setting a
        pick to what it is is legal, and measures the design again.

    An observation is a flat array of numbers in [0, 1]. `columns` names its parts:
    "picks": a block a choice, one-hot: the current design.
    "measured": 1 where the current design was measured and did not fail.
    "metrics": its search metrics, each as its place in the range that this environment has measured since it was
        seeded: 0 the lowest, 1 the highest, .5 while there is no range. All zeros where it is not measured.
    "done": share of the episode's steps that are done.
    """

    def __init__(self, bench, *, strict: bool = False, worst: float | None = None, steps: int = 10):
        if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
            raise ArchGymError(f"face edit: steps must be a whole number, 1 or more, got {steps!r}")
        self.steps = steps
        super().__init__(bench, strict=strict, worst=worst)

    def _define(self):
        space = self.space
        if not isinstance(space, ProductSpace):
            raise ArchGymError(f"an edit sets one pick and leaves the others, but in {space.name} later choices depend "
                               "on earlier picks: use face 'construct' or 'select'")
        if not space.choices:
            raise ArchGymError(f"{space.name} has no choices: there is nothing to edit")
        self.moves = [(i, pick) for i, choice in enumerate(space.choices) for pick in range(len(choice.options))]
        """The (index of a choice, pick) that an action of `edit` stands for."""
        self._mask = np.array([space.choices[i].is_legal(pick) for i, pick in self.moves], np.int8)
        self.names = [metric.name for metric in self.bench.metrics]
        self.offsets = np.cumsum([0, *(len(choice.options) for choice in space.choices)]).tolist()
        """Where each choice's block of "picks" begins."""
        ends = np.cumsum([0, len(self.moves), 1, len(self.names), 1]).tolist()
        self.columns = {name: slice(*part) for name, part in zip(("picks", "measured", "metrics", "done"),
                                                                zip(ends, ends[1:]))}
        self.observation_space = spaces.Box(0.0, 1.0, (ends[-1],), np.float32)
        self.action_space = self._actions()
        self._state = np.zeros(ends[-1], np.float32)  # never handed out, only copies
        self._forget()

    def _actions(self):
        return spaces.Discrete(len(self.moves))

    def _forget(self):
        """Forget the ranges of the metrics."""
        self._low, self._high = [math.inf] * len(self.names), [-math.inf] * len(self.names)

    def action_masks(self) -> np.ndarray:
        """Which options are legal, choice after choice: always the same."""
        return self._mask.astype(bool)

    def reset(self, *, seed=None, options=None):
        self._begin(seed)
        if seed is not None:
            self._forget()
        self._ready, self._done = True, 0
        self._genome = self.space.sample(self.np_random.random)
        self._show(None)
        return self._state.copy(), {"action_mask": self._mask.copy()}

    def step(self, action):
        if not self._ready:
            raise ResetNeeded(RESET)
        why = self.why_illegal(self._genome, action)
        if why and self.strict:
            raise IllegalGenome(why)
        self._ready = False  # whatever the measurement raises
        if why is None:
            self._genome = genome = self._edited(self._genome, action)
            self._done += 1
            reward, _, truncated, info = self._measure(genome)
            self._show(info["trial"]["values"] if info["trial"]["status"] == "ok" else None)
            terminated = self._done == self.steps
        else:
            reward, terminated, truncated, info = self._forfeit(why)
        self._ready = not (terminated or truncated)
        info["action_mask"] = self._mask.copy()
        return self._state.copy(), reward, terminated, truncated, info

    def why_illegal(self, genome, action) -> str | None:
        """Why this action cannot edit this genome; None where it can."""
        try:
            self._edited(genome, action)
        except (ArchGymError, TypeError, ValueError) as error:
            return f"{self.space.name}: illegal action: {error}"

    def _edited(self, genome, action):
        number = index(action)
        if not 0 <= number < len(self.moves):
            raise IllegalGenome(f"{action}; allowed: 0 to {len(self.moves) - 1}, where the mask is 1")
        at, pick = self.moves[number]
        if not self._mask[number]:
            choice = self.space.choices[at]
            raise IllegalGenome(f"{action} sets choice {choice.name!r} to option {pick} ({choice.options[pick]}); "
                                "allowed: " + ", ".join(f"{i} ({choice.options[i]})" for i in choice.legal_picks()))
        return (*genome[:at], pick, *genome[at + 1:])

    def _show(self, values):
        """Write the current design, and its metrics where it was measured, into the state."""
        state = self._state
        state[:] = 0
        for offset, pick in zip(self.offsets, self._genome):
            state[offset + pick] = 1
        state[-1] = self._done / self.steps
        if values is None:
            return
        at, low, high = len(self.moves), self._low, self._high
        state[at] = 1
        for i, name in enumerate(self.names):
            value = float(values[name])
            low[i], high[i] = min(low[i], value), max(high[i], value)
            span = high[i] - low[i]
            state[at + 1 + i] = (value - low[i]) / span if span > 0 else 0.5


class Joint(Edit):
    """Sets all picks at once: `MultiDiscrete`, an entry a choice, as when every choice has an agent of its own.

    Episodes and observations are those of `edit`, the mask is flat, choice after choice.
    """

    def _actions(self):
        return spaces.MultiDiscrete([len(choice.options) for choice in self.space.choices])

    def _edited(self, genome, action):
        genome = tuple(map(index, action))
        self.space.decode(genome)
        return genome

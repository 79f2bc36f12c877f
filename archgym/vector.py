"""Many copies of a face on one ledger: as arrays in product spaces, one by one elsewhere.

Both reset a copy in the step after its episode's last (Gymnasium's AutoresetMode.NEXT_STEP): that step ignores its
action, rewards 0, and shows the first observation of the next episode.
"""

import gymnasium
import numpy as np
from gymnasium.error import ResetNeeded
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from .construct import ConstructProduct
from .environment import RESET, own_stream
from .errors import ArchGymError, BudgetSpent, IllegalGenome
from .trial import Batch, Proposal, Trials

STARTS = 64  # starting designs drawn at a time, for each copy from its own stream


class Copies(gymnasium.vector.SyncVectorEnv):
    """Copies of any face, stepped in order."""

    def __init__(self, bench, num_envs, kind, **options):
        self._open = bench if callable(bench) else None
        self.bench = bench if self._open is None else bench(seeding.np_random()[1])
        super().__init__([lambda: kind(self.bench, **options)] * num_envs)

    def reset(self, *, seed=None, options=None):
        if seed is not None and self._open is not None:
            self.bench = self._open(seed)
            for env in self.envs:
                env.bench = self.bench
        return super().reset(seed=seed, options=options)


class FaceVector(gymnasium.vector.VectorEnv):
    """Copies of a face of a product space, stepped together on arrays.

    What happens to each copy, and what the ledger records, is as if they were stepped one by one in their order. Where
    the budget ends in the middle of a step, the copies that it does not pay for are truncated and get no trial; a step
    that it pays nothing of raises BudgetSpent. A trial's info is columns, without the design's text, and its genome a
    row of picks, of -1 where nothing of the space was proposed.
    """

    metadata = {"render_modes": [], "autoreset_mode": AutoresetMode.NEXT_STEP}

    def __init__(self, bench, num_envs, kind, **options):
        self.num_envs = num_envs
        self.copy = first = kind(bench, **options)
        """The first copy, for what all have in common: spaces, `columns`, `worst`."""
        self._open, self.bench, self.space = first._open, first.bench, first.space
        self._np_random, self._np_random_seed = first.np_random, first.np_random_seed
        if self._open is None:
            self._streams = [first.np_random, *(own_stream(bench)[0] for _ in range(num_envs - 1))]
        else:
            self._streams = self._seeded(first.np_random_seed)
        self.columns, self.strict, self.worst = first.columns, first.strict, first.worst
        self.single_observation_space, self.single_action_space = first.observation_space, first.action_space
        self.observation_space = batch_space(first.observation_space, num_envs)
        self.action_space = batch_space(first.action_space, num_envs)
        self.action_space.seed(first.np_random_seed)
        # A row a column of the observations, so that most is written in whole rows. Never handed out, only copies.
        self._state = np.zeros(self.observation_space.shape[::-1], np.float32)
        self._flat = self._state.reshape(-1)
        self._everyone = np.arange(num_envs)
        self._ended = np.ones(num_envs, bool)  # copies that the next step resets
        self._begun = False
        self._genomes = np.zeros((num_envs, len(self.space.choices)), np.int64)
        self._define()

    def _define(self):
        """Set what the steps need."""
        raise NotImplementedError

    def _seeded(self, seed):
        return [seeding.np_random(seed + i)[0] for i in range(self.num_envs)]

    def reset(self, *, seed=None, options=None):
        """seed: copy i gets seed + i, as in Gymnasium's own; a bench of this environment's own starts anew."""
        if seed is not None:
            super().reset(seed=seed)
            self.action_space.seed(seed)
            if self._open is not None:
                self.bench = self._open(seed)
            self._streams = self._seeded(seed)
            self._forget()
        self.bench.room()
        which = np.ones(self.num_envs, bool) if not options else options.get("reset_mask", np.ones(self.num_envs, bool))
        self._begun = True
        self._ended[which] = False
        self._restart(np.flatnonzero(which))
        return self._observations(), self._info()

    def _observations(self):
        return self._state.copy().T

    def _forget(self):
        """Forget what one seed has to do with the next."""

    def _restart(self, rows):
        """Begin an episode in these copies."""
        raise NotImplementedError

    def _info(self):
        return {"action_mask": self._masks(), "_action_mask": np.ones(self.num_envs, bool)}

    def _begin_step(self, actions):
        """(actions, copies that act legally, copies that act, illegal copy -> why); the others are reset.

        An error changes nothing.
        """
        if not self._begun:
            raise ResetNeeded(RESET)
        actions = np.asarray(actions)
        if actions.shape != self.action_space.shape:
            raise ArchGymError(f"actions are an array of shape {self.action_space.shape}, got {actions.shape}")
        whole = actions.dtype.kind in "iu"
        fine = self._legal(actions.astype(np.int64)) if whole else np.zeros(self.num_envs, bool)
        fine |= self._ended
        illegal = {} if fine.all() else {row: self._reason(actions, row) for row in np.flatnonzero(~fine).tolist()}
        if self.strict:
            for why in illegal.values():
                raise IllegalGenome(why)
        acting = self._everyone
        if self._ended.any():
            self.bench.room()
            acting = np.flatnonzero(~self._ended)
            self._restart(np.flatnonzero(self._ended))
            self._ended[:] = False
        return actions, np.setdiff1d(acting, list(illegal)) if illegal else acting, acting, illegal

    def _settle(self, rows, illegal):
        """Measure these copies' designs, forfeit where they acted illegally: (rewards, paid, ok, truncations, info)."""
        bench, n = self.bench, self.num_envs
        rewards, paid, ok, truncations = np.zeros(n), np.zeros(n, bool), np.zeros(n, bool), np.zeros(n, bool)
        if not len(rows):
            return rewards, paid, ok, truncations, {}
        self._ended[rows] = True  # whatever the measurements raise
        if bench.counts_only and not illegal:
            bench.room()
            trials = bench.measure(Batch(self._genomes[rows[:min(len(rows), bench.remaining.evaluations)]]))
            truncations[rows[len(trials) - 1]] = bench.spent
        else:
            trials = []
            for row in rows.tolist():
                try:
                    trials.append(bench.forfeit(illegal[row]) if row in illegal else
                                  bench.measure([Proposal(tuple(self._genomes[row].tolist()))])[0])
                except BudgetSpent:
                    if not trials:
                        raise
                    break
                truncations[row] = bench.spent
        truncations[rows[len(trials):]] = True
        rows = rows[:len(trials)]
        columns, ok[rows] = _columns(trials, [metric.name for metric in bench.metrics], self._genomes.shape[1])
        paid[rows] = True
        rewards[rows] = np.where(ok[rows], columns["value"], self.worst)
        return rewards, paid, ok, truncations, {"trial": _spread(columns, rows, n), "_trial": paid.copy()}


def _columns(trials, names, width):
    """(what an info tells of these trials, as columns; which are ok)."""
    if type(trials) is Trials:
        found, n = trials.measurements, len(trials)
        ok = np.ones(n, bool) if found.statuses is None else np.array([status == "ok" for status in found.statuses])
        columns = {"id": np.arange(trials.first_id, trials.first_id + n), "value": trials.values,
                   "values": {name: found.values[name] for name in names}, "cost": np.asarray(found.cost, float),
                   "status": found.statuses or ["ok"] * n, "error": found.errors or [None] * n,
                   "seed": np.asarray(trials.seeds), "genome": trials.genomes}
        return columns, ok
    columns = {"id": np.array([t.id for t in trials]), "value": np.array([t.value for t in trials], float),
               "values": {name: np.array([t.values.get(name, np.nan) for t in trials], float) for name in names},
               "cost": np.array([t.cost for t in trials], float), "status": [t.status for t in trials],
               "error": [t.error for t in trials], "seed": np.array([t.seed for t in trials]),
               "genome": np.array([t.genome or (-1,) * width for t in trials])}
    return columns, np.array([t.ok for t in trials], bool)


def _spread(columns, rows, n):
    """Copies of these columns with an entry for every environment: 0, None or -1 where it has no trial."""
    spread = {}
    for name, found in columns.items():
        if isinstance(found, dict):
            spread[name] = _spread(found, rows, n)
        elif len(rows) == n:
            spread[name] = np.array(found, object if isinstance(found, list) else None)
        elif isinstance(found, list):
            spread[name] = np.full(n, None, object)
            spread[name][rows] = found
        else:
            spread[name] = np.full((n, *found.shape[1:]), -1 if name in ("id", "genome") else 0, found.dtype)
            spread[name][rows] = found
    return spread


class ConstructVector(FaceVector):
    """`construct` in a product space."""

    def _define(self):
        first = self.copy
        self._last, self._width = len(self.space.choices), len(first._done)
        # By picks made: the first columns of an observation, the mask, where the next pick's block begins.
        self._heads = np.array([*first._heads, first._last_head]).T
        self._all_masks = np.array([*first._masks, first._done]).T
        self._blocks = np.cumsum([first._picks_at, *(len(choice.options) for choice in self.space.choices)])
        # By picks made and action, with a column for all actions that there are not.
        self._allowed = np.pad(self._all_masks.T, ((0, 0), (0, 1))).astype(bool).reshape(-1)
        self._made = np.full(self.num_envs, self._last)  # all of them where an episode has ended

    def _masks(self):
        return self._all_masks.take(self._made, axis=1).T

    def action_masks(self) -> np.ndarray:
        """(num_envs, actions) Which actions are legal now; where an episode has ended, those of the first choice."""
        return self._all_masks.T[self._made % self._last].astype(bool)

    def _restart(self, rows):
        self._made[rows] = 0
        if len(rows) == self.num_envs:
            self._state[:] = 0
        else:
            self._state[:, rows] = 0
        self._show_heads()

    def _show_heads(self):
        self._state[self.copy._head] = self._heads.take(self._made, axis=1)

    def _legal(self, actions):
        known = np.minimum(actions.view(np.uint64), self._width).view(np.int64)  # a negative number is a huge one
        return self._allowed.take(self._made * (self._width + 1) + known)

    def _reason(self, actions, row):
        return self.copy.why_illegal(self.space.choices[self._made[row]], actions[row])

    def step(self, actions):
        actions, rows, _, illegal = self._begin_step(actions)
        made, picks = self._made.take(rows), actions.take(rows)
        self._genomes.reshape(-1)[rows * self._last + made] = picks
        self._flat[(self._blocks.take(made) + picks) * self.num_envs + rows] = 1
        self._made[rows] = made + 1
        if illegal:
            self._made[list(illegal)] = self._last
        self._show_heads()
        ended = (self._made == self._last).nonzero()[0]
        rewards, paid, _, truncations, trials = self._settle(ended, illegal)
        return self._observations(), rewards, paid, truncations, self._info() | trials


class EditVector(FaceVector):
    """`edit` and `joint`."""

    def _define(self):
        first = self.copy
        self._mask = first._mask
        self._moves = np.array(first.moves)
        self._offsets = np.array(first.offsets[:-1])
        self._done = np.zeros(self.num_envs, np.int64)
        self._forget()

    def _forget(self):
        shape = (len(self.copy.names), self.num_envs)
        self._low, self._high = np.full(shape, np.inf), np.full(shape, -np.inf)
        self._starts = [iter(())] * self.num_envs

    def _masks(self):
        return np.tile(self._mask, (self.num_envs, 1))

    def action_masks(self) -> np.ndarray:
        """(num_envs, options) Which options are legal, choice after choice: always the same."""
        return self._masks().astype(bool)

    def _restart(self, rows):
        for row in rows.tolist():
            start = next(self._starts[row], None)
            if start is None:
                self._starts[row] = iter(self.space.sample_many(self._streams[row], STARTS))
                start = next(self._starts[row])
            self._genomes[row] = start
        self._done[rows] = 0
        self._draw(rows)

    def _draw(self, rows):
        """Write the current designs of these copies into the state, as not measured."""
        if len(rows) == self.num_envs:
            self._state[:] = 0
        else:
            self._state[:, rows] = 0
        self._flat[(self._offsets + self._genomes[rows]) * self.num_envs + rows[:, None]] = 1
        self._state[-1] = self._done / self.copy.steps

    def _legal(self, actions):
        joint = actions.ndim == 2
        inside = (actions >= 0) & (actions < (self.single_action_space.nvec if joint else len(self._mask)))
        legal = inside & self._mask.take(np.where(inside, actions, 0) + (self._offsets if joint else 0)).astype(bool)
        return legal.all(axis=1) if joint else legal

    def _reason(self, actions, row):
        return self.copy.why_illegal(tuple(self._genomes[row].tolist()), actions[row])

    def step(self, actions):
        actions, rows, acting, illegal = self._begin_step(actions)
        if actions.ndim == 1:
            at, picks = self._moves[actions[rows]].T
            self._genomes[rows, at] = picks
        else:
            self._genomes[rows] = actions[rows]
        self._done[rows] += 1
        rewards, paid, ok, truncations, trials = self._settle(acting, illegal)
        self._draw(rows)
        if ok.any():
            self._show(np.flatnonzero(ok), trials["trial"]["values"])
        terminations = paid & (self._done == self.copy.steps)
        if illegal:
            terminations[list(illegal)] = paid[list(illegal)]
        self._ended = terminations | truncations
        return self._observations(), rewards, terminations, truncations, self._info() | trials

    def _show(self, rows, values):
        """Write the metrics of these copies' designs, which were measured, into the state."""
        at = len(self._mask)
        found = np.stack([values[name][rows] for name in self.copy.names])
        self._low[:, rows] = low = np.minimum(self._low[:, rows], found)
        self._high[:, rows] = high = np.maximum(self._high[:, rows], found)
        span = high - low
        self._state[at, rows] = 1
        self._state[at + 1:-1, rows] = np.where(span > 0, (found - low) / np.where(span > 0, span, 1), 0.5)

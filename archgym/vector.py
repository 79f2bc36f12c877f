"""Many copies of a face on one ledger: as arrays in product spaces, one by one elsewhere.

Both reset a copy in the step after its episode's last (Gymnasium's AutoresetMode.NEXT_STEP): that step ignores its
action, rewards 0, and shows the first observation of the next episode.
"""

from functools import lru_cache

import gymnasium
import numpy as np
from gymnasium.error import ResetNeeded
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from .environment import RESET, own_stream
from .errors import ArchGymError, BudgetSpent, IllegalGenome
from .trial import Batch, Proposal, Trials


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
        self._metrics = [metric.name for metric in self.bench.metrics]
        self.single_observation_space, self.single_action_space = first.observation_space, first.action_space
        self.observation_space = batch_space(first.observation_space, num_envs)
        self.action_space = batch_space(first.action_space, num_envs)
        self.action_space.seed(first.np_random_seed)
        # A row a column of the observations, so that most is written in whole rows. Never handed out, only copies.
        self._state = np.zeros(self.observation_space.shape[::-1], np.float32)
        self._flat = self._state.reshape(-1)
        self._everyone = np.arange(num_envs)
        self._all = np.ones(num_envs, bool)
        self._all.flags.writeable = False  # every info shows it
        self._ended = np.ones(num_envs, bool)  # copies that the next step resets
        self._begun = False
        self._genomes = np.zeros((num_envs, len(self.space.choices)), np.int64)
        self._define()

    def _define(self):
        """Set what the steps need."""
        raise NotImplementedError

    def _legal(self, actions):
        """(num_envs,) whether each copy's action is legal; True where all are."""
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
        return {"action_mask": self._masks(), "_action_mask": self._all}

    def _begin_step(self, actions):
        """(picks, copies that act legally, copies that act, illegal copy -> why); the others are reset.

        An error changes nothing.
        """
        if not self._begun:
            raise ResetNeeded(RESET)
        actions = np.asarray(actions)
        if actions.shape != self.action_space.shape:
            raise ArchGymError(f"actions are an array of shape {self.action_space.shape}, got {actions.shape}")
        whole = actions.dtype.kind in "iu"
        picks = actions.astype(np.int64, copy=False) if whole else np.zeros(actions.shape, np.int64)
        resets = np.count_nonzero(self._ended)
        illegal = {} if resets == self.num_envs else self._illegal(actions, picks, whole)
        acting = self._everyone
        if resets:
            self.bench.room()
            acting = np.flatnonzero(~self._ended)
            self._restart(np.flatnonzero(self._ended))
            self._ended[:] = False
        return picks, np.setdiff1d(acting, list(illegal)) if illegal else acting, acting, illegal

    def _illegal(self, actions, picks, whole):
        """Copy -> why its action is illegal. IllegalGenome for the first where that is an error."""
        legal = self._legal(picks) if whole else np.zeros(self.num_envs, bool)
        if legal is True or (legal := legal | self._ended).all():
            return {}
        illegal = {row: self._reason(actions, row) for row in np.flatnonzero(~legal).tolist()}
        if self.strict:
            raise IllegalGenome(next(iter(illegal.values())))
        return illegal

    def _settle(self, rows, illegal):
        """Measure these copies' designs, forfeit where they acted illegally: (rewards, paid, ok, truncations, info)."""
        bench, n = self.bench, self.num_envs
        rewards, paid, truncations = np.zeros(n), np.zeros(n, bool), np.zeros(n, bool)
        if not len(rows):
            return rewards, paid, paid.copy(), truncations, {}
        self._ended[rows] = True  # whatever the measurements raise
        if bench.counts_only and not illegal:
            genomes = self._genomes.copy("C") if len(rows) == n else self._genomes[rows]
            if bench.room() < len(rows):
                genomes = genomes[:min(len(rows), bench.remaining.evaluations)]
            trials = bench.measure(Batch(genomes))
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
        columns, sound = _columns(trials, self._metrics, self._genomes.shape[1])
        rewards[rows] = columns["value"] if sound is True else np.where(sound, columns["value"], self.worst)
        paid[rows] = True
        ok = paid.copy()
        if sound is not True:
            ok[rows] = sound
        return rewards, paid, ok, truncations, {"trial": _spread(columns, rows, n), "_trial": paid.copy()}


def _columns(trials, names, width):
    """(what an info tells of these trials, as columns; which are ok: True for all)."""
    if type(trials) is Trials:
        found, n = trials.measurements, len(trials)
        ok = True if found.statuses is None else np.array([status == "ok" for status in found.statuses])
        # Copies, so that nobody writes into what the ledger has.
        columns = {"id": np.arange(trials.first_id, trials.first_id + n), "value": trials.values.copy(),
                   "values": {name: found.values[name].copy() for name in names}, "cost": np.array(found.cost, float),
                   "status": _texts(found.statuses, "ok", n), "error": _texts(found.errors, None, n),
                   "seed": trials.seeds.copy(), "genome": trials.genomes.copy()}
        return columns, ok
    columns = {"id": np.array([t.id for t in trials]), "value": np.array([t.value for t in trials], float),
               "values": {name: np.array([t.values.get(name, np.nan) for t in trials], float) for name in names},
               "cost": np.array([t.cost for t in trials], float),
               "status": _texts([t.status for t in trials]), "error": _texts([t.error for t in trials]),
               "seed": np.array([t.seed for t in trials]),
               "genome": np.array([t.genome or (-1,) * width for t in trials])}
    return columns, np.array([t.ok for t in trials], bool)


def _texts(found, default=None, count=0):
    return _all_alike(default, count).copy() if found is None else np.array(found, object)


@lru_cache(64)
def _all_alike(text, count):
    return np.full(count, text, object)  # ten times what a copy of it takes


def _spread(columns, rows, n):
    """These columns with an entry for every environment: 0, None or -1 where it has no trial."""
    if len(rows) == n:
        return columns
    spread = {}
    for name, found in columns.items():
        if isinstance(found, dict):
            spread[name] = _spread(found, rows, n)
        else:
            nothing = -1 if name in ("id", "genome") else None if found.dtype == object else 0
            spread[name] = np.full((n, *found.shape[1:]), nothing, found.dtype)
            spread[name][rows] = found
    return spread

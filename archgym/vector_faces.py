"""The faces of product spaces whose copies are stepped together on arrays."""

import numpy as np

from .vector import FaceVector

STARTS = 64  # starting designs drawn at a time, for each copy from its own stream


class ConstructVector(FaceVector):
    """`construct` in a product space."""

    def _define(self):
        first, n = self.copy, self.num_envs
        self._last, self._width = len(self.space.choices), len(first._done)
        # By picks made: the first columns of an observation, the mask, where the next pick's block begins.
        self._heads = np.array([*first._heads, first._last_head]).T
        self._all_masks = np.array([*first._masks, first._done]).T
        self._blocks = np.cumsum([first._picks_at, *(len(choice.options) for choice in self.space.choices)])
        # By picks made and action, with a column for all actions that there are not.
        self._allowed = np.pad(self._all_masks.T, ((0, 0), (0, 1))).astype(bool).reshape(-1)
        self._picks = np.zeros((self._last, n), np.int64)
        self._genomes = self._picks.T
        # The picks that every copy has made, all of them where its episode has ended. While none acts illegally it is
        # one number for all, the pace, and most of a step one operation on whole rows; None where copies differ.
        self._pace, self._made = self._last, np.full(n, self._last)
        self._head_at, self._mask_at = ([np.repeat(row[:, None], n, axis=1) for row in rows.T]
                                        for rows in (self._heads, self._all_masks))
        self._place_at = [block * n + self._everyone for block in self._blocks]
        self._stride = np.array(n)  # operations with arrays take two thirds of those with numbers
        # How many actions there are, from the first on, where these are the legal ones; 0 elsewhere.
        self._plain_at = [np.array(mask.sum() if mask[:mask.sum()].all() else 0, np.uint64)
                          for mask in self._all_masks.T]

    def _part(self):
        """From here on copies differ."""
        if self._pace is not None:
            self._made[:], self._pace = self._pace, None

    def _masks(self):
        return (self._mask_at[self._pace].copy() if self._pace is not None else
                self._all_masks.take(self._made, axis=1)).T

    def action_masks(self) -> np.ndarray:
        """(num_envs, actions) Which actions are legal now; where an episode has ended, those of the first choice."""
        made = self._made if self._pace is None else np.full(self.num_envs, self._pace)
        return self._all_masks.T[made % self._last].astype(bool)

    def _restart(self, rows):
        if len(rows) == self.num_envs:
            self._pace = 0
            self._state[:] = 0
        else:
            self._part()
            self._made[rows] = 0
            self._state[:, rows] = 0
        self._show_heads()

    def _show_heads(self):
        self._state[self.copy._head] = (self._head_at[self._pace] if self._pace is not None else
                                        self._heads.take(self._made, axis=1))

    def _legal(self, actions):
        known = actions.view(np.uint64)  # a negative number is a huge one
        if self._pace is None:
            return self._allowed.take(self._made * (self._width + 1) + np.minimum(known, self._width).view(np.int64))
        if not np.count_nonzero(known >= self._plain_at[self._pace]):  # a third of what finding the largest takes
            return True
        return self._allowed[self._pace * (self._width + 1) + np.minimum(known, self._width).view(np.int64)]

    def _reason(self, actions, row):
        made = self._made[row] if self._pace is None else self._pace
        return self.copy.why_illegal(self.space.choices[made], actions[row])

    def step(self, actions):
        actions, rows, _, illegal = self._begin_step(actions)
        if self._pace is not None and not illegal and len(rows) in (0, self.num_envs):
            if len(rows):
                self._picks[self._pace] = actions
                self._flat[actions * self._stride + self._place_at[self._pace]] = 1
                self._pace += 1
            ended = rows if self._pace == self._last else rows[:0]
        else:
            self._part()
            made, picks = self._made.take(rows), actions.take(rows)
            self._picks[made, rows] = picks
            self._flat[(self._blocks.take(made) + picks) * self.num_envs + rows] = 1
            self._made[rows] = made + 1
            self._made[list(illegal)] = self._last
            ended = (self._made == self._last).nonzero()[0]
        self._show_heads()
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

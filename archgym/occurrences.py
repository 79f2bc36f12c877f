"""How often each design of a batch was measured before in the run."""

import numpy as np

FEW = 1 << 20  # codes up to which an array keeps the counts
SOME = 64  # entries up to which a loop is faster than a sort


class Occurrences:
    """Counts by code. `codes`: how many there are, where they run from 0; None where they are any 64-bit numbers."""

    def __init__(self, codes: int | None):
        self._counts = np.zeros(codes, np.int64) if codes is not None and codes <= FEW else {}

    def count(self, codes: np.ndarray, beginnings) -> np.ndarray:
        """(n,) each entry's beginning and how often its code was counted before, earlier entries of this batch included.

        beginnings(entries): from what on the codes of these entries are counted, int64 and not 0; one number a code.
        """
        counts = self._counts
        if type(counts) is dict:
            return _in_order(codes, self._add) + beginnings(np.arange(len(codes)))
        before = counts.take(codes)
        if np.count_nonzero(before) < len(codes):
            new = np.flatnonzero(before == 0)
            before[new] = counts[codes[new]] = beginnings(new)
        np.add.at(counts, codes, 1)
        again = (counts.take(codes) - before > 1).nonzero()[0]
        if len(again) > SOME:
            before[again] += _in_order(codes[again])
        elif len(again):
            met = {}
            for i, code in zip(again.tolist(), codes[again].tolist()):
                met[code] = times = met.get(code, -1) + 1
                before[i] += times
        return before

    def _add(self, distinct, lengths):
        names = distinct.tolist()
        before = np.array([self._counts.get(name, 0) for name in names], np.int64)
        self._counts.update(zip(names, (before + lengths).tolist()))
        return before


def _in_order(codes, before=lambda distinct, lengths: 0):
    """(n,) how many earlier entries are the same, and as many more as `before` says of the distinct ones."""
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])[:len(codes)])
    lengths = np.diff(first, append=len(codes))
    times = np.empty(len(codes), np.int64)
    times[order] = np.arange(len(codes)) - np.repeat(first - before(ordered[first], lengths), lengths)
    return times

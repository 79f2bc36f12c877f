"""How often each design of a batch was measured before in the run."""

import numpy as np

FEW = 1 << 20  # codes up to which an array keeps the counts


class Occurrences:
    """Counts by code. `codes`: how many there are, where they run from 0; None where they are any 64-bit numbers."""

    def __init__(self, codes: int | None):
        self._counts = np.zeros(codes, np.int64) if codes is not None and codes <= FEW else {}

    def count(self, codes: np.ndarray) -> np.ndarray:
        """(n,) how often each code was counted before, earlier entries of this batch included; and count them all."""
        order = np.argsort(codes, kind="stable")
        ordered = codes[order]
        first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])[:len(codes)])
        lengths = np.diff(first, append=len(codes))
        before = self._add(ordered[first], lengths)
        times = np.empty(len(codes), np.int64)
        times[order] = np.arange(len(codes)) - np.repeat(first - before, lengths)
        return times

    def _add(self, distinct, lengths):
        counts = self._counts
        if type(counts) is dict:
            before = [counts.get(code, 0) for code in distinct.tolist()]
            counts.update(zip(distinct.tolist(), (np.array(before, np.int64) + lengths).tolist()))
            return np.array(before, np.int64)
        before = counts[distinct]
        counts[distinct] = before + lengths
        return before

"""Sentences that captions share: what random search is in a figure, what a dagger stands for."""

from html import escape

from .text import count, listed


def random_words(found):
    """What the dotted line and the grey band of random search are."""
    if found.baseline is None:
        return f"No random baseline: {escape(found.why_no_baseline)}"
    law = law_words(found)
    return f"Dotted: expected best of so many random draws, {law}; grey: where nine random searches in ten lie."


def law_words(found):
    """The law of a random baseline, and whether it is exact or from how many samples."""
    b = found.baseline
    return f"law {escape(b.law)}, " + (
        f"exact over {count(len(b.values))} {escape(b.rows_are)}"
        if b.exact
        else f"estimated from {count(len(b.values))} samples ({escape(b.rows_are)})"
    )


def one_or_each(tasks, words):
    """What is the same on all tasks said once, else task by task."""
    said = [words(t) for t in tasks]
    return said[0] if len(set(said)) == 1 else "; ".join(f"{escape(t.label)}: {w}" for t, w in zip(tasks, said))


def dagger(tasks):
    """What the dagger in titles stands for, as a sentence of a caption; empty where every task has a holdout."""
    without = [t.label for t in tasks if not t.has_holdout]
    return f" \u2020 No holdout, what agents saw is what is shown: {escape(listed(without))}." if without else ""

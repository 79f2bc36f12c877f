"""Statistics of a comparison: random baselines, intervals, curves, tests, ranks. Plain functions of numpy arrays.

Larger values are better everywhere. Nothing is drawn but from a generator that the caller hands in.
"""

_EXPORTS = {
    "BaselineCurve": "baseline",
    "Distribution": "distribution",
    "Draws": "draws",
    "Interval": "intervals",
    "NotWorse": "rank_tests",
    "RandomBaseline": "baseline",
    "align": "curves",
    "average_rank": "ranks",
    "best_of": "draws",
    "better_matrix": "comparison",
    "bootstrap": "intervals",
    "bounded_mean": "intervals",
    "carried": "curves",
    "common_grid": "curves",
    "equivalent_n": "equivalent",
    "expected_budget": "curves",
    "first_reach": "curves",
    "holm": "rank_tests",
    "last": "curves",
    "mean_of": "comparison",
    "not_worse_than_best": "rank_tests",
    "paired_difference": "intervals",
    "probability_better": "comparison",
    "proportion": "intervals",
    "rank_agents": "ranks",
    "rank_sum_test": "rank_tests",
    "regret": "curves",
    "relative_improvement": "improvement",
    "running_best": "curves",
    "share_reaching": "curves",
    "share_seeds": "intervals",
    "signed_rank_test": "rank_tests",
    "standard_error": "estimate",
}
__all__ = sorted(_EXPORTS)


def __getattr__(name):
    if name not in _EXPORTS:
        raise AttributeError(f"module 'archgym.stats' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f".{_EXPORTS[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *_EXPORTS})

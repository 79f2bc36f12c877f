"""Statistics of a comparison: random baselines, intervals, curves, tests, ranks. Plain functions of numpy arrays.

Larger values are better everywhere. Nothing is drawn but from a generator that the caller hands in.
"""

_EXPORTS = {
    "BaselineCurve": "baseline",
    "Distribution": "distribution",
    "Draws": "draws",
    "Friedman": "average_ranks",
    "Interval": "intervals",
    "NotWorse": "rank_tests",
    "RandomBaseline": "baseline",
    "SeedNoise": "landscape",
    "Stability": "agreement",
    "align": "curves",
    "average_rank": "ranks",
    "best_of": "draws",
    "better_matrix": "comparison",
    "bootstrap": "intervals",
    "bounded_mean": "intervals",
    "carried": "curves",
    "common_grid": "curves",
    "correlation_length": "landscape",
    "critical_difference": "average_ranks",
    "equivalent_n": "equivalent",
    "expected_budget": "curves",
    "first_reach": "curves",
    "friedman": "average_ranks",
    "holm": "rank_tests",
    "interquartile_mean": "across",
    "kendall_tau": "agreement",
    "kendall_tau_of_best": "agreement",
    "last": "curves",
    "log_efficiency": "targets",
    "mean_of": "comparison",
    "normalised": "across",
    "not_worse_than_best": "rank_tests",
    "optimality_gap": "across",
    "over_tasks": "across",
    "paired_difference": "intervals",
    "performance_profile": "across",
    "probability_better": "comparison",
    "proportion": "intervals",
    "quantile_targets": "targets",
    "rank_agents": "ranks",
    "rank_sum_test": "rank_tests",
    "ranking_stability": "agreement",
    "regret": "curves",
    "relative_improvement": "improvement",
    "running_best": "curves",
    "seed_noise": "landscape",
    "share_reaching": "curves",
    "share_seeds": "intervals",
    "signed_rank_test": "rank_tests",
    "standard_error": "estimate",
    "target_ecdf": "targets",
    "walk_autocorrelation": "landscape",
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

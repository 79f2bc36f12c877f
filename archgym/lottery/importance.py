"""Which hyper-parameters matter: how much worse a model of the scores predicts when one of them is shuffled."""

from dataclasses import dataclass

import numpy as np

from ..stats import Interval, bootstrap

TREES = 200
SHUFFLES = 5


@dataclass
class Importance:
    names: tuple[str, ...]
    share: Interval
    """(P,) rise of the squared error, as a share of the scores' variance, when a hyper-parameter is shuffled."""
    explained: float
    """Share of the variance that the model predicts of configurations it has not seen; below 0 it knows nothing."""


def permutation_importance(names, settings, scores, rng) -> Importance | None:
    """Permutation importance by the trees of a random forest (Breiman, "Random Forests", Machine Learning 45, 2001).

    settings: (H, P) numbers, one row a configuration. scores: (H,), of which the ranks are predicted, so that one
    disaster does not decide. Each tree is asked of the configurations that it was not grown on only. Intervals:
    bootstrap over configurations, the trees held fixed. None where all scores are equal or there are fewer than 10.
    """
    from sklearn.tree import DecisionTreeRegressor

    settings = np.asarray(settings, float)
    ranks = np.unique(scores, return_inverse=True)[1].astype(float)
    if len(ranks) < 10 or ranks.std() == 0:
        return None
    ranks = (ranks - ranks.mean()) / ranks.std()
    rows = len(ranks)
    predicted, asked = np.zeros(rows), np.zeros(rows)
    rise = np.zeros((rows, len(names)))
    for _ in range(TREES):
        grown = rng.integers(0, rows, rows)
        out = np.setdiff1d(np.arange(rows), grown)
        if not len(out):  # with ten configurations, one draw in three thousand
            continue
        tree = DecisionTreeRegressor(min_samples_leaf=2, max_features=max(1, (len(names) + 1) // 2),
                                     random_state=int(rng.integers(2**31))).fit(settings[grown], ranks[grown])
        plain = tree.predict(settings[out])
        predicted[out] += plain
        asked[out] += 1
        shuffled = np.tile(settings[out], (len(names) * SHUFFLES, 1, 1))
        for i in range(len(shuffled)):
            shuffled[i, :, i // SHUFFLES] = rng.permutation(settings[out, i // SHUFFLES])
        found = tree.predict(shuffled.reshape(-1, len(names))).reshape(len(names), SHUFFLES, len(out))
        rise[out] += ((found - ranks[out]) ** 2).mean(axis=1).T - ((plain - ranks[out]) ** 2)[:, None]
    seen = asked > 0
    share = bootstrap(rise[seen] / asked[seen, None], rng, resamples=1000)
    errors = (predicted[seen] / asked[seen] - ranks[seen]) ** 2
    return Importance(tuple(names), share, float(1 - errors.mean() / ranks[seen].var()))


def coded(space, drawn) -> np.ndarray:
    """(H, P) configurations as numbers: the place of each value among its sorted options, where they can be sorted."""
    columns = []
    for choice in space.choices:
        order = sorted(choice.options) if choice.ordered else list(choice.options)
        columns.append([order.index(options[choice.name]) for options in drawn])
    return np.array(columns, float).reshape(len(columns), len(drawn)).T

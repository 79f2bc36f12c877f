"""How much better than random, in percent."""

import numpy as np

from .intervals import bootstrap


def relative_improvement(values, reference, rng, *, level=0.95, resamples=2000):
    """100 (mean - reference)/|reference|, in percent, as an Interval over the agent's seeds.

    Yang, Esperança, Carlucci, "NAS evaluation is frustratingly hard", ICLR 2020, where the reference is the mean of
    random designs (`baseline.at(1).mean`). The best of as many random designs as the agent measured (`baseline.mean`)
    is the harder reference, and the fairer. The absolute value keeps the sign right for a metric that is minimised,
    whose values are negative. Only for metrics whose zero means something.

    values: (S,) final values. Raises ValueError for a reference of zero or one that is not finite.
    """
    if not np.isfinite(reference) or reference == 0:
        raise ValueError(f"reference {reference!r}: a relative improvement needs a finite reference that is not zero")
    percent = 100 * (np.asarray(values, float) - reference) / abs(reference)
    return bootstrap(percent, rng, level=level, resamples=resamples)

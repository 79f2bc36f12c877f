"""BLAS on one thread, for matrices so small that a second one waits longer than it works.

Bits depend on how many threads share a product, so that a run is the same in a sweep, whose workers have one thread, and
outside of one.
"""

from functools import cache


def one_thread():
    """A context in which BLAS takes one thread; afterwards as many as before. Entering and leaving takes 20 µs."""
    return _libraries().limit(limits=1, user_api="blas")


@cache
def _libraries():
    import scipy.linalg  # noqa: F401  the controller sees libraries that are loaded
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()

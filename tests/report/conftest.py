"""One report of a small finished sweep, written once for all tests that read it."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # sweeps.py


@pytest.fixture(scope="session")
def sweep():
    from sweeps import tiny_sweep

    return tiny_sweep(seeds=10, n=40)


@pytest.fixture(scope="session")
def written(sweep, tmp_path_factory):
    """The folder of the finished sweep's report."""
    from archgym.report import write

    return write(sweep, tmp_path_factory.mktemp("report")).parent

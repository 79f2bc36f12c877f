import os
from pathlib import Path

# Before numpy loads: the last bits of a result depend on how many threads computed it.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import pytest
from hypothesis import settings

settings.register_profile("archgym", derandomize=True, deadline=None)
settings.load_profile("archgym")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root():
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def evaluation_cache(tmp_path_factory):
    """Tests and the processes they start leave the user's own cache alone."""
    os.environ["ARCHGYM_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def shared_data():
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data (real tables for tests; not part of the project)")
    return folder

"""A lottery of a second or two, played once."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # toys_of_lotteries.py


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    from toys_of_lotteries import FILE

    folder = tmp_path_factory.mktemp("lottery")
    (folder / "toy.py").write_text(FILE)
    return folder


@pytest.fixture(scope="session")
def played(place):
    """All 12 configurations of one agent, of which 4 are refused and 4 break, and random search, on two tasks."""
    from toys_of_lotteries import entered

    from archgym.lottery.play import play

    return play(entered(place, tuner="random"), place / "played", 1, cache=place / "cache")

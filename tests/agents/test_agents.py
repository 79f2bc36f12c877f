"""What holds for all agents: the contract, and the trajectories that they had when they were last looked at."""

from hashlib import blake2b

import pytest

import archgym
from archgym.errors import ArchGymError
from archgym.testing import check_agent

# What each agent proposed and measured in 150 evaluations of NASBench201-v0 with seed 3. A digest that moves means that
# every published run moves: find out why, and say so in the change log. To write them anew, run this file's `digest`
# for the agent and paste what it gives.
GOLDEN = {
    "random": "7fd7cfed45889652",
    "regularized-evolution": "a3c330d99f49c724",
    "local-search": "c4bbe7b7342a944f",
    "reinforce": "c1dbb359d7887a37",
}


def digest(name):
    trajectory = archgym.run("NASBench201-v0", name, archgym.Budget(evaluations=150), 3).trajectory
    rows = [(trajectory.genome(i), float(trajectory.value[i])) for i in range(len(trajectory))]
    return blake2b(repr(rows).encode(), digest_size=8).hexdigest()


@pytest.mark.parametrize("name", GOLDEN)
def test_a_seed_gives_the_trajectory_that_it_always_gave(name):
    assert digest(name) == GOLDEN[name]


@pytest.mark.parametrize("name", archgym.registry.agent_names())
def test_an_agent_keeps_its_contract(name):
    try:
        agent = archgym.agent(name)
    except ArchGymError as why:
        if "pip install" not in str(why):
            raise
        pytest.skip(str(why))
    checks = check_agent(agent)
    if name in GOLDEN:  # these refuse nothing
        assert checks.untried == []

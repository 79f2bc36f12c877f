"""What holds for all agents: the contract."""

import pytest

import archgym
from archgym.errors import ArchGymError
from archgym.testing import check_agent


@pytest.mark.parametrize("name", archgym.registry.agent_names())
def test_an_agent_keeps_its_contract(name):
    try:
        agent = archgym.agent(name)
    except ArchGymError as why:
        if "pip install" not in str(why):
            raise
        pytest.skip(str(why))
    check_agent(agent)

"""The page about ArchGym's agents, made of a small sweep over tasks of the tests' own."""

import block_tasks
import pytest

from archgym.experiments.hardware_agents_page import page
from archgym.sweep import plan
from archgym.sweep.execute import execute
from archgym.sweep.load import Sweep


def test_the_page_tells_what_each_agent_found_and_the_best_of_all(tmp_path):
    content = {"tasks": [{"name": f"{block_tasks.__file__}:light_blocks", "label": "light"}],
               "agents": ["random", "local-search"], "seeds": 2, "budget": {"evaluations": 60}}
    execute(plan.from_dict(content), tmp_path / "out")
    text = page(tmp_path / "out")
    finals = Sweep(tmp_path / "out").results("light", "local-search").incumbents[:, -1]
    assert "4 runs planned, 4 of" in text and "60 evaluations a run" in text
    row = next(line for line in text.splitlines() if line.startswith("| local-search |"))
    assert float(row.split("|")[3].strip(" *").split(" ")[0]) == pytest.approx(finals.mean(), rel=1e-3)
    assert "weight 0.2 kg" in text and "A surrogate of these runs" in text

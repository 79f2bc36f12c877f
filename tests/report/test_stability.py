"""The seeds that a ranking needs, on sweeps whose order is known."""

import numpy as np
from sweeps import changed, first, tiny_sweep, tiny_task

from archgym.report.findings import find
from archgym.report.stability import find as stability
from archgym.report.stability import section


def test_agents_that_never_cross_need_one_seed_and_agents_alike_more_than_there_are():
    sweep = tiny_sweep([tiny_task("clear", seed=1), tiny_task("alike", seed=2)], seeds=10)
    apart = sweep.cells["clear", "climber"]
    sweep.cells["clear", "random"] = changed(apart, apart.values - 50)
    sweep.cells["alike", "random"] = sweep.cells["alike", "climber"]
    found = stability(find(sweep))
    assert found["clear"][0].needed() == found["clear"][0].needed(of="same") == 1
    rng = np.random.default_rng(0)
    same = sweep.cells["alike", "climber"]
    sweep.cells["alike", "random"] = changed(same, same.values + rng.choice([-1.0, 1.001], 10)[:, None])
    assert stability(find(sweep))["alike"][0].needed() is None


def test_of_few_seeds_nothing_is_said():
    sweep = tiny_sweep([tiny_task("one", seed=1)], seeds=4)
    assert stability(find(sweep)) == {} and list(section({})) == []


def test_only_seeds_that_all_agents_ran_count():
    sweep = tiny_sweep([tiny_task("one", seed=1)], seeds=12)
    sweep.cells["one", "climber"] = first(sweep.cells["one", "climber"], 7)
    found, agents = stability(find(sweep))["one"]
    assert found.seeds[-1] == 7 and agents == 2
    assert ">7<" in "".join(section({"one": (found, agents)}))
